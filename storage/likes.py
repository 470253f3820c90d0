"""Reactions and likes, in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, literal, or_, select, union_all, update

from bot.chat import About, MessageRef
from bot.ids import GroupId, PersonId
from bot.study.likes import Like, Reaction
from storage import tables
from storage.rows import Rows, found, pairs, scalar, table_of

LIKES = Rows(Like, tables.Likes)
REACTIONS = Rows(Reaction, tables.Reaction)
_ACCOUNT = table_of(tables.Account)

_ALIASES = select(_ACCOUNT.c.own).where(_ACCOUNT.c.person == bindparam("person"), _ACCOUNT.c.own.is_not(None))
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
        or_(REACTIONS.c.person == bindparam("person"), REACTIONS.c.person.in_(_ALIASES)),
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
_BETWEEN = _GIVEN.where(LIKES.c.owner == bindparam("owner"))
_BETWEEN_SINCE = _BETWEEN.where(LIKES.c.at >= bindparam("since"))
_GAVE = (
    select(LIKES.c.owner, func.count(), literal(0))
    .where(LIKES.c.group == bindparam("group"), LIKES.c.person == bindparam("this"))
    .group_by(LIKES.c.owner)
)
_GOT = (
    select(LIKES.c.person, literal(0), func.count())
    .where(LIKES.c.group == bindparam("group"), LIKES.c.owner == bindparam("this"))
    .group_by(LIKES.c.person)
)
_EXCHANGED = union_all(_GAVE, _GOT)
_GIVEN_BY = (
    select(LIKES.c.person, func.count())
    .where(LIKES.c.group == bindparam("group"), LIKES.c.person.in_(bindparam("people", expanding=True)))
    .where(LIKES.c.person != LIKES.c.owner)
    .group_by(LIKES.c.person)
)
_WEIGH = update(LIKES.table).where(LIKES.c.id == bindparam("this")).values(worth=bindparam("eighths"))
_WORTH_WITHIN = select(func.coalesce(func.sum(LIKES.c.worth), 0)).where(
    LIKES.c.group == bindparam("group"),
    LIKES.c.owner == bindparam("owner"),
    LIKES.c.at >= bindparam("begin"),
    LIKES.c.at < bindparam("end"),
)


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
        shown: dict[MessageRef, dict[str, int]] = {}
        if messages:
            for message, emoji, number in found(self._db, _SHOWN, messages=list(messages)):
                shown.setdefault(message, {})[emoji] = number
        return shown

    def reacts(self, item: About, person: PersonId) -> bool:
        """Return whether somebody still has a reaction on any message that shows an item."""
        return bool(found(self._db, _REACTS, kind=item.kind, item=item.id, person=person))

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

    def in_group(self, group: GroupId) -> list[Like]:
        """Return the likes in a group, oldest first."""
        return LIKES.all(self._db, _OF_GROUP, group=group)

    def between(self, group: GroupId, giver: PersonId, owner: PersonId, since: datetime | None = None) -> list[Like]:
        """Return what somebody likes of somebody else's, since an instant if one is given."""
        if since is None:
            return LIKES.all(self._db, _BETWEEN, group=group, person=giver, owner=owner)
        return LIKES.all(self._db, _BETWEEN_SINCE, group=group, person=giver, owner=owner, since=since)

    def exchanged(self, group: GroupId, person: PersonId) -> dict[PersonId, tuple[int, int]]:
        """Return how many likes somebody gave to and got from each other person."""
        exchanged: dict[PersonId, tuple[int, int]] = {}
        for other, gave, got in found(self._db, _EXCHANGED, group=group, this=person):
            before = exchanged.get(other, (0, 0))
            exchanged[other] = (before[0] + gave, before[1] + got)
        return exchanged

    def given_by(self, group: GroupId, people: Iterable[PersonId]) -> dict[PersonId, int]:
        """Return how many likes people gave in all; those who gave none are left out."""
        wanted = list(set(people))
        return pairs(self._db, _GIVEN_BY, group=group, people=wanted) if wanted else {}

    def weigh(self, worths: Mapping[int, int]) -> None:
        """Keep what likes are worth, by their id."""
        if worths:
            self._db.execute(_WEIGH, [{"this": id, "eighths": worth} for id, worth in worths.items()])

    def worth_within(self, group: GroupId, owner: PersonId, begin: datetime, end: datetime) -> int:
        """Return what the likes that somebody got from an instant until another are worth together."""
        within = {"group": group, "owner": owner, "begin": begin, "end": end}
        total: int = scalar(self._db, _WORTH_WITHIN, **within)
        return total
