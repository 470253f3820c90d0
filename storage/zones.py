"""Zones in use and the fingerprints of their data, in the database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Executable, bindparam, func, select

from bot.ids import GroupId
from bot.study.groups import OVER, Group
from storage import tables
from storage.groups import GROUPS
from storage.rows import Insert, pairs, table_of, upsert

_TABLE = table_of(tables.ZoneData)
_FIRST = select(func.min(GROUPS.c.zone).label("zone")).cte("used", recursive=True)
_USED = _FIRST.union_all(
    select(select(func.min(GROUPS.c.zone)).where(GROUPS.c.zone > _FIRST.c.zone).scalar_subquery()).where(
        _FIRST.c.zone.is_not(None)
    )
)
# From each zone to the next by index: as many steps as there are zones, however many groups there are.
_IN_USE = select(_USED.c.zone).where(_USED.c.zone.is_not(None))
_KEPT = select(_TABLE.c.zone, _TABLE.c.fingerprint)
_GROUPS = (
    GROUPS.select.where(
        GROUPS.c.zone == bindparam("zone"),
        GROUPS.c.id > bindparam("after"),
        GROUPS.c.state.not_in(sorted(OVER)),
    )
    .order_by(GROUPS.c.id)
    .limit(bindparam("limit"))
)


def _keep(into: Insert) -> Executable:
    """Return the statement that keeps a fingerprint or changes the one that stands."""
    changed = {"fingerprint": into.excluded["fingerprint"]}
    statement: Executable = into.inline().on_conflict_do_update(index_elements=["zone"], set_=changed)
    return statement


_KEEP = upsert(_TABLE, _keep)


class SqlZones:
    """Where the fingerprints of zones are kept, and the groups of a zone are found."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def in_use(self) -> list[str]:
        """Return the zones that groups have."""
        return list(self._db.execute(_IN_USE).scalars())

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprints that were kept, by zone."""
        return pairs(self._db, _KEPT)

    def keep(self, zone: str, fingerprint: str) -> None:
        """Keep the fingerprint of a zone, instead of what was there."""
        self._db.execute(_KEEP[self._db.dialect.name], {"zone": zone, "fingerprint": fingerprint})

    def groups(self, zone: str, after: GroupId, limit: int) -> list[Group]:
        """Return groups of a zone that are not over, by id, those after one of them."""
        return GROUPS.all(self._db, _GROUPS, zone=zone, after=after, limit=limit)
