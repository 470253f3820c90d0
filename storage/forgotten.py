"""Who was forgotten, kept outside of the database as well: a backup from before must not bring anybody back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from bot.desk import Desk
from bot.errors import ConfigError
from bot.ids import PersonId
from bot.language import Languages
from bot.study import erasing
from storage.backup import synced
from storage.restored import INSTANCE
from storage.unit_of_work import SqlUnitOfWork

NAME = "forgotten.txt"
"""The list's name, in the folder of the backups or else beside the database."""
_HEADING = "# Who was erased: numbers that say nothing by themselves. A restore erases them again. Keep this file.\n"


def list_of(place: Path | None, backups: Path | None) -> Path | None:
    """Return where an installation keeps its list; None where it has no folder for it."""
    folder = backups or (place.parent if place is not None else None)
    return folder / NAME if folder is not None else None


def read(file: Path | None) -> list[PersonId]:
    """Return who stands in a list; nobody where there is none. ConfigError where it cannot be read."""
    if file is None or not file.exists():
        return []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return [PersonId(int(line.split()[0])) for line in lines if line.strip() and not line.startswith("#")]
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read, and it says who must stay forgotten: {error}") from error


def add(file: Path, people: Iterable[PersonId], now: datetime) -> int:
    """Add people to a list, those who are not in it yet, and return how many they were."""
    new = [id for id in people if id not in set(read(file))]
    if not new:
        return 0
    file.parent.mkdir(parents=True, exist_ok=True)
    begins = not file.exists()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as written:
        written.write((_HEADING if begins else "") + "".join(f"{id} {now:%Y-%m-%d}\n" for id in new))
        written.flush()
        os.fsync(written.fileno())
    synced(file.parent)
    return len(new)


def cleared(place: Path) -> bool:
    """Let a SQLite file's log be empty, as it holds what was there before; return False where it is in use."""
    with closing(sqlite3.connect(place, isolation_level=None, timeout=10)) as raw:
        busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def in_file(place: Path) -> list[PersonId]:
    """Return who was forgotten in a SQLite file, as far as it can be read at all."""
    with (
        suppress(sqlite3.Error, OSError),
        closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True)) as raw,
    ):
        return [PersonId(id) for (id,) in raw.execute("SELECT id FROM person WHERE name = ''")]
    return []


def forget_again(db: Connection, people: Iterable[PersonId], now: datetime) -> int:
    """Erase people from a database that was a backup until now; return how many of them it knew.

    Their messages are ordered to go as well: what was ordered before was lost, and may not have been done yet.
    """
    uow = SqlUnitOfWork(db, db.execute(select(INSTANCE.c.name)).scalar_one())
    board, languages = Desk(uow.outbox, uow.instance, now), Languages()
    count = 0
    for id in people:
        if (person := uow.people.get(id)) is not None:  # one whose accounts were linked is several, and goes at once
            erasing.forget_anyway(uow, board, languages, person, now)
            count += 1
    return count
