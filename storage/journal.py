"""The journal of acts, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam

from bot.ids import GroupId, PersonId
from bot.study.acts import Act
from storage import tables
from storage.rows import Rows

ACTS = Rows(Act, tables.Act)

_OF_GROUP = ACTS.select.where(ACTS.c.group == bindparam("group")).order_by(ACTS.c.at, ACTS.c.id)
_SINCE = _OF_GROUP.where(ACTS.c.at >= bindparam("since"))
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

    def by_person(self, group: GroupId, person: PersonId) -> list[Act]:
        """Return what somebody did in a group, oldest first."""
        return ACTS.all(self._db, _BY_PERSON, group=group, actor=person)
