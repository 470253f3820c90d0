"""Participation records, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam

from bot.ids import GroupId, PersonId
from bot.study.records import ParticipationRecord
from storage import tables
from storage.rows import Rows

RECORDS = Rows(ParticipationRecord, tables.Record)

_IN_GROUP = RECORDS.select.where(RECORDS.c.group == bindparam("group")).order_by(RECORDS.c.id)
_OF = _IN_GROUP.where(RECORDS.c.person == bindparam("person"))


class SqlRecords:
    """Where participation records are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, record: ParticipationRecord) -> None:
        """Keep a record; a second one of the same person and group changes nothing."""
        RECORDS.add_new(self._db, record)

    def save(self, record: ParticipationRecord) -> None:
        """Keep a record that was decided about."""
        RECORDS.save(self._db, record)

    def of(self, group: GroupId, person: PersonId) -> ParticipationRecord | None:
        """Return somebody's record of a group."""
        return RECORDS.one(self._db, _OF, group=group, person=person)

    def in_group(self, group: GroupId) -> list[ParticipationRecord]:
        """Return a group's records."""
        return RECORDS.all(self._db, _IN_GROUP, group=group)
