"""Connections that read from SQLite, and on which a whole view runs in one hop to the connection's own thread.

aiosqlite owns each connection and its thread. SQLAlchemy's dialect for it hops for every statement and every fetch,
which took 2.5 times the CPU for a view of ten statements; so here SQLAlchemy works on the connection in its thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, cast

import aiosqlite
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from storage.failures import UNUSABLE, unread
from storage.snapshots import forget

U = TypeVar("U")
T = TypeVar("T")


class Readers(Generic[U]):
    """So many connections to the file at `path`, each opened when it is first needed; for one event loop."""

    def __init__(self, path: str, unit_of_work: Callable[[Connection], U], *, most: int, patience: int) -> None:
        self._unit_of_work = unit_of_work
        # One engine, so that a statement is compiled once for all of them.
        self._engine = create_engine(
            "sqlite://", creator=partial(_connect, path, patience), poolclass=NullPool, pool_reset_on_return=None
        )
        self._opened: list[_Reader[U]] = []
        self._free = asyncio.Semaphore(most)
        # The one used last is used next; None stands for one that is not open yet.
        self._idle: deque[_Reader[U] | None] = deque([None] * most)

    async def read(self, view: Callable[[U], T]) -> T:
        """Run a view on a snapshot; one whose caller is cancelled goes on to its end, unheard."""
        async with self._free:
            reader = self._idle.pop()
            back = self._idle.append
            try:
                if reader is None:
                    reader = await self._open()
                return await reader.look(view)
            except asyncio.CancelledError:
                back = self._idle.appendleft  # its thread is still at work, so others had better take another
                raise
            finally:
                back(reader)

    async def _open(self) -> _Reader[U]:
        reader = _Reader(self._engine, self._unit_of_work)
        try:
            await reader.open()
        except UNUSABLE as error:
            raise unread(error)  # noqa: B904 - it brings its cause along
        self._opened.append(reader)
        return reader

    async def close(self) -> None:
        """Close the connections."""
        while self._opened:
            await self._opened.pop().close()


class _Reader(Generic[U]):
    """One connection and its thread; what it is asked for is done in that order."""

    def __init__(self, engine: Engine, unit_of_work: Callable[[Connection], U]) -> None:
        self._engine = engine
        self._unit_of_work = unit_of_work
        self._db: Connection
        self._raw: sqlite3.Connection
        self._owner = aiosqlite.Connection(self._connected, iter_chunk_size=64)
        # A daemon: a program that crashed before closing the store must be able to end.
        self._owner._thread.daemon = True

    async def open(self) -> None:
        """Start the thread and open the connection."""
        await self._owner

    async def look(self, view: Callable[[U], T]) -> T:
        """Run a view in the thread."""
        return await self._run(partial(self._look, view))

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._run(self._db.close)
        await self._owner.close()

    async def _run(self, work: Callable[[], T]) -> T:
        # What every method of aiosqlite goes through; it has no public name and no types.
        result: T = await self._owner._execute(work)  # type: ignore[no-untyped-call]
        return result

    # From here on everything runs in the thread.

    def _connected(self) -> sqlite3.Connection:
        self._db = self._engine.connect()
        self._raw = cast(sqlite3.Connection, self._db.connection.driver_connection)
        return self._raw

    def _look(self, view: Callable[[U], T]) -> T:
        try:
            self._raw.execute("BEGIN")
            forget(self._db)
            return view(self._unit_of_work(self._db))
        except StopIteration as error:  # which futures refuse
            raise RuntimeError("a view raised StopIteration") from error
        except (DBAPIError, sqlite3.Error) as error:
            raise unread(error)  # noqa: B904 - it brings its cause along
        finally:
            forget(self._db)
            self._db.rollback()
            if self._raw.in_transaction:  # where nothing was asked by way of SQLAlchemy, which knows of none then
                self._raw.rollback()


def _connect(path: str, patience: int) -> sqlite3.Connection:
    # Never made by opening: where the file was moved away, an empty one in its place would be taken for a damaged one.
    # Not bound to its thread: should its opening be given up half-way, whoever collects the garbage closes it.
    raw = sqlite3.connect(
        f"{Path(path).as_uri()}?mode=rw", uri=True, isolation_level=None, cached_statements=512, check_same_thread=False
    )
    raw.execute(f"PRAGMA busy_timeout={patience}")
    raw.execute("PRAGMA query_only=ON")
    return raw
