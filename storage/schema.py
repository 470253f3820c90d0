"""The schema of a database: made or brought up to date at the start, refused where it is newer than this program.

Alembic is imported only where there is something to do: importing it takes longer than the rest of the start.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, NullPool, create_engine, func, insert, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import CannotSave, ConfigError
from storage import postgres, tables
from storage.backup import named, take
from storage.failures import UNUSABLE, reason, unusable
from storage.locks import Locks
from storage.restored import Restored
from storage.rows import table_of

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

BACKUPS = "backups"
"""The folder beside a SQLite file in which its backups are, where nothing else is said."""
HEAD = "0007"
"""The newest revision, the one that storage.tables describes."""

_ONE_AT_A_TIME = 6_203_771_948_110_432
"""The lock of PostgreSQL that whoever changes the schema holds: any number that nobody else uses."""
_INSTANCE = table_of(tables.Instance)


@dataclass(frozen=True, slots=True)
class Installation:
    """The name of an installation, and when its database was restored if it ever was."""

    name: str
    restored: Restored | None = None


async def prepare(url: str, *, durable: bool = True, backups: Path | None = None) -> Installation:
    """Bring the database at `url` to the present schema; return which installation it is.

    A SQLite file that holds anything is backed up before its schema changes: in the folder `backups`, or else in one of
    that name beside it. Raises ConfigError where the database cannot be used or belongs to a newer version.
    """
    if url.startswith("sqlite:"):
        place = Path(url.removeprefix("sqlite:///"))
        return await asyncio.to_thread(prepare_file, place, durable, backups or place.with_name(BACKUPS))
    async with changed(url) as connection:
        return await connection.run_sync(_prepare)


@asynccontextmanager
async def changed(url: str) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that may change the schema of the PostgreSQL database at `url`; ConfigError says why not."""
    async with connected(url) as connection:
        try:
            async with connection.begin():
                yield connection
        except DBAPIError as error:
            raise postgres.unusable(error)  # noqa: B904 - it brings its cause along


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    """Connect to the PostgreSQL database at `url`; ConfigError where it cannot be reached."""
    # The address goes to asyncpg unread, as in storage.postgres.
    engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": url}, poolclass=NullPool)
    try:
        connection = await _reached(engine)
        try:
            yield connection
        finally:
            await connection.close()
    finally:
        await engine.dispose()


async def _reached(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    # ValueError and OverflowError: asyncpg's words on an address that it cannot read.
    except (OSError, DBAPIError, ValueError, OverflowError) as error:
        # Not the address itself: it may hold a password.
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise ConfigError(f"cannot reach the database that storage.url names: {reason or 'no answer'}") from error


def prepare_file(place: Path, durable: bool, backups: Path | None) -> Installation:
    """Bring a SQLite file to the present schema, backed up before unless `backups` is None."""
    place = place.absolute()
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(place, isolation_level=None, timeout=10),
        poolclass=NullPool,
    )
    locks = Locks(place)
    try:
        with engine.connect() as db:
            # Foreign keys are left off, as connections begin: rebuilding a table would delete what points to it.
            db.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
            db.exec_driver_sql("BEGIN")
            found = _present(db)
            db.rollback()
            if found is None:
                with locks.turn():
                    found = _changed(db, place, backups)
        return found
    except UNUSABLE as error:
        if isinstance(error, DBAPIError | sqlite3.Error) and reason(error) is None:
            raise
        raise unusable(place, error) from error
    except CannotSave as error:
        raise ConfigError(f"cannot bring {place} up to date: {error}") from error
    finally:
        locks.close()


def _changed(db: Connection, place: Path, backups: Path | None) -> Installation:
    """Bring a SQLite file to the present schema in one transaction; whoever is killed in the midst has done nothing."""
    before = revision(db)
    if before not in (None, HEAD) and backups is not None:
        _known(before)
        kept = take(place, backups / named(place, f"before-{HEAD}", datetime.now(UTC)))
        log.info("the database is brought up to date; a backup of it as it was is %s", kept.path)
    db.exec_driver_sql("BEGIN IMMEDIATE")
    counted = _counts(db)
    found = _prepare(db)
    if broken := db.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise sqlite3.IntegrityError(f"the migration left rows that point at nothing: {broken[:5]}")
    after = _counts(db)
    if lost := [name for name, rows in counted.items() if after.get(name, rows) < rows]:
        raise sqlite3.IntegrityError(f"the migration lost rows of {', '.join(lost)}")
    db.commit()
    return found


def _counts(db: Connection) -> dict[str, int]:
    """Return how many rows each table has; one that a migration drops is missing afterwards, and is not counted."""
    names = [name for name in inspect(db).get_table_names() if not name.startswith("question_words")]
    return {name: db.execute(select(func.count()).select_from(table(name))).scalar_one() for name in names}


def _present(db: Connection) -> Installation | None:
    """Return what `prepare` does where nothing is left to do."""
    if revision(db) != HEAD:
        return None
    row = db.execute(select(_INSTANCE.c.name, _INSTANCE.c.restored_from, _INSTANCE.c.restored_ids)).first()
    if row is None:
        return None
    return Installation(row.name, Restored(row.restored_from, row.restored_ids) if row.restored_from else None)


def _prepare(db: Connection) -> Installation:
    if found := _present(db):
        return found
    upgrade(db)
    if found := _present(db):
        return found
    drawn = secrets.token_hex(8)
    db.execute(insert(_INSTANCE), {"id": 1, "name": drawn})
    return Installation(drawn)


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

    _known(stored)
    command.upgrade(migrations(db), HEAD)


def _known(stored: str | None) -> None:
    """Raise ConfigError for a revision of a newer version."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(migrations(None)).walk_revisions()}
    if stored is not None and stored not in known:
        raise ConfigError(
            f"the database was made by a newer version of Studycircle (its schema is {stored}, this version knows "
            f"up to {HEAD}): run that version, or go back to a backup from before"
        )


def migrations(db: Connection | None) -> Config:
    """Return what Alembic has to know to work on a connection, or to tell the migrations there are."""
    from alembic.config import Config

    config = Config(attributes={"connection": db})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
