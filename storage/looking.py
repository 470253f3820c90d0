"""A database as it is: looked into without changing anything, not even its schema."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, select
from sqlalchemy.exc import DBAPIError

from bot.chat import ChannelRef, RosterRef
from bot.errors import ConfigError
from bot.study.groups import OVER
from storage import tables
from storage.groups import GROUPS, HOMES
from storage.leases import LEASES
from storage.rows import table_of
from storage.schema import HEAD, connected, revision

_MEMOS = table_of(tables.Memo)


@dataclass(frozen=True, slots=True)
class Known:
    """What an installation knows of a platform: its groups' channels with their titles, memos, and ends of leases.

    A channel for questions is one of a group's too. `rosters` are those that groups have, with the groups' titles.
    """

    homes: Sequence[tuple[ChannelRef, str]]
    memos: Mapping[str, str]
    leases: Mapping[str, datetime]
    rosters: Sequence[tuple[RosterRef, str]] = ()


def opened(place: Path) -> sqlite3.Connection:
    """Return a connection to a SQLite file that can change nothing in it."""
    raw = sqlite3.connect(f"{place.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    raw.execute("PRAGMA query_only=ON")
    return raw


async def known(url: str, platform: str) -> Known | None:
    """Return what the database at `url` knows of a platform; None where there is none that can be read."""
    try:
        if not url.startswith("sqlite:"):
            async with connected(url) as connection:
                return await connection.run_sync(lambda db: _known(db, platform))
        return await asyncio.to_thread(_known_in, Path(url.removeprefix("sqlite:///")), platform)
    except (ConfigError, OSError, DBAPIError, sqlite3.Error, ValueError, LookupError):
        return None  # what is wrong with it is told by the examination of the database


def _known_in(place: Path, platform: str) -> Known | None:
    if not place.exists():
        return None
    with create_engine("sqlite://", creator=lambda: opened(place), poolclass=NullPool).connect() as db:
        return _known(db, platform)


def _known(db: Connection, platform: str) -> Known | None:
    if revision(db) != HEAD:
        return None
    homes = db.execute(
        select(HOMES.c.channel, HOMES.c.questions, HOMES.c.roster, GROUPS.c.title)
        .join_from(HOMES.table, GROUPS.table, HOMES.c.group == GROUPS.c.id)
        .where(GROUPS.c.state.not_in(OVER))
        .order_by(HOMES.c.id)
    ).all()
    memos = db.execute(select(_MEMOS.c.name, _MEMOS.c.word).where(_MEMOS.c.name.startswith(f"{platform} ")))
    leases = db.execute(select(LEASES.c.name, LEASES.c.until).where(LEASES.c.name.startswith(f"{platform} ")))
    return Known(
        [
            (channel, row.title)
            for row in homes
            for channel in (row.channel, row.questions)
            if channel is not None and channel.platform == platform
        ],
        {row.name: row.word for row in memos},
        {row.name: row.until for row in leases},
        [(row.roster, row.title) for row in homes if row.roster is not None and row.roster.platform == platform],
    )
