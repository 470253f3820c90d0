"""Posts and the messages they became, in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, delete, exists, func, literal_column, or_, select, update

from bot.cards import Card
from bot.chat import About, Address, MessageRef, ThreadRef
from bot.ids import GroupId
from bot.outbox import Figures, Message, Post, PostState, Verb
from storage import line, tables
from storage.line import DUE, POSTS, SENDING
from storage.rows import Rows, done, found, pairs, scalar

MESSAGES = Rows(Message, tables.Message)

_UNTRIED = (POSTS.c.state == PostState.DUE) & (POSTS.c.attempts == 0)

_STANDING = POSTS.select.where(
    POSTS.c.about == bindparam("about"), POSTS.c.slot == bindparam("slot"), POSTS.c.once.is_not(None)
).order_by(POSTS.c.place, POSTS.c.part, POSTS.c.id)
# What it returns is read after a claim under way was waited for: what is being sent is not taken for one in line.
_SET_CARD = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"))
    .values(card=bindparam("card"))
    .returning(POSTS.c.state, POSTS.c.attempts)
)
_READDRESS = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"))
    .values(to=bindparam("to"))
    .returning(POSTS.c.state, POSTS.c.attempts)
)
_RELEASE = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"))
    .values(once=None, state=case((_UNTRIED, PostState.CANCELLED), else_=POSTS.c.state))
    .returning(POSTS.c.state, POSTS.c.attempts)
)
_PLACES = (
    select(POSTS.c.place)
    .where(POSTS.c.group == bindparam("group"), POSTS.c.slot == bindparam("slot"), POSTS.c.once.is_not(None))
    .distinct()
)
_DROP = (
    update(POSTS.table)
    .where(
        POSTS.c.about == bindparam("of"),
        POSTS.c.slot == bindparam("within"),
        POSTS.c.state.in_([PostState.DEAD, PostState.EXPIRED]),
    )
    .values(state=PostState.CANCELLED)
)
# Locked, so that a claim under way is waited for: what is being sent takes no other card, and the edit has to follow.
_PENDING = (
    POSTS.select.where(POSTS.c.under == bindparam("under"), DUE, POSTS.c.verb == bindparam("doing"))
    .order_by(POSTS.c.id)
    .limit(1)
    .with_for_update()
)
# Not the card, the title and `once`: somebody may have changed them while the post was being sent.
_FINISHED = (
    "state",
    "not_before",
    "attempts",
    "lease_until",
    "first_try_at",
    "message",
    "sent_at",
    "reason",
    "sends",
    "last_try_at",
    "looks",
    "looked_at",
    "refused",
)
_HELD = (POSTS.c.id == bindparam("this")) & (POSTS.c.fence == bindparam("held"))
_FINISH = (
    update(POSTS.table)
    .where(_HELD)
    .values({name: bindparam(f"new_{name}") for name in _FINISHED})
    .values(sweep_at=func.coalesce(bindparam("new_sweep_at", type_=POSTS.c.sweep_at.type), POSTS.c.sweep_at))
    .returning(POSTS.c.id)
)
_HOLDS = select(POSTS.c.id).where(_HELD, POSTS.c.state == PostState.SENDING)
_BEGIN = (
    update(POSTS.table)
    .where(POSTS.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        sends=POSTS.c.sends + 1,
        first_try_at=func.coalesce(POSTS.c.first_try_at, bindparam("now", type_=POSTS.c.last_try_at.type)),
        last_try_at=bindparam("now", type_=POSTS.c.last_try_at.type),
        looks=0,
        looked_at=None,
    )
)
# What others are sweeping is passed over; on SQLite there is one writer.
_SWEEPS = (
    POSTS.select.where(POSTS.c.sweep_at.is_not(None), POSTS.c.sweep_at <= bindparam("now", type_=POSTS.c.sweep_at.type))
    .order_by(POSTS.c.sweep_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_SWEEP_AT = (
    update(POSTS.table).where(POSTS.c.id.in_(bindparam("ids", expanding=True))).values(sweep_at=bindparam("when"))
)
_HEAL = update(POSTS.table).where(POSTS.c.id == bindparam("this")).values(healed=POSTS.c.healed + bindparam("copies"))
_ADOPT = (
    update(POSTS.table)
    .where(
        POSTS.c.id == bindparam("this"),
        POSTS.c.message.is_(None),
        POSTS.c.state.in_([PostState.SENT, PostState.DEAD, PostState.UNKNOWN, PostState.EXPIRED]),
    )
    .values(state=PostState.SENT, message=bindparam("found"), sent_at=bindparam("when"), reason="")
    .returning(POSTS.c.id)
)
_STUCK = (
    POSTS.select.where(POSTS.c.group == bindparam("group"), line.STUCK)
    .order_by(POSTS.c.id.desc())
    .limit(bindparam("limit"))
)
_DECIDED = (*_FINISHED, "key", "once", "expires_at")
_DECIDE = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"), or_(line.STUCK, POSTS.c.state == PostState.EXPIRED))
    .values({name: bindparam(f"new_{name}") for name in _DECIDED} | {"fence": POSTS.c.fence + 1, "sweep_at": None})
    .returning(POSTS.c.id)
)
# Each over an index that holds these rows alone, so that asking every few seconds costs nothing.
_WAITING = select(func.count(), func.min(POSTS.c.not_before)).where(
    DUE, POSTS.c.not_before <= bindparam("now", type_=POSTS.c.not_before.type)
)
_SENDING = select(func.count()).where(POSTS.c.state == literal_column("'sending'"))
_STUCK_BY_STATE = select(POSTS.c.state, func.count()).where(line.STUCK).group_by(POSTS.c.state)
_HEALED = select(func.coalesce(func.sum(POSTS.c.healed), 0)).where(POSTS.c.healed > literal_column("0"))
_LAID_DOWN = select(func.count()).where(
    POSTS.c.about == bindparam("about"),
    POSTS.c.slot == bindparam("slot"),
    POSTS.c.part == bindparam("part"),
    POSTS.c.place == bindparam("place"),
    POSTS.c.verb == Verb.SEND,
)
_MESSAGE_OF = select(POSTS.c.message).where(POSTS.c.id == bindparam("this"))
_OF_GROUP = (
    POSTS.select.where(POSTS.c.group == bindparam("group")).order_by(POSTS.c.id.desc()).limit(bindparam("limit"))
)
_LAST_SENT = select(func.max(POSTS.c.sent_at)).where(POSTS.c.place == bindparam("place"), POSTS.c.sent_at.is_not(None))
# The states stand in the statement itself, for the partial index of the line at each place.
_WAITS = (
    select(POSTS.c.id)
    .where(
        POSTS.c.place == bindparam("place"),
        POSTS.c.state.in_([literal_column("'due'"), literal_column("'sending'")]),
        POSTS.c.id != bindparam("besides"),
    )
    .limit(1)
)
_WAITS_UNDER = select(POSTS.c.id).where(DUE, POSTS.c.under == bindparam("this")).limit(1)
_NOW = bindparam("now", type_=POSTS.c.not_before.type)
_STIRS = select(
    or_(
        *(
            exists().where(state, column <= _NOW)
            for state, column in (
                (DUE, POSTS.c.not_before),
                (DUE & POSTS.c.expires_at.is_not(None), POSTS.c.expires_at),
                (SENDING, POSTS.c.lease_until),
                (POSTS.c.sweep_at.is_not(None), POSTS.c.sweep_at),
            )
        )
    )
)
_SHOWN_BY = MESSAGES.select.where(MESSAGES.c.ref == bindparam("ref"))
_THREAD_OF = MESSAGES.select.where(MESSAGES.c.thread == bindparam("thread")).order_by(MESSAGES.c.id).limit(1)
_MESSAGES = MESSAGES.select.where(MESSAGES.c.about == bindparam("about")).order_by(MESSAGES.c.id)
_FORGET = delete(MESSAGES.table).where(MESSAGES.c.ref == bindparam("ref"))


class SqlOutbox:
    """Where posts and the messages they became are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def standing(self, about: About, slot: str) -> list[Post]:
        """Return the posts that make an item's messages in a slot and hold their `once`, by place and part."""
        return POSTS.all(self._db, _STANDING, about=about, slot=slot)

    def add(self, post: Post) -> bool:
        """Keep a post; return False where its `once` or key is there already."""
        return POSTS.add_new(self._db, post)

    def laid_down(self, about: About, slot: str, part: int, place: str) -> int:
        """Return how many messages were laid down for a part of a slot in a place, whatever came of them."""
        same = {"about": about, "slot": slot, "part": part, "place": place}
        count: int = scalar(self._db, _LAID_DOWN, **same)
        return count

    def set_card(self, id: int, card: Card) -> bool:
        """Let a post show another card, and nothing else; return True where it was never tried and so will show it."""
        return found(self._db, _SET_CARD, this=id, card=card) == [[PostState.DUE, 0]]

    def readdress(self, id: int, to: Address) -> bool:
        """Let a post have another address, in the same place; return True where it was never tried and so has it."""
        return found(self._db, _READDRESS, this=id, to=to) == [[PostState.DUE, 0]]

    def release(self, id: int) -> bool:
        """Let a post hold its `once` no longer; return True where it was never tried and so is cancelled."""
        return found(self._db, _RELEASE, this=id) == [[PostState.CANCELLED, 0]]

    def places(self, group: GroupId, slot: str) -> set[str]:
        """Return where a group has messages in a slot."""
        return {place for (place,) in found(self._db, _PLACES, group=group, slot=slot)}

    def drop(self, about: About, slot: str) -> None:
        """Let an item's dead and expired posts in a slot be cancelled, so that nobody posts them again."""
        done(self._db, _DROP, of=about, within=slot)

    def get(self, id: int) -> Post | None:
        """Return a post."""
        return POSTS.get(self._db, id)

    def message_of(self, id: int) -> MessageRef | None:
        """Return the message that a post became."""
        message: MessageRef | None = scalar(self._db, _MESSAGE_OF, this=id)
        return message

    def pending_edit(self, under: int) -> Post | None:
        """Return the edit of a post that still waits, so that a later one takes its place."""
        return POSTS.one(self._db, _PENDING, under=under, doing=Verb.EDIT)

    def pending_title(self, under: int) -> Post | None:
        """Return the new title of a post's thread that still waits, so that a later one takes its place."""
        return POSTS.one(self._db, _PENDING, under=under, doing=Verb.RENAME)

    def claim(self, now: datetime, limit: int, after: str = "") -> list[Post]:
        """Mark posts that can go out now as `sending`, for LEASE, and return them, and those that ended unsent instead.

        At most one per place and only the first in line there; one that has to follow another (`under`) once that has
        its message, and cancelled where that can never have one; one left in `sending` past its lease is claimed again.
        Spaces take turns, beginning with the one that comes after `after`.
        """
        return line.claim(self._db, now, limit, after)

    def begin(self, ids: Collection[int], now: datetime) -> None:
        """Write down that claimed posts are sent now, for the first time or once more."""
        if ids:
            done(self._db, _BEGIN, ids=list(ids), now=now)

    def holds(self, post: Post) -> bool:
        """Return whether a claimed post is still its claimer's."""
        return bool(found(self._db, _HOLDS, this=post.id, held=post.fence))

    def finish(self, post: Post) -> bool:
        """Keep a claimed post as it now stands; return False, changing nothing, where another process took it since.

        A sweep that was asked for meanwhile stays. One that is still `sending` is claimed again when its lease is over.
        """
        if post.state is PostState.SENDING and post.lease_until is not None:
            post = replace(post, not_before=post.lease_until)
        values = {f"new_{name}": getattr(post, name) for name in (*_FINISHED, "sweep_at")}
        return bool(found(self._db, _FINISH, **values, this=post.id, held=post.fence))

    def sweeps(self, now: datetime, limit: int, until: datetime) -> list[Post]:
        """Return posts whose sweep is due, each to one caller until an instant, by which their `sweep_at` is known."""
        due = POSTS.all(self._db, _SWEEPS, now=now, limit=limit)
        if due:
            self._db.execute(_SWEEP_AT, {"ids": [post.id for post in due], "when": until})
        return due

    def sweep(self, id: int, at: datetime | None) -> None:
        """Let a post be looked for at an instant, whoever has it, or no more."""
        self._db.execute(_SWEEP_AT, {"ids": [id], "when": at})

    def heal(self, id: int, copies: int) -> None:
        """Count copies of a post's message that are gone again."""
        self._db.execute(_HEAL, {"this": id, "copies": copies})

    def adopt(self, post: Post) -> bool:
        """Keep the message that was found of a post that ended without; return False where it did not."""
        return bool(found(self._db, _ADOPT, this=post.id, found=post.message, when=post.sent_at))

    def stuck(self, group: GroupId, limit: int = 200) -> list[Post]:
        """Return the newest of a group's posts that are dead or unknown, the newest first."""
        return POSTS.all(self._db, _STUCK, group=group, limit=limit)

    def decide(self, post: Post) -> bool:
        """Keep a dead, unknown or expired post as somebody decided; return False where it is none of them any more."""
        values = {f"new_{name}": getattr(post, name) for name in _DECIDED}
        return bool(found(self._db, _DECIDE, **values, this=post.id))

    def next_at(self) -> datetime | None:
        """Return the earliest instant at which a waiting post can go out."""
        return line.next_at(self._db)

    def figures(self, now: datetime) -> Figures:
        """Return how the outbox is; what can go out only later does not wait yet."""
        due, oldest = self._db.execute(_WAITING, {"now": now}).one()
        stuck = pairs(self._db, _STUCK_BY_STATE)
        return Figures(
            due,
            oldest,
            self._db.execute(_SENDING).scalar_one(),
            stuck.get(PostState.DEAD, 0),
            stuck.get(PostState.UNKNOWN, 0),
            self._db.execute(_HEALED).scalar_one(),
        )

    def of_group(self, group: GroupId, limit: int = 50) -> list[Post]:
        """Return a group's posts, the newest first."""
        return POSTS.all(self._db, _OF_GROUP, group=group, limit=limit)

    def last_sent(self, place: str) -> datetime | None:
        """Return when a place was last sent to."""
        at: datetime | None = scalar(self._db, _LAST_SENT, place=place)
        return at

    def waits(self, place: str, besides: int = 0) -> bool:
        """Return whether another post than `besides` waits at a place or is on its way there."""
        return bool(found(self._db, _WAITS, place=place, besides=besides))

    def followed(self, post: Post) -> bool:
        """Return whether another post waits at the place of a post, or for its message."""
        return self.waits(post.place, post.id) or bool(found(self._db, _WAITS_UNDER, this=post.id))

    def stirs(self, now: datetime) -> bool:
        """Return whether a claim or a sweep may find something, at a glance that takes no lock."""
        return bool(scalar(self._db, _STIRS, now=now))

    def register(self, message: Message) -> bool:
        """Remember which item a message shows; return False where it was known."""
        return MESSAGES.add_new(self._db, message)

    def shown_by(self, ref: MessageRef) -> Message | None:
        """Return what a message shows."""
        return MESSAGES.one(self._db, _SHOWN_BY, ref=ref)

    def thread_of(self, thread: ThreadRef) -> Message | None:
        """Return the message whose thread this is."""
        return MESSAGES.one(self._db, _THREAD_OF, thread=thread)

    def messages(self, about: About) -> list[Message]:
        """Return the messages that show an item."""
        return MESSAGES.all(self._db, _MESSAGES, about=about)

    def forget(self, ref: MessageRef) -> None:
        """Forget a message that is gone."""
        done(self._db, _FORGET, ref=ref)
