"""What people do is played on a bot in a process of its own, with a platform and its members in another."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from statistics import median
from typing import IO, Any

from sqlalchemy import Connection, text

from bench.sample import OUTLINE
from bench.start import ROOT, environment
from bench.table import Result
from bench.taker import Taker
from bot.bootstrap import assembled
from bot.chat import AccountRef, ChannelRef, Invocation
from bot.context import Context
from bot.ids import PersonId, new_id
from bot.study.founding import found
from bot.study.people import Account, Person
from bot.study.times import LocalTime
from schedules.clock import MovedClock
from storage.database import open_store as open_bare
from storage.store import open_store

RATE = 20.0
"""Commands a second."""
WITHIN = 0.5
"""Seconds in which 99 of 100 are to be acknowledged."""
PATIENCE = 60.0

_FILL = (
    "INSERT INTO person (id, name, created_at) {numbers} SELECT i, 'Person ' || i, :now FROM n",
    "INSERT INTO account (id, ref, person, name, seen_at) {numbers} "
    "SELECT i, 'discord:' || (90000000000000000 + i), i, 'Person ' || i, :now FROM n",
    "INSERT INTO agenda (kind, item, at, attempts) {numbers} SELECT 'nudge', i, :later, 0 FROM n",
    "INSERT INTO post (id, key, verb, place, about, slot, part, state, at, not_before, attempts, fence, sent_at, "
    "reason) {numbers} SELECT i, 'key' || i, 'send', 'discord:7/' || (i % 1000), 'week:' || i, 'card', 0, 'sent', "
    ":now, :now, 1, 1, :now, '' FROM n",
)
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of the commands of one play: when each began, and how long its acknowledgement took."""

    began: Sequence[float]
    took: Sequence[float | None]
    answered: int
    cpu: float
    """Seconds of the bot's CPU for each command."""
    requests: float
    """How many requests the bot made for each command."""

    def between(self, first: float, last: float) -> list[float]:
        """Return how long those took that began in a span of time; one without an acknowledgement took for ever."""
        found = zip(self.began, self.took, strict=True)
        return sorted(float("inf") if took is None else took for began, took in found if first <= began < last)

    @property
    def all(self) -> list[float]:
        """Return how long each took."""
        return self.between(0, float("inf"))


def acknowledged(platform: str, played: Played, lock: Lock, scale: str) -> Iterator[Result]:
    """Yield how soon commands were acknowledged, in all and while the database was locked, and how many were not."""
    for what, took in (("", played.all), (f", locked for {lock.seconds:g} s", played.between(*lock.held))):
        slow = percentile(took, 99)
        context = f"{ms(median(took))} in the middle, {ms(took[-1])} at most; {len(took):,} commands, {scale}"
        name = f"{platform}: acknowledged, 99 of 100{what}"
        yield Result(name, ms(slow), f"≤ {ms(WITHIN)}", slow <= WITHIN, context)
    missed = sum(one is None for one in played.took)
    context = f"{len(played.took) - played.answered} without an answer after that"
    yield Result(f"{platform}: not acknowledged, of {len(played.took):,}", f"{missed}", "0", missed == 0, context)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the least value that so many of a hundred do not pass; `values` are sorted."""
    return values[ceil(len(values) * percent / 100) - 1]


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f} ms"


class Crowd:
    """The other process, with a platform and its members; `about` says where that is and who is there."""

    def __init__(self, said: IO[str], told: IO[str]) -> None:
        self._said, self._told = said, told
        self.about: dict[str, Any] = json.loads(told.readline())

    def begins(self, act: str, **about: object) -> None:
        """Let something begin."""
        print(json.dumps({"do": act, **about}), file=self._said, flush=True)

    def ends(self) -> Sequence[tuple[float, float | None, bool]]:
        """Return what came of it: of each command when it began, how long its acknowledgement took, and an answer."""
        told: Sequence[tuple[float, float | None, bool]] = json.loads(self._told.readline())
        return told

    @property
    def asked(self) -> int:
        """How many requests the bot has made."""
        self.begins("asked")
        return int(json.loads(self._told.readline()))

    def does(self, act: str, **about: object) -> None:
        """Let something happen."""
        self.begins(act, **about)
        self.ends()


@contextmanager
def crowd(module: str, members: int) -> Iterator[Crowd]:
    """Start the other process."""
    command = [sys.executable, "-P", "-m", module, str(members)]
    ours = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=ours, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Crowd(process.stdin, process.stdout)
        finally:
            process.terminate()


@contextmanager
def started(command: Sequence[str], place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a bot, and end it as a service manager does."""
    with (place / "log").open("ab") as log, subprocess.Popen(command, env=environment(place), stderr=log) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


def cpu(process: int) -> float:
    """Return the seconds of CPU that a process has spent, threads included."""
    return time.clock_gettime(~process << 3 | 2)  # what clock_getcpuclockid(3) returns on Linux


class Lock:
    """Holds the database up for some seconds, some time after it is let loose, as another process of the bot may."""

    def __init__(self, database: Path, after: float, seconds: float) -> None:
        self._database, self._after, self.seconds = database, after, seconds
        self.held = (0.0, 0.0)

    def hold(self) -> None:
        """Wait, lock, wait, and let go."""
        time.sleep(self._after)
        with closing(sqlite3.connect(self._database, timeout=PATIENCE, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            time.sleep(self.seconds)
            self.held = (began, time.monotonic())
            db.execute("ROLLBACK")


def played(crowd: Crowd, process: subprocess.Popen[bytes], what: str, times: int, lock: Lock | None = None) -> Played:
    """Let members do something so often, part of it while the database is locked."""
    before, asked = cpu(process.pid), crowd.asked
    crowd.begins("play", what=what, times=times, rate=RATE)
    if lock is not None:
        lock.hold()
    began, took, answered = zip(*crowd.ends(), strict=True)
    spent = cpu(process.pid) - before
    assert process.poll() is None, "the bot has ended"
    return Played(began, took, sum(answered), spent / times, (crowd.asked - asked) / times)


# The database


async def made(url: str, home: ChannelRef, accounts: Sequence[AccountRef], rows: int) -> None:
    """Make a database with a group of all members, whose first week is to be posted now, beside rows of others."""
    now = datetime.now(UTC)
    async with await open_store(url):
        pass
    async with open_bare(url, lambda db: db, durable=False) as store:
        await store.write(lambda db: _fill(db, rows, now))
    clock = MovedClock(now - timedelta(days=2))
    async with assembled(url, {home.platform: Taker()}, clock, durable=False) as app:
        await app.bot.perform(lambda ctx: _found(ctx, home, accounts[0], now - timedelta(minutes=1)))
        for number, account in enumerate(accounts[1:]):
            clock.move_by(timedelta(seconds=20))
            call = Invocation(
                str(number), "enrol", account, f"User {number}", home, arguments={"goal": "Learn"}, submitted=True
            )
            await app.bot.invoke(call)
        await app.runner.advance(clock, now - timedelta(minutes=2))


def _found(ctx: Context, home: ChannelRef, owner: AccountRef, starts: datetime) -> None:
    person = Person(PersonId(new_id(ctx.now)), "Owner", ctx.now, zone="UTC")
    ctx.uow.people.add(person, Account(new_id(ctx.now), owner, person.id, person.name, ctx.now))
    begins = LocalTime(starts.replace(tzinfo=None))
    found(
        ctx.uow,
        OUTLINE,
        title="",
        channels=[home],
        owner=person.id,
        starts=begins,
        zone="UTC",
        now=ctx.now,
        auto_accept=True,
    )


def _fill(db: Connection, rows: int, now: datetime) -> None:
    """Add rows of others: people with accounts, what is due much later, and what was posted elsewhere."""
    instants = {"now": now - timedelta(days=30), "later": now + timedelta(days=400)}
    words = {name: f"{at:%Y-%m-%d %H:%M:%S.%f}" for name, at in instants.items()}
    for statement in _FILL:
        needed = {name: word for name, word in words.items() if f":{name}" in statement}
        db.execute(text(statement.format(numbers=_NUMBERS)), {"rows": rows // len(_FILL), **needed})
