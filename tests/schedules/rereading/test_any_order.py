"""After any sequence of anything the store is what the platform shows (J26)."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.local import Message
from adapters.outlines import Shelf
from bot.app import Bot
from schedules.rereading import Rereader
from tests.builders import UNLIMITED, scene
from tests.schedules.rereading.conftest import FEATURES, Story, story_on

EMOJI = ("👍", "👍🏽", "tada", "👎")
SEQUENCES = 200
STEPS = 24


class Play:
    """One sequence: people react, sessions are lost, the bot starts anew; and the two are compared at checkpoints."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story = story
        self.on = story.on
        self.chance = random.Random(seed)
        self.deaf = False
        self.admin = self.on.chat.person("adam", admin=True)

    async def play(self) -> None:
        self.story.work.clear()
        for place in (self.on.home, self.on.chat.space("acme").channel("mirror")):
            for owner in ("jill", "priya"):
                await self.story.said(place, owner)
        happen = {
            self.react: 9,
            self.unreact: 5,
            self.clear: 1,
            self.delete: 0.4,
            self.lose: 2,
            self.come_back: 3,
            self.restart: 1,
            self.rest: 2,
            self.busy: 2,
        }
        for happens in self.chance.choices(list(happen), list(happen.values()), k=STEPS):
            await happens()
        await self.come_back()
        await self.story.rereader.drain()
        await self.story.agrees()
        for message in self.there:
            await self.admin.deletes(message)

    @property
    def there(self) -> list[Message]:
        return [message for message in self.story.work if not message.deleted]

    async def react(self) -> None:
        person = self.on.person(self.chance.choice(["jill", "priya", "nadia", "olu", "gus"]))
        await person.reacts(self.chance.choice(EMOJI), self.chance.choice(self.there))

    async def unreact(self) -> None:
        standing = [(message, one) for message in self.there for one in message.reactions]
        if standing:
            message, one = self.chance.choice(standing)
            await self.on.chat.person(one.account.user).unreacts(one.emoji, message)

    async def clear(self) -> None:
        await self.admin.clears_reactions(self.chance.choice(self.there), self.chance.choice([None, *EMOJI]))

    async def delete(self) -> None:
        if len(self.there) > 2:
            await self.admin.deletes(self.chance.choice(self.there))

    async def lose(self) -> None:
        self.on.chat.lose_session()
        self.deaf = True

    async def come_back(self) -> None:
        if self.deaf:
            self.on.chat.connect(self.on.bot)
            self.deaf = False
            await self.story.rereader.gap("local")

    async def restart(self) -> None:
        """Let another process go on over the same store; what the old one had claimed stays claimed."""
        now = self.on.clock.now()
        await self.on.writes(lambda uow: uow.readings.claim("local", now, self.chance.randint(0, 2)))
        self.on.bot = Bot(FEATURES, self.on.store, self.on.clock, Shelf(Path()), limits=UNLIMITED)
        self.story.rereader = Rereader(self.on.bot, self.story.platforms, self.on.clock)
        self.deaf = True
        await self.come_back()

    async def busy(self) -> None:
        """Read, while people go on reacting before each answer arrives."""
        several = [self.react, self.unreact, self.clear]

        async def meanwhile() -> None:
            if several:
                await several.pop()()

        self.story.wire.meanwhile = meanwhile
        await self.rest()
        self.story.wire.meanwhile = None

    async def rest(self) -> None:
        self.on.clock.move_by(timedelta(minutes=self.chance.choice([1, 7])))
        await self.story.rereader.drain()
        self.on.clock.move_by(timedelta(seconds=15))  # what events kept coming about is left for a while
        await self.story.rereader.drain()
        if not self.deaf:
            await self.story.agrees()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
async def test_after_any_sequence_the_store_is_what_the_platform_shows(story: Story, part: int) -> None:
    """J26: 200 sequences of reactions, outages, restarts and lost sessions."""
    for seed in range(part * SEQUENCES // 4, (part + 1) * SEQUENCES // 4):
        await Play(story, seed).play()


async def test_it_is_so_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    """J26."""
    async with scene(postgres_url, FEATURES, tmp_path) as on:
        story = await story_on(on)
        for seed in range(1_000, 1_020):
            await Play(story, seed).play()
