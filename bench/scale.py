"""Ten thousand groups and three hundred thousand members on one PostgreSQL: what they weigh and what they cost.

One group is played on the real bot; the rest are copies of its rows, with ids, names and channels of their own.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from adapters.outlines import Shelf
from bench import sample
from bench.table import Result, aligned
from bench.taker import Taker
from bot.app import Bot
from bot.bootstrap import COURSES, FEATURES
from bot.ports import Store
from schedules.clock import MovedClock
from schedules.pump import Pump
from storage import tables
from storage.store import open_store
from tests.postgres import new_database, server_url

T = TypeVar("T")

GROUPS = 10_000
CHUNK = 250
"""Groups that one statement copies."""
SPACE = 50
"""Groups that share a space."""
PEAK = 0.1
"""The part of all groups whose week opens at one instant, Monday at 18:00."""
QUIET = datetime(2027, 1, 2, tzinfo=UTC)
"""An instant before which nothing is due."""
LATER = datetime(2027, 1, 28, 17, tzinfo=UTC)
"""An instant after the last that was played, when nobody is at rest in Berlin."""
APART = 1_000_000_000_039
"""How far the ids of two copies lie from each other: more than those of one instant differ by."""

_PLACE = (
    r"regexp_replace(regexp_replace({c}, 'acme(?=[/\"])', 'acme' || k / " + str(SPACE) + r"), "
    r"'(user\d+|javascript)', '\1.' || k, 'g')"
)
_WORDS = dict.fromkeys(("ref", "place", "channel", "to", "message", "thread"), _PLACE) | {
    "space": f"replace({{c}}, 'acme', 'acme' || k / {SPACE})",
    "slug": "{c} || '-' || k",
    "key": "{c} || '~' || k",
    "once": "{c} || '~' || k",
    "subject": "{c} || '~' || k",
    "about": "split_part({c}, ':', 1) || ':' || (split_part({c}, ':', 2)::bigint + k * " + str(APART) + ")",
}
"""How the words of a row become a copy's, by the name of the column; all other words are taken over as they are."""
_NO_IDS = {"number", "part", "count", "fence", "version", "ordinal"}
_ONCE = {"instance", "lease", "zone_data", "audit_chain", "audit_entry", "break"}
"""Tables of the installation, and those that the played group has nothing in."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a table weighs, in bytes."""

    table: str
    rows: int
    data: int
    indexes: int


def main(groups: int = GROUPS) -> int:
    """Load so many groups, measure and print; return 0."""
    began = time.monotonic()
    with new_database(server_url()) as url:
        print(asyncio.run(_measured(url, groups)))
    _tell(f"That took {time.monotonic() - began:.0f} s.")
    return 0


async def _measured(url: str, groups: int) -> str:
    _tell("Playing one group …")
    await sample.play(url)
    _tell(f"Copying it {groups - 1:,} times …")
    for first in range(1, groups, CHUNK):
        await _on(url, partial(_copy, first=first, last=min(first + CHUNK, groups) - 1))
    weights = await _on(url, _weighed)
    _tell("Measuring …")
    async with await open_store(url) as store:
        costs = await _costs(store, url, groups)
    lines = [f"{one.table:18} {one.rows:>11,} rows {_mb(one.data)} data {_mb(one.indexes)} indexes" for one in weights]
    members = groups * (sample.LEARNERS + 1)
    head = f"{groups:,} groups, {members:,} members, week {sample.PLAYED} of {sample.WEEKS}; {os.cpu_count()} CPUs"
    total = Weight("all", *(sum(getattr(one, part) for one in weights) for part in ("rows", "data", "indexes")))
    sum_up = f"{total.table:18} {total.rows:>11,} rows {_mb(total.data)} data {_mb(total.indexes)} indexes"
    return "\n".join([head, "", *lines, sum_up, "", aligned(costs)])


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _mb(size: int) -> str:
    return f"{size / 1e6:>8,.1f} MB"


async def _on(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": url}, poolclass=NullPool)
    async with engine.begin() as connection:
        return await connection.run_sync(work)


# Loading


def _all() -> Iterable[Table]:
    return (table for table in tables.Table.metadata.sorted_tables if table.name not in _ONCE)


def _copy(db: Connection, first: int, last: int) -> None:
    """Copy the rows of the group that was played, once for each number."""
    if first == 1:  # what was played is marked, so that no copy is copied again
        for table in _all():
            db.execute(text(f'CREATE TABLE played_{table.name} AS SELECT * FROM "{table.name}"'))
    for table in _all():
        columns = [column for column in table.c if not (column.primary_key and column.autoincrement is True)]
        names = ", ".join(f'"{column.name}"' for column in columns)
        values = ", ".join(map(_value, columns))
        db.execute(
            text(
                f'INSERT INTO "{table.name}" ({names}) SELECT {values} '  # names of our own columns
                f"FROM played_{table.name}, generate_series({first}::bigint, {last}::bigint) AS k"
            )
        )
    if last - first + 1 < CHUNK or first == 1:
        db.execute(text("ANALYZE"))


def _value(column: Column[Any]) -> str:
    """Return what stands in a column of a copy, `k` being its number."""
    name = f'"{column.name}"'
    if column.name in _WORDS and not isinstance(column.type, Integer):
        return _WORDS[column.name].format(c=name)
    return f"{name} + k * {APART}" if isinstance(column.type, BigInteger) else name


def _weighed(db: Connection) -> list[Weight]:
    for table in _all():
        db.execute(text(f"DROP TABLE played_{table.name}"))
    db.execute(text("ANALYZE"))
    found = db.execute(
        text(
            "SELECT c.relname, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' "
            "ORDER BY pg_total_relation_size(c.oid) DESC"
        )
    )
    return [Weight(*row) for row in found if row[1] > 0]


# Measuring


async def _costs(store: Store, url: str, groups: int) -> list[Result]:
    clock, platform = MovedClock(QUIET), Taker()
    bot = Bot(FEATURES, store, clock, Shelf(COURSES))
    pump = Pump(store, {"local": platform}, clock)
    pump.attend(bot)
    results = [
        await _idle("a tick with nothing due", bot.tick),
        await _idle("a look for posts with none to send", pump.pump_once),
    ]
    clock.move_to(LATER)
    await _on(url, lambda db: _calm(db, LATER + timedelta(days=30)))
    opening = max(1, round(groups * PEAK))
    await _on(url, lambda db: _let_open(db, opening, LATER))
    results.append(await _busy(f"{opening:,} weeks open at one instant: weeks decided", bot.tick))
    results.append(await _busy(f"{opening:,} weeks open at one instant: posts claimed, sent and kept", pump.pump_once))
    looked_at = opening * 3
    await _on(url, lambda db: _let_nudge(db, looked_at, LATER))
    results.append(await _busy(f"{looked_at:,} members looked after at one instant: decided", bot.tick))
    return results


async def _idle(what: str, work: Callable[[], Awaitable[int]], times: int = 200) -> Result:
    """Return what something costs that finds nothing to do."""
    await work()
    began = time.perf_counter()
    for _ in range(times):
        assert await work() == 0, "nothing was to be due"
    return Result(what, f"{(time.perf_counter() - began) / times * 1e3:.2f} ms")


async def _busy(what: str, work: Callable[[], Awaitable[int]]) -> Result:
    """Return how many things a second are done by one process until nothing is left."""
    began, done = time.perf_counter(), 0
    while number := await work():
        done += number
    took = time.perf_counter() - began
    return Result(what, f"{done / took:,.0f}/s", context=f"{done:,} in {took:.1f} s, one process")


def _calm(db: Connection, until: datetime) -> None:
    """Put off whatever the played group left to be done, in it and all its copies."""
    db.execute(text("UPDATE agenda SET at = :until WHERE at < :until"), {"until": until})
    db.execute(text("UPDATE post SET not_before = :until WHERE state = 'due'"), {"until": until})


def _let_open(db: Connection, groups: int, at: datetime) -> None:
    """Let the next week of some groups open."""
    chosen = (
        "SELECT min(a.id) FROM agenda a JOIN week w ON w.id = a.item WHERE a.kind = 'publish week' "
        f'AND w.ordinal = {sample.PLAYED + 1} GROUP BY a."group" LIMIT :groups'
    )
    db.execute(text(f"UPDATE agenda SET at = :at WHERE id IN ({chosen})"), {"at": at, "groups": groups})
    opens = (
        "UPDATE week SET opens_at = :at WHERE id IN (SELECT item FROM agenda WHERE kind = 'publish week' AND at = :at)"
    )
    db.execute(text(opens), {"at": at})


def _let_nudge(db: Connection, members: int, at: datetime) -> None:
    """Let some members be looked at."""
    chosen = "SELECT id FROM agenda WHERE kind = 'nudge' ORDER BY item LIMIT :members"
    db.execute(text(f"UPDATE agenda SET at = :at WHERE id IN ({chosen})"), {"at": at, "members": members})
