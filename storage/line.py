"""The line of posts at each place: who goes next, found by index beside any number of posts that are through.

A post waits while it is due or being sent; the first that waits at a place holds back the others there. One that has
to follow a message which may never come (`under` is unknown, dead, cancelled or expired) holds back nobody. Spaces take
turns, so that one with ten thousand posts does not hold up another with one.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple, TypeAlias, cast

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from bot.outbox import LEASE, Post, PostState
from storage import tables
from storage.rows import Rows, done, found

log = logging.getLogger(__name__)

POSTS = Rows(Post, tables.Post)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What reading a row can raise that holds no value of ours, such as a card with a block that is gone."""

TOGETHER = 32
"""How many spaces are asked at once who can go."""
ENDING = 500
"""How many posts whose time is over end in one claim: what came of each is told, so they are read."""
_LATE = "its time was over"
_NEVER = "the message it belongs to was never sent"
_BROKEN = "what it shows cannot be read"

Line: TypeAlias = ReadOnlyColumnCollection[str, Any]


def _state(post: Line, *states: PostState) -> ColumnElement[bool]:
    """Return the condition that a post is in one of some states.

    The states stand in the statement itself: the partial indexes are used only where they can be seen to cover it.
    """
    words: list[ColumnElement[Any]] = [literal_column(f"'{state.value}'") for state in states]
    if len(words) == 1:
        return cast(ColumnElement[bool], post["state"] == words[0])
    return cast(ColumnElement[bool], post["state"].in_(words))


DUE = _state(POSTS.c, PostState.DUE)
"""The condition that a post waits for its turn."""
SENDING = _state(POSTS.c, PostState.SENDING)
"""The condition that a post is on its way."""
STUCK = _state(POSTS.c, PostState.DEAD, PostState.UNKNOWN)
"""The condition that a post stands nowhere, as far as is known, and is not tried again by itself."""

_parent = POSTS.table.alias("parent")
_earlier = POSTS.table.alias("earlier")
_earlier_parent = POSTS.table.alias("earlier_parent")
_NOW = bindparam("now", type_=POSTS.c.not_before.type)


def _is_first(post: FromClause) -> ColumnElement[bool]:
    """Return the condition that a post is the first in its line, looked up for each candidate.

    As NOT EXISTS it reads better, but PostgreSQL then compares all that wait with each other: its statistics, taken
    when nothing waits, tell it that there are hardly any.
    """
    head = (
        select(_earlier.c.id)
        .select_from(_earlier.outerjoin(_earlier_parent, _earlier_parent.c.id == _earlier.c.under))
        .where(
            _earlier.c.place == post.c.place,
            _state(_earlier.c, PostState.DUE, PostState.SENDING),
            or_(
                _earlier.c.under.is_(None),
                _earlier_parent.c.message.is_not(None),
                _state(_earlier_parent.c, PostState.DUE, PostState.SENDING),
            ),
        )
        .order_by(_earlier.c.id)
        .limit(1)
        .correlate(post)
        .scalar_subquery()
    )
    return func.coalesce(head, post.c.id) >= post.c.id


# One that is on its way keeps its turn: a post laid down since by a clock that lags has a smaller id.
_first = or_(_state(POSTS.c, PostState.SENDING), _is_first(POSTS.table))
_may_go = or_(
    POSTS.c.under.is_(None),
    _parent.c.message.is_not(None),
    ~_state(_parent.c, PostState.DUE, PostState.SENDING, PostState.UNKNOWN),
)
_with_parent = POSTS.table.outerjoin(_parent, _parent.c.id == POSTS.c.under)
_OPEN = _state(POSTS.c, PostState.DUE, PostState.SENDING)
_sending = POSTS.table.alias("sending")
_busy = select(_sending.c.place).where(_state(_sending.c, PostState.SENDING))
_later = POSTS.table.alias("later")


def _free(holding: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a post is being sent, or stands behind none that is, or is to be tried again later.

    It says no more than `_first`, but at once for all behind one: ten thousand in one channel took PostgreSQL 100 ms
    one by one. `holding` says of `_later` in which spaces those are looked for that are to be tried again.
    """
    tried_later = _state(_later.c, PostState.DUE) & (_later.c.not_before > _NOW)
    held = select(_later.c.place).where(holding, tried_later, _is_first(_later))
    behind_none = POSTS.c.place.not_in(_busy) & POSTS.c.place.not_in(held)
    return or_(_state(POSTS.c, PostState.SENDING), behind_none)


def _ready(space: ColumnElement[str], holding: ColumnElement[bool]) -> Select[Any]:
    """Return the posts of a space that can be claimed, in their order.

    One that is being sent has its `not_before` where its lease ends, so that one index finds all who can go.
    """
    return (
        select(
            POSTS.c.id,
            POSTS.c.space,
            POSTS.c.under,
            and_(DUE, POSTS.c.under.is_not(None), _parent.c.message.is_(None)).label("orphaned"),
        )
        .select_from(_with_parent)
        .where(POSTS.c.space == space, _OPEN, POSTS.c.not_before <= _NOW, _free(holding), _first, _may_go)
        .order_by(POSTS.c.not_before, POSTS.c.id)
        .limit(bindparam("quota"))
        # On PostgreSQL what another process is claiming is passed over; SQLite has one writer and leaves this out.
        .with_for_update(of=POSTS.table, skip_locked=True)
    )


READY = _ready(bindparam("space"), _later.c.space == bindparam("holding"))

# PostgreSQL is asked for all spaces at once; SQLite knows no LATERAL, and is in this process.
_asked = select(func.unnest(bindparam("spaces", type_=ARRAY(Text))).label("space")).subquery("asked")
_of_each = (
    _ready(_asked.c.space, _later.c.space == any_(bindparam("holding", type_=ARRAY(Text))))
    .correlate(_asked)
    .lateral("of_each")
)
_READY_IN_EACH = select(*_of_each.c).select_from(_asked.join(_of_each, true()))


def _spaces(name: str, *, begin: ColumnElement[str] | None, end: ColumnElement[str] | None) -> CTE:
    """Return the spaces in which posts wait, in order, each found by one step into the index."""
    of = POSTS.table.alias(f"{name}_post")
    least = select(func.min(of.c.space)).where(_state(of.c, PostState.DUE, PostState.SENDING))
    seed = least if begin is None else least.where(of.c.space > begin)
    walk = select(seed.scalar_subquery().label("space")).cte(name, recursive=True)
    goes_on = walk.c.space.is_not(None) if end is None else walk.c.space < end
    step = least.where(of.c.space > walk.c.space).correlate(walk).scalar_subquery()
    return walk.union_all(select(step).where(goes_on))


def _due_in(walk: CTE) -> ColumnElement[bool]:
    """Return the condition that something in a space could go out now."""
    of = POSTS.table.alias(f"{walk.name}_due")
    earliest = select(func.min(of.c.not_before)).where(
        _state(of.c, PostState.DUE, PostState.SENDING), of.c.space == walk.c.space
    )
    return earliest.correlate(walk).scalar_subquery() <= _NOW


_AFTER = bindparam("after", type_=Text)
_ahead = _spaces("ahead", begin=_AFTER, end=None)
_behind = _spaces("behind", begin=None, end=_AFTER)
TURN = union_all(
    select(_ahead.c.space).where(_due_in(_ahead)),
    select(_behind.c.space).where(_behind.c.space <= _AFTER, _due_in(_behind)),
).limit(bindparam("most"))

_TAKE = (
    update(POSTS.table)
    .where(POSTS.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=PostState.SENDING,
        fence=POSTS.c.fence + 1,
        lease_until=bindparam("until"),
        not_before=bindparam("until"),
    )
)
_BREAK = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"))
    .values(state=PostState.DEAD, reason=_BROKEN, once=None, lease_until=None)
)
_ORPHAN = (
    update(POSTS.table)
    .where(DUE, POSTS.c.under.in_(bindparam("unders", expanding=True)))
    .values(state=PostState.CANCELLED, reason=_NEVER, once=None)
    .returning(POSTS.c.id)
)
# Many at once: one after the other, as they come to be first, 10,000 that expired in a long silence took 4 seconds.
_over = (
    select(POSTS.c.id)
    .where(DUE, POSTS.c.expires_at.is_not(None), POSTS.c.expires_at <= _NOW)
    .order_by(POSTS.c.expires_at)
    .limit(ENDING)
    .with_for_update(skip_locked=True)
)
_EXPIRE = (
    update(POSTS.table)
    .where(POSTS.c.id.in_(_over))
    .values(state=PostState.EXPIRED, reason=_LATE, once=None)
    .returning(POSTS.c.id)
)


def _earliest(column: ColumnElement[datetime], *conditions: ColumnElement[bool]) -> ScalarSelect[datetime]:
    """Return the earliest instant in a column, found by walking its index until the conditions hold."""
    return select(column).select_from(_with_parent).where(*conditions).order_by(column).limit(1).scalar_subquery()


NEXT = select(
    _earliest(POSTS.c.not_before, DUE, _first, _may_go),
    _earliest(POSTS.c.expires_at, DUE, POSTS.c.expires_at.is_not(None)),
    _earliest(POSTS.c.lease_until, _state(POSTS.c, PostState.SENDING)),
    _earliest(POSTS.c.sweep_at, POSTS.c.sweep_at.is_not(None)),
)


def claim(db: Connection, now: datetime, limit: int, after: str) -> list[Post]:
    """Mark the first in each line that can go out now as `sending`, and return them.

    Those that end unsent instead, as their time or their message is over, are returned as well.
    """
    claimed, _ = _read(db, [id for (id,) in found(db, _EXPIRE, now=now)])
    asked: set[str] = set()
    room = limit
    while room > 0:
        turn = found(db, TURN, now=now, after=after, most=TOGETHER)
        spaces = [space for (space,) in turn if space not in asked]
        if not spaces:
            break
        asked.update(spaces)
        after = spaces[-1]
        served = _serve(db, now, room, spaces)
        room -= sum(post.state is PostState.SENDING for post in served)
        claimed += served
    return claimed


def _serve(db: Connection, now: datetime, room: int, spaces: Sequence[str]) -> list[Post]:
    """Let spaces take turns until there is no more room or none of them has more."""
    served: list[Post] = []
    waiting = list(spaces)
    while room > 0 and waiting:
        chosen, waiting = waiting[:room], waiting[room:]
        quota = room // len(chosen)
        ready = _ready_in(db, now, chosen, quota)
        unders = {row.under for row in ready if row.orphaned}
        over = [row.id for row in db.execute(_ORPHAN, {"unders": list(unders)})] if unders else []
        ids = [row.id for row in ready if not row.orphaned]
        if ids:
            done(db, _TAKE, ids=ids, until=now + LEASE)
        posts, broken = _read(db, [*ids, *over])
        for id in broken:  # it must not stop the others
            done(db, _BREAK, this=id)
        served += posts
        room -= len(ids) - len(broken)
        # Where somebody ended unsent, others are first in their lines now; who had more than their share come again.
        counts = {space: sum(row.space == space for row in ready) for space in chosen}
        waiting += [space for space in chosen if counts[space] and (unders or broken or counts[space] == quota)]
    return served


class _Ready(NamedTuple):
    """A post that can be claimed; an orphaned one follows a message that will never be."""

    id: int
    space: str
    under: int | None
    orphaned: bool


def _ready_in(db: Connection, now: datetime, spaces: Sequence[str], quota: int) -> list[_Ready]:
    """Return up to `quota` posts of each space that can be claimed."""
    # Not where direct messages wait, whose space is the platform alone: many of them for the morning, and each alone.
    holding = [space for space in spaces if ":" in space]
    if db.dialect.name == "postgresql":
        ready = found(db, _READY_IN_EACH, now=now, quota=quota, spaces=list(spaces), holding=holding)
        return list(starmap(_Ready, ready))
    rows: list[_Ready] = []
    for space in spaces:
        held = space if space in holding else ""
        rows += starmap(_Ready, found(db, READY, now=now, quota=quota, space=space, holding=held))
    return rows


def _read(db: Connection, ids: Collection[int]) -> tuple[list[Post], list[int]]:
    """Return the posts with these ids in the order of their turns, and the ids of those that nobody can read."""
    broken: list[int] = []
    try:
        posts = POSTS.many(db, ids)
    except UNREADABLE:
        posts = []
        for id in ids:
            try:
                posts += POSTS.many(db, [id])
            except UNREADABLE:
                log.exception("post %s cannot be read", id)
                broken.append(id)
    place = {id: number for number, id in enumerate(ids)}
    return sorted(posts, key=lambda post: place[post.id]), broken


def next_at(db: Connection) -> datetime | None:
    """Return the earliest instant at which some post can go out, expires, is left by its claimer or is to be swept."""
    return min((at for at in db.execute(NEXT).one() if at is not None), default=None)
