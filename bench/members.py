"""The other side of a benchmark on a chat platform, in a process of its own: the platform and its people.

It reads one line of JSON from its input for each thing to do, and writes one line about how that went.
"""

from __future__ import annotations

import asyncio
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from time import monotonic
from typing import Any, TypeAlias

PATIENCE = 20.0
"""Seconds for which a member waits until an answer says more than that it takes a moment."""
START = 60.0
"""Seconds in which a bot has to come up."""
CALM = 1.0
"""Seconds without a request after which a bot has done what it came up for."""

Timed: TypeAlias = tuple[float, float | None, bool]
"""When something was begun, how long it took to be acknowledged, and whether there was an answer in time."""


Person: TypeAlias = Any
"""A person of either fake; those share no type."""
Doing: TypeAlias = Callable[[Person, int], Awaitable[Any]]
"""What a person does, with a number for what has to be new each time."""


class Crowd(ABC):
    """Members in a channel, who do things at a rate that does not wait for answers."""

    def __init__(self, people: Sequence[Any]) -> None:
        self._people = people
        self._week: Any = None
        for person in people:
            person.patience = PATIENCE

    async def calm(self) -> None:
        """Wait until the first week is posted, and nothing was asked for a while."""
        async with asyncio.timeout(START):
            while self._week is None:
                await asyncio.sleep(CALM / 10)
                posted = (one for one in self.messages() if any(b["label"] == "My progress" for b in one.buttons))
                self._week = next(posted, None)
            asked = -1
            while asked != await self.asked():
                asked = await self.asked()
                await asyncio.sleep(CALM)

    async def play(self, what: str, times: int, rate: float) -> list[Timed]:
        """Let so many things be done, so many a second, whatever comes of those before."""
        turns, began, doing = self.turns(what), monotonic(), []
        for number in range(times):
            await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
            person = self._people[number % len(self._people)]
            # With each round of the members, everybody goes on to the next thing.
            turn = turns[(number + number // len(self._people)) % len(turns)]
            doing.append(asyncio.create_task(self.timed(turn, person, number)))
        return list(await asyncio.gather(*doing))

    def presses(self, label: str) -> Doing:
        """Return the pressing of the week's button that begins so."""

        def press(person: Person, _: int) -> Awaitable[Any]:
            assert self._week is not None, "the week is posted"
            whole = next(one["label"] for one in self._week.buttons if str(one["label"]).startswith(label))
            pressed: Awaitable[Any] = person.presses(whole, self._week)
            return pressed

        return press

    @property
    @abstractmethod
    def about(self) -> dict[str, Any]:
        """Where the bot finds the platform, and who is there."""

    @abstractmethod
    async def asked(self) -> int:
        """Return how many requests the bot has made."""

    @abstractmethod
    def messages(self) -> Iterable[Any]:
        """Return the messages in the channel."""

    @abstractmethod
    def turns(self, what: str) -> Sequence[Doing]:
        """Return what members do, one after the other."""

    @abstractmethod
    async def timed(self, turn: Doing, person: Person, number: int) -> Timed:
        """Let something be done, and return how that went."""


async def serve(crowd: Crowd, connected: Callable[..., Awaitable[None]]) -> None:
    """Do what the input says, until it ends."""
    acts: dict[str, Callable[..., Awaitable[Any]]] = {
        "connected": connected,
        "calm": crowd.calm,
        "play": crowd.play,
        "asked": crowd.asked,
    }
    print(json.dumps(crowd.about), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish = json.loads(line)
        print(json.dumps(await acts[wish.pop("do")](**wish)), flush=True)
