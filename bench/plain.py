"""The same statements by sqlite3 alone: what the database itself costs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, event

from bot.ports import UnitOfWork
from storage.database import Store, open_store
from storage.unit_of_work import SqlUnitOfWork

Statement: TypeAlias = tuple[str, Any]
"""Words and parameters, as the driver gets them."""


def overheard(path: Path, heard: list[Statement]) -> Store[UnitOfWork]:
    """Open a store that adds each statement to `heard` as it hands it to the driver; what is read is left out."""

    def hear(_db: object, _cursor: object, words: str, parameters: object, _context: object, _many: bool) -> None:
        heard.append((words, parameters))

    def ports(db: Connection) -> UnitOfWork:
        if not event.contains(db.engine, "before_cursor_execute", hear):
            event.listen(db.engine, "before_cursor_execute", hear)
        return SqlUnitOfWork(db, "bench")

    return open_store(f"sqlite:///{path}", ports, durable=False)


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
