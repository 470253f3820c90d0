"""How SQLite is asked: past SQLAlchemy once a statement is compiled, and by readers the same only once in a snapshot.

What SQLAlchemy does around each statement costs several times what SQLite does for it; and in a snapshot, which never
changes, a question has one answer, so that a view need not hand around what it has read before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection, Dialect, Executable, Select

Step: TypeAlias = Callable[[Any], Any]
"""From a value of the core to one of the driver, or back."""

_ASKED = "studycircle: asked in this snapshot"
"""Under this a connection to SQLite has what was asked in its snapshot; None where rows may change meanwhile."""


class Prepared:
    """A SELECT with what its values go through on the way there and back."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._words = str(compiled)
        # Where a list is written out anew for each call, SQLAlchemy has to do that.
        self.fixed = not (compiled.post_compile_params or compiled.literal_execute_params)
        binds = [(name, compiled.binds[name]) for name in compiled.positiontup or ()]
        self._given = [(name, one.value, one.type.dialect_impl(dialect).bind_processor(dialect)) for name, one in binds]
        found = (one.type.dialect_impl(dialect).result_processor(dialect, None) for one in statement.selected_columns)
        self._steps = [(at, step) for at, step in enumerate(found) if step is not None]

    def parameters(self, given: Mapping[str, object]) -> tuple[Any, ...]:
        """Return what the driver is given, in its order."""
        values = ((given.get(name, value), step) for name, value, step in self._given)
        return tuple([value if step is None else step(value) for value, step in values])

    def rows(self, db: sqlite3.Connection, parameters: Sequence[Any]) -> list[list[Any]]:
        """Return the rows that are found."""
        rows = list(map(list, db.execute(self._words, parameters).fetchall()))
        for row in rows:
            for at, step in self._steps:
                row[at] = step(row[at])
        return rows


_prepared = lru_cache(1_000)(Prepared)


def begin(db: Connection) -> None:
    """Begin a snapshot in which nothing was asked yet."""
    db.info[_ASKED] = {}


def will_change(db: Connection) -> None:
    """Let each question be asked anew, on a connection that writes too."""
    db.info[_ASKED] = None


def lock_what_is_lost(raw: sqlite3.Connection) -> None:
    """Let nothing more be written where SQLite has rolled back by itself.

    After a full disk or an I/O error it is in autocommit mode. A work that swallowed the error would then save its
    further statements one by one, outside any transaction.
    """
    with suppress(sqlite3.Error):
        if not raw.in_transaction:
            raw.execute("PRAGMA query_only=ON")


def rows(db: Connection, statement: Executable, given: Mapping[str, object]) -> Sequence[Sequence[Any]] | None:
    """Return the rows of a statement, which may be shared; None where SQLAlchemy has to ask."""
    if _ASKED not in db.info or not isinstance(statement, Select):
        return None
    prepared = _prepared(statement, db.dialect)
    if not prepared.fixed:
        return None
    asked: dict[Any, list[list[Any]]] | None = db.info[_ASKED]
    parameters = prepared.parameters(given)
    raw = cast(sqlite3.Connection, db.connection.driver_connection)
    if asked is None:
        try:
            return prepared.rows(raw, parameters)
        except sqlite3.Error:
            lock_what_is_lost(raw)
            raise
    found = asked.get((prepared, parameters))
    if found is None:
        found = asked[prepared, parameters] = prepared.rows(raw, parameters)
    return found
