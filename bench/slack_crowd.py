"""The other side of bench.slack, in a process of its own: a Slack, and the members who do things there.

It reads one line of JSON from its input for each thing to do, and writes one line about how that went.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeAlias

from adapters.slack.manifest import manifest
from bot.bootstrap import FEATURES
from tests.fakes.slack import Channel, FakeSlack, Interaction, Message, Person

PATIENCE = 20.0
"""Seconds for which a member waits until an answer says something."""
START = 60.0
"""Seconds in which a bot has to come up."""
CALM = 1.0
"""Seconds without a request after which a bot has done what it came up for."""

Doing: TypeAlias = Callable[[Person, int], Awaitable[Interaction]]


class Crowd:
    """Members in a channel; Slack itself notes when each of their interactions was acknowledged."""

    def __init__(self, fake: FakeSlack, members: int) -> None:
        self._fake = fake
        self._place: Channel = fake.channel("javascript")
        self._people = [fake.person(f"user{number}") for number in range(members)]
        self._week: Message | None = None
        for person in self._people:
            person.patience = PATIENCE
        fake.world.app.set_up(manifest({one.name: one for feature in FEATURES for one in feature.commands}))

    @property
    def about(self) -> dict[str, Any]:
        """Where the bot finds this Slack, and who is there."""
        fake = self._fake
        where = {"api_url": fake.api_url, "token": fake.token, "app_token": fake.app_token, "team": fake.team().id}
        return {**where, "channel": self._place.id, "people": [one.user.id for one in self._people]}

    async def connected(self, times: int) -> None:
        """Wait until a bot has connected for the n-th time."""
        await self._fake.transport.connected(START, starts=times)

    async def calm(self) -> None:
        """Wait until the first week is posted, and nothing was asked for a while."""
        async with asyncio.timeout(START):
            while self._week is None:
                await asyncio.sleep(CALM / 10)
                posted = (one for one in self._place.messages if any(b["label"] == "My progress" for b in one.buttons))
                self._week = next(posted, None)
            asked = -1
            while asked != len(self._fake.recorder.asked):
                asked = len(self._fake.recorder.asked)
                await asyncio.sleep(CALM)

    async def asked(self) -> int:
        """Return how many requests the bot has made."""
        return len(self._fake.recorder.asked)

    async def play(self, what: str, times: int, rate: float) -> list[tuple[float, float | None, bool]]:
        """Let so many things be done, so many a second, whatever comes of those before.

        Returns of each when it was begun, how long it took to be acknowledged, and whether there was an answer in time.
        """
        turns, began, doing = self._turns[what], monotonic(), []
        for number in range(times):
            await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
            person = self._people[number % len(self._people)]
            # With each round of the members, everybody goes on to the next thing.
            turn = turns[(number + number // len(self._people)) % len(turns)]
            doing.append(asyncio.create_task(self._timed(turn, person, number)))
        return list(await asyncio.gather(*doing))

    @staticmethod
    async def _timed(turn: Doing, person: Person, number: int) -> tuple[float, float | None, bool]:
        began = monotonic()
        asked = await turn(person, number)
        return began, asked.took if asked.failed is None else None, asked.answered.is_set() and asked.failed is None

    @property
    def _turns(self) -> dict[str, list[Doing]]:
        """What members do: they look three times as often as they write, and a button is as usual as a command."""
        looks = [self._types("week"), self._presses("My progress"), self._types("progress"), self._presses("See resp")]
        forms = [self._presses("Ask a question"), self._types("submit")]
        mixed = [*looks, self._submits, self._types("week"), *forms, self._asks, self._types("questions")]
        return {"mixed": mixed}

    def _types(self, command: str) -> Doing:
        return lambda person, _: person.types(f"/study {command}", self._place)

    def _presses(self, label: str) -> Doing:
        def press(person: Person, _: int) -> Awaitable[Interaction]:
            assert self._week is not None, "the week is posted"
            whole = next(one["label"] for one in self._week.buttons if str(one["label"]).startswith(label))
            return person.presses(whole, self._week)

        return press

    def _submits(self, person: Person, number: int) -> Awaitable[Interaction]:
        return person.types(f'/submit 1.1 https://work.example/{number} note:"See the second part."', self._place)

    def _asks(self, person: Person, number: int) -> Awaitable[Interaction]:
        # In words that no other question has, or they would be shown that one first.
        words = f"topic{number} closure{number} never{number}?"
        return person.types(f'/ask question:"{words}" details:"I tried it twice and got the same."', self._place)


async def serve(members: int) -> None:
    """Do what the input says, until it ends."""
    async with FakeSlack() as fake:
        crowd = Crowd(fake, members)
        acts: dict[str, Callable[..., Awaitable[Any]]] = {
            "connected": crowd.connected,
            "calm": crowd.calm,
            "play": crowd.play,
            "asked": crowd.asked,
        }
        print(json.dumps(crowd.about), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            wish = json.loads(line)
            print(json.dumps(await acts[wish.pop("do")](**wish)), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
