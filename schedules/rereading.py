"""Re-reading: what was missed while nobody listened is found by asking the platforms which reactions stand there.

Several processes share the work through the rows of `uow.readings`: each place that is due is claimed for a while, and
what was read of a message is kept at once, so a crash in between costs no more than reading the place again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.app import Bot
from bot.chat import MessageRef
from bot.errors import DeliveryError, MessageGone
from bot.faultpoints import faultpoint
from bot.features.likes import Read, gone, settle
from bot.ports import Clock, Platform, UnitOfWork
from bot.study.readings import Likeable, Marked, Need, Reading, after, counted, need, span
from schedules.delivery import TIMEOUT

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE = 4
"""How many places of a platform are read together."""
TURN = 50
"""How many messages of a place are read before others have their turn."""
SHARE = 0.5
"""How much of what a platform takes from one bot is used for reading; the rest is left to posts."""
BEAT = 5.0
"""Seconds after which it is looked without a wake-up whether something is to be read."""
MARKS = 1_000
"""How many places are marked in one unit of work."""
AGAIN = timedelta(seconds=15)
"""When a place is read again that could not be read to its end."""
REFUSED = timedelta(hours=6)
"""When a place is read again in which the bot may not read."""
LONGEST_REST = timedelta(seconds=30)
PATIENCE = 6
"""How many times as long as one request it may take to read the people of a message, as they come page by page."""
TRIES = 3
"""How often a message is asked about in one turn while events keep coming."""
ROUNDS = 10_000
"""How often `drain` claims before it takes a rest."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one turn reads: messages of a place, what the store holds of them, and where in the place they begin."""

    messages: Sequence[Likeable]
    held: Mapping[MessageRef, Mapping[str, int]]
    begin: MessageRef | None
    more: bool


class Rereader:
    """Reads reactions again, after a start, after gaps and from time to time; `timeout` is in seconds."""

    def __init__(self, bot: Bot, platforms: Mapping[str, Platform], clock: Clock, *, timeout: float = TIMEOUT) -> None:
        self._bot = bot
        self._clock = clock
        self._wires = {name: _Wire(platform, clock, timeout) for name, platform in platforms.items()}
        self._woken = asyncio.Event()
        self._stopping = False

    async def gap(self, platform: str, space: str | None = None) -> None:
        """Read everything of the last weeks now, as events of a platform or one of its spaces may have been lost."""
        now = self._clock.now()
        on: Marked | None = None
        while True:
            on = await self._bot.store.write(lambda uow, on=on: uow.readings.mark(platform, space, now, on, MARKS))  # type: ignore[misc]
            if on is None:
                break
        self._woken.set()

    def stop(self) -> None:
        """Let `run` return once the requests that are under way have ended."""
        self._stopping = True
        for wire in self._wires.values():
            wire.stopped = True
        self._woken.set()

    async def run(self) -> None:
        """Read until `stop`; what happened while nobody ran comes first."""
        missed = set(self._wires)
        while not self._stopping:
            self._woken.clear()
            try:
                for platform in sorted(missed):
                    await self.gap(platform)
                    missed.discard(platform)
                self._woken.clear()
                while not self._stopping and await self.read_once():
                    pass
            except Exception:  # the entry point of the loop: a database that is away now may be back in a moment
                log.exception("cannot read reactions again")
            with suppress(TimeoutError):
                if not self._stopping:
                    await asyncio.wait_for(self._woken.wait(), BEAT)

    async def read_once(self) -> int:
        """Read the first places that are due, and return how many there were."""
        now = self._clock.now()
        turns: list[Awaitable[None]] = []
        for name, wire in self._wires.items():
            if wire.rests_until <= now:
                due = await self._bot.store.write(lambda uow, name=name: uow.readings.claim(name, now, AT_ONCE))  # type: ignore[misc]
                turns += [self._take_turn(wire, reading) for reading in due]
        await asyncio.gather(*turns)
        return len(turns)

    async def drain(self) -> int:
        """Read until nothing is due now, and return how many turns that took."""
        turns = 0
        for _ in range(ROUNDS):
            taken = await self.read_once()
            if not taken:
                break
            turns += taken
        return turns

    async def _take_turn(self, wire: _Wire, reading: Reading) -> None:
        """Read one place as far as a turn goes, and keep how far that is."""
        try:
            stands = await self._read(wire, reading)
        except DeliveryError as error:
            again = REFUSED if error.permanent else timedelta(seconds=max(AGAIN.seconds, error.retry_after or 0))
            log.info("%s is read again in %s: %s", reading.place, again, error.reason)
            stands = replace(reading, next_at=self._clock.now() + again)
        except Exception:  # the entry point of a turn: one that fails must not stop the others
            log.exception("reading %s failed", reading.place)
            stands = replace(reading, next_at=self._clock.now() + AGAIN)

        faultpoint("reading: before the place is kept")
        try:
            await self._bot.store.write(lambda uow: _keep(uow, stands))
        except Exception:  # the same; it is claimed again after its lease
            log.exception("cannot keep how far %s was read", reading.place)

    async def _read(self, wire: _Wire, reading: Reading) -> Reading:
        now = self._clock.now()
        turn = await self._bot.read(lambda uow: _turn(uow, reading, now))
        settled = True
        if turn.messages:
            shown = await _shown(wire, reading, turn)
            late: list[Likeable] = []
            for message in _in_need(turn, shown, reading.gap):
                try:
                    settled &= await self._settle(wire, message, shown.get(message.ref), reading.gap)
                except DeliveryError as error:
                    if late or error.retry_after is not None:
                        raise
                    late.append(message)  # it may be this one alone, which is to hold up no other
            for message in late:
                settled &= await self._settle(wire, message, shown.get(message.ref), reading.gap)
        if not settled:
            return replace(reading, next_at=self._clock.now() + AGAIN)
        return after(reading, turn.messages, turn.more, self._clock.now())

    async def _settle(self, wire: _Wire, message: Likeable, counts: Mapping[str, int] | None, gap: int) -> bool:
        """Let the store hold the reactions on a message; return False where events kept coming meanwhile."""
        for _ in range(TRIES):
            known = await self._bot.read(lambda uow: uow.readings.get(message.ref))
            if known is None:
                return True
            try:
                people = await wire.ask(lambda platform: platform.reactions(message.ref), PATIENCE)
            except MessageGone:
                await self._bot.perform(lambda ctx: gone(ctx, message.ref))
                return True
            except DeliveryError as error:
                if not error.permanent:
                    raise
                log.info("%s cannot be read: %s", message.ref, error.reason)
                return True
            faultpoint("reading: people read, not settled")
            read = Read(known, people, counts, gap)
            if await self._bot.perform(lambda ctx, read=read: settle(ctx, read)):  # type: ignore[misc]
                return True
        return False


class _Wire:
    """A platform as it is asked: not too often, not longer than a while, and not while it needs rest."""

    def __init__(self, platform: Platform, clock: Clock, timeout: float) -> None:
        self._platform = platform
        self._clock = clock
        self._timeout = timeout
        self._next = 0.0
        self._failures = 0
        self.rests_until = clock.now()
        self.stopped = False

    async def ask(self, question: Callable[[Platform], Awaitable[T]], patience: int = 1) -> T:
        """Ask the platform something that takes it as long as so many requests at most; raises DeliveryError."""
        await self._in_turn()
        if self.stopped:
            raise DeliveryError("the bot is being stopped")
        try:
            async with asyncio.timeout(self._timeout * patience):
                answer = await question(self._platform)
        except TimeoutError:
            self._rest(None)
            raise DeliveryError("no answer in time") from None
        except DeliveryError as error:
            if not error.permanent:
                self._rest(error.retry_after)
            raise
        self._failures = 0
        return answer

    async def _in_turn(self) -> None:
        """Wait until the platform may be asked again."""
        rate = self._platform.habits.per_second
        if rate is not None:
            now = asyncio.get_running_loop().time()
            self._next = max(self._next, now) + 1 / (rate * SHARE)
            await asyncio.sleep(self._next - 1 / (rate * SHARE) - now)

    def _rest(self, seconds: float | None) -> None:
        pause = min(timedelta(seconds=2 ** min(self._failures, 10)), LONGEST_REST)
        self._failures += 1
        if seconds is not None:
            pause = timedelta(seconds=seconds)
        self.rests_until = max(self.rests_until, self._clock.now() + pause)


def _turn(uow: UnitOfWork, reading: Reading, now: datetime) -> _Turn:
    below, since = span(reading, now)
    newest = uow.readings.messages(reading.place, below, TURN)
    messages = [message for message in newest if since is None or message.at >= since]
    held = uow.likes.shown([message.ref for message in messages])
    begin = uow.readings.at(below) if below is not None else None
    return _Turn(messages, held, begin, more=len(messages) == TURN)


async def _shown(wire: _Wire, reading: Reading, turn: _Turn) -> dict[MessageRef, Mapping[str, int]]:
    """Return the counts that a place shows for the messages of a turn; those that it does not show are left out.

    Where a page holds none of them, the next one begins at the next of them: others' talk is passed over.
    """
    shown: dict[MessageRef, Mapping[str, int]] = {}
    left = {message.ref: message for message in turn.messages}
    before = turn.begin
    while left:
        page = await wire.ask(lambda platform, before=before: platform.tallies(reading.place, before=before))  # type: ignore[misc]
        if not page:
            break
        found = [tally for tally in page if tally.message in left]
        for tally in found:
            shown[tally.message] = counted(tally.counts)
        if found:
            # Newer ones that the page passed by stand elsewhere, or are gone: each of them is asked about.
            oldest = min(left[tally.message].id for tally in found)
            left = {ref: message for ref, message in left.items() if message.id < oldest}
            before = page[-1].message
        else:
            before = next(iter(left))
            del left[before]
    return shown


def _in_need(turn: _Turn, shown: Mapping[MessageRef, Mapping[str, int]], gap: int) -> list[Likeable]:
    """Return the messages of which people have to be read, those first whose counts differ."""
    found: dict[Need, list[Likeable]] = {one: [] for one in Need}
    for message in turn.messages:
        found[need(message, gap, shown.get(message.ref), turn.held.get(message.ref, {}))].append(message)
    return found[Need.YES] + found[Need.MAYBE]


def _keep(uow: UnitOfWork, reading: Reading) -> None:
    if uow.readings.messages(reading.place, None, 1):
        uow.readings.finish(reading)
    else:
        uow.readings.drop(reading)
