"""The schema of a database: made or brought up to date at the start, refused where it is newer than this program.

Alembic is imported only where there is something to do: importing it takes longer than the rest of the start.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, NullPool, create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigError
from storage import tables
from storage.rows import table_of

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest revision, the one that storage.tables describes."""

_ONE_AT_A_TIME = 6_203_771_948_110_432
"""The lock of PostgreSQL that whoever changes the schema holds: any number that nobody else uses."""
_INSTANCE = table_of(tables.Instance)


async def prepare(url: str, *, durable: bool = True) -> str:
    """Bring the database at `url` to the present schema and return the name of this installation.

    Raises ConfigError where the database cannot be reached or belongs to a newer version.
    """
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_prepare_sqlite, url, durable)
    # The address goes to asyncpg unread, as in storage.postgres.
    engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": url}, poolclass=NullPool)
    try:
        connection = await _connected(engine)
        try:
            async with connection.begin():
                return await connection.run_sync(_prepare)
        finally:
            await connection.close()
    finally:
        await engine.dispose()


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    # ValueError and OverflowError: asyncpg's words on an address that it cannot read.
    except (OSError, DBAPIError, ValueError, OverflowError) as error:
        # Not the address itself: it may hold a password.
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise ConfigError(f"cannot reach the database that storage.url names: {reason or 'no answer'}") from error


def _prepare_sqlite(url: str, durable: bool) -> str:
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 10}, poolclass=NullPool)
    with engine.connect() as db:
        # Foreign keys are left off, as SQLite's connections begin: rebuilding a table would delete what points at it.
        db.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        db.exec_driver_sql("BEGIN")
        name = _present(db)
        db.rollback()
        if name is None:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            name = _prepare(db)
            if broken := db.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise sqlite3.IntegrityError(f"the migration left rows that point at nothing: {broken[:5]}")
            db.commit()
    return name


def _present(db: Connection) -> str | None:
    """Return the name of this installation where nothing is left to do."""
    return db.execute(select(_INSTANCE.c.name)).scalar() if revision(db) == HEAD else None


def _prepare(db: Connection) -> str:
    if name := _present(db):
        return name
    upgrade(db)
    drawn = db.execute(select(_INSTANCE.c.name)).scalar()
    if drawn is None:
        drawn = secrets.token_hex(8)
        db.execute(insert(_INSTANCE), {"id": 1, "name": drawn})
    return drawn


def revision(db: Connection) -> str | None:
    """Return the revision of a database, None for an empty one."""
    if not inspect(db).has_table("alembic_version"):
        return None
    return db.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(db: Connection) -> None:
    """Bring a database to HEAD in the transaction that is under way; ConfigError where its revision is unknown."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    stored = revision(db)
    if stored == HEAD:
        return
    from alembic import command
    from alembic.script import ScriptDirectory

    config = migrations(db)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if stored is not None and stored not in known:
        raise ConfigError(
            f"the database was made by a newer version of Studycircle (its schema is {stored}, this version knows "
            f"up to {HEAD}): run that version, or go back to a backup from before"
        )
    command.upgrade(config, HEAD)


def migrations(db: Connection) -> Config:
    """Return what Alembic has to know to work on a connection."""
    from alembic.config import Config

    config = Config(attributes={"connection": db})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
