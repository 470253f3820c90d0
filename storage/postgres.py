"""The store in PostgreSQL, through asyncpg."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import CannotSave, ConfigError, MaybeSaved
from storage.database import Store, U, Underway

T = TypeVar("T")

WRITERS = 8
READERS = 4
PAUSES = (0.02, 0.08, 0.32)  # seconds before a work is run again

_SETTINGS = {
    "application_name": "studycircle",
    "lock_timeout": "5s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING = {
    "40001": "others kept changing the same",
    "40P01": "others kept locking the same",
}
_UNIQUE = "23505"
"""Two first calls of one new person: the second run sees the first's row; what still collides is the work's own."""
_REASONS = _PASSING | {
    "55P03": "others hold the same for too long",
    "57014": "the database took too long",
    "53100": "the database's disk is full",
    "53200": "the database's memory is used up",
    "53300": "the database has too many connections",
    "25006": "the database may only be read",
}


class PostgresStore(Store[U]):
    """Keeps everything in the database at `dsn`, which may hold all that libpq understands; connects when used."""

    def __init__(self, dsn: str, unit_of_work: Callable[[Connection], U]) -> None:
        if importlib.util.find_spec("asyncpg") is None:
            raise ConfigError("PostgreSQL needs asyncpg: install the extra “postgres”")
        self._unit_of_work = unit_of_work
        # Two pools, so that readers never wait for writers who wait for a lock.
        self._writers = _engine(dsn, WRITERS, {"isolation_level": "READ COMMITTED"})
        self._readers = _engine(dsn, READERS, {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        self._underway = Underway()

    async def write(self, work: Callable[[U], T]) -> T:
        """Run `work` in a READ COMMITTED transaction, again where that may help."""
        with self._underway:
            pauses = iter(PAUSES)
            while True:
                try:
                    return await self._once(work)
                except DBAPIError as error:
                    pause = next(pauses, None) if _may_pass(error) else None
                    if pause is None:
                        raise _translated(error)  # noqa: B904 - it brings its cause along
                await asyncio.sleep(pause)

    async def _once(self, work: Callable[[U], T]) -> T:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._writers.connect())
            except (OSError, PoolTimeout, DBAPIError) as error:
                reason = error.orig if isinstance(error, DBAPIError) else error
                raise CannotSave(f"nothing was saved: the database cannot be reached ({reason})") from error
            result = await connection.run_sync(self._run, work)
            try:
                await connection.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise MaybeSaved("the connection to the database broke during the commit") from error
                raise
            return result

    async def read(self, view: Callable[[U], T]) -> T:
        """Run `view` in a READ ONLY transaction on one snapshot."""
        with self._underway:
            async with self._readers.connect() as connection:
                return await connection.run_sync(self._run, view)

    def _run(self, connection: Connection, work: Callable[[U], T]) -> T:
        return work(self._unit_of_work(connection))

    async def close(self) -> None:
        """Wait for the calls under way and close the connections."""
        await self._underway.close()
        await self._writers.dispose()
        await self._readers.dispose()


def _engine(dsn: str, size: int, options: dict[str, object]) -> AsyncEngine:
    return create_async_engine(
        "postgresql+asyncpg://",
        # The address goes to asyncpg unread: it knows sslmode, sockets and pgpass, which SQLAlchemy's reading loses.
        connect_args={
            "dsn": dsn,
            "timeout": 10,
            "command_timeout": 20,  # for a network that swallows everything; statement_timeout is sooner
            "server_settings": _SETTINGS,
            "prepared_statement_cache_size": 500,
        },
        pool_size=size,
        max_overflow=0,
        execution_options=options,
    )


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _may_pass(error: DBAPIError) -> bool:
    """Say whether the same work may succeed at once on a new transaction, or on a new connection."""
    return _sqlstate(error) in {*_PASSING, _UNIQUE} or error.connection_invalidated


def _translated(error: DBAPIError) -> Exception:
    """Return CannotSave for what is the server's fault or the crowd's, else the error itself."""
    reason = "the connection to the database broke" if error.connection_invalidated else _REASONS.get(_sqlstate(error))
    if reason is None:
        return error
    refused = CannotSave(f"nothing was saved: {reason}")
    refused.__cause__ = error
    return refused
