"""The journal of acts, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select

from bot.chat import About
from bot.ids import GroupId, PersonId
from bot.study.acts import SIGNALS, THANKS, Act
from storage import tables
from storage.rows import Rows, scalar

ACTS = Rows(Act, tables.Act)

_OF_GROUP = ACTS.select.where(ACTS.c.group == bindparam("group")).order_by(ACTS.c.at, ACTS.c.id)
_SINCE = _OF_GROUP.where(ACTS.c.at >= bindparam("since"))
# Backwards along the index of a group's acts: nearly every act is a signal, so the first one read mostly is.
_LAST_SIGNAL = (
    select(ACTS.c.at)
    .where(ACTS.c.group == bindparam("group"), ACTS.c.kind.in_(sorted(SIGNALS)))
    .order_by(ACTS.c.at.desc())
    .limit(1)
)
_THANKS = _OF_GROUP.where(ACTS.c.kind.in_([literal_column(f"'{kind}'") for kind in sorted(THANKS)]))
# The kind stands in the statement itself: the partial index is used only where it can be seen to cover it.
_ACCEPTED_BY = (
    select(ACTS.c.actor)
    .where(
        ACTS.c.kind == literal_column("'accepted'"),
        ACTS.c.item == bindparam("item"),
        ACTS.c.item_kind == bindparam("item_kind"),
    )
    .order_by(ACTS.c.id.desc())
    .limit(1)
)
_BY_PERSON = _OF_GROUP.where(ACTS.c.actor == bindparam("actor"))


class SqlJournal:
    """Where acts are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, act: Act) -> None:
        """Append an act."""
        ACTS.add(self._db, act)

    def of_group(self, group: GroupId, since: datetime | None = None) -> list[Act]:
        """Return a group's acts, oldest first."""
        if since is None:
            return ACTS.all(self._db, _OF_GROUP, group=group)
        return ACTS.all(self._db, _SINCE, group=group, since=since)

    def last_signal(self, group: GroupId) -> datetime | None:
        """Return when anybody last showed that they are there."""
        at: datetime | None = scalar(self._db, _LAST_SIGNAL, group=group)
        return at

    def thanks(self, group: GroupId) -> list[Act]:
        """Return the acts of a group by which somebody said that an answer or a review helped, or took it back."""
        return ACTS.all(self._db, _THANKS, group=group)

    def accepted_by(self, about: About) -> PersonId | None:
        """Return who last marked an answer as the one that solved its question."""
        by: PersonId | None = scalar(self._db, _ACCEPTED_BY, item=about.id, item_kind=about.kind)
        return by

    def by_person(self, group: GroupId, person: PersonId) -> list[Act]:
        """Return what somebody did in a group, oldest first."""
        return ACTS.all(self._db, _BY_PERSON, group=group, actor=person)
