"""Posts and the messages they became, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from bot.cards import Card
from bot.chat import About, MessageRef, ThreadRef
from bot.ids import GroupId
from bot.outbox import Message, Post, PostState, Verb
from storage import line, tables
from storage.line import DUE, POSTS
from storage.rows import Rows

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
_RELEASE = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"))
    .values(once=None, state=case((_UNTRIED, PostState.CANCELLED), else_=POSTS.c.state))
    .returning(POSTS.c.state, POSTS.c.attempts)
)
# Locked, so that a claim under way is waited for: what is being sent takes no other card, and the edit has to follow.
_PENDING_EDIT = (
    POSTS.select.where(POSTS.c.under == bindparam("under"), DUE, POSTS.c.verb == Verb.EDIT)
    .order_by(POSTS.c.id)
    .limit(1)
    .with_for_update()
)
# Not the card and not `once`: somebody may have changed them while the post was being sent.
_FINISHED = ("state", "not_before", "attempts", "lease_until", "first_try_at", "message", "sent_at", "reason")
_FINISH = (
    update(POSTS.table)
    .where(POSTS.c.id == bindparam("this"), POSTS.c.fence == bindparam("held"))
    .values({name: bindparam(f"new_{name}") for name in _FINISHED})
    .returning(POSTS.c.id)
)
_MESSAGE_OF = select(POSTS.c.message).where(POSTS.c.id == bindparam("this"))
_OF_GROUP = (
    POSTS.select.where(POSTS.c.group == bindparam("group")).order_by(POSTS.c.id.desc()).limit(bindparam("limit"))
)
_LAST_SENT = select(func.max(POSTS.c.sent_at)).where(POSTS.c.place == bindparam("place"), POSTS.c.sent_at.is_not(None))
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

    def set_card(self, id: int, card: Card) -> bool:
        """Let a post show another card, and nothing else; return True where it was never tried and so will show it."""
        row = self._db.execute(_SET_CARD, {"this": id, "card": card}).first()
        return row is not None and row.state is PostState.DUE and row.attempts == 0

    def release(self, id: int) -> bool:
        """Let a post hold its `once` no longer; return True where it was never tried and so is cancelled."""
        row = self._db.execute(_RELEASE, {"this": id}).first()
        return row is not None and row.state is PostState.CANCELLED and row.attempts == 0

    def get(self, id: int) -> Post | None:
        """Return a post."""
        return POSTS.get(self._db, id)

    def message_of(self, id: int) -> MessageRef | None:
        """Return the message that a post became."""
        message: MessageRef | None = self._db.execute(_MESSAGE_OF, {"this": id}).scalar()
        return message

    def pending_edit(self, under: int) -> Post | None:
        """Return the edit of a post that still waits, so that a later one takes its place."""
        return POSTS.one(self._db, _PENDING_EDIT, under=under)

    def claim(self, now: datetime, limit: int) -> list[Post]:
        """Mark posts that can go out now as `sending`, for LEASE, and return them.

        At most one per place and only the first in line there; one that has to follow another (`under`) once that has
        its message, and cancelled where that can never have one; one left in `sending` past its lease is claimed again.
        """
        return line.claim(self._db, now, limit)

    def finish(self, post: Post) -> bool:
        """Keep a claimed post as it now stands; return False, changing nothing, where another process took it since."""
        stands = {f"new_{name}": getattr(post, name) for name in _FINISHED}
        return self._db.execute(_FINISH, stands | {"this": post.id, "held": post.fence}).first() is not None

    def next_at(self) -> datetime | None:
        """Return the earliest instant at which a waiting post can go out."""
        return line.next_at(self._db)

    def of_group(self, group: GroupId, limit: int = 50) -> list[Post]:
        """Return a group's posts, the newest first."""
        return POSTS.all(self._db, _OF_GROUP, group=group, limit=limit)

    def last_sent(self, place: str) -> datetime | None:
        """Return when a place was last sent to."""
        at: datetime | None = self._db.execute(_LAST_SENT, {"place": place}).scalar_one()
        return at

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
        self._db.execute(_FORGET, {"ref": ref})
