"""The bot as it is started in earnest, on a Slack: it comes up, lives through a kill, and says why it ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.manifest import manifest
from bot.bootstrap import FEATURES
from tests.adapters import processes
from tests.adapters.processes import SECONDS, Process
from tests.fakes.slack import FakeSlack, Fault, Way
from tests.processes import in_plain_words

pytestmark = pytest.mark.slow


class Machine(processes.Machine):
    """A machine whose bot is told by its environment where Slack is."""

    def __init__(self, folder: Path, fake: FakeSlack) -> None:
        super().__init__(folder)
        self._fake = fake

    async def start(self, **wrong: str) -> Process:
        settings = {
            "STORAGE__URL": f"sqlite:///{self.folder / 'bot.db'}",
            "STORAGE__BACKUPS": "",
            "WEB__PORT": "0",
            "SLACK__BOT_TOKEN": self._fake.token,
            "SLACK__APP_TOKEN": self._fake.app_token,
            "SLACK__API_URL": self._fake.api_url,
        }
        return await self.starts(settings=settings | wrong)

    async def is_connected(self, times: int = 1) -> None:
        """Wait until the bot is connected for the n-th time."""
        await self._fake.transport.connected(SECONDS, starts=times)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        fake.channel("javascript")
        fake.world.app.set_up(manifest({one.name: one for feature in FEATURES for one in feature.commands}))
        yield fake


@pytest.fixture
async def machine(tmp_path: Path, fake: FakeSlack) -> AsyncIterator[Machine]:
    machine = Machine(tmp_path, fake)
    async with machine.on():
        yield machine


async def test_a_button_from_before_a_kill_works_after_it(machine: Machine, fake: FakeSlack) -> None:
    first = await machine.start()
    await machine.is_connected()
    noor = fake.person("noor", admin=True)
    noor.patience = SECONDS
    asked = await noor.types("/study setup", fake.channel("javascript"))
    assert asked.shown, first.log
    assert "I am set up here." in asked.shown[0].text
    assert await first.ends(signal.SIGKILL) == -signal.SIGKILL
    await machine.start()
    await machine.is_connected(2)
    again = await noor.presses("Who may start groups", asked.shown[0])
    assert again.answered.is_set()
    assert again.failed is None
    assert "Nobody besides the admins may start groups yet." in (again.edited or again.shown[0]).text


async def test_sigterm_ends_it_cleanly_after_what_was_asked_is_answered(machine: Machine, fake: FakeSlack) -> None:
    bot = await machine.start()
    await machine.is_connected()
    fake.faults.slow("users.info", seconds=1)
    asking = asyncio.create_task(fake.person("noor", admin=True).types("/study about", fake.channel("javascript")))
    await fake.until(lambda: bool(fake.recorder.to("users.info")), SECONDS)
    assert await bot.ends(signal.SIGTERM) == 0
    assert in_plain_words(bot.log), bot.log
    assert (await asking).shown
    await fake.until(lambda: not fake.transport.sockets)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"SLACK__BOT_TOKEN": "xoxb-wrong"}, "slack.bot_token:"),
        ({"SLACK__APP_TOKEN": "xapp-wrong"}, "slack.app_token:"),
    ],
)
async def test_it_says_in_plain_words_which_token_slack_does_not_take(
    machine: Machine, fake: FakeSlack, wrong: dict[str, str], words: str
) -> None:
    bot = await machine.start(**wrong)
    assert await bot.ends() not in (0, None)
    assert words in bot.log
    assert in_plain_words(bot.log), bot.log
    assert "xoxb-" not in bot.log.replace("it begins with xoxb-", "")


async def test_an_app_without_socket_mode_is_told_so(machine: Machine, fake: FakeSlack) -> None:
    fake.world.app.socket_mode = False
    bot = await machine.start()
    assert await bot.ends() not in (0, None)
    assert "Socket Mode" in bot.log
    assert in_plain_words(bot.log), bot.log


async def test_a_slack_that_is_away_at_the_start_is_waited_for(machine: Machine, fake: FakeSlack) -> None:
    fake.faults.add(Fault(Way.CUT, "auth.test"))
    bot = await machine.start()
    await machine.is_connected()
    assert in_plain_words(bot.log), bot.log


async def test_a_socket_that_is_lost_in_the_middle_of_a_command_loses_no_answer(
    machine: Machine, fake: FakeSlack
) -> None:
    """The acknowledgement was given, and the answer needs no socket; the next command finds a new one."""
    await machine.start()
    await machine.is_connected()
    fake.faults.slow("users.info", seconds=0.5)
    noor = fake.person("noor", admin=True)
    noor.patience = SECONDS
    asking = asyncio.create_task(noor.types("/study about", fake.channel("javascript")))
    await fake.until(lambda: bool(fake.recorder.to("users.info")), SECONDS)
    fake.transport.cut()
    asked = await asking
    assert asked.failed is None
    assert len(asked.shown) == 1
    await machine.is_connected(2)
    assert (await noor.types("/study about", fake.channel("javascript"))).shown
