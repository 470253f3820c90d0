"""The audit log, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from bot.ids import PersonId
from bot.study.audit import BEGINNING, Entry, digest
from storage import tables
from storage.rows import Rows, table_of, upsert

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
_SCOPES = select(CHAINS.c.scope, CHAINS.c.number, CHAINS.c.hash).order_by(CHAINS.c.scope)
_READ = (
    ENTRIES.select.where(ENTRIES.c.scope == bindparam("scope_"), ENTRIES.c.number > bindparam("after"))
    .order_by(ENTRIES.c.number)
    .limit(bindparam("limit"))
)


class SqlAudit:
    """Where the audit log is kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, scope: str, at: datetime, actor: PersonId, action: str, items: str) -> Entry:
        """Append a line to a chain, in the transaction of what it tells, and return it."""
        beginning = {"scope": scope, "number": 0, "hash": BEGINNING}
        self._db.execute(_BEGIN[self._db.dialect.name], beginning)
        number, previous = self._db.execute(_END, {"scope_": scope}).one()
        number += 1
        made = digest(scope, number, at, actor, action, items, previous)
        entry = Entry(scope, number, at, actor, action, items, previous, made)
        ENTRIES.add(self._db, entry)
        self._db.execute(_GROW, {"scope_": scope, "to_number": number, "to_hash": made})
        return entry

    def scopes(self) -> list[tuple[str, int, str]]:
        """Return each chain's name, how many lines it should have and the hash that its last line should have."""
        return [(row.scope, row.number, row.hash) for row in self._db.execute(_SCOPES)]

    def read(self, scope: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Return lines of a chain, the oldest first."""
        return ENTRIES.all(self._db, _READ, scope_=scope, after=after, limit=limit)
