"""What work costs: CPU of the whole process, threads included, and time on the wall."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Spent:
    """Microseconds for each operation, of CPU and on the wall."""

    cpu: float = 0.0
    wall: float = 0.0

    def __str__(self) -> str:
        return f"{self.cpu:,.0f} µs CPU, {1e6 / self.wall:,.0f}/s"


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this thread, and those that it starts inside, on one core: a hop to another core costs more CPU.

    Which threads share a core is settled by chance for as long as they live, and would tell one side from the other.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def spent(operations: int) -> Iterator[Spent]:
    """Measure what happens inside, divided by the number of operations."""
    cost = Spent()
    cpu, wall = process_time(), perf_counter()
    yield cost
    cost.wall = (perf_counter() - wall) * 1e6 / operations
    cost.cpu = (process_time() - cpu) * 1e6 / operations


async def in_flight(callers: int, things: Iterable[T], work: Callable[[T], Awaitable[object]]) -> None:
    """Do some work for each thing, by so many callers at once, as a chat delivers events."""
    waiting = iter(things)

    async def caller() -> None:
        for thing in waiting:
            await work(thing)

    await asyncio.gather(*(caller() for _ in range(callers)))


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder on the disk, for as long as it is needed; /tmp is in memory on some machines."""
    disk = Path("/var/tmp")
    with tempfile.TemporaryDirectory(prefix="studycircle-bench-", dir=disk if disk.is_dir() else None) as made:
        yield Path(made)
