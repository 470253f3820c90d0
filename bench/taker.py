"""A platform that takes everything at once and keeps nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import ClassVar

from bot.cards import Card
from bot.chat import Address, ChannelRef, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.ports import Habits, Reacted, Tally


class Taker:
    """A platform that takes everything at once; `done` is set once it took as many messages as were expected."""

    habits: ClassVar[Habits] = Habits(settles=timedelta(0))

    def __init__(self, expected: int = 0) -> None:
        self.done = asyncio.Event()
        self._left = expected
        self._numbers = count(1)

    def take(self) -> int:
        """Take one message, and return its number."""
        self._left -= 1
        if self._left == 0:
            self.done.set()
        return next(self._numbers)

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Take a message."""
        number = str(self.take())
        match to:
            case InChannel(channel):
                return MessageRef(channel, number)
            case OpenThread(channel):
                return MessageRef(channel, number, thread=number)
            case InThread(thread):
                return MessageRef(thread.channel, number)
            case Direct(account):
                return MessageRef(ChannelRef(account.platform, "direct", account.user.replace("/", "-")), number)

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Take a change."""

    async def delete(self, message: MessageRef) -> None:
        """Take a removal."""

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Find nothing: nothing here is in doubt."""
        return []

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        """Return none."""
        return ()

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        """Return none."""
        return ()
