"""The runner: at every beat of its clock, what is due is done and the outbox is moved."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import Bot
from bot.errors import AWAY
from bot.ports import Clock, UnitOfWork
from schedules.clock import MovedClock
from schedules.pump import Pump

log = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds between two looks at what is due."""
SILENT = 3
"""After how many beats that did not come the timer is set anew."""
TICKS = 1_000
"""How many batches of due items one look takes on; more wait for the next one."""
STEP = timedelta(seconds=1)
"""How far a moved clock goes at least."""


class Runner:
    """Does what is due, on every beat while it runs, or whenever it is told to."""

    def __init__(self, bot: Bot, pump: Pump, clock: Clock, *, beat: float = BEAT) -> None:
        self._bot = bot
        self._pump = pump
        self._clock = clock
        self._beat = beat
        self._ticking = asyncio.Lock()
        self._stopping = False
        self._last_beat = 0.0

    # For real

    async def run(self) -> None:
        """Do what is due and deliver, until `stop`; what lay ready while nobody ran comes first."""
        # APScheduler only wakes us: what is due is asked of the store, so a beat that was missed or late loses nothing.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it would tell of every beat
        scheduler = AsyncIOScheduler(timezone=UTC)
        job = scheduler.add_job(
            self._on_beat, "interval", seconds=self._beat, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        first = asyncio.create_task(self._on_beat())
        scheduler.start()
        watchdog = asyncio.create_task(self._mind_the_beat(job))
        try:
            await self._pump.run()
        finally:
            self._stopping = True
            scheduler.pause()
            watchdog.cancel()
            await asyncio.wait({first, watchdog})
            async with self._ticking:  # shutdown cancels a beat under way, so it is waited for
                scheduler.shutdown(wait=False)

    def stop(self) -> None:
        """Let `run` return once what is under way has ended: the item that is being done, not all that are due."""
        self._stopping = True
        self._pump.stop()

    async def _on_beat(self) -> None:
        self._last_beat = asyncio.get_running_loop().time()
        try:
            await self._tick()
        except AWAY as error:
            log.warning("cannot do what is due: %s", error)
        except Exception:  # the entry point of the timer: what failed is tried again at the next beat
            log.exception("cannot do what is due")

    async def _mind_the_beat(self, job: Job) -> None:
        """Set the timer anew where it is silent: it goes by the system's clock, and waits where that is set back."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._beat * SILENT)
            if loop.time() - self._last_beat > self._beat * SILENT and not self._ticking.locked():
                log.warning("the timer is silent: the system's clock was set back")
                job.modify(next_run_time=datetime.now(UTC))

    # For real, and told to by tests and the demo

    async def _tick(self) -> int:
        done = 0
        async with self._ticking:
            for _ in range(TICKS):
                if self._stopping or not (batch := await self._bot.tick(self._goes_on)):
                    break
                done += batch
        return done

    def _goes_on(self) -> bool:
        return not self._stopping

    async def run_due(self) -> int:
        """Do all that is due now and deliver what can go out; return how many items and tries that were."""
        return await self._tick() + await self._pump.drain()

    async def next_at(self) -> datetime | None:
        """Return the next instant at which something is due or can go out; None where nothing lies ahead."""
        now = self._clock.now()

        def ahead(uow: UnitOfWork) -> list[datetime | None]:
            return [uow.agenda.next_at(now), uow.outbox.next_at()]

        return min((at for at in await self._bot.read(ahead) if at is not None), default=None)

    async def advance(self, clock: MovedClock, until: datetime) -> int:
        """Let time pass up to an instant, stopping wherever something is due; return how many items and tries."""
        done = await self.run_due()
        while (at := await self.next_at()) is not None and at <= until:
            clock.move_to(min(max(at, clock.now() + STEP), until))
            done += await self.run_due()
            if clock.now() >= until:
                break
        clock.move_to(until)
        return done + await self.run_due()
