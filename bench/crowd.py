"""The other side of bench.discord, in a process of its own: a Discord, and the members who do things there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Iterable, Sequence
from time import monotonic
from typing import Any

from bench import members
from bench.members import START, Doing, Timed, serve
from tests.fakes.discord import Channel, FakeDiscord, Interaction, Message, Person

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


class Crowd(members.Crowd):
    """Members in a channel; when each of their interactions was acknowledged is written down."""

    def __init__(self, fake: FakeDiscord, members: int) -> None:
        super().__init__([fake.person(f"user{number}") for number in range(members)])
        self._fake = fake
        self._place: Channel = fake.channel("javascript")
        self._acknowledged: dict[int, float] = {}
        heard = fake.recorder.told

        def told() -> None:
            asked = fake.recorder.asked[-1]
            if asked.route == CALLBACK and asked.done:
                self._acknowledged.setdefault(asked.id("interaction_id"), monotonic())
            heard()

        fake.recorder.told = told

    @property
    def about(self) -> dict[str, Any]:
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

    async def asked(self) -> int:
        return len(self._fake.recorder.asked)

    def messages(self) -> Iterable[Message]:
        return self._place.messages

    async def timed(self, turn: Doing, person: Person, number: int) -> Timed:
        began = monotonic()
        asked: Interaction = await turn(person, number)
        acknowledged = self._acknowledged.get(asked.id)
        return began, acknowledged - began if acknowledged is not None else None, asked.answered.is_set()

    def turns(self, what: str) -> Sequence[Doing]:
        """Return what members do: of twenty, fifteen look, two open a form, three send one; or one thing by its name.

        A learner's week is about that: two works handed in, a question, and a look at what is open before and after. A
        button is as usual as a word.
        """
        looks = [
            *(self._types("week"), self.presses("My progress"), self.presses("See resp")),
            *(self._types("progress"), self._types("questions")),
        ]
        writes: list[Doing] = [self._submits, self._asks, self._submits]
        forms = [self.presses("Ask a question"), self._types("submit")]
        mixed = [*looks, writes[0], forms[0], *looks, writes[1], forms[1], *looks, writes[2]]
        turns = {"mixed": mixed, "reading": looks, "forms": forms, "writing": writes}
        return turns.get(what) or [self._types(what)]

    def _types(self, command: str) -> Doing:
        return lambda person, _: person.types(f"/{command}", self._place)

    def _submits(self, person: Person, number: int) -> Awaitable[Interaction]:
        link = f"https://work.example/{number}"
        return person.types("/submit", self._place, activity="1.1", link=link, note="See the second part.")

    def _asks(self, person: Person, number: int) -> Awaitable[Interaction]:
        # In words that no other question has, or they would be shown that one first.
        words = f"topic{number} closure{number} never{number}?"
        return person.types("/ask", self._place, question=words, details="I tried it twice and got the same.")


async def main(members: int) -> None:
    """Be a Discord with so many members."""
    async with FakeDiscord() as fake:
        crowd = Crowd(fake, members)
        await serve(crowd, crowd.connected)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
