"""A view of ten look-ups on a reading connection, and the same statements by sqlite3 alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from bench import plain
from bench.chatter import reactions
from bench.plain import Statement
from bench.spending import Spent, folder, in_flight, spent
from bench.table import Result, only_told
from bot.chat import ReactionAdded
from bot.ports import UnitOfWork
from storage.store import open_store

NOTES = (
    "**reads**: `Store.read` of a view that looks up five messages and five people by account, on SQLite, by "
    "16 callers at once. sqlite3 runs the same statements one after the other in one thread, in a transaction each.",
)
READERS = 16
LOOK_UPS = 10


def measure(views: int = 400, rounds: int = 5) -> list[Result]:
    """Compare the ways to run so many views in each round."""
    with folder() as place:
        costs = asyncio.run(_measure(place / "reads.db", views, rounds))
    by_store, alone = (Spent(median(one.cpu for one in way), median(one.wall for one in way)) for way in costs)
    ratio = median(one.cpu / other.cpu for one, other in zip(*costs, strict=True))
    return [only_told(f"reads, {LOOK_UPS} statements: CPU, store : sqlite3 alone", ratio, f"{by_store} : {alone}")]


async def _measure(path: Path, views: int, rounds: int) -> tuple[list[Spent], list[Spent]]:
    by_store, alone = [], []
    async with await open_store(f"sqlite:///{path}", durable=False) as store:
        shown = (await store.write(lambda uow: reactions(uow, LOOK_UPS)))[: LOOK_UPS // 2]
        heard: list[Statement] = []
        async with plain.overheard(path, heard) as listening:
            await listening.write(lambda uow: _look_up(uow, shown))
        with closing(plain.opened(path)) as db:
            for _ in range(rounds):
                with spent(views) as cost:
                    await in_flight(READERS, range(views), lambda _: store.read(lambda uow: _look_up(uow, shown)))
                by_store.append(cost)
                with spent(views) as cost:
                    plain.repeat(db, [heard] * views)
                alone.append(cost)
    return by_store, alone


def _look_up(uow: UnitOfWork, shown: Sequence[ReactionAdded]) -> None:
    for reaction in shown:
        assert uow.outbox.shown_by(reaction.message), "the message is registered"
        assert uow.people.by_account(reaction.account), "the person is known"
