"""How the database is: the file or the server, its backups, and what waits in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, NullPool, Table, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from bot.checkup import Finding, Level
from bot.errors import ConfigError
from bot.outbox import PostState
from storage import tables
from storage.backup import dailies
from storage.failures import DAMAGED, reason
from storage.looking import opened
from storage.restored import INSTANCE, LEASES
from storage.rows import table_of
from storage.schema import HEAD, connected, revision
from storage.sqlite import network_file_system

OVERDUE = timedelta(minutes=5)
"""How late something may be before somebody should look: after a night off all is late for a moment."""
LATELY = timedelta(days=7)
BACKUP_AGE = timedelta(days=2)
LARGE_LOG = 100_000_000
SCARCE, TOO_SCARCE = 500_000_000, 50_000_000
"""Bytes of a disk that are few, and too few."""

_AGENDA = table_of(tables.Agenda)
_POSTS = table_of(tables.Post)
_RESTORE = "Stop the bot and put a backup in its place: ./run restore FILE. The damaged file is kept."


async def examine(url: str, backups: Path | None, now: datetime) -> list[Finding]:
    """Return how the database at `url` is; nothing is changed."""
    if url.startswith("sqlite:"):
        try:
            return await asyncio.to_thread(_examine_file, Path(url.removeprefix("sqlite:///")), backups, now)
        except OSError as error:
            return [Finding(Level.WRONG, "database", f"cannot be looked at: {error}", "Look at its permissions.")]
    try:
        async with connected(url) as connection:
            return await connection.run_sync(lambda db: _examine_server(db, now))
    except ConfigError as error:
        return [Finding(Level.WRONG, "database", str(error), "Is the server running, and the address right?")]
    except (OSError, DBAPIError) as error:
        return [Finding(Level.WRONG, "database", f"cannot be read: {error}", "Look into the server's log.")]


# SQLite


def _examine_file(place: Path, backups: Path | None, now: datetime) -> list[Finding]:
    place = place.absolute()
    if not place.exists():
        return [Finding(Level.LOOK, "database", f"there is none at {place} yet", "The bot makes it when it starts.")]
    found = [*_whole(place), *_permissions(place), _disk(place)]
    if filesystem := network_file_system(place):
        found.append(
            Finding(Level.WRONG, "database", f"it lies on a network ({filesystem})", "Move it to a local disk.")
        )
    log = place.with_name(f"{place.name}-wal")
    if log.exists() and log.stat().st_size > LARGE_LOG:
        said = f"the log beside it holds {log.stat().st_size // 1_000_000} MB"
        found.append(Finding(Level.LOOK, "database", said, "Something reads for very long; restart the bot."))
    if all(one.level is not Level.WRONG for one in found):
        found += _inside(place, now)
    return [*found, _backups(place, backups, now)]


def _whole(place: Path) -> list[Finding]:
    try:
        with closing(opened(place)) as raw:
            said = [row[0] for row in raw.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        why = reason(error)
        help = _RESTORE if why == DAMAGED else "Look at its permissions and at the disk."
        return [Finding(Level.WRONG, "database", f"{place}: {why or error}", help)]
    if said != ["ok"]:
        return [Finding(Level.WRONG, "database", f"{place} is damaged: {'; '.join(said)}", _RESTORE)]
    return [Finding(Level.OK, "database", f"{place}, {place.stat().st_size / 1e6:.1f} MB, is whole")]


def _permissions(place: Path) -> list[Finding]:
    found = []
    for path, what in ((place, "the file"), (place.parent, "its folder")):
        if not os.access(path, os.W_OK):
            said = f"{what} cannot be written to: {path}"
            found.append(Finding(Level.WRONG, "database", said, "Give it to the user that the bot runs as."))
    if place.stat().st_mode & 0o007:
        said = "everybody on this machine can read what people wrote"
        found.append(Finding(Level.LOOK, "database", said, f"chmod o-rwx {place}"))
    return found


def _disk(place: Path) -> Finding:
    free = shutil.disk_usage(place.parent).free
    level = Level.WRONG if free < TOO_SCARCE else Level.LOOK if free < SCARCE else Level.OK
    help = "" if level is Level.OK else "Make room: when the disk is full, nothing can be saved."
    return Finding(level, "disk", f"{free / 1e9:.1f} GB are free", help)


def _backups(place: Path, backups: Path | None, now: datetime) -> Finding:
    if backups is None:
        return Finding(Level.LOOK, "backup", "there are no daily ones", "Name a folder in storage.backups.")
    latest = max(dailies(place, backups).values(), default=None)
    if latest is None:
        help = "The bot makes one soon after it starts, and ./run backup at once."
        return Finding(Level.LOOK, "backup", f"there is no daily one in {backups}", help)
    said = f"the last daily one is of {latest:%Y-%m-%d %H:%M} UTC, in {backups}"
    if now - latest > BACKUP_AGE:
        return Finding(Level.LOOK, "backup", said, "Is the bot running? Its log says why there was none since.")
    return Finding(Level.OK, "backup", said)


def _inside(place: Path, now: datetime) -> list[Finding]:
    engine = create_engine("sqlite://", creator=lambda: opened(place), poolclass=NullPool)
    try:
        with engine.connect() as db:
            return [_schema(db), *_schedule(db, now)]
    except (DBAPIError, ValueError, LookupError) as error:
        return [Finding(Level.WRONG, "database", f"it holds what nobody can read: {error}", _RESTORE)]


# PostgreSQL


def _examine_server(db: Connection, now: datetime) -> list[Finding]:
    version = db.execute(text("SHOW server_version")).scalar_one()
    found = [Finding(Level.OK, "database", f"PostgreSQL {version} answers")]
    if db.execute(text("SHOW transaction_read_only")).scalar_one() == "on":
        found.append(Finding(Level.WRONG, "database", "it may only be read", "Is this a replica? Name the primary."))
    by_hand = Finding(Level.OK, "backup", "PostgreSQL is backed up by its own tools; ./run backup calls pg_dump")
    return [*found, _schema(db), *_schedule(db, now), by_hand]


# Both


def _schema(db: Connection) -> Finding:
    stored = revision(db)
    if stored is None:
        return Finding(Level.LOOK, "schema", "the database is empty", "The bot makes its tables when it starts.")
    if stored == HEAD:
        return Finding(Level.OK, "schema", f"{stored}, the newest")
    if stored < HEAD:
        said = f"it is {stored}, and this version's is {HEAD}"
        return Finding(Level.LOOK, "schema", said, "The bot brings it up to date when it starts; make a backup before.")
    return Finding(Level.WRONG, "schema", f"{stored} is of a newer version", "Run that version of Studycircle.")


def _schedule(db: Connection, now: datetime) -> list[Finding]:
    if revision(db) != HEAD:
        return []
    found = [*_due(db, now), *_stuck(db, now)]
    restored = db.execute(select(INSTANCE.c.restored_at)).scalar()
    if restored is not None:
        found.append(Finding(Level.OK, "database", f"it was restored from a backup on {restored:%Y-%m-%d %H:%M} UTC"))
    held = db.execute(select(LEASES.c.name).where(LEASES.c.until > now).order_by(LEASES.c.name)).scalars().all()
    return [*found, Finding(Level.OK, "leases", ", ".join(held) or "none is held")]


def _count(db: Connection, table: Table, *conditions: object) -> int:
    return int(db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())  # type: ignore[arg-type]


def _due(db: Connection, now: datetime) -> list[Finding]:
    late = db.execute(
        select(func.count().label("many"), func.min(_AGENDA.c.at).label("oldest")).where(_AGENDA.c.at < now - OVERDUE)
    ).one()
    waiting = db.execute(
        select(func.count().label("many"), func.min(_POSTS.c.not_before).label("oldest")).where(
            _POSTS.c.state.in_([PostState.DUE, PostState.SENDING]), _POSTS.c.not_before < now - OVERDUE
        )
    ).one()
    found = []
    for many, oldest, what in (
        (late.many, late.oldest, "things due"),
        (waiting.many, waiting.oldest, "posts to go out"),
    ):
        if many:
            said = f"{many} {what} are late, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
            found.append(Finding(Level.LOOK, "schedule", said, "Is the bot running? If it is, its log says why."))
        else:
            found.append(Finding(Level.OK, "schedule", f"no {what} are late"))
    if failing := _count(db, _AGENDA, _AGENDA.c.attempts > 0):
        said = f"{failing} things due failed and are tried again"
        found.append(Finding(Level.LOOK, "schedule", said, "The log says why, with the name of each."))
    return found


def _stuck(db: Connection, now: datetime) -> list[Finding]:
    found = []
    lately = _POSTS.c.at > now - LATELY
    if unknown := _count(db, _POSTS, _POSTS.c.state == PostState.UNKNOWN):
        said = f"of {unknown} posts nobody knows whether they arrived"
        found.append(Finding(Level.LOOK, "posts", said, "Those who lead the group decide, with /lead schedule."))
    if dead := _count(db, _POSTS, _POSTS.c.state == PostState.DEAD, lately):
        said = f"{dead} posts of the last 7 days could not be sent"
        found.append(Finding(Level.LOOK, "posts", said, "Those who lead the group see why, with /lead schedule."))
    healed = db.execute(select(func.sum(_POSTS.c.healed)).where(lately)).scalar() or 0
    found.append(Finding(Level.OK, "posts", f"{healed} copies of posts were removed in the last 7 days"))
    return found
