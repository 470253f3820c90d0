"""The audit log, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, literal, select, union_all, update

from bot.ids import PersonId
from bot.study.audit import BEGINNING, Entry, digest
from storage import tables
from storage.rows import Rows, done, found, table_of, upsert

ENTRIES = Rows(Entry, tables.AuditEntry)
CHAINS = table_of(tables.AuditChain)

_BEGIN = upsert(CHAINS, lambda into: into.inline().on_conflict_do_nothing())
# Locked: two lines of one chain are written one after the other.
_END = select(CHAINS.c.number, CHAINS.c.hash).where(CHAINS.c.scope == bindparam("scope_")).with_for_update()
_GROW = (
    update(CHAINS)
    .where(CHAINS.c.scope == bindparam("scope_"))
    .values(number=bindparam("to_number"), hash=bindparam("to_hash"))
)
_SCOPES = union_all(
    select(CHAINS.c.scope, CHAINS.c.number, CHAINS.c.hash),
    select(ENTRIES.c.scope, literal(0), literal(BEGINNING))
    .where(ENTRIES.c.scope.not_in(select(CHAINS.c.scope)))
    .distinct(),
)
_READ = (
    ENTRIES.select.where(ENTRIES.c.scope == bindparam("scope_")).order_by(ENTRIES.c.number).limit(bindparam("limit"))
)
_LAST_AT = select(ENTRIES.c.at).where(ENTRIES.c.scope == bindparam("scope_")).order_by(ENTRIES.c.number.desc()).limit(1)
_READ_ON = _READ.where(ENTRIES.c.number > bindparam("after"))


class SqlAudit:
    """Where the audit log is kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, scope: str, at: datetime, actor: PersonId, action: str, items: str) -> Entry:
        """Append a line to a chain, in the transaction of what it tells, and return it."""
        beginning = {"scope": scope, "number": 0, "hash": BEGINNING}
        done(self._db, _BEGIN[self._db.dialect.name], **beginning)
        ((number, previous),) = found(self._db, _END, scope_=scope)
        number += 1
        made = digest(scope, number, at, actor, action, items, previous)
        entry = Entry(scope, number, at, actor, action, items, previous, made)
        ENTRIES.add(self._db, entry)
        done(self._db, _GROW, scope_=scope, to_number=number, to_hash=made)
        return entry

    def scopes(self) -> list[tuple[str, int, str]]:
        """Return each chain's name, how many lines it should have and the hash that its last line should have.

        Lines of a chain that was never begun are there too, as a chain that should have none.
        """
        return sorted((row.scope, row.number, row.hash) for row in self._db.execute(_SCOPES))

    def last_at(self, scope: str) -> datetime | None:
        """Return when the last line of a chain was written."""
        at: datetime | None = self._db.execute(_LAST_AT, {"scope_": scope}).scalar()
        return at

    def read(self, scope: str, after: int | None = None, limit: int = 1000) -> list[Entry]:
        """Return lines of a chain, the oldest first, from the one after a number if that is given."""
        if after is None:
            return ENTRIES.all(self._db, _READ, scope_=scope, limit=limit)
        return ENTRIES.all(self._db, _READ_ON, scope_=scope, after=after, limit=limit)
