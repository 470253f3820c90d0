"""The other side of bench.discord, in a process of its own: a Discord, and the members who do things there.

It reads one line of JSON from its input for each thing to do, and writes one line about how that went.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeAlias

from tests.fakes.discord import Channel, FakeDiscord, Interaction, Message, Person

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
PATIENCE = 20.0
"""Seconds for which a member waits until an answer says more than that it takes a moment."""
START = 60.0
"""Seconds in which a bot has to come up."""
CALM = 1.0
"""Seconds without a request after which a bot has done what it came up for."""

Doing: TypeAlias = Callable[[Person, int], Awaitable[Interaction]]


class Crowd:
    """Members in a channel; when each of their interactions was acknowledged is written down."""

    def __init__(self, fake: FakeDiscord, members: int) -> None:
        self._fake = fake
        self._place: Channel = fake.channel("javascript")
        self._people = [fake.person(f"user{number}") for number in range(members)]
        self._acknowledged: dict[int, float] = {}
        heard = fake.recorder.told

        def told() -> None:
            asked = fake.recorder.asked[-1]
            if asked.route == CALLBACK and asked.done:
                self._acknowledged.setdefault(asked.id("interaction_id"), monotonic())
            heard()

        fake.recorder.told = told
        for person in self._people:
            person.patience = PATIENCE
        self._week: Message | None = None

    @property
    def about(self) -> dict[str, Any]:
        """Where the bot finds this Discord, and who is there."""
        fake = self._fake
        where = {"api_url": fake.api_url, "gateway_url": fake.gateway_url, "token": fake.token}
        people = [one.user.id for one in self._people]
        return {**where, "guild": fake.guild().id, "channel": self._place.id, "people": people}

    async def connected(self, times: int, command: str) -> None:
        """Wait until a bot has connected for the n-th time and a command of it is known."""
        fake = self._fake
        everywhere = fake.world.application.global_commands
        await fake.until(
            lambda: (
                fake.gateway.starts >= times
                and any(one.connection is not None for one in fake.gateway.sessions.values())
                and any(one["name"] == command for one in (*fake.guild().commands.values(), *everywhere.values()))
            ),
            START,
        )

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

    async def play(self, what: str, times: int, rate: float) -> list[tuple[float, float | None, bool]]:
        """Let so many things be done, so many a second, whatever comes of those before.

        Returns of each when it was begun, how long it took to be acknowledged, and whether there was an answer in time.
        """
        turns = self._turns.get(what) or [self._types(what)]
        began, doing = monotonic(), []
        for number in range(times):
            await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
            person = self._people[number % len(self._people)]
            # With each round of the members, everybody goes on to the next thing.
            turn = turns[(number + number // len(self._people)) % len(turns)]
            doing.append(asyncio.create_task(self._timed(turn, person, number)))
        return list(await asyncio.gather(*doing))

    async def _timed(self, turn: Doing, person: Person, number: int) -> tuple[float, float | None, bool]:
        began = monotonic()
        asked = await turn(person, number)
        acknowledged = self._acknowledged.get(asked.id)
        return began, acknowledged - began if acknowledged is not None else None, asked.answered.is_set()

    async def asked(self) -> int:
        """Return how many requests there were."""
        return len(self._fake.recorder.asked)

    @property
    def _turns(self) -> dict[str, list[Doing]]:
        """What members do: of twenty, fifteen look, two open a form and three send one; a button is as usual as a word.

        A learner's week is about that: two works handed in, a question, and a look at what is open before and after.
        """
        looks = [
            *(self._types("week"), self._presses("My progress"), self._presses("See resp")),
            *(self._types("progress"), self._types("questions")),
        ]
        writes: list[Doing] = [self._submits, self._asks, self._submits]
        forms = [self._presses("Ask a question"), self._types("submit")]
        mixed = [*looks, writes[0], forms[0], *looks, writes[1], forms[1], *looks, writes[2]]
        return {"mixed": mixed, "reading": looks, "forms": forms, "writing": writes}

    def _types(self, command: str) -> Doing:
        return lambda person, _: person.types(f"/{command}", self._place)

    def _presses(self, label: str) -> Doing:
        def press(person: Person, _: int) -> Awaitable[Interaction]:
            assert self._week is not None, "the week is posted"
            whole = next(one["label"] for one in self._week.buttons if str(one["label"]).startswith(label))
            return person.presses(whole, self._week)

        return press

    def _submits(self, person: Person, number: int) -> Awaitable[Interaction]:
        link = f"https://work.example/{number}"
        return person.types("/submit", self._place, activity="1.1", link=link, note="See the second part.")

    def _asks(self, person: Person, number: int) -> Awaitable[Interaction]:
        # In words that no other question has, or they would be shown that one first.
        words = f"topic{number} closure{number} never{number}?"
        return person.types("/ask", self._place, question=words, details="I tried it twice and got the same.")


async def serve(members: int) -> None:
    """Do what the input says, until it ends."""
    async with FakeDiscord() as fake:
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
