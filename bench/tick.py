"""A tick with nothing due, beside few rows and beside very many, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import TypeAlias

from sqlalchemy import Connection, text

from adapters.outlines import Shelf
from bench.chatter import BusyClock
from bench.spending import Spent, folder, on_one_core, spent
from bench.table import Result, at_most, only_told
from bot.app import Bot
from bot.bootstrap import COURSES, FEATURES
from bot.ports import Store
from schedules.pump import Pump
from storage.database import open_store as open_bare
from storage.store import open_store
from tests.postgres import new_database, server_url

NOTES = (
    "**tick**: `Bot.tick` with nothing due, beside so many lines of the agenda that are due later and as many posts "
    "that were sent; and the pump's look for posts to send, which is a write, beside the same rows. On SQLite by CPU; "
    "on PostgreSQL, whose server is a process of its own, by time on the wall. Few and many take turns.",
)
CHUNK = 100_000
"""Rows that one transaction adds; a statement may take 15 seconds on PostgreSQL."""

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)",
    "postgresql": "WITH n AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS i)",
}
_LATER = """
INSERT INTO agenda (id, kind, item, at, attempts) {numbers} SELECT i, 'nudge', i, '2028-01-01 00:00:00.000000', 0 FROM n
"""
_SENT = """
INSERT INTO post (id, key, verb, place, about, slot, part, state, at, not_before, attempts, fence, sent_at, reason)
{numbers} SELECT
    i, 'key' || i, 'send', 'local:acme/' || (i % 100), 'week:' || i, 'card', 0, 'sent',
    '2027-01-01 00:00:00.000000', '2027-01-01 00:00:00.000000', 1, 1, '2027-01-01 00:00:00.000000', ''
FROM n
"""

Work: TypeAlias = Callable[[], Awaitable[int]]
Costs: TypeAlias = list[tuple[float, float]]
"""Microseconds beside few rows and beside many, in each round."""


def measure(few: int = 1_000, many: int = 1_000_000, ticks: int = 200, rounds: int = 7) -> list[Result]:
    """Compare so many ticks a round beside few rows and beside many."""
    results: list[Result] = []
    for engine, databases in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgres)):
        with databases() as urls:
            if urls is None:
                results.append(Result(f"tick, {engine}", "not measured", context="its server could not be started"))
                continue
            with on_one_core():
                tick, pump = asyncio.run(_compared(urls, (few, many), ticks, rounds))
        words = f"beside {many:,} : {few:,} rows"
        ratio, context = _typical(tick)
        results.append(at_most(f"tick, {engine}: nothing due, {words}", ratio, 1.5, context))
        ratio, context = _typical(pump)
        results.append(only_told(f"tick, {engine}: nothing to send, {words}", ratio, context))
    return results


def _typical(costs: Costs) -> tuple[float, str]:
    few, many = (median(column) for column in zip(*costs, strict=True))
    return median(more / less for less, more in costs), f"{many:,.0f} µs : {few:,.0f} µs"


@contextmanager
def _on_sqlite() -> Iterator[tuple[str, str]]:
    with folder() as place:
        yield f"sqlite:///{place}/few.db", f"sqlite:///{place}/many.db"


@contextmanager
def _on_postgres() -> Iterator[tuple[str, str] | None]:
    """Make two databases on the server that the tests start; None where it cannot be started."""
    try:
        server = server_url()
    except RuntimeError:
        yield None
        return
    with new_database(server) as one, new_database(server) as other:
        yield one, other


async def _compared(urls: tuple[str, str], rows: tuple[int, int], ticks: int, rounds: int) -> tuple[Costs, Costs]:
    """Return what ticks and looks for posts cost on two databases that hold so many rows."""
    async with await open_store(urls[0]) as little, await open_store(urls[1]) as much:
        for url, number in zip(urls, rows, strict=True):
            await _fill(url, number)
        by_cpu = urls[0].startswith("sqlite")
        of_ticks = await _rounds(_tick(little), _tick(much), ticks, rounds, by_cpu=by_cpu)
        return of_ticks, await _rounds(_pump(little), _pump(much), ticks, rounds, by_cpu=by_cpu)


def _tick(store: Store) -> Work:
    return Bot(FEATURES, store, BusyClock(), Shelf(COURSES)).tick


def _pump(store: Store) -> Work:
    return Pump(store, {}, BusyClock()).pump_once


async def _rounds(beside_few: Work, beside_many: Work, times: int, rounds: int, *, by_cpu: bool) -> Costs:
    costs = [(await _spent(beside_few, times), await _spent(beside_many, times)) for _ in range(rounds + 1)]
    # The first round only warms up.
    return [(few.cpu, many.cpu) if by_cpu else (few.wall, many.wall) for few, many in costs[1:]]


async def _spent(work: Work, times: int) -> Spent:
    with spent(times) as cost:
        for _ in range(times):
            assert await work() == 0, "nothing was to be due"
    return cost


async def _fill(url: str, rows: int) -> None:
    """Add so many lines to the agenda and so many posts that were sent."""
    async with open_bare(url, lambda db: db, durable=False) as store:
        for first in range(1, rows + 1, CHUNK):
            await store.write(lambda db, first=first: _add(db, first, min(first + CHUNK - 1, rows)))  # type: ignore[misc]


def _add(db: Connection, first: int, last: int) -> None:
    for statement in (_LATER, _SENT):
        db.execute(text(statement.format(numbers=_NUMBERS[db.dialect.name])), {"first": first, "last": last})
    if db.dialect.name == "postgresql":  # which looks at its tables by itself, but later
        db.execute(text("ANALYZE agenda, post"))
