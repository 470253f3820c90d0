"""Swaps of responses, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete

from bot.ids import ActivityId, GroupId, PersonId
from bot.study.swaps import Assignment, Swap
from storage import tables
from storage.rows import Rows

SWAPS = Rows(Swap, tables.Swap)
ASSIGNMENTS = Rows(Assignment, tables.Assignment)

_OF = SWAPS.select.where(SWAPS.c.activity == bindparam("activity"))
_IN_GROUP = SWAPS.select.where(SWAPS.c.group == bindparam("group")).order_by(SWAPS.c.id)
_DROP = delete(SWAPS.table).where(SWAPS.c.id == bindparam("this"))
_ASSIGNMENTS = ASSIGNMENTS.select.where(ASSIGNMENTS.c.activity == bindparam("activity")).order_by(ASSIGNMENTS.c.id)
_GIVEN_TO = ASSIGNMENTS.select.where(
    ASSIGNMENTS.c.group == bindparam("group"),
    ASSIGNMENTS.c.person == bindparam("person"),
    ASSIGNMENTS.c.released_at.is_(None),
).order_by(ASSIGNMENTS.c.id)


class SqlSwaps:
    """Where swaps are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of(self, activity: ActivityId) -> Swap | None:
        """Return the swap of an activity."""
        return SWAPS.one(self._db, _OF, activity=activity)

    def lock(self, id: int) -> Swap | None:
        """Return a swap and let no other unit of work decide about it until this one ends."""
        return SWAPS.lock(self._db, id)

    def add(self, swap: Swap) -> None:
        """Keep a new swap."""
        SWAPS.add(self._db, swap)

    def save(self, swap: Swap) -> None:
        """Keep a changed swap."""
        SWAPS.save(self._db, swap)

    def drop(self, swap: Swap) -> None:
        """Forget a swap that has had no round."""
        self._db.execute(_DROP, {"this": swap.id})

    def in_group(self, group: GroupId) -> list[Swap]:
        """Return a group's swaps."""
        return SWAPS.all(self._db, _IN_GROUP, group=group)

    def assign(self, assignment: Assignment) -> None:
        """Keep whom somebody was given."""
        ASSIGNMENTS.add(self._db, assignment)

    def save_assignment(self, assignment: Assignment) -> None:
        """Keep a changed assignment."""
        ASSIGNMENTS.save(self._db, assignment)

    def assignments(self, activity: ActivityId) -> list[Assignment]:
        """Return who was given whom for an activity, released ones too."""
        return ASSIGNMENTS.all(self._db, _ASSIGNMENTS, activity=activity)

    def given_to(self, group: GroupId, person: PersonId) -> list[Assignment]:
        """Return what somebody was given in a group and has not been released from, oldest first."""
        return ASSIGNMENTS.all(self._db, _GIVEN_TO, group=group, person=person)
