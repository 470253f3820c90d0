"""Backups of a SQLite file: whole copies made beside the work going on, checked, and so many of them kept."""

from __future__ import annotations

import glob
import logging
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import CannotSave, ConfigError
from storage.failures import DAMAGED, reason

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that a backup waits for a lock of SQLite."""
_DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was checked."""

    path: Path
    size: int
    revision: str | None


def named(source: Path, why: str, now: datetime) -> str:
    """Return the name of a backup made at `now`, such as studycircle-daily-20270111T180000Z.db."""
    return f"{source.stem}-{why}{'-' if why else ''}{now:%Y%m%dT%H%M%SZ}.db"


def take(source: Path, target: Path) -> Backup:
    """Copy the database at `source` to a new file, check the copy, and return it.

    Others may write meanwhile: the copy is of one instant. It appears under its name when it is whole and on the disk.
    Raises CannotSave where it cannot be made; then nothing is there.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        if target.exists():
            raise CannotSave(f"no backup was made: {target} is there already")
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # it holds what people wrote
        try:
            # Copying the file itself would miss what is in the log beside it, and tear while others write.
            with closing(_opened(source)) as raw:
                raw.execute("VACUUM INTO ?", (str(part),))
            revision = check(part)
            synced(part)
            part.rename(target)
            synced(target.parent)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    except (OSError, sqlite3.Error) as error:
        raise CannotSave(f"no backup was made: {reason(error) or error}") from error
    except ConfigError as error:
        raise CannotSave(f"no backup was made: {error}") from error
    return Backup(target, target.stat().st_size, revision)


def check(path: Path) -> str | None:
    """Return the revision of a database that is whole, None for an empty one; ConfigError where it is damaged."""
    try:
        with closing(_opened(path)) as raw:
            found = [row[0] for row in raw.execute("PRAGMA integrity_check(3)")]
            if found != ["ok"]:
                raise ConfigError(f"{path} is damaged: {'; '.join(found)}")
            if broken := raw.execute("PRAGMA foreign_key_check").fetchmany(3):
                raise ConfigError(f"{path} is damaged: rows of {broken[0][0]} point at nothing")
            if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                return None
            kept = raw.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(kept[0]) if kept else None
    except sqlite3.Error as error:
        why = reason(error)
        told = "is damaged" if why == DAMAGED else f"cannot be read: {why or error}"
        raise ConfigError(f"{path} {told} ({error})") from error


def _opened(path: Path) -> sqlite3.Connection:
    # Never made by opening; and written to only where a log is left from a crash, which belongs to what is read.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None)


def synced(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# Daily backups


def daily(source: Path, folder: Path, now: datetime, days: int, weeks: int) -> Backup:
    """Make today's backup of a database, then let go of those that are not to be kept any longer."""
    for part in folder.glob(f"{glob.escape(source.stem)}-{_DAILY}-*.db.part"):  # left by a process that was killed
        _let_go(part)
    made = take(source, folder / named(source, _DAILY, now))
    for path in spare(dailies(source, folder), days, weeks):
        _let_go(path)
    return made


def _let_go(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # the new backup counts all the same
        log.warning("an old backup cannot be deleted: %s", error)


def dailies(source: Path, folder: Path) -> dict[Path, datetime]:
    """Return the daily backups of a database and when each was made."""
    pattern = re.compile(rf"{re.escape(source.stem)}-{_DAILY}-(\d{{8}}T\d{{6}})Z\.db")
    found = {}
    for path in folder.glob("*.db") if folder.is_dir() else ():
        if name := pattern.fullmatch(path.name):
            found[path] = datetime.strptime(f"{name[1]}+0000", "%Y%m%dT%H%M%S%z")
    return found


def spare(made: dict[Path, datetime], days: int, weeks: int) -> list[Path]:
    """Return the backups that need not be kept: all but the newest of each of the last days and weeks with any."""
    kept = {*_newest(made, days, datetime.date), *_newest(made, weeks, lambda at: at.isocalendar()[:2])}
    return sorted(path for path in made if path not in kept)


def _newest(made: dict[Path, datetime], most: int, period: Callable[[datetime], object]) -> list[Path]:
    latest: dict[object, Path] = {}
    for path in sorted(made, key=lambda one: made[one], reverse=True):
        latest.setdefault(period(made[path]), path)
    return list(latest.values())[:most]
