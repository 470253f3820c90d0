"""A like with its reputation: through the bot and its store, by sqlite3 alone, and through an async ORM session."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.outlines import Shelf
from bench import naive, plain
from bench.chatter import BusyClock, reactions
from bench.plain import Statement
from bench.spending import Spent, folder, in_flight, spent
from bench.table import Result, at_least, at_most, only_told
from bot.app import Bot
from bot.bootstrap import COURSES, FEATURES
from bot.chat import ReactionAdded
from bot.ports import Store
from storage.store import open_store

NOTES = (
    "**likes**: `Bot.handle(ReactionAdded)` by a member on a registered message of somebody else's: account, "
    "membership, reaction, like, journal, the author's points, the giver's signal; it is never the author's first "
    "like. SQLite with synchronous=FULL.",
    "**sqlite3 alone** runs the very statements that the store was heard to run, with parameters ready made, a "
    "transaction and a commit for each like, in one thread, on a copy of the same database.",
    "**AsyncSession** (SQLModel over aiosqlite) reads and writes the same rows as objects, a session and a commit for "
    "each like, with one connection for all or one of five, whichever is faster.",
    "**32 in flight** is how a busy chat delivers, and lets the store share commits; **one caller** waits for each "
    "commit before the next like, so that the disk decides the rate of each way, and no target is set for it. Each way "
    "gets the same likes; a ratio is the median over the rounds.",
)
MANY = 32
"""How many events a busy chat has in flight."""
POOLS = (1, 5)
"""How many connections the sessions share."""
WARM_UP = 50

Likes: TypeAlias = Sequence[ReactionAdded]
Way: TypeAlias = Callable[[Likes], Awaitable[Spent]]
Rounds: TypeAlias = list[dict[str, Spent]]


def measure(likes: int = 240, rounds: int = 5) -> list[Result]:
    """Compare the ways to keep so many likes in each round."""
    with folder() as place:
        return asyncio.run(_measure(place, likes, rounds))


async def _measure(place: Path, likes: int, rounds: int) -> list[Result]:
    settled = place / "settled.db"
    async with await open_store(f"sqlite:///{settled}", durable=False) as store:
        coming = await store.write(lambda uow: reactions(uow, WARM_UP + likes * rounds))
    async with AsyncExitStack() as open_until_done:
        ways = await _ways(settled, open_until_done)
        slices = [coming[:WARM_UP], *(coming[at : at + likes] for at in range(WARM_UP, len(coming), likes))]
        spent_in = [{name: await way(slice) for name, way in ways.items()} for slice in slices]
    _same_outcome([_copied(settled, name, new=False) for name in ways], len(coming))
    return list(_results(spent_in[1:]))


async def _ways(settled: Path, stack: AsyncExitStack) -> dict[str, Way]:
    """Return the ways by name, each with its own copy of the database, open until the stack is left."""
    heard: list[Statement] = []
    listening = await stack.enter_async_context(plain.overheard(_copied(settled, "heard"), heard))
    alone = plain.opened(_copied(settled, "plain"))
    stack.callback(alone.close)
    ways: dict[str, Way] = {"plain": _plainly(alone, _bot(listening), heard)}
    for callers in (MANY, 1):
        name = f"store {callers}"
        store = await open_store(f"sqlite:///{_copied(settled, name)}")
        ways[name] = _by_bot(_bot(await stack.enter_async_context(store)), callers)
        for pool in POOLS[:callers]:
            name = f"session {callers} {pool}"
            engine = naive.engine(_copied(settled, name), pool)
            stack.push_async_callback(engine.dispose)
            ways[name] = _by_sessions(engine, callers)
    return ways


def _copied(settled: Path, name: str, *, new: bool = True) -> Path:
    copy = settled.with_name(f"{name}.db")
    if new:
        shutil.copy(settled, copy)
    return copy


def _bot(store: Store) -> Bot:
    return Bot(FEATURES, store, BusyClock(), Shelf(COURSES))


def _by_bot(bot: Bot, callers: int) -> Way:
    async def way(likes: Likes) -> Spent:
        with spent(len(likes)) as cost:
            await in_flight(callers, likes, bot.handle)
        return cost

    return way


def _plainly(db: sqlite3.Connection, bot: Bot, heard: list[Statement]) -> Way:
    async def statements(like: ReactionAdded) -> list[Statement]:
        heard.clear()
        await bot.handle(like)
        return heard.copy()

    async def way(likes: Likes) -> Spent:
        operations = [await statements(like) for like in likes]
        with spent(len(likes)) as cost:
            plain.repeat(db, operations)
        return cost

    return way


def _by_sessions(engine: AsyncEngine, callers: int) -> Way:
    clock = BusyClock()

    async def way(likes: Likes) -> Spent:
        with spent(len(likes)) as cost:
            await in_flight(callers, likes, lambda like: naive.like(engine, clock.now, like))
        return cost

    return way


def _same_outcome(databases: Sequence[Path], likes: int) -> None:
    """Raise AssertionError unless every way kept every like, and all that take turns came to the same reputation."""
    reached = set()
    for path in databases:
        db = sqlite3.connect(path)
        kept = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("likes", "reaction", "act")]
        (eighths,) = db.execute("SELECT sum(eighths) FROM member").fetchone()
        db.close()
        assert kept == [likes, likes, likes], f"{path.stem} kept {kept}"
        if not path.stem.startswith("session"):  # sessions side by side do not see each other's
            reached.add(eighths)
    assert len(reached) == 1, f"they reached {reached}"


def _results(rounds: Rounds) -> Iterator[Result]:
    def typical(name: str) -> Spent:
        return Spent(median(one[name].cpu for one in rounds), median(one[name].wall for one in rounds))

    plainly = typical("plain")
    for callers, words in ((MANY, f"{MANY} in flight"), (1, "one caller")):
        store = f"store {callers}"
        costs = typical(store)
        cpu = median(one[store].cpu / one["plain"].cpu for one in rounds)
        yield at_most(f"likes, {words}: CPU, store : sqlite3 alone", cpu, 8, f"{costs} : {plainly}")
        sessions = [f"session {callers} {pool}" for pool in POOLS[:callers]]
        best = min(sessions, key=lambda name: typical(name).wall)
        rate = median(one[best].wall / one[store].wall for one in rounds)
        what, context = f"likes, {words}: rate, store : AsyncSession", f"{costs} : {typical(best)}"
        yield at_least(what, rate, 8, context) if callers > 1 else only_told(what, rate, context)
