"""Faults for tests: requests that are refused, cut after they were accepted, or never answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from adapters.local.rooms import Place
from bot.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with the next `times` requests of a `verb` in a channel (None: any).

    Without an `error` there is no answer at all; `accepted` says that the platform does the work all the same.
    """

    error: Exception | None
    accepted: bool
    times: int
    verb: str | None
    place: Place | None

    def fits(self, verb: str, place: Place | None) -> bool:
        """Return whether a request meets this fault."""
        there = self.place is None or (place is not None and place.channel is self.place.channel)
        return there and self.verb in (None, verb)

    async def strike(self) -> None:
        """Go wrong."""
        if self.error is None:
            await asyncio.Event().wait()
        else:
            raise self.error


class Faults:
    """The faults that wait for their requests."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let requests meet a fault, after those that wait already."""
        self._waiting.append(fault)

    @asynccontextmanager
    async def request(self, verb: str, place: Place | None) -> AsyncIterator[None]:
        """Be on the wire, and meet the first fault that fits: before the work, or after it."""
        await asyncio.sleep(0)  # a real request lets others run
        fault = self._take(verb, place)
        if fault and not fault.accepted:
            await fault.strike()
        yield
        if fault:
            await fault.strike()

    def _take(self, verb: str, place: Place | None) -> Fault | None:
        for number, fault in enumerate(self._waiting):
            if fault.fits(verb, place):
                left = replace(fault, times=fault.times - 1)
                self._waiting[number : number + 1] = [left] if left.times else []
                return fault
        return None


def refused(reason: str) -> DeliveryError:
    """Return the error of a request that will never be taken."""
    return DeliveryError(reason, permanent=True)
