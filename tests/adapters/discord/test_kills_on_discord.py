"""The bot on a Discord is killed again and again: nothing is lost, nothing is seen twice, and what was missed is found.

J28: what the group was told stands there once, and likes are those that stand on Discord.
"""

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

import pytest

from bot.bootstrap.founding import Founding, create
from bot.chat import AccountRef, ChannelRef
from bot.command_line import configured
from tests.adapters.facilitators_story import BREAD
from tests.fakes.discord import Asked, FakeDiscord, Fault, May, Message, Way, openapi
from tests.fakes.discord.world import News
from tests.fresh import open_fresh
from tests.processes import ROOT, environment

pytestmark = pytest.mark.slow

SECONDS = 90.0
"""How long a start, a step or an end may take before it counts as stuck."""
LATER = timedelta(seconds=70)
"""After this time a killed bot has no right to its posts any more, and Discord has forgotten their nonces."""
SEND = "POST /channels/{channel_id}/messages"


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
    """A machine on which the bot is started again and again; its time and Discord's are set ahead together."""

    def __init__(self, folder: Path, nursery: asyncio.subprocess.Process) -> None:
        self._folder = folder
        self._nursery = nursery
        self._kill = folder / "kill"
        self._kill.touch()
        self._ahead = timedelta(0)
        self._bot: Child | None = None
        self.fake = FakeDiscord(self.now)
        self.made: list[Message] = []
        """All messages that ever were, but for what one person alone sees."""
        self.fake.world.listeners.append(self._hear)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def _hear(self, news: News) -> None:
        if news.name == "MESSAGE_CREATE" and news.message is not None:
            self.made.append(news.message)

    async def is_founded(self) -> None:
        """Let there be a group of Fela's, in which week 1 is out."""
        home, fela = self.fake.channel("javascript"), self.fake.person("fela")
        config = self._folder / "config.toml"
        config.write_text(
            f'[storage]\nurl = "sqlite:///{self._folder / "bot.db"}"\nbackups = ""\n[web]\nport = 0\n'
            f'[discord]\ntoken = "{self.fake.token}"\napi_url = "{self.fake.api_url}"\n'
            f'gateway_url = "{self.fake.gateway_url}"\nguild_ready_timeout = 0.05\n'
        )
        await (await open_fresh(f"sqlite:///{self._folder / 'bot.db'}")).close()
        course = self._folder / "bread.md"
        course.write_text(BREAD)
        wish = Founding(
            course,
            [ChannelRef("discord", str(self.fake.guild().id), str(home.id))],
            AccountRef("discord", str(fela.user.id)),
            f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M}",
            "UTC",
            "Bread",
            seats=None,
            auto_accept=True,
        )
        assert await create(configured(config), wish) == 0
        self._ahead = timedelta(hours=2)

    async def begins(self, after: timedelta = timedelta(0)) -> Child:
        """Start the bot after a while."""
        self._ahead += after
        log = self._folder / "bot.log"
        order = {"config": self._folder / "config.toml", "written": log, "kill": self._kill}
        line = {**{name: str(path) for name, path in order.items()}, "ahead": self._ahead.total_seconds()}
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps(line).encode() + b"\n")
        self._bot = Child(self._nursery, await _number(self._nursery), log)
        return self._bot

    async def starts(self, after: timedelta = timedelta(0)) -> Child:
        """Start the bot after a while, and wait until it is connected and has sent what it sends at first."""
        fake, before = self.fake, self.fake.gateway.starts
        bot = await self.begins(after)
        greeted = fake.world.direct(fake.guild().owner)
        await fake.until(lambda: fake.gateway.starts > before and _connected(fake) and bool(greeted.messages), SECONDS)
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
        """Wait until no message waits to be sent and no place to be read."""
        await self.comes(lambda: not self._ask("SELECT 1, 1 FROM post WHERE state IN ('due', 'sending') LIMIT 1"))

    async def comes(self, so: Callable[[], bool]) -> None:
        """Wait until something is so in the database."""
        async with asyncio.timeout(SECONDS):
            while not so():  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(0.05)

    def likes(self) -> dict[object, object]:
        """Return how many of each reaction the store holds."""
        return dict(self._ask("SELECT emoji, count(*) FROM reaction GROUP BY emoji"))

    def _ask(self, question: str) -> list[tuple[object, object]]:
        with closing(sqlite3.connect(f"file:{self._folder / 'bot.db'}?mode=ro", uri=True)) as database:
            return database.execute(question).fetchall()


def _connected(fake: FakeDiscord) -> bool:
    return any(one.connection is not None for one in fake.gateway.sessions.values())


@asynccontextmanager
async def _nursery() -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    program = [sys.executable, "-m", "tests.adapters.discord.nursery"]
    made = await asyncio.create_subprocess_exec(*program, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe)
    try:
        yield made
    finally:
        made.kill()
        await made.wait()


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with _nursery() as nursery:
        machine = Machine(tmp_path, nursery)
        async with machine.fake:
            await machine.is_founded()
            try:
                yield machine
            finally:
                await machine.ends()
            assert openapi.problems(machine.fake.recorder.asked) == []


# Sends


async def written(machine: Machine, words: str) -> Message:
    """Let Fela write an announcement; return the question below its preview, of which nobody else knows yet."""
    fake = machine.fake
    asked = await fake.person("fela").types("/lead announce", fake.channel("javascript"), text=words)
    await fake.until(lambda: any(_label(one) == "Post now" for one in asked.shown), SECONDS)
    return asked.shown[-1]


def _label(message: Message) -> str:
    """Return what stands on a message's first button."""
    return str(message.buttons[0]["label"]) if message.buttons else ""


def sends(machine: Machine, words: str) -> list[Asked]:
    """Return the requests to post something."""
    return [one for one in machine.fake.recorder.to(SEND) if words in json.dumps(one.body)]


def made(machine: Machine, words: str) -> list[Message]:
    """Return the messages that Discord made of something, those among them that are gone again."""
    return [one for one in machine.made if words in "\n".join(one.texts)]


def standing(machine: Machine, words: str) -> list[Message]:
    return [one for one in machine.fake.channel("javascript").messages if words in "\n".join(one.texts)]


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


async def test_however_often_it_is_killed_an_announcement_is_posted_once(machine: Machine) -> None:
    fela = machine.fake.person("fela")
    bot = await machine.starts()
    for kills, there in KILLS.items():
        words = f"Flour, killed at {' and '.join(kills)}."
        question = await written(machine, words)
        machine.kill_at(kills[0])
        pressing = asyncio.create_task(fela.presses("Post now", question))
        await bot.is_killed()
        for kill in kills[1:]:
            machine.kill_at(kill)
            bot = await machine.begins(after=LATER)
            await bot.is_killed()
        machine.kill_at("")
        assert len(standing(machine, words)) == there, words
        bot = await machine.starts(after=LATER)
        pressing.cancel()
        if _label(question) == "Post now":  # whoever got no answer presses again
            await fela.presses("Post now", question)
        await machine.settles()
        assert len(made(machine, words)) == len(standing(machine, words)) == 1, words


async def killed_after_a_lost_answer(machine: Machine, words: str) -> None:
    """Let the answer to an announcement be lost, and the bot be killed when it has written that down."""
    bot = await machine.starts()
    question = await written(machine, words)
    lost = Fault(Way.LOST, SEND, when=lambda asked: words in json.dumps(asked.body), reset=True)
    machine.fake.faults.add(lost)
    machine.kill_at("delivery: kept")
    pressing = asyncio.create_task(machine.fake.person("fela").presses("Post now", question))
    await bot.is_killed()
    pressing.cancel()
    machine.kill_at("")
    assert len(standing(machine, words)) == 1


async def test_within_a_minute_it_is_sent_again_under_the_same_nonce(machine: Machine) -> None:
    await killed_after_a_lost_answer(machine, "Bring flour.")
    await machine.starts()
    first, again = sends(machine, "Bring flour.")
    assert first.body["nonce"] == again.body["nonce"]
    assert (first.body["enforce_nonce"], again.body["enforce_nonce"]) == (True, True)
    assert len(made(machine, "Bring flour.")) == len(standing(machine, "Bring flour.")) == 1


async def test_after_a_minute_it_is_looked_for_as_no_nonce_would_stop_a_second_one(machine: Machine) -> None:
    await killed_after_a_lost_answer(machine, "Bring flour.")
    await machine.starts(after=LATER)
    assert len(sends(machine, "Bring flour.")) == 1
    assert len(standing(machine, "Bring flour.")) == 1


# What is more than one message


async def joins(machine: Machine, *who: str) -> None:
    """Let people come into the group."""
    for one in who:
        person = machine.fake.person(one)
        await person.types("/enrol")
        await person.fills(goal="Bread", zone="UTC")


async def asks(machine: Machine, who: str, question: str) -> None:
    person, home = machine.fake.person(who), machine.fake.channel("javascript")
    offered = await person.suggestions("/ask", "activity", "", home)
    await person.types("/ask", home, question=question, activity=next(iter(offered.values())))


async def test_a_question_whose_thread_is_missing_gets_it_after_a_kill(machine: Machine) -> None:
    bot = await machine.starts()
    await joins(machine, "jill")
    machine.fake.faults.add(
        Fault(Way.SLOW, SEND, when=lambda asked: "Which flour" in json.dumps(asked.body), seconds=9)
    )
    asking = asyncio.create_task(asks(machine, "jill", "Which flour"))
    await machine.fake.until(lambda: bool(standing(machine, "Which flour")), SECONDS)
    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    await asking
    [question] = standing(machine, "Which flour")
    assert question.thread is None
    await machine.starts(after=LATER)
    assert standing(machine, "Which flour") == [question]
    assert len(made(machine, "Which flour")) == 1
    assert question.thread is not None


async def test_a_post_of_a_forum_is_looked_for_after_a_kill_as_it_has_no_nonce(machine: Machine) -> None:
    bot = await machine.starts()
    forum = machine.fake.forum("questions")
    await joins(machine, "jill")
    await machine.fake.person("fela").types("/lead group questions", channel=forum)
    machine.fake.faults.slow("POST /channels/{channel_id}/threads", seconds=9)
    asking = asyncio.create_task(asks(machine, "jill", "Which flour"))
    threads = machine.fake.guild().threads
    await machine.fake.until(lambda: bool(threads), SECONDS)
    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    await asking
    await machine.starts(after=LATER)
    assert [one.name for one in threads.values()] == ["Which flour"]
    assert len(machine.fake.recorder.to("POST /channels/{channel_id}/threads")) == 1


# What was not told


def reactions(message: Message) -> dict[str, int]:
    return {str(emoji.name): sum(map(len, kinds.values())) for emoji, kinds in message.reactions.items()}


async def test_reactions_that_nobody_told_of_are_found_after_a_kill_and_after_a_lost_session(machine: Machine) -> None:
    """J28: likes are those that stand on Discord."""
    fake = machine.fake
    bot = await machine.starts()
    await joins(machine, "jill", "priya", "tomas")
    await asks(machine, "jill", "Which flour")
    await machine.settles()
    [question] = standing(machine, "Which flour")
    priya, tomas = fake.person("priya"), fake.person("tomas")
    priya.reacts("👍", question)
    tomas.reacts("👍", question)
    await machine.comes(lambda: machine.likes() == {"👍": 2})

    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    priya.unreacts("👍", question)
    priya.reacts("🎉", question)
    tomas.reacts("🎉", question, burst=True)
    await machine.starts()
    await machine.comes(lambda: machine.likes() == {"👍": 1, "🎉": 2} == reactions(question))

    fake.gateway.invalidate()
    tomas.unreacts("👍", question)
    priya.reacts("🌱", question)
    await fake.until(lambda: fake.gateway.starts == 3 and _connected(fake), SECONDS)
    await machine.comes(lambda: machine.likes() == {"🎉": 2, "🌱": 1} == reactions(question))


# Roles

GIVEN = "roster: carried out"
"""Where a role is given or taken, and nobody has noted it yet."""


async def test_killed_before_it_is_noted_a_role_is_given_and_taken_all_the_same(machine: Machine) -> None:
    fake, guild, home = machine.fake, machine.fake.guild(), machine.fake.channel("javascript")
    fela = fake.person("fela")
    fake.world.join(guild, fela.user, admin=True)
    bakers = fake.world.add_role(guild, "Bakers")
    mine = next(one for one in guild.roles.values() if one.of_bot is not None)
    fake.world.change_role(guild, mine, mine.permissions | May.MANAGE_ROLES)
    roles = guild.members[fela.user.id].roles
    bot = await machine.starts()
    machine.kill_at(GIVEN)
    choosing = asyncio.create_task(fela.types("/lead group role", home, role=bakers))
    await bot.is_killed()
    await choosing
    assert bakers.id in roles
    machine.kill_at("")
    bot = await machine.starts(LATER)
    await machine.comes(lambda: not machine._ask("SELECT 1, 1 FROM roster_entry WHERE due_at IS NOT NULL"))
    assert bakers.id in roles
    told = await fela.types("/lead group role", home)
    machine.kill_at(GIVEN)
    pressing = asyncio.create_task(fela.presses("Give it no more", told.shown[-1]))
    await bot.is_killed()
    await pressing
    machine.kill_at("")
    await machine.starts(LATER)
    await machine.comes(lambda: not machine._ask("SELECT 1, 1 FROM roster_entry"))
    assert bakers.id not in roles
