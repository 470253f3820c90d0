"""A machine on which bots are started on a fake Slack, and killed, again and again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.slack.manifest import manifest
from bot.bootstrap import FEATURES
from bot.bootstrap.founding import Founding, create
from bot.chat import AccountRef, ChannelRef
from bot.command_line import configured
from tests.adapters.facilitators_story import BREAD
from tests.adapters.slack.checking import problems
from tests.fakes.slack import Asked, Channel, FakeSlack, Message
from tests.fresh import open_fresh
from tests.processes import ROOT, environment

SECONDS = 45.0
"""How long a start, a step or an end may take before it counts as stuck."""
LATER = timedelta(seconds=70)
"""After this time a killed bot has no right to its posts any more."""


class Child:
    """A bot that can be killed."""

    def __init__(self, nursery: asyncio.subprocess.Process, pid: int, log: Path) -> None:
        self._nursery = nursery
        self._pid: int | None = pid
        self._log = log

    async def ends(self, number: signal.Signals | None = None) -> int:
        """Return the status with which it ends, by a signal or by itself."""
        assert self._pid is not None, "it has ended"
        if number is not None:
            os.kill(self._pid, number)
        async with asyncio.timeout(SECONDS):
            status = await _number(self._nursery)
        self._pid = None
        return status

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal that it outlives."""
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


class Machine:
    """A machine on which the bot is started again and again; its time and Slack's are set ahead together."""

    def __init__(self, folder: Path, nursery: asyncio.subprocess.Process) -> None:
        self._folder = folder
        self._nursery = nursery
        self._kill = folder / "kill"
        self._kill.touch()
        self._ahead = timedelta(0)
        self._bot: Child | None = None
        self.fake = FakeSlack(self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    @property
    def home(self) -> Channel:
        """The channel of the group."""
        return self.fake.channel("javascript")

    async def is_founded(self) -> None:
        """Let there be a group of Fela's, in which week 1 is out."""
        home, fela, team = self.home, self.fake.person("fela"), self.fake.team().id
        commands = {one.name: one for feature in FEATURES for one in feature.commands}
        self.fake.world.app.set_up(manifest(commands))
        config = self._folder / "config.toml"
        config.write_text(
            f'[storage]\nurl = "sqlite:///{self._folder / "bot.db"}"\nbackups = ""\n[web]\nport = 0\n'
            f'[slack]\nbot_token = "{self.fake.token}"\napp_token = "{self.fake.app_token}"\n'
            f'api_url = "{self.fake.api_url}"\n'
        )
        await (await open_fresh(f"sqlite:///{self._folder / 'bot.db'}")).close()
        course = self._folder / "bread.md"
        course.write_text(BREAD)
        wish = Founding(
            course,
            [ChannelRef("slack", team, home.id)],
            AccountRef("slack", f"{team}/{fela.user.id}"),
            f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M}",
            "UTC",
            "Bread",
            seats=None,
            auto_accept=True,
        )
        assert await create(configured(config), wish) == 0
        self._ahead = timedelta(hours=2)

    async def begins(
        self, after: timedelta = timedelta(0), *, beside: asyncio.subprocess.Process | None = None
    ) -> Child:
        """Start the bot after a while; one in a nursery of its own lives `beside` the other."""
        self._ahead += after
        nursery = beside or self._nursery
        log = self._folder / "bot.log"
        order = {"config": self._folder / "config.toml", "written": log, "kill": self._kill}
        line = {**{name: str(path) for name, path in order.items()}, "ahead": self._ahead.total_seconds()}
        assert nursery.stdin is not None
        nursery.stdin.write(json.dumps(line).encode() + b"\n")
        made = Child(nursery, await _number(nursery), log)
        if beside is None:
            self._bot = made
        return made

    async def starts(self, after: timedelta = timedelta(0)) -> Child:
        """Start the bot after a while, and wait until it is connected and has sent what it sends at first."""
        before = self.fake.transport.starts
        bot = await self.begins(after)
        await self.fake.transport.connected(SECONDS, starts=before + 1)
        await self.fake.until(lambda: bool(standing(self, "Week 1: Flour")), SECONDS)
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
        with closing(sqlite3.connect(f"file:{self._folder / 'bot.db'}?mode=ro", uri=True)) as database:
            return database.execute(question).fetchall()


@asynccontextmanager
async def nursery() -> AsyncIterator[asyncio.subprocess.Process]:
    """Open a process that starts bots, one after the other."""
    pipe = asyncio.subprocess.PIPE
    program = [sys.executable, "-m", "tests.adapters.slack.nursery"]
    made = await asyncio.create_subprocess_exec(*program, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe)
    try:
        yield made
    finally:
        made.kill()
        await made.wait()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Machine]:
    """Open a machine with a group on it, on which no bot runs yet."""
    async with nursery() as bots:
        machine = Machine(folder, bots)
        async with machine.fake:
            await machine.is_founded()
            try:
                yield machine
            finally:
                await machine.ends()
            assert problems(machine.fake.recorder.asked) == []


def sends(machine: Machine, words: str) -> list[Asked]:
    """Return the requests to post something."""
    return [one for one in machine.fake.recorder.to("chat.postMessage") if words in json.dumps(one.args)]


def made(machine: Machine, words: str) -> list[Message]:
    """Return the messages that Slack made of something, those among them that are gone again."""
    return [one for one in machine.fake.world.made if words in json.dumps([one.text, one.blocks])]


def standing(machine: Machine, words: str) -> list[Message]:
    """Return the messages in the channel that say something."""
    return [one for one in machine.home.messages if words in json.dumps([one.text, one.blocks])]
