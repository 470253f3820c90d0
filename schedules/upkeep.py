"""Upkeep: what is done now and then, by one process at a time, however many there are."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import AWAY
from bot.inbox import KEPT
from bot.ports import Clock, Store, UnitOfWork

log = logging.getLogger(__name__)

LOOK = 60.0
"""Seconds between two looks; each looks at the clock, and at the database only where a chore is due."""
HELD = timedelta(hours=1)
"""How long a chore belongs to the process that began it; after a crash another begins it anew."""
AGAIN = timedelta(minutes=10)
"""When a chore that failed is tried again."""
COUNTED = timedelta(days=2)
"""How long counts of what people did are kept: the longest window is a day."""
CHUNK = 1_000
"""How many rows are forgotten in one transaction, so that nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so often; `work` returns a line for the log, or nothing."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[str]]


def lease_of(chore: str) -> str:
    """Return the name of the lease that says until when a chore is done."""
    return f"upkeep {chore}"


class Upkeep:
    """Does chores when they are due. A chore's lease lasts until it is due again, so the store knows what was done."""

    def __init__(self, store: Store, clock: Clock, chores: Sequence[Chore]) -> None:
        self._store = store
        self._clock = clock
        self._chores = chores
        self._not_before: dict[str, datetime] = {}
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Do what is due until `stop`; a chore under way is finished."""
        while not self._stopped.is_set():
            await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK)

    def stop(self) -> None:
        """Let `run` return."""
        self._stopped.set()

    async def look(self) -> int:
        """Do what is due now and return how many chores that were."""
        done = 0
        for chore in self._chores:
            if not _lies_ahead(chore, self._not_before.get(chore.name), self._clock.now()):
                try:
                    done += await self._see_to(chore)
                except AWAY as error:
                    log.warning("%s: %s", chore.name, error)
                except Exception:  # the entry point of upkeep: one chore that fails must not stop the others
                    log.exception("%s failed", chore.name)
        return done

    async def _see_to(self, chore: Chore) -> bool:
        """Do a chore unless it is done or another process is at it."""
        now = self._clock.now()
        # A name for this one time: with a name of its own this process would prolong what it did already.
        holder = secrets.token_hex(8)

        def take(uow: UnitOfWork) -> datetime | None:
            """Return until when there is nothing to do; None where it is ours."""
            name = lease_of(chore.name)
            if uow.leases.acquire(name, holder, now, HELD) is not None:
                return None
            held = uow.leases.get(name)
            if held is None or _lies_ahead(chore, held.until, now):
                return now if held is None else held.until
            uow.leases.release(name, held.holder)
            return now if uow.leases.acquire(name, holder, now, HELD) is None else None

        until = await self._store.write(take)
        if until is not None:
            self._not_before[chore.name] = until
            return False
        try:
            told = await chore.work()
        except BaseException:
            await self._keep(chore, holder, AGAIN)
            raise
        await self._keep(chore, holder, chore.every)
        if told:
            log.info("%s: %s", chore.name, told)
        return True

    async def _keep(self, chore: Chore, holder: str, lasts: timedelta) -> None:
        now = self._clock.now()
        self._not_before[chore.name] = now + lasts
        await self._store.write(lambda uow: uow.leases.acquire(lease_of(chore.name), holder, now, lasts))


def _lies_ahead(chore: Chore, until: datetime | None, now: datetime) -> bool:
    """Return whether an instant until which nothing is to be done lies ahead.

    One that is further off than any can be was set by a clock that has been set back since, and holds no longer.
    """
    return until is not None and now < until <= now + max(chore.every, HELD)


def forgetting(store: Store, clock: Clock) -> Chore:
    """Return the chore that forgets which events were taken in, and what people did, when neither matters any more."""

    async def forget() -> str:
        now = clock.now()
        events = await _in_chunks(store, lambda uow: uow.inbox.forget(now - KEPT, CHUNK))
        counts = await _in_chunks(store, lambda uow: uow.usage.forget(now - COUNTED, CHUNK))
        return f"{events} events and {counts} counts are forgotten" if events or counts else ""

    return Chore("forgetting", timedelta(hours=1), forget)


async def _in_chunks(store: Store, forget: Callable[[UnitOfWork], int]) -> int:
    total = 0
    while forgotten := await store.write(forget):
        total += forgotten
        if forgotten < CHUNK:
            break
    return total
