"""Claims: fifty posts at once and one by one, and looking after those who are due beside a million who are not."""

from __future__ import annotations

import asyncio
from statistics import median
from typing import TypeAlias

from sqlalchemy import Connection, text

from adapters.outlines import Shelf
from bench.chatter import START, BusyClock
from bench.spending import folder, on_one_core, spent
from bench.table import Result, at_least, at_most
from bot.app import Bot
from bot.bootstrap import COURSES, FEATURES
from bot.ports import Store
from storage.database import open_store as open_bare
from storage.store import open_store
from tests.postgres import new_database, server_url

NOTES = (
    "**claim**: fifty posts at fifty places of ten spaces are due on PostgreSQL: claimed by one call, and by fifty "
    "calls for one each, a transaction and a commit for each call.",
    "**due**: reading the agenda's hundred lines that are due, beside so many that are due later: the look for members "
    "who may need a kind word touches only those whose time has come.",
)
TOGETHER = 50

Costs: TypeAlias = tuple[list[float], list[float]]

_DUE_POSTS = """
INSERT INTO post (
    id, key, verb, place, about, slot, part, card, state, at, not_before, once, attempts, fence, reason, space
) SELECT i, 'key' || i, 'send', 'local:acme' || i % 10 || '/' || i, 'week:' || i, 'card', 0, '{"blocks":[]}', 'due',
    '2027-01-01', '2027-01-01', 'once' || i, 0, 0, '', 'local:acme' || i % 10
FROM generate_series(1, :posts) AS i
"""
_AGAIN = "UPDATE post SET state = 'due', not_before = '2027-01-01', lease_until = NULL, sends = 0, first_try_at = NULL"
_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)",
    "postgresql": "WITH n AS (SELECT generate_series(1, CAST(:rows AS bigint)) AS i)",
}
_LINES = """
INSERT INTO agenda (kind, item, at, attempts) {numbers} SELECT
    'nudge', i, CASE WHEN i <= :due THEN '2027-01-01 00:00:00.000000' ELSE '2028-01-01 00:00:00.000000' END{cast}, 0
FROM n
"""


def measure(few: int = 1_000, many: int = 1_000_000, due: int = 100, rounds: int = 7) -> list[Result]:
    """Compare fifty claims with one, and the same due lines beside few rows and beside many."""
    results: list[Result] = []
    try:
        server = server_url()
    except RuntimeError:
        results.append(Result("claim, PostgreSQL", "not measured", context="its server could not be started"))
    else:
        with new_database(server) as url:
            together, apart = asyncio.run(_claims(url, rounds))
        ratio = median(one / all_ for all_, one in zip(together, apart, strict=True))
        context = f"{median(apart) / 1e3:,.1f} ms : {median(together) / 1e3:,.1f} ms"
        results.append(at_least(f"claim of {TOGETHER}, PostgreSQL: time, one by one : at once", ratio, 10, context))
        with new_database(server) as url, new_database(server) as other:
            results.append(_due("PostgreSQL", url, other, few, many, due, rounds))
    with folder() as place:
        urls = (f"sqlite:///{place}/few.db", f"sqlite:///{place}/many.db")
        results.append(_due("SQLite", *urls, few, many, due, rounds))
    return results


async def _claims(url: str, rounds: int) -> Costs:
    """Return how long it took to claim the posts at once, and one by one, in microseconds."""
    together: list[float] = []
    apart: list[float] = []
    async with await open_store(url) as store, open_bare(url, lambda db: db) as bare:
        await bare.write(lambda db: db.execute(text(_DUE_POSTS), {"posts": TOGETHER}))
        for _ in range(rounds + 1):
            for limit, costs in ((TOGETHER, together), (1, apart)):
                await bare.write(lambda db: db.execute(text(_AGAIN)))
                with spent(1) as cost:
                    claimed = 0
                    while claimed < TOGETHER:
                        claimed += await _claim(store, limit)
                costs.append(cost.wall)
    return together[1:], apart[1:]


async def _claim(store: Store, limit: int) -> int:
    posts = await store.write(lambda uow: uow.outbox.claim(START, limit))
    assert posts, "posts are due"
    return len(posts)


def _due(engine: str, little: str, much: str, few: int, many: int, due: int, rounds: int) -> Result:
    with on_one_core():
        less, more = asyncio.run(_looks((little, much), (few, many), due, rounds))
    ratio = median(one / other for other, one in zip(less, more, strict=True))
    what = f"due, {engine}: {due} of {many:,} : {due} of {few:,} memberships"
    return at_most(what, ratio, 1.5, f"{median(more):,.0f} µs : {median(less):,.0f} µs")


async def _looks(
    urls: tuple[str, str], rows: tuple[int, int], due: int, rounds: int
) -> tuple[list[float], list[float]]:
    costs: tuple[list[float], list[float]] = ([], [])
    async with await open_store(urls[0]) as little, await open_store(urls[1]) as much:
        for url, number in zip(urls, rows, strict=True):
            async with open_bare(url, lambda db: db, durable=False) as bare:
                await bare.write(lambda db, number=number: _fill(db, number, due))  # type: ignore[misc]
        bots = [Bot(FEATURES, store, BusyClock(), Shelf(COURSES)) for store in (little, much)]
        for _ in range(rounds + 1):
            for bot, found in zip(bots, costs, strict=True):
                with spent(20) as cost:
                    for _ in range(20):
                        lines = await bot.read(lambda uow: uow.agenda.due(START, due))
                        assert len(lines) == due, "just those are due"
                found.append(cost.wall)
    return costs[0][1:], costs[1][1:]


def _fill(db: Connection, rows: int, due: int) -> None:
    name = db.dialect.name
    cast = "::timestamptz" if name == "postgresql" else ""
    db.execute(text(_LINES.format(numbers=_NUMBERS[name], cast=cast)), {"rows": rows, "due": due})
    if name == "postgresql":
        db.execute(text("ANALYZE agenda"))
