"""The same statements by sqlite3 alone: what the database itself costs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

import storage.sqlite
from bot.ports import UnitOfWork
from storage.database import Store, open_store
from storage.sqlite import WriterConnection
from storage.unit_of_work import SqlUnitOfWork

Parameters: TypeAlias = Any
"""Whatever the driver takes."""
Made: TypeAlias = Any
"""A kind of cursor, or one of them."""
Statement: TypeAlias = tuple[str, Any]
"""Words and parameters, as the driver gets them."""

_OF_A_WORK = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
"""How statements begin that a unit of work asks for, unlike those of the transaction around it."""


def overheard(path: Path, heard: list[Statement]) -> Store[UnitOfWork]:
    """Open a store that adds each statement to `heard` as the driver gets it; what is read by the way is left out."""

    class Cursor(sqlite3.Cursor):
        def execute(self, words: str, parameters: Parameters = (), /) -> Cursor:
            heard.append((words, parameters))
            return super().execute(words, parameters)

    class Overheard(WriterConnection):
        def cursor(self, factory: Made = Cursor) -> Made:
            return super().cursor(factory)

        def execute(self, words: str, parameters: Parameters = (), /) -> sqlite3.Cursor:
            if words.startswith(_OF_A_WORK):
                heard.append((words, parameters))
            return super().execute(words, parameters)

    with patch.object(storage.sqlite, "WriterConnection", Overheard):
        return open_store(f"sqlite:///{path}", lambda db: SqlUnitOfWork(db, "bench"), durable=False)


def opened(path: Path) -> sqlite3.Connection:
    """Open a database with the settings of the store's writer."""
    db = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        db.execute(f"PRAGMA {setting}")
    return db


def repeat(db: sqlite3.Connection, operations: Sequence[Sequence[Statement]]) -> None:
    """Run each operation's statements in a transaction of its own, and read what they return."""
    for statements in operations:
        db.execute("BEGIN IMMEDIATE")
        for words, parameters in statements:
            db.execute(words, parameters).fetchall()
        db.execute("COMMIT")
