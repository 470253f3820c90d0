"""The pace at which a platform is spoken to: so many requests a second, and some time between messages to one place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.ports import Habits

REMEMBERED = 1_000
"""How many places are known before those whose pause is over are forgotten."""


class Pacing:
    """Lets requests wait for their turn, on a clock that nobody sets.

    It knows of this process only: what several processes send too fast together, the platform itself refuses, and
    says when to come again.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._free: dict[tuple[str, str], float] = {}

    async def message(self, platform: str, habits: Habits, place: str) -> None:
        """Return when a message may go to a place."""
        await self._turn((platform, place), habits.pace.total_seconds())
        await self.request(platform, habits)

    async def request(self, platform: str, habits: Habits) -> None:
        """Return when a request may be made."""
        if habits.per_second is not None:
            await self._turn((platform, ""), 1 / habits.per_second)

    async def _turn(self, of: tuple[str, str], pause: float) -> None:
        if not pause:
            return
        now = self._monotonic()
        mine = max(now, self._free.get(of, now))
        if len(self._free) >= REMEMBERED:
            self._free = {one: free for one, free in self._free.items() if free > now}
        self._free[of] = mine + pause
        if mine > now:
            await self._sleep(mine - now)
