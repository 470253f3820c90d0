"""Reactions and likes, in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.chat import About, MessageRef
from bot.ids import GroupId, PersonId
from bot.study.likes import Like, Reaction
from storage import tables
from storage.rows import Rows, pairs

LIKES = Rows(Like, tables.Likes)
REACTIONS = Rows(Reaction, tables.Reaction)

_UNREACT = (
    delete(REACTIONS.table)
    .where(
        REACTIONS.c.message == bindparam("message"),
        REACTIONS.c.person == bindparam("person"),
        REACTIONS.c.emoji == bindparam("emoji"),
    )
    .returning(*REACTIONS.select.selected_columns)
)
_CLEAR = (
    delete(REACTIONS.table)
    .where(REACTIONS.c.message == bindparam("message"))
    .returning(*REACTIONS.select.selected_columns)
)
_CLEAR_EMOJI = _CLEAR.where(REACTIONS.c.emoji == bindparam("emoji"))
_ON = REACTIONS.select.where(REACTIONS.c.message == bindparam("message"))
_SHOWN = (
    select(REACTIONS.c.message, REACTIONS.c.emoji, func.count())
    .where(REACTIONS.c.message.in_(bindparam("messages", expanding=True)))
    .group_by(REACTIONS.c.message, REACTIONS.c.emoji)
)
_REACTS = (
    select(REACTIONS.c.id)
    .where(
        REACTIONS.c.item_kind == bindparam("kind"),
        REACTIONS.c.item == bindparam("item"),
        REACTIONS.c.person == bindparam("person"),
    )
    .limit(1)
)
_UNLIKE = (
    delete(LIKES.table)
    .where(
        LIKES.c.item_kind == bindparam("kind"),
        LIKES.c.item == bindparam("item"),
        LIKES.c.person == bindparam("person"),
    )
    .returning(*LIKES.select.selected_columns)
)
_COUNTS = (
    select(LIKES.c.item, func.count())
    .where(LIKES.c.item_kind == bindparam("kind"), LIKES.c.item.in_(bindparam("items", expanding=True)))
    .group_by(LIKES.c.item)
)
_OF_GROUP = LIKES.select.where(LIKES.c.group == bindparam("group")).order_by(LIKES.c.at, LIKES.c.id)
_RECEIVED = _OF_GROUP.where(LIKES.c.owner == bindparam("owner"))
_GIVEN = _OF_GROUP.where(LIKES.c.person == bindparam("person"))


class SqlLikes:
    """Where reactions and likes are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def react(self, reaction: Reaction) -> bool:
        """Keep a reaction; return False where it was there already."""
        return REACTIONS.add_new(self._db, reaction)

    def unreact(self, message: MessageRef, person: PersonId, emoji: str) -> Reaction | None:
        """Forget a reaction and return it, or None where there was none."""
        return REACTIONS.one(self._db, _UNREACT, message=message, person=person, emoji=emoji)

    def clear(self, message: MessageRef, emoji: str | None) -> list[Reaction]:
        """Forget a message's reactions, all or those with `emoji`, and return them."""
        if emoji is None:
            return REACTIONS.all(self._db, _CLEAR, message=message)
        return REACTIONS.all(self._db, _CLEAR_EMOJI, message=message, emoji=emoji)

    def on(self, message: MessageRef) -> list[Reaction]:
        """Return the reactions on a message."""
        return REACTIONS.all(self._db, _ON, message=message)

    def shown(self, messages: Collection[MessageRef]) -> dict[MessageRef, dict[str, int]]:
        """Return how many reactions of each emoji are kept, by message; those without any are left out."""
        found: dict[MessageRef, dict[str, int]] = {}
        if messages:
            for message, emoji, number in self._db.execute(_SHOWN, {"messages": list(messages)}):
                found.setdefault(message, {})[emoji] = number
        return found

    def reacts(self, item: About, person: PersonId) -> bool:
        """Return whether somebody still has a reaction on any message that shows an item."""
        return self._db.execute(_REACTS, {"kind": item.kind, "item": item.id, "person": person}).first() is not None

    def like(self, like: Like) -> bool:
        """Keep a like; return False where that person likes the item already."""
        return LIKES.add_new(self._db, like)

    def unlike(self, item: About, person: PersonId) -> Like | None:
        """Forget a like and return it, or None where there was none."""
        return LIKES.one(self._db, _UNLIKE, kind=item.kind, item=item.id, person=person)

    def counts(self, kind: str, items: Iterable[int]) -> dict[int, int]:
        """Return the number of likes by item; items without any are left out."""
        wanted = list(set(items))
        return pairs(self._db, _COUNTS, kind=kind, items=wanted) if wanted else {}

    def received(self, group: GroupId, person: PersonId) -> list[Like]:
        """Return the likes that somebody's contributions have, oldest first."""
        return LIKES.all(self._db, _RECEIVED, group=group, owner=person)

    def given(self, group: GroupId, person: PersonId) -> list[Like]:
        """Return the likes that somebody gave, oldest first."""
        return LIKES.all(self._db, _GIVEN, group=group, person=person)
