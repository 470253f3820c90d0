"""A hundred posts due at once: how long the event loop stands still, by our outbox and by APScheduler's job store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from bench.spending import folder
from bench.table import Result, at_most, only_told
from bench.taker import Taker
from bot.cards import card
from bot.chat import About, ChannelRef, InChannel
from bot.desk import Desk, Shown
from bot.ports import UnitOfWork
from bot.text import say
from schedules.clock import SystemClock
from schedules.pump import Pump
from storage.store import open_store

NOTES = (
    "**burst**: a hundred posts in a hundred channels come due at one instant, on SQLite with synchronous=FULL, and "
    "the platform answers at once. Beside them a task wakes every millisecond; what it wakes too late is how long the "
    "loop stood still: at one time, which is how long a person waits for an answer at worst, and in all. APScheduler's "
    "SQLAlchemyJobStore holds a hundred date jobs for the same instant, each of which sends one message; it keeps no "
    "record of what was sent, and a crash between loses or repeats them. Ours keeps two commits for each.",
)
BEAT = 0.001
"""Seconds after which the task beside wakes."""
LATE = 0.001
"""Seconds by which it may be late without the loop having stood still: what timers are late by themselves."""
AHEAD = timedelta(seconds=0.3)
PATIENCE = 60.0


def measure(posts: int = 100, rounds: int = 5) -> list[Result]:
    """Let so many posts be due at once in each round, by either."""
    with folder() as place:
        ours = [asyncio.run(_by_outbox(place / f"outbox{number}.db", posts)) for number in range(rounds)]
        theirs = [asyncio.run(_by_job_store(place / f"jobs{number}.db", posts)) for number in range(rounds)]
    total = median(sum(one) / sum(other) for one, other in zip(ours, theirs, strict=True))
    longest = median(max(one) / max(other) for one, other in zip(ours, theirs, strict=True))
    what = f"burst of {posts}: the loop stands still, outbox : APScheduler's job store"
    return [
        at_most(f"{what}, at one time", longest, 0.1, _context(list(map(max, ours)), list(map(max, theirs)))),
        only_told(f"{what}, in all", total, _context(list(map(sum, ours)), list(map(sum, theirs)))),
    ]


def _context(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{median(ours) * 1e3:,.1f} ms : {median(theirs) * 1e3:,.1f} ms"


@asynccontextmanager
async def _watched(standing_still: list[float]) -> AsyncIterator[None]:
    """Add to a list each time that the loop stood still, in seconds."""

    async def watch() -> None:
        while True:
            before = perf_counter()
            await asyncio.sleep(BEAT)
            late = perf_counter() - before - BEAT
            if late > LATE:
                standing_still.append(late)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


async def _by_outbox(path: Path, posts: int) -> list[float]:
    """Return how often and how long the loop stood still while the pump delivered."""
    platform, still = Taker(posts), [0.0]
    async with await open_store(f"sqlite:///{path}") as store:
        due = datetime.now(UTC) + AHEAD
        await store.write(lambda uow: _lay_down(uow, posts, due))
        pump = Pump(store, {"local": platform}, SystemClock())
        asyncio.get_running_loop().call_later(AHEAD.total_seconds(), pump.wake)
        running = asyncio.create_task(pump.run())
        await asyncio.sleep(AHEAD.total_seconds() / 2)
        async with _watched(still):
            await asyncio.wait_for(platform.done.wait(), PATIENCE)
            pump.stop()
            await running
    return still


def _lay_down(uow: UnitOfWork, posts: int, due: datetime) -> None:
    desk = Desk(uow.outbox, uow.instance, due)
    for number in range(1, posts + 1):
        shown = card(say("Week {number}", number=3), say("Objects, arrays and what is in them."))
        where = InChannel(ChannelRef("local", f"space{number % 10}", f"channel{number}"))
        desk.show(Shown(About("week", number)), [shown], [where])


_taker: Taker


async def post() -> None:
    """Send one message, as a job of APScheduler does."""
    _taker.take()


async def _by_job_store(path: Path, posts: int) -> list[float]:
    """Return the same of APScheduler with its jobs in the same kind of database."""
    global _taker
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    _taker, still = Taker(posts), [0.0]
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def settle(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for setting in ("journal_mode=WAL", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    scheduler = AsyncIOScheduler(jobstores={"default": SQLAlchemyJobStore(engine=engine)}, timezone=UTC)
    scheduler.start(paused=True)
    due = datetime.now(UTC) + AHEAD
    for _ in range(posts):
        scheduler.add_job(post, "date", run_date=due, misfire_grace_time=None)
    await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
    async with _watched(still):
        scheduler.resume()
        await asyncio.wait_for(_taker.done.wait(), PATIENCE)
    assert not scheduler.get_jobs(), "the store has let go of every job before the first one ran"
    scheduler.shutdown(wait=False)
    engine.dispose()
    return still
