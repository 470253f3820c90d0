"""The pump moves the outbox: it claims posts, has them delivered and keeps how they stand then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from secrets import SystemRandom

from bot.errors import AWAY
from bot.outbox import Post, PostState, Verb
from bot.ports import Clock, Platform, Store, Watch
from schedules.book import Book, Claim, Errand
from schedules.delivery import TIMEOUT, Courier
from schedules.pacing import Pacing

log = logging.getLogger(__name__)

AT_ONCE = 32
"""How many deliveries are under way together, each to another place."""
SAFETY = 1.0
"""Seconds after which the outbox is looked at without a wake-up."""
ROUNDS = 1_000
"""How often `drain` claims before it takes a rest."""
_CHANCE = SystemRandom()


class Pump:
    """Delivers what is in the outbox: in order at each place, and different places at once."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        clock: Clock,
        *,
        jitter: Callable[[], float] = _CHANCE.random,
        timeout: float = TIMEOUT,
    ) -> None:
        self._book = Book(store, clock, jitter)
        self._courier = Courier(self._book, platforms, clock, jitter, timeout, Pacing())
        self._woken = asyncio.Event()
        self._stopping = False

    def attend(self, watch: Watch) -> None:
        """Ask before posts go out, and tell what came of them, from now on."""
        self._book.watch = watch

    def wake(self) -> None:
        """Let the loop look at the outbox at once; to be called on the event loop."""
        self._woken.set()

    def stop(self) -> None:
        """Let `run` return once what is under way has ended."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Deliver until `stop`; a cancelled run finishes what is under way as well."""
        under_way: set[asyncio.Task[None]] = set()

        def over(task: asyncio.Task[None]) -> None:
            if len(under_way) == AT_ONCE:
                self.wake()  # there is room for another again
            under_way.discard(task)

        try:
            while not self._stopping:
                woken = self._woken.is_set()
                self._woken.clear()
                for work in await self._claim_if_it_can(AT_ONCE - len(under_way), glance=not woken):
                    task = asyncio.create_task(work)
                    under_way.add(task)
                    task.add_done_callback(over)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), SAFETY)
        finally:
            if under_way:
                await asyncio.wait(under_way)

    async def pump_once(self) -> int:
        """Deliver the first of each place that can go out now, and return how many there were."""
        tries, _ = await self._round()
        return tries

    async def drain(self) -> int:
        """Deliver until nothing more can go out now, and return how many tries that took."""
        done = 0
        for _ in range(ROUNDS):
            tries, ended = await self._round()
            if not tries and not ended:
                break
            done += tries
        return done

    async def _round(self) -> tuple[int, int]:
        """Return how many posts were tried, and how many ended without."""
        claim = await self._book.claim(AT_ONCE)
        works = self._works(claim)
        await asyncio.gather(*works)
        return len(works), claim.ended

    async def _claim_if_it_can(self, room: int, *, glance: bool) -> list[Coroutine[None, None, None]]:
        """Return what is to be done; with a `glance` first, as nobody said that there is anything."""
        if room <= 0:
            return []
        try:
            if glance and not await self._book.stirs():
                return []
            claim = await self._book.claim(room)
        except AWAY as error:
            log.warning("cannot claim posts: %s", error)
            return []
        except Exception:  # the entry point of the loop: a database that is away now may be back in a second
            log.exception("cannot claim posts")
            return []
        if claim.ended:
            self.wake()  # others are first in their lines now
        return self._works(claim)

    def _works(self, claim: Claim) -> list[Coroutine[None, None, None]]:
        return [*map(self._carry, claim.errands), *map(self._sweep, claim.sweeps)]

    async def _carry(self, errand: Errand) -> None:
        """Deliver one post and keep how it stands; what cannot be kept is found out after the lease."""
        id = errand.post.id
        try:
            stands = await self._courier.deliver(errand)
            kept = await self._book.keep(stands) if stands is not None else None
            if kept is None or kept.more:
                self.wake()
            if kept is not None and kept.ours:
                return
            log.warning("post %s was taken over by another process", id)
            if stands is not None and stands.state is PostState.SENT:
                await self._make_good(errand, stands)
        except Exception:  # the entry point of deliveries: one that cannot be kept must not stop the others
            log.exception("cannot keep how post %s stands", id)
            self.wake()

    async def _make_good(self, errand: Errand, stands: Post) -> None:
        """See to what this process did while the post was another's already."""
        if stands.verb in (Verb.EDIT, Verb.RENAME):
            await self._book.repeat(stands)  # it may stand over something newer
        elif stands.verb is Verb.SEND and stands.message is not None:
            await self._courier.heal(errand, stands.message)

    async def _sweep(self, errand: Errand) -> None:
        try:
            await self._courier.sweep(errand)
        except Exception:  # the entry point of sweeps: the next one is due by itself
            log.exception("cannot look for copies of post %s", errand.post.id)
        self.wake()
