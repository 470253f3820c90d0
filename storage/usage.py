"""Counts of what was done in a window of time, in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Executable, bindparam, case, delete, select

from storage import tables
from storage.rows import Insert, scalar, table_of, upsert

USAGE = table_of(tables.Usage)
_C = USAGE.c


def _count(into: Insert) -> Executable:
    """Return the statement that counts one more, or begins to count where a new window has begun."""
    same = (_C.since >= into.excluded.since) & (_C.since <= bindparam("latest", type_=_C.since.type))
    statement: Executable = (
        into.inline()
        .on_conflict_do_update(
            index_elements=["subject", "what"],
            set_={
                "count": case((same, _C.count + 1), else_=1),
                "since": case((same, _C.since), else_=into.excluded.since),
            },
        )
        .returning(_C["count"])
    )
    return statement


_COUNT = upsert(USAGE, _count)
_USED = select(_C["count"]).where(
    _C.subject == bindparam("subject"), _C.what == bindparam("what"), _C.since >= bindparam("since")
)
_OLD = select(_C.id).where(_C.since < bindparam("before")).order_by(_C.since).limit(bindparam("limit"))
_FORGET = delete(USAGE).where(_C.id.in_(_OLD))


class SqlUsage:
    """Where counts are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def count(self, subject: str, what: str, since: datetime, lasts: timedelta = timedelta(days=1)) -> int:
        """Count one more in the window that began at `since`, and return how many there are in it now."""
        line = {"subject": subject, "what": what, "since": since, "count": 1, "latest": since + lasts}
        counted: int = scalar(self._db, _COUNT[self._db.dialect.name], **line)
        return counted

    def used(self, subject: str, what: str, since: datetime) -> int:
        """Return how many there are in the window that began at `since`."""
        return int(scalar(self._db, _USED, subject=subject, what=what, since=since) or 0)

    def forget(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` counts of windows that began before an instant, and return how many there were."""
        return self._db.execute(_FORGET, {"before": before, "limit": limit}).rowcount
