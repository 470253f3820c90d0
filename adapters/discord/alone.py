"""One process alone is connected: it holds the right to be, and prolongs it while it lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from adapters.discord.holder import holder, is_gone
from bot.leases import Lease
from bot.ports import Clock, Store, UnitOfWork

log = logging.getLogger(__name__)

LEASE_NAME = "discord gateway"
"""The right to be connected."""
LEASE = timedelta(seconds=60)
"""How long the right to be connected lasts; it is prolonged three times in that."""


class Alone:
    """The right of this process, `holder`; `note` is written down each time that it is taken or prolonged."""

    def __init__(self, store: Store, clock: Clock, note: Callable[[UnitOfWork], None]) -> None:
        self._store = store
        self._clock = clock
        self._note = note
        self.holder = holder()

    async def taken(self, stopping: asyncio.Event, pause: Callable[[float], Awaitable[None]]) -> None:
        """Wait until no other process is connected; meanwhile this one sends, and stands by."""
        told = False
        while not stopping.is_set() and not await self.hold():
            if not told:
                log.info("another process is connected to Discord; this one stands by")
            told = True
            await pause(LEASE.total_seconds() / 6)

    async def lost(self) -> None:
        """Prolong the right until another process has it."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                if not await self.hold():
                    return
            except Exception:  # the database is away: what others can't do either does not end the connection
                log.exception("cannot prolong the right to be connected")

    async def give_back(self) -> None:
        """Let another process be connected; what comes from now on is not heard."""

        def leave(uow: UnitOfWork) -> None:
            self._note(uow)
            uow.leases.release(LEASE_NAME, self.holder)

        await self._store.write(leave)

    async def hold(self) -> bool:
        """Take the right, or prolong it, and return whether we have it; whoever was killed here lost it at once."""
        now = self._clock.now()
        held = await self._store.read(lambda uow: uow.leases.get(LEASE_NAME))
        gone = held.holder if held is not None and is_gone(held.holder) else None

        def take(uow: UnitOfWork) -> Lease | None:
            if gone is not None:
                uow.leases.release(LEASE_NAME, gone)
            self._note(uow)
            return uow.leases.acquire(LEASE_NAME, self.holder, now, LEASE)

        return await self._store.write(take) is not None
