"""The other side of bench.slack, in a process of its own: a Slack, and the members who do things there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Iterable, Sequence
from time import monotonic
from typing import Any

from adapters.slack.manifest import manifest
from bench import members
from bench.members import START, Doing, Timed, serve
from bot.bootstrap import FEATURES
from tests.fakes.slack import Channel, FakeSlack, Interaction, Message, Person


class Crowd(members.Crowd):
    """Members in a channel; Slack itself notes when each of their interactions was acknowledged."""

    def __init__(self, fake: FakeSlack, members: int) -> None:
        super().__init__([fake.person(f"user{number}") for number in range(members)])
        self._fake = fake
        self._place: Channel = fake.channel("javascript")
        fake.world.app.set_up(manifest({one.name: one for feature in FEATURES for one in feature.commands}))

    @property
    def about(self) -> dict[str, Any]:
        fake = self._fake
        where = {"api_url": fake.api_url, "token": fake.token, "app_token": fake.app_token, "team": fake.team().id}
        return {**where, "channel": self._place.id, "people": [one.user.id for one in self._people]}

    async def connected(self, times: int) -> None:
        """Wait until a bot has connected for the n-th time."""
        await self._fake.transport.connected(START, starts=times)

    async def asked(self) -> int:
        return len(self._fake.recorder.asked)

    def messages(self) -> Iterable[Message]:
        return self._place.messages

    async def timed(self, turn: Doing, person: Person, number: int) -> Timed:
        began = monotonic()
        asked: Interaction = await turn(person, number)
        return began, asked.took if asked.failed is None else None, asked.answered.is_set() and asked.failed is None

    def turns(self, what: str) -> Sequence[Doing]:
        """Return what members do: they look three times as often as they write; a button is as usual as a command."""
        looks = [self._types("week"), self.presses("My progress"), self._types("progress"), self.presses("See resp")]
        forms = [self.presses("Ask a question"), self._types("submit")]
        mixed = [*looks, self._submits, self._types("week"), *forms, self._asks, self._types("questions")]
        return {"mixed": mixed}[what]

    def _types(self, command: str) -> Doing:
        return lambda person, _: person.types(f"/study {command}", self._place)

    def _submits(self, person: Person, number: int) -> Awaitable[Interaction]:
        return person.types(f'/submit 1.1 https://work.example/{number} note:"See the second part."', self._place)

    def _asks(self, person: Person, number: int) -> Awaitable[Interaction]:
        # In words that no other question has, or they would be shown that one first.
        words = f"topic{number} closure{number} never{number}?"
        return person.types(f'/ask question:"{words}" details:"I tried it twice and got the same."', self._place)


async def main(members: int) -> None:
    """Be a Slack with so many members."""
    async with FakeSlack() as fake:
        crowd = Crowd(fake, members)
        await serve(crowd, crowd.connected)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
