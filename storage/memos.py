"""Memos, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, Executable, bindparam, select

from storage import tables
from storage.rows import Insert, table_of, upsert

_TABLE = table_of(tables.Memo)
_GET = select(_TABLE.c.word).where(_TABLE.c.name == bindparam("name_"))


def _keep(into: Insert) -> Executable:
    """Return the statement that keeps a word or changes the one that stands."""
    changed = {"word": into.excluded["word"]}
    statement: Executable = into.inline().on_conflict_do_update(index_elements=["name"], set_=changed)
    return statement


_KEEP = upsert(_TABLE, _keep)


class SqlMemos:
    """Where memos are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, name: str) -> str | None:
        """Return what was last kept under a name."""
        return self._db.execute(_GET, {"name_": name}).scalar()

    def keep(self, name: str, word: str) -> None:
        """Keep a word under a name, instead of what was there."""
        self._db.execute(_KEEP[self._db.dialect.name], {"name": name, "word": word})
