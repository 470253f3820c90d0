"""A machine on which bots are started on a fake platform, and killed, again and again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from bot.bootstrap.founding import Founding, create
from bot.chat import AccountRef, ChannelRef
from bot.command_line import configured
from tests.adapters.facilitators_story import BREAD
from tests.fresh import open_fresh
from tests.processes import ROOT, environment

SECONDS = 90.0
"""How long a start, a step or an end may take before it counts as stuck."""
LATER = timedelta(seconds=70)
"""After this time a killed bot has no right to its posts any more, and Discord has forgotten their nonces."""


class Child:
    """A bot that can be killed."""

    def __init__(self, nursery: asyncio.subprocess.Process, pid: int, log: Path) -> None:
        self._nursery = nursery
        self._pid: int | None = pid
        self._log = log

    async def ends(self, number: signal.Signals | None = None) -> int:
        """Return the status with which it ends, by a signal or by itself."""
        if number is not None:
            self.signal(number)
        async with asyncio.timeout(SECONDS):
            status = await _number(self._nursery)
        self._pid = None
        return status

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._pid is not None, "it has ended"
        os.kill(self._pid, number)

    async def is_killed(self) -> None:
        """Wait until it was killed."""
        try:
            status = await self.ends()
        except TimeoutError:
            status = None
        assert status == -signal.SIGKILL, self.log

    @property
    def lives(self) -> bool:
        """Whether nobody saw it end."""
        return self._pid is not None

    @property
    def log(self) -> str:
        """What it and those before it wrote."""
        return self._log.read_text(encoding="utf-8")


async def _number(nursery: asyncio.subprocess.Process) -> int:
    assert nursery.stdout is not None
    return int(await nursery.stdout.readline())


@asynccontextmanager
async def nursery_of(platform: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Open a process that starts bots, one after the other."""
    pipe = asyncio.subprocess.PIPE
    program = [sys.executable, "-m", f"tests.adapters.{platform}.nursery"]
    made = await asyncio.create_subprocess_exec(*program, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe)
    try:
        yield made
    finally:
        made.kill()
        await made.wait()


class Shown(Protocol):
    """A message as both fakes keep it."""

    @property
    def buttons(self) -> list[dict[str, Any]]: ...


M = TypeVar("M", bound=Shown)


class Machine(ABC, Generic[M]):
    """A machine on which the bot is started again and again; its time and the platform's are set ahead together."""

    def __init__(self, folder: Path, nursery: asyncio.subprocess.Process) -> None:
        self.folder = folder
        self._nursery = nursery
        self._kill = folder / "kill"
        self._kill.touch()
        self._ahead = timedelta(0)
        self._bot: Child | None = None

    def now(self) -> datetime:
        """Return the time on the machine and the platform."""
        return datetime.now(UTC) + self._ahead

    async def founds(self, settings: str, home: ChannelRef, fela: AccountRef) -> None:
        """Let there be a group of Fela's, in which week 1 is out."""
        url = f"sqlite:///{self.folder / 'bot.db'}"
        config, course = self.folder / "config.toml", self.folder / "bread.md"
        config.write_text(f'[storage]\nurl = "{url}"\nbackups = ""\n[web]\nport = 0\n{settings}')
        await (await open_fresh(url)).close()
        course.write_text(BREAD)
        start = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M}"
        wish = Founding(course, [home], fela, start, "UTC", "Bread", seats=None, auto_accept=True)
        assert await create(configured(config), wish) == 0
        self._ahead = timedelta(hours=2)

    async def begins(
        self, after: timedelta = timedelta(0), *, beside: asyncio.subprocess.Process | None = None
    ) -> Child:
        """Start the bot after a while; one in a nursery of its own lives `beside` the other."""
        self._ahead += after
        nursery = beside or self._nursery
        log = self.folder / "bot.log"
        order = {"config": self.folder / "config.toml", "written": log, "kill": self._kill}
        line = {**{name: str(path) for name, path in order.items()}, "ahead": self._ahead.total_seconds()}
        assert nursery.stdin is not None
        nursery.stdin.write(json.dumps(line).encode() + b"\n")
        made = Child(nursery, await _number(nursery), log)
        if beside is None:
            self._bot = made
        return made

    async def starts(self, after: timedelta = timedelta(0)) -> Child:
        """Start the bot after a while, and wait until it is connected and has sent what it sends at first."""
        before = self.connections
        bot = await self.begins(after)
        await self.is_up(before + 1)
        await self.settles()
        return bot

    async def ends(self) -> None:
        """Let no bot run."""
        if self._bot is not None and self._bot.lives:
            await self._bot.ends(signal.SIGKILL)

    def kill_at(self, point: str) -> None:
        """Let the bot be killed when it comes to a fault point; at none where there is no name."""
        new = self._kill.with_suffix(".new")
        new.write_text(point)
        new.replace(self._kill)

    async def settles(self) -> None:
        """Wait until no message waits to be sent."""
        await self.comes(lambda: not self.ask("SELECT 1, 1 FROM post WHERE state IN ('due', 'sending') LIMIT 1"))

    async def comes(self, so: Callable[[], bool]) -> None:
        """Wait until something is so in the database."""
        async with asyncio.timeout(SECONDS):
            while not so():  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(0.05)

    def likes(self) -> dict[object, object]:
        """Return how many of each reaction the store holds."""
        return dict(self.ask("SELECT emoji, count(*) FROM reaction GROUP BY emoji"))

    def ask(self, question: str) -> list[tuple[object, object]]:
        """Return what the database answers."""
        with closing(sqlite3.connect(f"file:{self.folder / 'bot.db'}?mode=ro", uri=True)) as database:
            return database.execute(question).fetchall()

    # What each platform has in its own way

    @property
    @abstractmethod
    def connections(self) -> int:
        """How often bots have connected."""

    @abstractmethod
    async def is_up(self, connections: int) -> None:
        """Wait until a bot has connected so often and has sent what it sends at first."""

    @abstractmethod
    async def written(self, words: str) -> M:
        """Let Fela write an announcement; return the question below its preview, of which nobody else knows yet."""

    @abstractmethod
    async def presses(self, label: str, on: M) -> object:
        """Let Fela press a button."""

    @abstractmethod
    def made(self, words: str) -> list[M]:
        """Return the messages that there ever were with these words, those among them that are gone again."""

    @abstractmethod
    def standing(self, words: str) -> list[M]:
        """Return the messages with these words that stand in the group's channel."""


def label(message: Shown) -> str:
    """Return what stands on a message's first button."""
    return str(message.buttons[0]["label"]) if message.buttons else ""


KILLS = {
    ("store: before the commit",): 0,
    ("store: committed",): 0,
    ("delivery: claimed",): 0,
    ("delivery: before the send",): 0,
    ("delivery: sent",): 1,
    ("delivery: before it is kept",): 1,
    ("delivery: kept",): 1,
    ("delivery: sent", "delivery: looked"): 1,
    ("delivery: before the send", "delivery: looked"): 0,
    ("delivery: before the send", "delivery: next try kept", "delivery: sent"): 1,
}
"""Where the bot is killed while it posts an announcement, and again where it takes that up; is it there then?"""


async def is_posted_once_however_often_it_is_killed(machine: Machine[M]) -> None:
    """Assert that each announcement of `KILLS` stands there once in the end, and that no other was made."""
    bot = await machine.starts()
    for kills, there in KILLS.items():
        words = f"Flour, killed at {' and '.join(kills)}."
        question = await machine.written(words)
        machine.kill_at(kills[0])
        pressing = asyncio.create_task(_pressed(machine, question))
        await bot.is_killed()
        for kill in kills[1:]:
            machine.kill_at(kill)
            bot = await machine.begins(after=LATER)
            await bot.is_killed()
        machine.kill_at("")
        assert len(machine.standing(words)) == there, words
        bot = await machine.starts(after=LATER)
        pressing.cancel()
        if label(question) == "Post now":  # whoever got no answer presses again
            await machine.presses("Post now", question)
        await machine.settles()
        assert len(machine.made(words)) == len(machine.standing(words)) == 1, words


async def is_killed_while_it_posts(machine: Machine[M], words: str) -> None:
    """Let Fela post an announcement, and the bot be killed when it has written down how that went."""
    bot = await machine.starts()
    question = await machine.written(words)
    machine.kill_at("delivery: kept")
    pressing = asyncio.create_task(_pressed(machine, question))
    await bot.is_killed()
    pressing.cancel()
    machine.kill_at("")


async def _pressed(machine: Machine[M], question: M) -> None:
    await machine.presses("Post now", question)
