"""The pump moves the outbox: it claims posts, has them delivered and keeps how they stand then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from secrets import SystemRandom

from bot.chat import ThreadRef
from bot.ids import new_id
from bot.outbox import Message, Post, PostState, Verb
from bot.ports import Clock, Platform, Store, UnitOfWork
from schedules.delivery import TIMEOUT, Courier, Errand

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
        self._store = store
        self._clock = clock
        self._courier = Courier(platforms, clock, jitter, timeout)
        self._woken = asyncio.Event()
        self._stopping = False

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
        try:
            while not self._stopping:
                self._woken.clear()
                for errand in await self._claim_if_it_can(AT_ONCE - len(under_way)):
                    task = asyncio.create_task(self._carry(errand))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                    task.add_done_callback(lambda _: self.wake())  # its place may have another
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), SAFETY)
        finally:
            if under_way:
                await asyncio.wait(under_way)

    async def pump_once(self) -> int:
        """Deliver the first of each place that can go out now, and return how many there were."""
        errands = await self._claim(AT_ONCE)
        await asyncio.gather(*map(self._carry, errands))
        return len(errands)

    async def drain(self) -> int:
        """Deliver until nothing more can go out now, and return how many tries that took."""
        tries = 0
        for _ in range(ROUNDS):
            carried = await self.pump_once()
            if not carried:
                break
            tries += carried
        return tries

    async def _claim_if_it_can(self, room: int) -> list[Errand]:
        try:
            return await self._claim(room) if room else []
        except Exception:  # the entry point of the loop: a database that is away now may be back in a second
            log.exception("cannot claim posts")
            return []

    async def _claim(self, limit: int) -> list[Errand]:
        """Return posts that are ours to deliver; that they are tried now is committed before anything is sent."""
        now = self._clock.now()

        def claim(uow: UnitOfWork) -> list[Errand]:
            return [_begun(uow, post, now) for post in uow.outbox.claim(now, limit)]

        return await self._store.write(claim)

    async def _carry(self, errand: Errand) -> None:
        """Deliver one post and keep how it stands; what cannot be kept is found out after the lease."""
        stands = await self._courier.deliver(errand)

        def keep(uow: UnitOfWork) -> None:
            if uow.outbox.finish(stands):
                self._follow_up(uow, stands)
            else:
                log.warning("post %s was taken over by another process", stands.id)

        try:
            await self._store.write(keep)
        except Exception:  # the entry point of deliveries: one that cannot be kept must not stop the others
            log.exception("cannot keep that post %s is %s", stands.id, stands.state)

    def _follow_up(self, uow: UnitOfWork, post: Post) -> None:
        """Remember which item a new message shows, forget one that is gone; what will never stand makes room."""
        if post.state in (PostState.DEAD, PostState.CANCELLED, PostState.EXPIRED):
            uow.outbox.release(post.id)
        if post.state is not PostState.SENT or post.message is None:
            return
        if post.verb is Verb.SEND:
            ref = post.message
            thread = ThreadRef(ref.channel, ref.thread) if ref.thread else None
            id = new_id(self._clock.now())
            uow.outbox.register(Message(id, ref, thread, post.about, post.group, post.owner, post.id))
        elif post.verb is Verb.DELETE:
            uow.outbox.forget(post.message)


def _begun(uow: UnitOfWork, post: Post, now: datetime) -> Errand:
    """Return a claimed post as an errand, its first try written down; one with an earlier try may be there already."""
    message = uow.outbox.message_of(post.under) if post.under is not None else None
    if post.first_try_at is not None:
        return Errand(post, message, doubtful=True)
    begun = replace(post, first_try_at=now)
    uow.outbox.finish(begun)
    return Errand(begun, message, doubtful=False)
