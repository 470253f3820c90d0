"""How SQLite is asked: past SQLAlchemy once a statement is compiled, and by readers the same only once in a snapshot.

What SQLAlchemy does around each statement costs several times what SQLite does for it; and in a snapshot, which never
changes, a question has one answer, so that a view need not hand around what it has read before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias, cast

from sqlalchemy import CompoundSelect, Connection, Delete, Executable, Insert, Select, Update
from sqlalchemy.dialects import sqlite

Question: TypeAlias = Select[Any] | CompoundSelect[Any]
Statement: TypeAlias = Question | Insert | Update | Delete
Step: TypeAlias = Callable[[Any], Any]
"""From a value of the core to one of the driver, or back."""

_SQLITE = sqlite.dialect(dbapi=sqlite3)
"""One for all connections, so that a statement is prepared once in a process and not once for each of them."""
_ASKED = "studycircle: asked in this snapshot"
"""Under this a connection to SQLite has what was asked in its snapshot; None where rows may change meanwhile."""


LONGEST = 1024
"""Values in a list that is written out for SQLite; longer ones are rare, and SQLAlchemy's business."""
ROOM = 20_000
"""Rows that are kept of what was asked in a snapshot: a view that reads page after page is not to hold them all."""


class Prepared:
    """A statement with what its values go through on the way there and back; `columns` are those that a change gets."""

    def __init__(self, statement: Statement, columns: tuple[str, ...]) -> None:
        self._compiled = compiled = statement.compile(dialect=_SQLITE, column_keys=columns or None)
        own_doing = compiled.literal_execute_params or compiled.insert_prefetch or compiled.update_prefetch
        self.fixed = not own_doing
        """Whether its words stay the same from call to call, but for the lengths of lists."""
        self._binds = {name: compiled.binds[name] for name in compiled.positiontup or ()}
        self._needed = {name for name, one in self._binds.items() if one.required}
        self._lists = [name for name, one in self._binds.items() if one in compiled.post_compile_params]
        found = (one.type.dialect_impl(_SQLITE).result_processor(_SQLITE, None) for one in statement.exported_columns)
        self._steps = [(at, step) for at, step in enumerate(found) if step is not None]
        into = {name: one.type.dialect_impl(_SQLITE).bind_processor(_SQLITE) for name, one in self._binds.items()}
        self._given = [(name, self._binds[name].value, step) for name, step in into.items() if name not in self._lists]
        self._listed = [(name, self._binds[name].value, into[name]) for name in self._lists]
        self._written: dict[tuple[int, ...], tuple[str, list[tuple[str, int]]]] = {}

    def asks(self, given: Mapping[str, object]) -> tuple[str, tuple[Any, ...]] | None:
        """Return the words and what the driver is given, in its order; None where SQLAlchemy has to ask."""
        if not given.keys() >= self._needed:
            return None  # SQLAlchemy refuses and says what is lacking; here it would be NULL
        values: dict[str, Any] = {}
        for name, value, step in self._given:
            found = given.get(name, value)
            values[name] = found if step is None else step(found)
        sizes = []
        for name, value, step in self._listed:
            many = list(cast(Iterable[Any], given.get(name, value)))
            if len(many) > LONGEST:
                return None
            if step is not None:
                many = list(map(step, many))
            # Up to a power of two, by the last once more, so that few lengths make few statements.
            many += many[-1:] * ((1 << (len(many) - 1).bit_length()) - len(many) if many else 0)
            values[name] = many
            sizes.append(len(many))
        words, order = self._written.get(tuple(sizes)) or self._write(tuple(sizes))
        return words, tuple([values[name] if at < 0 else values[name][at] for name, at in order])

    def _write(self, sizes: tuple[int, ...]) -> tuple[str, list[tuple[str, int]]]:
        """Return the words for lists of these lengths, and whose value, or which of a list, each parameter is."""
        empty: dict[str, Any] = dict.fromkeys(self._binds) | {
            name: [None] * size for name, size in zip(self._lists, sizes, strict=True)
        }
        state = self._compiled.construct_expanded_state(empty)
        parts = {part: (name, at) for name, all in state.parameter_expansion.items() for at, part in enumerate(all)}
        written = state.statement, [parts.get(name, (name, -1)) for name in state.positiontup or ()]
        return self._written.setdefault(sizes, written)

    def rows(self, db: sqlite3.Connection, words: str, parameters: Sequence[Any]) -> list[list[Any]]:
        """Return the rows that are found."""
        rows = list(map(list, db.execute(words, parameters).fetchall()))
        for at, step in self._steps:
            for row in rows:
                row[at] = step(row[at])
        return rows


_prepared = lru_cache(1_000)(Prepared)


class _Asked(dict[Any, list[list[Any]]]):
    """What was asked in a snapshot, with the answers; there is `room` for so many more rows."""

    __slots__ = ("room",)

    def __init__(self) -> None:
        self.room = ROOM


def forget(db: Connection) -> None:
    """Let nothing have been asked: a snapshot begins, or is over, and its answers need no more room."""
    db.info[_ASKED] = _Asked()


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


def rows(db: Connection, statement: Executable, given: Mapping[str, object]) -> list[list[Any]] | None:
    """Return the rows of a statement, which may be shared; None where SQLAlchemy has to ask."""
    if _ASKED not in db.info or not isinstance(statement, Select | CompoundSelect | Insert | Update | Delete):
        return None
    asks = isinstance(statement, Select | CompoundSelect)
    prepared = _prepared(statement, () if asks else tuple(given))
    wanted = prepared.asks(given) if prepared.fixed else None
    if wanted is None:
        return None
    asked: _Asked | None = db.info[_ASKED]
    raw = cast(sqlite3.Connection, db.connection.driver_connection)
    if asked is None or not asks:
        try:
            return prepared.rows(raw, *wanted)
        except sqlite3.Error:
            lock_what_is_lost(raw)
            raise
    found = asked.get((prepared, wanted))
    if found is None:
        found = prepared.rows(raw, *wanted)
        if asked.room > len(found):
            asked.room -= len(found) + 1
            asked[prepared, wanted] = found
    return found
