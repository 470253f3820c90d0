"""Breaks, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete

from bot.ids import BreakId, GroupId
from bot.study.breaks import Break
from storage import tables
from storage.rows import Rows

BREAKS = Rows(Break, tables.Break)

_OF_GROUP = BREAKS.select.where(BREAKS.c.group == bindparam("group")).order_by(BREAKS.c.first)
_REMOVE = delete(BREAKS.table).where(BREAKS.c.id == bindparam("this"))


class SqlBreaks:
    """Where breaks are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: BreakId) -> Break | None:
        """Return a break."""
        return BREAKS.get(self._db, id)

    def of_group(self, group: GroupId) -> list[Break]:
        """Return a group's breaks, past ones too, earliest first; no two share a day."""
        return BREAKS.all(self._db, _OF_GROUP, group=group)

    def add(self, one: Break) -> None:
        """Keep a new break."""
        BREAKS.add(self._db, one)

    def save(self, one: Break) -> None:
        """Keep a changed break."""
        BREAKS.save(self._db, one)

    def remove(self, id: BreakId) -> None:
        """Forget a break that never was."""
        self._db.execute(_REMOVE, {"this": id})
