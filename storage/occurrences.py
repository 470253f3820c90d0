"""Occurrences, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete

from bot.ids import GroupId
from bot.study.occurrences import Occurrence
from storage import tables
from storage.rows import Rows

OCCURRENCES = Rows(Occurrence, tables.Occurrence)

_NAMED = (
    OCCURRENCES.c.group == bindparam("group_"),
    OCCURRENCES.c.kind == bindparam("kind_"),
    OCCURRENCES.c.name == bindparam("name_"),
)
_GET = OCCURRENCES.select.where(*_NAMED)
_RELEASE = delete(OCCURRENCES.table).where(*_NAMED)
_OF_GROUP = (
    OCCURRENCES.select.where(OCCURRENCES.c.group == bindparam("group_"))
    .order_by(OCCURRENCES.c.id.desc())
    .limit(bindparam("limit"))
)


class SqlOccurrences:
    """Where occurrences are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, occurrence: Occurrence) -> bool:
        """Keep an occurrence; return False, changing nothing, where it was decided about before."""
        return OCCURRENCES.add_new(self._db, occurrence)

    def get(self, group: GroupId, kind: str, name: str) -> Occurrence | None:
        """Return what was decided about something."""
        return OCCURRENCES.one(self._db, _GET, group_=group, kind_=kind, name_=name)

    def save(self, occurrence: Occurrence) -> None:
        """Keep a changed decision."""
        OCCURRENCES.save(self._db, occurrence)

    def release(self, group: GroupId, kind: str, name: str) -> None:
        """Let something be decided about anew, after it was undone."""
        self._db.execute(_RELEASE, {"group_": group, "kind_": kind, "name_": name})

    def of_group(self, group: GroupId, limit: int = 50) -> list[Occurrence]:
        """Return a group's occurrences, the newest first."""
        return OCCURRENCES.all(self._db, _OF_GROUP, group_=group, limit=limit)
