"""The store: whole handlers run in one transaction each, on SQLite or on PostgreSQL."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError, StoreClosed

U = TypeVar("U")
T = TypeVar("T")


class Store(ABC, Generic[U]):
    """Runs work and views on a unit of work `U`, each in one transaction."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @abstractmethod
    async def write(self, work: Callable[[U], T]) -> T:
        """Run `work` in one transaction and return its result once that is committed.

        What `work` raises undoes it and is raised here. `work` may run more than once, so it must be pure but for
        its unit of work. Raises CannotSave, MaybeSaved (PostgreSQL only) and StoreClosed. A caller who is
        cancelled cannot know whether the work was saved.
        """

    @abstractmethod
    async def read(self, view: Callable[[U], T]) -> T:
        """Run `view` on one snapshot in which nothing can be written, without waiting for any writer."""

    @abstractmethod
    async def close(self) -> None:
        """Take no more calls, wait for those under way and let go of the database; may be called twice."""


class Underway:
    """Counts the calls under way on one event loop, so that closing can wait for them."""

    def __init__(self) -> None:
        self._calls = 0
        self._closed = False
        self._last: asyncio.Future[None] | None = None

    def __enter__(self) -> None:
        if self._closed:
            raise StoreClosed("the store is closed")
        self._calls += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls -= 1
        if not self._calls and self._last is not None and not self._last.done():
            self._last.set_result(None)

    async def close(self) -> None:
        """Refuse further calls and return when the last one has ended."""
        self._closed = True
        if self._calls:
            self._last = self._last or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._last)


def open_store(url: str, unit_of_work: Callable[[Connection], U], *, durable: bool = True) -> Store[U]:
    """Open the database at `sqlite:///path.db` or `postgresql://…`; ConfigError says what is wrong with the address.

    `unit_of_work` builds the ports over one connection; they execute statements and never commit or roll back.
    `durable=False` is for tests: SQLite then does not wait for the disk.
    On PostgreSQL, and for reads, one store serves one event loop; writes on SQLite may come from any.
    """
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        # Only the engine in use is imported: it keeps the start short, and asyncpg is an optional extra.
        from storage.sqlite import SqliteStore

        return SqliteStore(_sqlite_path(url), unit_of_work, durable=durable)
    if scheme in ("postgresql", "postgres"):
        from storage.postgres import PostgresStore

        return PostgresStore(url, unit_of_work)
    # The address itself is not repeated: it may hold a password.
    raise ConfigError(f"cannot store in “{scheme}”: use sqlite:///path.db or postgresql://user:password@host/name")


def _sqlite_path(url: str) -> str:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ConfigError("cannot read the address of the database: use sqlite:///path.db") from error
    if not address.database or address.database == ":memory:":
        raise ConfigError("the address of the database names no file: use sqlite:///path.db")
    if address.query or address.host:
        raise ConfigError("the address of the database has parts beyond the file: use sqlite:///path.db")
    return address.database
