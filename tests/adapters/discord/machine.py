"""The machine on which bots are killed, with a fake Discord."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.chat import AccountRef, ChannelRef
from tests.adapters import machine
from tests.adapters.machine import SECONDS, nursery_of
from tests.fakes.discord import Asked, Channel, FakeDiscord, Message, Person, openapi
from tests.fakes.discord.world import News

SEND = "POST /channels/{channel_id}/messages"


class Machine(machine.Machine[Message]):
    """A machine with a Discord of its own."""

    def __init__(self, folder: Path, nursery: asyncio.subprocess.Process) -> None:
        super().__init__(folder, nursery)
        self.fake = FakeDiscord(self.now)
        self._made: list[Message] = []
        """All messages that ever were, but for what one person alone sees."""
        self.fake.world.listeners.append(self._hear)

    def _hear(self, news: News) -> None:
        if news.name == "MESSAGE_CREATE" and news.message is not None:
            self._made.append(news.message)

    async def is_founded(self) -> None:
        """Let there be a group of Fela's, in which week 1 is out."""
        fake = self.fake
        home, fela = fake.channel("javascript"), fake.person("fela")
        await self.founds(
            f'[discord]\ntoken = "{fake.token}"\napi_url = "{fake.api_url}"\n'
            f'gateway_url = "{fake.gateway_url}"\nguild_ready_timeout = 0.05\n',
            ChannelRef("discord", str(fake.guild().id), str(home.id)),
            AccountRef("discord", str(fela.user.id)),
        )

    @property
    def connections(self) -> int:
        return self.fake.gateway.starts

    async def is_up(self, connections: int) -> None:
        fake, greeted = self.fake, self.fake.world.direct(self.fake.guild().owner)
        await fake.until(
            lambda: fake.gateway.starts >= connections and connected(fake) and bool(greeted.messages), SECONDS
        )

    async def written(self, words: str) -> Message:
        return await self.offered(
            self.fake.person("fela"), "Post now", "/lead announce", self.fake.channel("javascript"), text=words
        )

    async def offered(self, person: Person, button: str, line: str, place: Channel, **options: Any) -> Message:
        """Let somebody type a command, and return the answer with a button; a busy bot may give it as a message."""
        before = {one.id for one in person.shown}
        await person.types(line, place, **options)

        def found() -> list[Message]:
            new = [one for one in person.shown if one.id not in before]
            return [one for one in new if any(shown["label"] == button for shown in one.buttons)]

        await self.fake.until(lambda: bool(found()), SECONDS)
        return found()[-1]

    async def presses(self, label: str, on: Message) -> object:
        return await self.fake.person("fela").presses(label, on)

    def sends(self, words: str) -> list[Asked]:
        """Return the requests to post something."""
        return [one for one in self.fake.recorder.to(SEND) if words in json.dumps(one.body)]

    def made(self, words: str) -> list[Message]:
        return [one for one in self._made if words in "\n".join(one.texts)]

    def standing(self, words: str) -> list[Message]:
        return [one for one in self.fake.channel("javascript").messages if words in "\n".join(one.texts)]


def connected(fake: FakeDiscord) -> bool:
    """Return whether a bot is connected."""
    return any(one.connection is not None for one in fake.gateway.sessions.values())


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Machine]:
    """Open a machine with a group on it, on which no bot runs yet."""
    async with nursery_of("discord") as nursery:
        machine = Machine(folder, nursery)
        async with machine.fake:
            await machine.is_founded()
            try:
                yield machine
            finally:
                await machine.ends()
            assert openapi.problems(machine.fake.recorder.asked) == []
