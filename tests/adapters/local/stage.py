"""The local platform as stories see it: who is there, and what stands where, however people act on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.local import LocalPlatform, Message, Place
from bot.bootstrap import App
from schedules.clock import MovedClock
from tests.adapters.scenarios import HOME, Seen
from tests.adapters.staging import Staged


@dataclass
class OnThisMachine(Staged):
    """All of a stage on the local platform but what people do."""

    app: App
    chat: LocalPlatform
    clock: MovedClock
    space: str

    # Who and where

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        self.chat.person(who, name=name or who.title(), zone=zone, admin=admin)

    def account(self, who: str) -> str:
        return str(self.chat.person(who).account)

    def names(self, who: str, *, to: str) -> str:
        return f"@{self.chat.person(who).name}"

    def place(self, where: str) -> Place:
        return self.chat.space(self.space).channel(where)

    # What the bot hears

    async def heard(self) -> None:
        """Do nothing: the bot has heard of what somebody does when they are through with it."""

    # What people see

    def stands(self, *, below: Seen | None = None, where: str = HOME) -> list[Message]:
        if below is None:
            return self.place(where).messages
        thread = message_of(below).thread
        assert thread is not None, "no thread hangs below that message"
        return thread.messages

    def text(self, seen: Seen) -> str:
        return message_of(seen).text

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


def message_of(seen: Seen) -> Message:
    """Return what somebody sees as the local platform's message."""
    assert isinstance(seen, Message)
    return seen
