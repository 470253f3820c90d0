"""The fake platform as the outbox speaks to it, over HTTP, with errors told as a real adapter tells them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from adapters.local.cards import draw
from bot.cards import Card
from bot.chat import AccountRef, Address, ChannelRef, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.errors import DeliveryError, MessageGone, PersonRefuses
from bot.outbox import place_of
from bot.ports import Habits, Reacted, Tally
from tests.faults.characters import Character
from tests.faults.clock import FastClock

NAME = "local"


class Client:
    """A platform at the two ports of a world; `refusals` is how often it cannot be reached at all."""

    def __init__(
        self,
        ports: Sequence[int],
        world: str,
        character: Character,
        clock: FastClock,
        *,
        refusals: float = 0,
        seed: int = 0,
    ) -> None:
        self._open, self._closed = (f"http://127.0.0.1:{port}/{world}/" for port in ports)
        self._character = character
        self._clock = clock
        self._refusals = refusals
        self._chance = random.Random(seed)
        self._http: aiohttp.ClientSession
        self._ear: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        # Each request on a connection of its own: what was cut is then never tried again behind our back.
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        self._ear = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()
        await self._ear.close()

    @property
    def habits(self) -> Habits:
        """The platform's ways."""
        return self._character.habits(self._clock)

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card."""
        title = to.title if isinstance(to, OpenThread) else None
        answer = await self._ask("send", place=place_of(to), key=key, text=draw(card), title=title)
        return _ref(_channel(to), answer)

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Show another card."""
        await self._ask("edit", message=message.message, text=draw(card))

    async def delete(self, message: MessageRef) -> None:
        """Remove a message."""
        await self._ask("delete", message=message.message)

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Return the messages under a key."""
        answer = await self._ask("find", place=place_of(to), key=key, since=since.isoformat())
        return [_ref(_channel(to), one) for one in answer["found"]]

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        """Return who reacted with what."""
        answer = await self._ask("reactions", message=message.message)
        return [
            Reacted(AccountRef(NAME, user), emoji) for emoji, users in answer["reactions"].items() for user in users
        ]

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        """Return a page of messages with the counts of their reactions."""
        answer = await self._ask("tallies", place=str(place), before=before and before.message)
        channel = place if isinstance(place, ChannelRef) else place.channel
        return [Tally(_ref(channel, one), one["counts"]) for one in answer["page"]]

    async def _ask(self, verb: str, **body: Any) -> Any:
        base = self._closed if self._chance.random() < self._refusals else self._open
        body["sent"] = self._clock.now().isoformat()
        try:
            async with self._http.post(base + verb, json=body) as response:
                answer = await response.json() if response.content_type == "application/json" else {}
                if response.status == 200:
                    return answer
                raise _error(response.status, answer)
        except aiohttp.ClientConnectorError as error:  # no byte was sent
            raise DeliveryError("the platform cannot be reached") from error
        except aiohttp.ClientError as error:
            raise DeliveryError("the connection was cut", sent_maybe=True) from error

    # What comes in

    async def hear(self) -> Any:
        """Return the next event, and how many are left."""
        async with self._ear.post(self._open + "test/take", json={}) as response:
            return await response.json()

    async def report(self, likes: Mapping[str, Mapping[str, int]]) -> None:
        """Tell which reactions the store holds."""
        async with self._ear.post(self._open + "test/report", json={"likes": likes}):
            await asyncio.sleep(0)

    async def took(self, copy: int, *, again: bool) -> None:
        """Tell that an event was taken in, or should come again."""
        async with self._ear.post(self._open + "test/taken", json={"copy": copy, "again": again}):
            await asyncio.sleep(0)


def _error(status: int, answer: Any) -> DeliveryError:
    if status == 429:
        return DeliveryError("too many requests", retry_after=answer["retry_after"])
    if status == 404:
        return MessageGone()
    if status == 410:
        return PersonRefuses()
    if status >= 500:
        return DeliveryError("the platform failed", sent_maybe=True)
    return DeliveryError(answer.get("reason", f"the platform answers {status}"), permanent=True)


def _channel(to: Address) -> ChannelRef:
    match to:
        case InChannel(channel) | OpenThread(channel):
            return channel
        case InThread(thread):
            return thread.channel
        case Direct(account):
            return ChannelRef(account.platform, "direct", account.user)


def _ref(channel: ChannelRef, answer: Any) -> MessageRef:
    return MessageRef(channel, answer["message"], answer["thread"])
