"""Databases as an earlier version of the program left them, made from what this version wrote."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, NullPool, create_engine

from storage import schema

SINCE = {"member": {"points": "eighths / 8"}}
"""What columns of older schemas were, by the columns that they have become since."""


def upgraded(db: Connection, revision: str) -> None:
    """Bring a database to a revision."""
    command.upgrade(schema.migrations(db), revision)


def tables(raw: sqlite3.Connection, of: str = "main") -> dict[str, list[str]]:
    """Return the names of the tables and their columns, without those that SQLite keeps for the search."""
    found = raw.execute(f"SELECT name FROM {of}.sqlite_master WHERE type = 'table'").fetchall()
    names = [name for (name,) in found if not name.startswith("question_words_") and name != "alembic_version"]
    return {name: [row[1] for row in raw.execute(f'PRAGMA {of}.table_info("{name}")')] for name in names}


def as_it_was(now: Path, then: Path, revision: str) -> Path:
    """Make a database of an older schema with the rows of another, as far as it has room for them, and return it."""
    with create_engine(f"sqlite:///{then}", poolclass=NullPool).begin() as db:
        upgraded(db, revision)
    with closing(sqlite3.connect(then)) as raw:
        raw.execute("ATTACH ? AS new", (str(now),))
        new = tables(raw, "new")
        for name, columns in tables(raw).items():
            shared = {column: f'"{column}"' for column in columns if column in new[name]}
            shared |= {column: was for column, was in SINCE.get(name, {}).items() if column in columns}
            into, values = ", ".join(f'"{column}"' for column in shared), ", ".join(shared.values())
            raw.execute(f'INSERT INTO main."{name}" ({into}) SELECT {values} FROM new."{name}"')
        raw.commit()
    return then
