"""The inbox, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.inbox import Taken
from storage import tables
from storage.rows import Rows

TAKEN = Rows(Taken, tables.Taken)

_OLD = select(TAKEN.c.id).where(TAKEN.c.at < bindparam("before")).order_by(TAKEN.c.at).limit(bindparam("limit"))
_FORGET = delete(TAKEN.table).where(TAKEN.c.id.in_(_OLD))


class SqlInbox:
    """Where events that were taken in are noted, in the transaction of their effect."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def take(self, event: Taken) -> bool:
        """Note an event; return False where it was noted before."""
        return TAKEN.add_new(self._db, event)

    def forget(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` events taken in before an instant, and return how many there were."""
        return self._db.execute(_FORGET, {"before": before, "limit": limit}).rowcount
