"""The stories of `tests/adapters/scenarios.py`, on the local platform."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from adapters.local import LocalPlatform, Message, Place
from bot.bootstrap import App, assembled
from bot.cards import File
from schedules.clock import MovedClock
from tests.adapters import facilitators_story, learners_story, scenarios
from tests.adapters.scenarios import HOME, Seen


@dataclass
class LocalStage:
    """The local platform as stories see it."""

    app: App
    chat: LocalPlatform
    clock: MovedClock

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        self.chat.person(who, name=name or who.title(), zone=zone, admin=admin)

    def account(self, who: str) -> str:
        return str(self.chat.person(who).account)

    def names(self, who: str, *, to: str) -> str:
        return f"@{self.chat.person(who).name}"

    def place(self, where: str) -> Place:
        return self.chat.space("makers").channel(where)

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        answer = await self.chat.person(who).types(line, self.place(where), files={"file": file} if file else None)
        await self.settle()
        return answer.text

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        answer = await self.chat.person(who).presses(label, _message(on) if on is not None else None)
        await self.settle()
        return answer.text

    async def fills(self, who: str, **values: str | File) -> str:
        answer = await self.chat.person(who).fills(values)
        await self.settle()
        return answer.text

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        answer = await self.chat.person(who).uses_menu(entry, _message(on))
        await self.settle()
        return answer.text

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        thread_of = _message(below) if below is not None else None
        said = await self.chat.person(who).says(words, self.place(where), thread_of=thread_of)
        await self.settle()
        return said

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        await self.chat.person(who).reacts(emoji, _message(on))
        await self.settle()

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        await self.chat.person(who).unreacts(emoji, _message(on))
        await self.settle()

    async def passes(self, until: datetime | None = None, **time: float) -> None:
        await self.app.runner.advance(self.clock, until or self.clock.now() + timedelta(**time))

    async def settle(self) -> None:
        """Let everything that is due be done and delivered, as happens by itself within moments."""
        while await self.app.runner.run_due():
            pass
        await self.passes(seconds=30)

    def sees(self, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        if below is None:
            return self.place(where).message(words)
        thread = _message(below).thread
        assert thread is not None, "no thread hangs below that message"
        return thread.message(words)

    def text(self, seen: Seen) -> str:
        return _message(seen).text

    def channel(self, where: str = HOME) -> list[str]:
        return [message.text for message in self.place(where).messages]

    def told(self, who: str) -> list[str]:
        person = self.chat.person(who)
        return [person.reads(message) for message in person.inbox]

    def form(self, who: str) -> Mapping[str, tuple[str, ...]]:
        form = self.chat.person(who).form
        assert form is not None, f"{who} has no form open"
        plain = self.app.bot.languages.get(None).plain
        return {field.name: tuple(plain(choice.label) for choice in field.choices) for field in form.fields}

    def files(self, who: str) -> Mapping[str, bytes]:
        return {file.name: file.content for file in self.chat.person(who).files}


def _message(seen: Seen) -> Message:
    assert isinstance(seen, Message)
    return seen


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[LocalStage]:
    clock = MovedClock(scenarios.BEGINS)
    chat = LocalPlatform(clock)
    async with assembled(database_url, {"local": chat}, clock, durable=False) as app:
        chat.connect(app.bot)
        yield LocalStage(app, chat, clock)


@pytest.mark.slow
async def test_the_learners_story(stage: LocalStage) -> None:
    await learners_story.the_learners_story(stage)


@pytest.mark.slow
async def test_a_facilitators_first_group(stage: LocalStage) -> None:
    await facilitators_story.a_facilitators_first_group(stage)
