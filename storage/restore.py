"""Putting a backup in the place of a SQLite file, or saying that a PostgreSQL database was a backup until now."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine

from bot.errors import CannotSave, ConfigError
from bot.ids import PersonId
from storage import forgotten
from storage.backup import check, synced, take
from storage.locks import Locks
from storage.restored import mark
from storage.schema import changed, prepare_file, revision, upgrade


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a restore came to: where the database is that was there before, if there was one."""

    aside: Path | None
    revision: str | None
    """The revision that the backup had; it has the present one now."""


def restore(backup: Path, place: Path, now: datetime, gone: Sequence[PersonId] = ()) -> Replaced:
    """Put a copy of `backup` at `place`; ConfigError says why not, and then what was there is there still.

    The backup is checked, brought to the present schema and marked before it takes the place in one step. Whoever is
    `gone`, or was forgotten in what is there now, is erased from it.
    """
    if not backup.is_file():
        raise ConfigError(f"there is no backup {backup}")
    if not place.parent.is_dir():
        raise ConfigError(f"cannot restore to {place}: there is no folder {place.parent}")
    place = place.resolve()  # what a link points to is replaced, not the link
    locks = Locks(place, alone=True)
    new = place.with_name(f"{place.name}.restoring")
    try:
        new.unlink(missing_ok=True)
        revision = take(backup, new).revision
        if revision is None:
            raise ConfigError(f"{backup} is no database of Studycircle")
        prepare_file(new, durable=True, backups=None)
        _mark(new, now, [*gone, *forgotten.in_file(place)])
        check(new)
        aside = _put_aside(place, now) if place.exists() else None
        if aside is not None:
            _give_like(place, new)
        synced(new)
        new.replace(place)
        synced(place.parent)
    except (CannotSave, OSError, sqlite3.Error) as error:
        said = str(error).replace("no backup was made: ", "")
        raise ConfigError(f"nothing was restored: {said}") from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        locks.close()
    return Replaced(aside, revision)


def _mark(new: Path, now: datetime, gone: Sequence[PersonId]) -> None:
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(new), poolclass=NullPool)
    with engine.connect() as db:
        db.exec_driver_sql("PRAGMA secure_delete=ON")
        mark(db, now)
        forgotten.forget_again(db, gone, now)
        db.commit()


def _put_aside(place: Path, now: datetime) -> Path:
    """Let the present database be under another name as well, and return that; its log goes there alone.

    The database itself stays until the new one takes its place: a bot that starts meanwhile must not find none and
    begin an empty one. A log of it left at the place would be taken for the new one's.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(place, isolation_level=None)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the last one to close then takes the log along
    aside = place.with_name(f"{place.stem}-before-restore-{now:%Y%m%dT%H%M%SZ}{place.suffix}")
    try:
        os.link(place, aside)
    except FileExistsError as error:
        raise ConfigError(f"nothing was restored: {aside} is there already") from error
    except OSError:  # a file system without links
        shutil.copy2(place, aside)
        synced(aside)
    for tail in ("-wal", "-shm"):
        log = place.with_name(place.name + tail)
        if log.exists():  # it is damaged, or it would be gone
            log.rename(aside.with_name(aside.name + tail))
    return aside


def _give_like(place: Path, new: Path) -> None:
    """Let those who may use the present file use the new one."""
    present = place.stat()
    new.chmod(present.st_mode & 0o777)
    with suppress(PermissionError):
        os.chown(new, present.st_uid, present.st_gid)


async def mark_restored(url: str, now: datetime, gone: Sequence[PersonId] = ()) -> None:
    """Bring a PostgreSQL database that was a backup until now to the present schema, and let it know.

    Whoever is `gone` is erased from it.
    """

    def work(db: Connection) -> None:
        if revision(db) is None:
            raise ConfigError("the database that storage.url names is empty: restore a backup into it first")
        upgrade(db)
        mark(db, now)
        forgotten.forget_again(db, gone, now)

    async with changed(url) as connection:
        await connection.run_sync(work)
