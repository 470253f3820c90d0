"""What the stages of the stories do alike on every platform: let time pass until all is quiet, find what was said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.bootstrap import App
from bot.cards import File
from schedules.clock import MovedClock
from tests.adapters.facilitators_story import BREAD
from tests.adapters.scenarios import HOME, Seen, Stage


class Staged(ABC):
    """A bot on one platform; how people act on it and read there is up to the platform."""

    app: App
    clock: MovedClock

    @abstractmethod
    async def heard(self) -> None:
        """Let the bot hear all that the platform tells, and do what it does then."""

    @abstractmethod
    def stands(self, *, below: Seen | None = None, where: str = HOME) -> Sequence[Seen]:
        """Return the messages in a channel, or in the thread of a message, the oldest first."""

    @abstractmethod
    def text(self, seen: Seen) -> str:
        """Return what stands in a message now, with times in UTC."""

    async def passes(self, until: datetime | None = None, **time: float) -> None:
        """Let time pass, up to an instant or for a while."""
        await self.app.runner.advance(self.clock, until or self.clock.now() + timedelta(**time))
        await self.heard()

    async def settle(self) -> None:
        """Let everything be heard, done and delivered, as happens by itself within moments."""
        await self.heard()
        while await self.app.runner.run_due():
            await self.heard()
        await self.passes(seconds=30)

    def sees(self, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        """Return the newest message with these words in a channel, or in the thread of a message."""
        stands = self.stands(below=below, where=where)
        found = [one for one in stands if words in self.text(one)]
        assert found, f"nobody sees {words!r} in {[self.text(one) for one in stands]}"
        return found[-1]

    def channel(self, where: str = HOME) -> list[str]:
        """Return what stands in a channel now, the oldest first, with times in UTC."""
        return [self.text(one) for one in self.stands(where=where)]


async def begun(stage: Stage, *learners: str) -> None:
    """Let Fela start a group a week before it begins, and let people learn in it."""
    for who in ("fela", *learners):
        stage.enters(who, zone="Europe/Berlin", admin=who == "fela")
    await stage.types("fela", "/study setup")
    await stage.types("fela", "/lead group import")
    bread = File("bread.md", "text/markdown", BREAD.encode())
    await stage.fills("fela", file=bread, start="2027-01-11 18:00", zone="Europe/Berlin")
    await stage.presses("fela", "Start the group")
    await stage.types("fela", "/lead group enrolment auto_accept:yes")
    for who in learners:
        await stage.types(who, "/enrol")
        await stage.fills(who, goal="Bread")
