"""The bot as it is started in earnest, on a Discord: it comes up, lives through a kill, and says why it ends."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters import processes
from tests.adapters.processes import SECONDS, Process
from tests.fakes.discord import FakeDiscord
from tests.processes import in_plain_words

pytestmark = pytest.mark.slow

PUT = "PUT /applications/{application_id}/guilds/{guild_id}/commands"


class Machine(processes.Machine):
    """A machine whose bot finds in its file where Discord is."""

    def __init__(self, folder: Path, fake: FakeDiscord) -> None:
        super().__init__(folder)
        self._fake = fake

    async def start(self, token: str = "fake-token") -> Process:
        config = self.folder / "config.toml"
        config.write_text(
            f'[storage]\nurl = "sqlite:///{self.folder / "bot.db"}"\nbackups = ""\n[web]\nport = 0\n'
            f'[discord]\ntoken = "{token}"\napi_url = "{self._fake.api_url}"\n'
            f'gateway_url = "{self._fake.gateway_url}"\nguild_ready_timeout = 0.05\n'
        )
        return await self.starts("--config", config)

    async def is_connected(self, times: int = 1) -> None:
        """Wait until the bot is connected for the n-th time and a server has its commands."""
        fake = self._fake
        await fake.until(
            lambda: fake.gateway.starts >= times and _connected(fake) and bool(fake.guild().commands), SECONDS
        )


def _connected(fake: FakeDiscord) -> bool:
    return any(one.connection is not None for one in fake.gateway.sessions.values())


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        fake.channel("javascript")
        yield fake


@pytest.fixture
async def machine(tmp_path: Path, fake: FakeDiscord) -> AsyncIterator[Machine]:
    machine = Machine(tmp_path, fake)
    async with machine.on():
        yield machine


async def test_a_button_from_before_a_kill_works_after_it_and_commands_are_registered_once(
    machine: Machine, fake: FakeDiscord
) -> None:
    first = await machine.start()
    await machine.is_connected()
    noor = fake.person("noor", admin=True)
    asked = await noor.types("/study setup", fake.channel("javascript"))
    assert asked.answered.is_set(), first.log
    assert "I am set up here." in asked.shown[0].texts[0]
    assert await first.ends(signal.SIGKILL) == -signal.SIGKILL
    await machine.start()
    await machine.is_connected(2)
    again = await noor.presses("Who may start groups", asked.shown[0])
    assert again.answered.is_set()
    assert "Nobody besides the admins may start groups yet." in again.shown[0].texts[0]
    assert len(fake.recorder.to(PUT)) == 1


async def test_sigterm_ends_it_cleanly(machine: Machine, fake: FakeDiscord) -> None:
    bot = await machine.start()
    await machine.is_connected()
    assert await bot.ends(signal.SIGTERM) == 0
    assert in_plain_words(bot.log), bot.log
    assert not _connected(fake)


@pytest.mark.parametrize(("code", "words"), [(4004, "discord.token:"), (4014, "discord.message_content:")])
async def test_it_says_in_plain_words_why_discord_does_not_let_it(
    machine: Machine, fake: FakeDiscord, code: int, words: str
) -> None:
    fake.gateway.refuses_with = code
    bot = await machine.start()
    assert await bot.ends() not in (0, None)
    assert words in bot.log
    assert in_plain_words(bot.log), bot.log
    assert fake.token not in bot.log


async def test_a_wrong_token_ends_it_before_anything_else_is_asked(machine: Machine, fake: FakeDiscord) -> None:
    bot = await machine.start("wrong")
    assert await bot.ends() not in (0, None)
    assert "discord.token:" in bot.log
    assert fake.recorder.routes == ["GET /users/@me"]


async def test_a_session_that_is_lost_is_followed_by_another(machine: Machine, fake: FakeDiscord) -> None:
    """J28: the bot reads again what it was not told of meanwhile."""
    await machine.start()
    await machine.is_connected()
    fake.gateway.forget()
    await machine.is_connected(2)
    asked = await fake.person("noor", admin=True).types("/study about", fake.channel("javascript"))
    assert asked.answered.is_set()


async def test_the_owner_of_a_server_is_greeted_once(machine: Machine, fake: FakeDiscord) -> None:
    bot = await machine.start()
    await machine.is_connected()
    owner = fake.world.direct(fake.guild().owner)
    await fake.until(lambda: bool(owner.messages), SECONDS)
    assert "Thank you for inviting me" in "\n".join(owner.messages[0].texts)
    await bot.ends(signal.SIGTERM)
    await machine.start()
    await machine.is_connected(2)
    await fake.person("noor", admin=True).types("/study about", fake.channel("javascript"))
    assert len(owner.messages) == 1
    assert fake.channel("javascript").messages == []
