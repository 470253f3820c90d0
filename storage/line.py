"""The line of posts at each place: who goes next, found by index beside any number of posts that are through.

A post waits while it is due or being sent; the first that waits at a place holds back the others there. One that has
to follow a message which may never come (`under` is unknown, dead, cancelled or expired) holds back nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from bot.outbox import LEASE, Post, PostState
from storage import tables
from storage.rows import Rows

log = logging.getLogger(__name__)

POSTS = Rows(Post, tables.Post)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What reading a row can raise that holds no value of ours, such as a card with a block that is gone."""

_LATE = "its time was over"


def _state(post: ReadOnlyColumnCollection[str, Any], *states: PostState) -> ColumnElement[bool]:
    """Return the condition that a post is in one of some states.

    The states stand in the statement itself: the partial indexes are used only where they can be seen to cover it.
    """
    words: list[ColumnElement[Any]] = [literal_column(f"'{state.value}'") for state in states]
    if len(words) == 1:
        return cast(ColumnElement[bool], post["state"] == words[0])
    return cast(ColumnElement[bool], post["state"].in_(words))


DUE = _state(POSTS.c, PostState.DUE)
"""The condition that a post waits for its turn."""

_parent = POSTS.table.alias("parent")
_earlier = POSTS.table.alias("earlier")
_earlier_parent = POSTS.table.alias("earlier_parent")
_NOW = bindparam("now", type_=POSTS.c.not_before.type)

# The first in line, looked up for each candidate. As NOT EXISTS it reads better, but PostgreSQL then compares all that
# wait with each other: its statistics, taken when nothing waits, tell it that there are hardly any.
_head = (
    select(_earlier.c.id)
    .select_from(_earlier.outerjoin(_earlier_parent, _earlier_parent.c.id == _earlier.c.under))
    .where(
        _earlier.c.place == POSTS.c.place,
        _state(_earlier.c, PostState.DUE, PostState.SENDING),
        or_(
            _earlier.c.under.is_(None),
            _earlier_parent.c.message.is_not(None),
            _state(_earlier_parent.c, PostState.DUE, PostState.SENDING),
        ),
    )
    .order_by(_earlier.c.id)
    .limit(1)
    .correlate(POSTS.table)
    .scalar_subquery()
)
_first = func.coalesce(_head, POSTS.c.id) >= POSTS.c.id
_may_go = or_(
    POSTS.c.under.is_(None),
    _parent.c.message.is_not(None),
    ~_state(_parent.c, PostState.DUE, PostState.SENDING, PostState.UNKNOWN),
)
_with_parent = POSTS.table.outerjoin(_parent, _parent.c.id == POSTS.c.under)
READY = (
    select(
        POSTS.c.id,
        POSTS.c.state,
        POSTS.c.expires_at,
        and_(POSTS.c.under.is_not(None), _parent.c.message.is_(None)).label("orphaned"),
    )
    .select_from(_with_parent)
    .where(
        or_(
            and_(DUE, POSTS.c.not_before <= _NOW),
            and_(DUE, POSTS.c.expires_at.is_not(None), POSTS.c.expires_at <= _NOW),
            and_(_state(POSTS.c, PostState.SENDING), POSTS.c.lease_until <= _NOW),
        ),
        _first,
        _may_go,
    )
    .order_by(POSTS.c.not_before, POSTS.c.id)
    .limit(bindparam("limit"))
    # On PostgreSQL what another process is claiming is passed over; SQLite has one writer and leaves this out.
    .with_for_update(of=POSTS.table, skip_locked=True)
)
_TAKE = (
    update(POSTS.table)
    .where(POSTS.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=PostState.SENDING, fence=POSTS.c.fence + 1, lease_until=bindparam("until"))
)
_END = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"))
    .values(state=bindparam("ended"), reason=bindparam("because"), once=None, lease_until=None)
)

# All at once: one after the other, as they come to be first, 10,000 that expired in a long silence took 4 seconds.
_EXPIRE = (
    update(POSTS.table)
    .where(DUE, POSTS.c.expires_at.is_not(None), POSTS.c.expires_at <= _NOW)
    .values(state=PostState.EXPIRED, reason=_LATE, once=None, lease_until=None)
)


def _earliest(column: ColumnElement[datetime], *conditions: ColumnElement[bool]) -> ScalarSelect[datetime]:
    """Return the earliest instant in a column, found by walking its index until the conditions hold."""
    return select(column).select_from(_with_parent).where(*conditions).order_by(column).limit(1).scalar_subquery()


NEXT = select(
    _earliest(POSTS.c.not_before, DUE, _first, _may_go),
    _earliest(POSTS.c.expires_at, DUE, POSTS.c.expires_at.is_not(None), _first, _may_go),
    _earliest(POSTS.c.lease_until, _state(POSTS.c, PostState.SENDING)),
)


def claim(db: Connection, now: datetime, limit: int) -> list[Post]:
    """Mark the first in each line that can go out now as `sending`; end those whose time or message is over."""
    claimed: list[Post] = []
    while len(claimed) < limit:
        ready = db.execute(READY, {"now": now, "limit": limit - len(claimed)}).all()
        over = [ended for ended in (_ended(row, now) for row in ready) if ended]
        ids = {row.id for row in ready} - {ended["this"] for ended in over}
        if ids:
            db.execute(_TAKE, {"ids": list(ids), "until": now + LEASE})
            taken, unreadable = _read(db, ids)
            claimed += taken
            over += unreadable
        if not over:
            break
        # Those behind them in their lines are first now.
        db.execute(_END, over)
        if any(one["ended"] is PostState.EXPIRED for one in over):
            db.execute(_EXPIRE, {"now": now})
    return sorted(claimed, key=lambda post: (post.not_before, post.id))


def _read(db: Connection, ids: Collection[int]) -> tuple[list[Post], list[dict[str, Any]]]:
    """Return the posts with these ids, and how those end that nobody can read: they must not stop the others."""
    try:
        return POSTS.many(db, ids), []
    except UNREADABLE:
        posts: list[Post] = []
        ended: list[dict[str, Any]] = []
        for id in ids:
            try:
                posts += POSTS.many(db, [id])
            except UNREADABLE:
                log.exception("post %s cannot be read", id)
                ended.append({"this": id, "ended": PostState.DEAD, "because": "what it shows cannot be read"})
        return posts, ended


def _ended(row: Row[Any], now: datetime) -> dict[str, Any] | None:
    """Return how a waiting post ends unsent, or None where it goes out."""
    if row.state is not PostState.DUE:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return {"this": row.id, "ended": PostState.EXPIRED, "because": _LATE}
    if row.orphaned:
        return {"this": row.id, "ended": PostState.CANCELLED, "because": "the message it belongs to was never sent"}
    return None


def next_at(db: Connection) -> datetime | None:
    """Return the earliest instant at which the first in some line can go out, expires or is left by its claimer."""
    return min((at for at in db.execute(NEXT).one() if at is not None), default=None)
