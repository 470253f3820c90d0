"""Thirty-two writers at once: commits that they share, and a commit for each."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import TypeAlias

import storage.writer
from bench import plain
from bench.chatter import START, found_group
from bench.plain import Statement
from bench.spending import Spent, folder, in_flight, spent
from bench.table import Result, at_least, only_told
from bot.ids import new_id
from bot.ports import Store, UnitOfWork
from bot.study.acts import Act, ActKind
from bot.study.reputation import EIGHTHS
from storage.store import open_store

NOTES = (
    "**writers**: an operation appends a line to the journal and adds to somebody's points, on SQLite with "
    "synchronous=FULL. The store shares a commit among those who wait; “a commit each” is the same store held to one "
    "work in a batch. The longer the disk takes to be sure of a commit, the greater the ratio.",
)
WRITERS = 32

Work: TypeAlias = Callable[[UnitOfWork], None]


def measure(operations: int = 480, rounds: int = 5) -> list[Result]:
    """Compare the ways to write so many operations in each round."""
    with folder() as place:
        return asyncio.run(_measure(place, operations, rounds))


async def _measure(place: Path, operations: int, rounds: int) -> list[Result]:
    path = place / "shared.db"
    async with await open_store(f"sqlite:///{path}", durable=False) as store:
        work = await store.write(_acting)
    for copy in ("heard.db", "alone.db"):
        shutil.copy(path, place / copy)
    heard: list[Statement] = []
    together, apart, alone = [], [], []
    async with await open_store(f"sqlite:///{path}") as store, plain.overheard(place / "heard.db", heard) as listening:
        with closing(plain.opened(place / "alone.db")) as db:
            for _ in range(rounds):
                together.append(await _written(store, work, operations))
                with a_commit_each():
                    apart.append(await _written(store, work, operations))
                repeated = [await _heard(listening, work, heard) for _ in range(operations)]
                with spent(operations) as cost:
                    plain.repeat(db, repeated)
                alone.append(cost)
    return list(_results(together, apart, alone))


def _acting(uow: UnitOfWork) -> Work:
    """Found a group and return what a writer does: something that somebody gets points for."""
    group, people = found_group(uow)
    actor, owner, *_ = people.values()

    def work(uow: UnitOfWork) -> None:
        uow.journal.add(Act(new_id(START), group, actor, ActKind.LIKED, "note", 1, owner, START))
        uow.members.add_eighths(group, owner, 3 * EIGHTHS)

    return work


async def _heard(store: Store, work: Work, heard: list[Statement]) -> list[Statement]:
    heard.clear()
    await store.write(work)
    return heard.copy()


async def _written(store: Store, work: Work, operations: int) -> Spent:
    with spent(operations) as cost:
        await in_flight(WRITERS, range(operations), lambda _: store.write(work))
    return cost


@contextmanager
def a_commit_each() -> Iterator[None]:
    """Hold the store to one work in a batch."""
    several = storage.writer.BATCH_WORKS
    storage.writer.BATCH_WORKS = 1
    try:
        yield
    finally:
        storage.writer.BATCH_WORKS = several


def _results(together: list[Spent], apart: list[Spent], alone: list[Spent]) -> Iterator[Result]:
    def rates(*ways: list[Spent]) -> str:
        return " : ".join(f"{1e6 / median(cost.wall for cost in way):,.0f}/s" for way in ways)

    gain = median(one.wall / shared.wall for one, shared in zip(apart, together, strict=True))
    yield at_least(f"writers, {WRITERS} at once: rate, shared commits : a commit each", gain, 3, rates(together, apart))
    gain = median(one.wall / shared.wall for one, shared in zip(alone, together, strict=True))
    yield only_told(
        f"writers, {WRITERS} at once: rate, shared commits : sqlite3 alone with a commit each",
        gain,
        rates(together, alone),
    )
