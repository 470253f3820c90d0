"""Keeps rosters true: whoever takes part in a group is put on its roster, and whoever does not is taken off.

Membership is looked at, never listened to: a change that nobody noticed is found by the next look at everything, and a
request that is repeated after a crash changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.app import Bot
from bot.chat import RosterRef
from bot.context import Context
from bot.errors import AWAY, DeliveryError
from bot.faultpoints import faultpoint
from bot.ids import before
from bot.leases import Lease
from bot.ports import Clock, Rostering, UnitOfWork
from bot.study import rosters
from bot.study.rosters import Entry

log = logging.getLogger(__name__)

LOOK = 3.0
"""Seconds between two looks at who has come or gone."""
ALL = timedelta(minutes=5)
"""How often everybody is compared: accounts are linked and groups archived without a change of membership."""
NOTICED = timedelta(minutes=3)
"""How far back changes of memberships are looked for: longer than a process that died holds its lease."""
LEASE = timedelta(seconds=60)
"""How long rosters belong to one process; each request prolongs that."""
WITHIN = 20.0
"""Seconds that one request may take."""
BATCH = 50
"""How many are seen to between two looks."""
DAY = timedelta(days=1)
"""When what was refused is tried again by itself, and whoever is not in the space is looked for again."""
SHORTEST, LONGEST = 5.0, 600.0
"""Seconds until what failed for the moment is tried again, at least and at most."""

Tell: TypeAlias = Callable[[Context, RosterRef, str], None]


class RosterKeeper:
    """Keeps the rosters of one platform; `tell` hears, once, why nobody can be put on one."""

    def __init__(self, bot: Bot, name: str, platform: Rostering, clock: Clock, tell: Tell) -> None:
        self._bot = bot
        self._name = name
        self._platform = platform
        self._clock = clock
        self._tell = tell
        self._holder = secrets.token_hex(8)
        self._seen: set[int] = set()
        self._all_at: datetime | None = None
        self._failed: dict[RosterRef, int] = {}
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Keep rosters until `stop`; the request under way is finished."""
        while not self._stopped.is_set():
            try:
                await self.look()
            except AWAY as error:
                log.warning("rosters: %s", error)
            except Exception:  # the entry point of rosters: what failed is tried again at the next look
                log.exception("cannot keep rosters")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK)
        with suppress(*AWAY):
            await self._bot.store.write(lambda uow: uow.leases.release(self._lease, self._holder))

    def stop(self) -> None:
        """Let `run` return."""
        self._stopped.set()

    async def look(self) -> int:
        """See to whoever came or went, up to a batch, and return how many those were."""
        await self._notice()
        now = self._clock.now()
        due = await self._bot.read(lambda uow: uow.rosters.due(self._name, now, BATCH))
        done = 0
        for roster in dict.fromkeys(entry.roster for entry in due):
            done += await self._see_to(roster, [entry for entry in due if entry.roster == roster])
        return done

    @property
    def _lease(self) -> str:
        return f"rosters {self._name}"

    def _hold(self, uow: UnitOfWork) -> Lease | None:
        return uow.leases.acquire(self._lease, self._holder, self._clock.now(), LEASE)

    async def _notice(self) -> None:
        """Find out who is to be seen to."""
        now = self._clock.now()
        # A clock that was set back does not hold this up.
        whole = self._all_at is None or not timedelta(0) <= now - self._all_at < ALL

        def find(uow: UnitOfWork) -> tuple[set[int], set[RosterRef]]:
            recent = uow.rosters.changed(self._name, before(now - NOTICED))
            touched = {roster for id, roster in recent if id not in self._seen}
            return {id for id, _ in recent}, touched | set(uow.rosters.all(self._name) if whole else ())

        seen, touched = await self._bot.read(find)

        def settle(uow: UnitOfWork) -> bool:
            if self._hold(uow) is None:
                return False
            for roster in sorted(touched):
                uow.rosters.settle(roster, now)
            return True

        if touched and not await self._bot.store.write(settle):
            return  # another process does it
        self._seen = seen
        if whole:
            self._all_at = now

    async def _see_to(self, roster: RosterRef, entries: list[Entry]) -> int:
        """Put accounts on a roster or take them off, each as it should be now; return how many."""
        if await self._bot.store.write(self._hold) is None:
            return 0
        done = 0
        for entry in entries:
            if self._stopped.is_set():
                break
            try:
                if not await self._carry_out(entry):
                    break
            except DeliveryError as error:
                await self._put_off(roster, error)
                break
            self._failed.pop(roster, None)
            done += 1
        return done

    async def _carry_out(self, entry: Entry) -> bool:
        """See to one account; return False where another process does so by now."""
        wanted = entry.account in await self._bot.read(lambda uow: uow.rosters.wanted(entry.roster, [entry.account]))
        there = True
        try:
            async with asyncio.timeout(WITHIN):
                if wanted:
                    there = await self._platform.enlist(entry.roster, entry.account)
                else:
                    await self._platform.strike(entry.roster, entry.account)
        except TimeoutError as error:
            raise DeliveryError("no answer came") from error
        faultpoint("roster: carried out")
        return await self._bot.store.write(lambda uow: self._note(uow, entry, wanted, there))

    def _note(self, uow: UnitOfWork, entry: Entry, on: bool, there: bool) -> bool:
        """Keep what was done; whoever came or went meanwhile stays due."""
        if self._hold(uow) is None:
            return False
        if on == (entry.account in uow.rosters.wanted(entry.roster, [entry.account])):
            if on:
                until = None if there else self._clock.now() + DAY
                uow.rosters.keep(Entry(entry.roster, entry.account, until))
            else:
                uow.rosters.drop(entry)
        if on and there:
            rosters.note_trouble(uow, entry.roster, "")
        return True

    async def _put_off(self, roster: RosterRef, error: DeliveryError) -> None:
        """Try again later what failed; where somebody has to put something right first, tell them once."""
        now = self._clock.now()
        if error.permanent:
            wait = DAY
            log.warning("roster %s: %s", roster, error.reason)
        else:
            failed = self._failed[roster] = min(self._failed.get(roster, 0) + 1, 10)
            wait = timedelta(seconds=max(min(SHORTEST * 2 ** (failed - 1), LONGEST), error.retry_after or 0))
            log.info("roster %s: %s; the next try is in %.0f s", roster, error.reason, wait.total_seconds())

        def keep(ctx: Context) -> None:
            ctx.uow.rosters.put_off(roster, now, now + wait)
            if error.permanent and rosters.note_trouble(ctx.uow, roster, error.reason):
                self._tell(ctx, roster, error.reason)

        await self._bot.perform(keep)
