"""Leases, in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Executable, bindparam, case, or_, update

from bot.leases import Lease
from storage import tables
from storage.rows import Insert, Rows, upsert

LEASES = Rows(Lease, tables.Lease)
_C = LEASES.c


def _acquire(into: Insert) -> Executable:
    """Return the statement that takes a lease where it is free, over or one's own."""
    statement: Executable = (
        into.inline()
        .on_conflict_do_update(
            index_elements=["name"],
            set_={
                "holder": into.excluded.holder,
                "until": into.excluded.until,
                "fence": case((_C.holder == into.excluded.holder, _C.fence), else_=_C.fence + 1),
            },
            where=or_(_C.holder == into.excluded.holder, _C.until <= bindparam("now", type_=_C.until.type)),
        )
        .returning(*LEASES.select.selected_columns)
    )
    return statement


_ACQUIRE = upsert(LEASES.table, _acquire)
# The row stays, so that the fence goes on from where it was.
_RELEASE = (
    update(LEASES.table)
    .where(_C.name == bindparam("name_"), _C.holder == bindparam("holder_"))
    .values(until=datetime.min.replace(tzinfo=UTC))
)
_GET = LEASES.select.where(_C.name == bindparam("name_"))


class SqlLeases:
    """Where leases are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def acquire(self, name: str, holder: str, now: datetime, lasts: timedelta) -> Lease | None:
        """Take a lease that is free or over, or prolong one's own; return None where another holds it."""
        line = {"name": name, "holder": holder, "until": now + lasts, "fence": 1}
        return LEASES.one(self._db, _ACQUIRE[self._db.dialect.name], **line, now=now)

    def release(self, name: str, holder: str) -> None:
        """Give a lease of one's own back."""
        self._db.execute(_RELEASE, {"name_": name, "holder_": holder})

    def get(self, name: str) -> Lease | None:
        """Return a lease as it stands."""
        return LEASES.one(self._db, _GET, name_=name)
