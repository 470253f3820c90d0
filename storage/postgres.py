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
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import CannotRead, CannotSave, ConfigError, MaybeSaved
from bot.faultpoints import faultpoint
from storage.database import Store, U, Underway

T = TypeVar("T")

WRITERS = 8
READERS = 4
COMMAND_SECONDS = 20.0
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
_READ_ONLY = "25006"
_NOT_ALLOWED = "42501"
_SILENT = "the database does not answer"
_REASONS = _PASSING | {
    "55P03": "others hold the same for too long",
    "57014": "the database took too long",
    "53100": "the database's disk is full",
    "53200": "the database's memory is used up",
    "53300": "the database has too many connections",
    "57P01": "the database is being stopped",
    "57P02": "the database has crashed",
    "57P03": "the database is starting",
    "58030": "the database's disk does not take it",
    "XX001": "the database is damaged",
    "XX002": "the database is damaged",
    _READ_ONLY: "the database may only be read",
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
                        raise _unsaved(error)  # noqa: B904 - it brings its cause along
                await asyncio.sleep(pause)

    async def _once(self, work: Callable[[U], T]) -> T:
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._writers.connect())
            except (OSError, PoolTimeout, DBAPIError) as error:
                reason = error.orig if isinstance(error, DBAPIError) else error
                raise CannotSave(f"nothing was saved: the database cannot be reached ({reason})") from error
            try:
                result = await connection.run_sync(self._run, work)
            except TimeoutError as error:
                await connection.invalidate(error)  # or its rollback would wait as long again
                raise CannotSave(f"nothing was saved: {_SILENT}") from error
            try:
                faultpoint("store: before the commit")
                await connection.commit()
                faultpoint("store: committed")
            except TimeoutError as error:
                await connection.invalidate(error)
                raise MaybeSaved("the database did not answer the commit") from error
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise MaybeSaved("the connection to the database broke during the commit") from error
                raise
            return result

    async def read(self, view: Callable[[U], T]) -> T:
        """Run `view` in a READ ONLY transaction on one snapshot, again where its connection turned out to be dead."""
        with self._underway:
            pauses = iter(PAUSES)
            while True:
                try:
                    async with self._readers.connect() as connection:
                        return await self._look(connection, view)
                except (OSError, PoolTimeout) as error:
                    raise CannotRead(f"nothing could be read: the database cannot be reached ({error})") from error
                except DBAPIError as error:
                    pause = next(pauses, None) if error.connection_invalidated else None
                    if pause is None:
                        raise _unread(error)  # noqa: B904 - it brings its cause along
                await asyncio.sleep(pause)

    async def _look(self, connection: AsyncConnection, view: Callable[[U], T]) -> T:
        try:
            return await connection.run_sync(self._run, view)
        except TimeoutError as error:
            await connection.invalidate(error)
            raise CannotRead(f"nothing could be read: {_SILENT}") from error

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
            "command_timeout": COMMAND_SECONDS,  # for a network that swallows everything; statement_timeout is sooner
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


def _reason(error: DBAPIError) -> str | None:
    """Return why the server or the crowd is at fault; None where neither is."""
    if error.connection_invalidated:
        return "the connection to the database broke"
    return _REASONS.get(_sqlstate(error))


def _unsaved(error: DBAPIError) -> Exception:
    """Return CannotSave for what is the server's fault or the crowd's, else the error itself."""
    reason = _reason(error)
    return _caused(CannotSave(f"nothing was saved: {reason}"), error) if reason else error


def _unread(error: DBAPIError) -> Exception:
    """Return CannotRead for what is the server's fault or the crowd's, else the error itself."""
    reason = None if _sqlstate(error) == _READ_ONLY else _reason(error)  # a view that writes is a mistake of ours
    return _caused(CannotRead(f"nothing could be read: {reason}"), error) if reason else error


def unusable(error: DBAPIError) -> Exception:
    """Return what somebody is told who starts this with a database that cannot be used, else the error itself."""
    reason = "its user may not do that" if _sqlstate(error) == _NOT_ALLOWED else _reason(error)
    told = ConfigError(f"cannot use the database that storage.url names: {reason} ({error.orig})")
    return _caused(told, error) if reason else error


def _caused(told: Exception, error: BaseException) -> Exception:
    told.__cause__ = error
    return told
