"""The stories of `tests/adapters/scenarios.py`, on the local platform."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.local import LocalPlatform
from bot.bootstrap import assembled
from bot.cards import File
from schedules.clock import MovedClock
from tests.adapters import facilitators_story, learners_story, scenarios
from tests.adapters.local.stage import OnThisMachine, message_of
from tests.adapters.scenarios import HOME, Seen


class LocalStage(OnThisMachine):
    """The local platform, on which people act by calling it."""

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        answer = await self.chat.person(who).types(line, self.place(where), files={"file": file} if file else None)
        await self.settle()
        return answer.text

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        answer = await self.chat.person(who).presses(label, message_of(on) if on is not None else None)
        await self.settle()
        return answer.text

    async def fills(self, who: str, **values: str | File) -> str:
        answer = await self.chat.person(who).fills(values)
        await self.settle()
        return answer.text

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        answer = await self.chat.person(who).uses_menu(entry, message_of(on))
        await self.settle()
        return answer.text

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        thread_of = message_of(below) if below is not None else None
        said = await self.chat.person(who).says(words, self.place(where), thread_of=thread_of)
        await self.settle()
        return said

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        await self.chat.person(who).reacts(emoji, message_of(on))
        await self.settle()

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        await self.chat.person(who).unreacts(emoji, message_of(on))
        await self.settle()


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[LocalStage]:
    clock = MovedClock(scenarios.BEGINS)
    chat = LocalPlatform(clock)
    async with assembled(database_url, {"local": chat}, clock, durable=False) as app:
        chat.connect(app.bot)
        yield LocalStage(app, chat, clock, "makers")


@pytest.mark.slow
async def test_the_learners_story(stage: LocalStage) -> None:
    await learners_story.the_learners_story(stage)


@pytest.mark.slow
async def test_a_facilitators_first_group(stage: LocalStage) -> None:
    await facilitators_story.a_facilitators_first_group(stage)
