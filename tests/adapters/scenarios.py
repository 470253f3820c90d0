"""The stage for stories that every platform has to tell alike: a learner's five weeks, a facilitator's first group.

A story (learners_story.py, facilitators_story.py) acts and looks through a `Stage`, which each platform's tests
provide; it knows no platform. Its steps name the requirements of docs/mission.md that they prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from textwrap import dedent
from typing import Protocol

from bot.cards import File

BEGINS = datetime(2027, 1, 4, 9, tzinfo=UTC)
"""When a story begins: a Monday, one week before the group does."""
MONDAYS = [datetime(2027, 1, 11, 17, tzinfo=UTC) + timedelta(days=7 * week) for week in range(6)]
"""When weeks open: at six in the evening in Berlin. The last one is the end."""
HOME = "javascript"
"""The channel where the group of a story lives."""


class Seen(Protocol):
    """A message that stands somewhere: what people act on."""


class Stage(Protocol):
    """A platform with people on it, and a clock; everything that is due and can be delivered is, after each step."""

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        """Let somebody use the platform."""

    def account(self, who: str) -> str:
        """Return somebody's account as `PLATFORM:USER`."""

    def names(self, who: str, *, to: str) -> str:
        """Return somebody's name as another one reads it: with an @ where both are on one platform."""

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        """Let somebody call a command in a channel; return what they alone read."""

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        """Let somebody press a button, of a message or of what they were shown last; return what they alone read."""

    async def fills(self, who: str, **values: str | File) -> str:
        """Let somebody fill in the form that is open, by the names of its fields; return what they alone read."""

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        """Let somebody choose an entry of a message's menu; return what they alone read."""

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        """Let somebody write into a channel, or into the thread of a message."""

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        """Let somebody put a reaction on a message."""

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        """Let somebody take a reaction back."""

    async def passes(self, until: datetime | None = None, **time: float) -> None:
        """Let time pass, up to an instant or for a while."""

    def sees(self, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        """Return the newest message with these words in a channel, or in the thread of a message."""

    def text(self, seen: Seen) -> str:
        """Return what stands in a message now, with times in UTC."""

    def channel(self, where: str = HOME) -> list[str]:
        """Return what stands in a channel now, the oldest first, with times in UTC."""

    def told(self, who: str) -> list[str]:
        """Return somebody's direct messages as they read them, the oldest first."""

    def form(self, who: str) -> Mapping[str, tuple[str, ...]]:
        """Return the fields of the form that somebody has open, each with what can be chosen."""

    def files(self, who: str) -> Mapping[str, bytes]:
        """Return the files that somebody got, by name; of two with the same name the newer one."""


def lines(text: str) -> str:
    """Return a text as it is read, written indented among code; a line that begins with … belongs to the one before."""
    return dedent(text).strip().replace("\n… ", " ")
