"""A thousand people look at the chat: what each window costs, and when the last one sees a message."""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from aiohttp import ClientResponse, ClientSession, TCPConnector

from bench.table import Result, only_told
from demo.trying import Tried, served, tried

WINDOWS = 1_000
ROUNDS = 5
BEGINS = datetime(2027, 1, 4, 9, tzinfo=UTC)
NOTES = (
    f"Stream: {WINDOWS:,} windows on the try-out page's channel, of seven people, all read by one client in the same "
    "process. The ratio is the time until the last window has read a message, to that with one window; memory is what "
    "server and client together take for a window.",
)


def measure() -> list[Result]:
    """Measure the stream of the try-out page."""
    return asyncio.run(_measure())


async def _measure() -> list[Result]:
    # Each window has an end in the client and one in the server.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * WINDOWS)), hard))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/stream.db"
        async with (
            tried(url, BEGINS, durable=False, peers=False) as there,
            served(there, 0) as address,
            ClientSession(connector=TCPConnector(limit=0)) as client,
            AsyncExitStack() as stack,
        ):
            alone = await _open(client, stack, address, 0)
            one = await _seen(there, [alone])
            before = _memory()
            others = [await _open(client, stack, address, number) for number in range(1, WINDOWS)]
            grown = _memory() - before
            many = await _seen(there, [alone, *others])
    return [
        only_told(
            f"a message seen in {WINDOWS:,} windows",
            many / one,
            f"{many * 1e3:.0f} ms until the last, {one * 1e3:.0f} ms with one; "
            f"{grown / len(others) / 1e3:.0f} kB for a window",
        )
    ]


async def _open(client: ClientSession, stack: AsyncExitStack, address: str, number: int) -> ClientResponse:
    user = ("jill", "priya", "tomas", "lena", "wei", "fela", "noor")[number % 7]
    stream = f"{address}stream/{user}?at=study-circle&window=w{number}&version=0"
    answer = await stack.enter_async_context(client.get(stream))
    await answer.content.readline()
    return answer


async def _seen(there: Tried, windows: list[ClientResponse]) -> float:
    """Return the seconds from a message to the last window that has read it, the best of some."""
    best = float("inf")
    for number in range(ROUNDS):
        words = f"Message {number} to {len(windows)}"
        began = time.perf_counter()
        await there.chat.person("priya").says(words, there.home)
        await asyncio.gather(*(_reads(one, words.encode()) for one in windows))
        best = min(best, time.perf_counter() - began)
    return best


async def _reads(window: ClientResponse, words: bytes) -> None:
    while words not in await window.content.readline():
        pass


def _memory() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
