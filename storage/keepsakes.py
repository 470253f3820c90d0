"""Keepsakes, in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Executable, bindparam, delete, select

from storage import tables
from storage.rows import Insert, table_of, upsert

_TABLE = table_of(tables.Keepsake)
_ALL = select(_TABLE.c.name, _TABLE.c.document)
_DROP = delete(_TABLE).where(_TABLE.c.name == bindparam("name_"))


def _keep(into: Insert) -> Executable:
    """Return the statement that keeps a document or changes the one that stands."""
    changed = {"document": into.excluded["document"]}
    statement: Executable = into.inline().on_conflict_do_update(index_elements=["name"], set_=changed)
    return statement


_KEEP = upsert(_TABLE, _keep)


class SqlKeepsakes:
    """Where keepsakes are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def all(self) -> Mapping[str, str]:
        """Return every document by its name."""
        return {row.name: row.document for row in self._db.execute(_ALL)}

    def keep(self, documents: Mapping[str, str]) -> None:
        """Keep documents under their names, instead of what was there."""
        rows = [{"name": name, "document": document} for name, document in documents.items()]
        if rows:
            self._db.execute(_KEEP[self._db.dialect.name], rows)

    def drop(self, names: Collection[str]) -> None:
        """Forget the documents of these names."""
        if names:
            self._db.execute(_DROP, [{"name_": name} for name in names])
