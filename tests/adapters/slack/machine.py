"""The machine on which bots are killed, with a fake Slack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from adapters.slack.manifest import manifest
from bot.bootstrap import FEATURES
from bot.chat import AccountRef, ChannelRef
from tests.adapters import machine
from tests.adapters.machine import SECONDS, label, nursery_of
from tests.adapters.slack.checking import problems
from tests.fakes.slack import Asked, Channel, FakeSlack, Message


class Machine(machine.Machine[Message]):
    """A machine with a Slack of its own."""

    def __init__(self, folder: Path, nursery: asyncio.subprocess.Process) -> None:
        super().__init__(folder, nursery)
        self.fake = FakeSlack(self.now)

    @property
    def home(self) -> Channel:
        """The channel of the group."""
        return self.fake.channel("javascript")

    async def is_founded(self) -> None:
        """Let there be a group of Fela's, in which week 1 is out."""
        fake, team = self.fake, self.fake.team().id
        fake.world.app.set_up(manifest({one.name: one for feature in FEATURES for one in feature.commands}))
        tokens = f'bot_token = "{fake.token}"\napp_token = "{fake.app_token}"\n'
        await self.founds(
            f'[slack]\n{tokens}api_url = "{fake.api_url}"\n',
            ChannelRef("slack", team, self.home.id),
            AccountRef("slack", f"{team}/{fake.person('fela').user.id}"),
        )

    @property
    def connections(self) -> int:
        """How often bots have connected."""
        return self.fake.transport.starts

    async def is_up(self, connections: int) -> None:
        """Wait until a bot has connected so often and week 1 is out."""
        await self.fake.transport.connected(SECONDS, starts=connections)
        await self.fake.until(lambda: bool(self.standing("Week 1: Flour")), SECONDS)

    async def written(self, words: str) -> Message:
        """Let Fela write an announcement; return the question below its preview, of which nobody else knows yet."""
        asked = await self.fake.person("fela").types(f'/study lead announce text:"{words}"', self.home)
        await self.fake.until(lambda: any(label(one) == "Post now" for one in asked.shown), SECONDS)
        return asked.shown[-1]

    async def presses(self, label: str, on: Message) -> object:
        """Let Fela press a button."""
        return await self.fake.person("fela").presses(label, on)

    def sends(self, words: str) -> list[Asked]:
        """Return the requests to post something."""
        return [one for one in self.fake.recorder.to("chat.postMessage") if words in json.dumps(one.args)]

    def made(self, words: str) -> list[Message]:
        """Return the messages that Slack made of something, those among them that are gone again."""
        return [one for one in self.fake.world.made if words in json.dumps([one.text, one.blocks])]

    def standing(self, words: str) -> list[Message]:
        """Return the messages in the channel that say something."""
        return [one for one in self.home.messages if words in json.dumps([one.text, one.blocks])]


def nursery() -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """Open a process that starts bots on Slack, one after the other."""
    return nursery_of("slack")


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
