"""A fake as a process of its own: it serves until it is told to end, and one address, POST /control, plays it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import aiohttp
from aiohttp import web

from tests.fakes.refusing import Cannot
from tests.processes import ROOT, environment

Json: TypeAlias = Any
F = TypeVar("F")
Act: TypeAlias = Callable[[F, Json], Awaitable[Any]]
"""What a test may wish of a fake: `{"do": its name, …}`."""


def serve(name: str, made: Callable[[], Any], acts: Mapping[str, Act[Any]], where: Callable[[Any], Json]) -> None:
    """Serve a fake as the command line says; the file says where, once that is so."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=300)
    given = parser.parse_args()
    asyncio.run(_served(made(), acts, where, given))


async def _served(fake: Any, acts: Mapping[str, Act[Any]], where: Callable[[Any], Json], given: Any) -> None:
    """Serve until SIGTERM, or for so many seconds."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    fake.also = lambda app: _add_to(app, fake, acts)
    async with fake:
        for name in given.channel or ["javascript"]:
            fake.channel(name)
        written = given.port_file.with_suffix(".new")
        written.write_text(json.dumps(where(fake)), encoding="utf-8")
        os.replace(written, given.port_file)
        await asyncio.wait({asyncio.create_task(ended.wait())}, timeout=given.seconds)


def _add_to(app: web.Application, fake: Any, acts: Mapping[str, Act[Any]]) -> None:
    """Let an application take what a test wants to happen."""

    async def control(request: web.Request) -> web.Response:
        about = await request.json()
        try:
            return web.json_response({"told": await acts[about["do"]](fake, about)})
        except (Cannot, KeyError, TimeoutError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    app.router.add_post("/control", control)


class Remote:
    """Plays a fake from another process, `await remote.do("types", who="jill", line="/help")`."""

    def __init__(self, site: str) -> None:
        self._address = f"{site}/control"

    async def do(self, act: str, /, **about: Any) -> Any:
        """Let something happen and return what came of it; raises Cannot."""
        async with aiohttp.ClientSession() as session, session.post(self._address, json={"do": act, **about}) as answer:
            told = await answer.json()
        if "error" in told:
            raise Cannot(told["error"])
        return told["told"]


@asynccontextmanager
async def started(module: str, folder: Path) -> AsyncIterator[dict[str, str]]:
    """Start a fake and yield where it serves; its process prints nothing, and has to end well."""
    file = folder / "port.json"
    called = (sys.executable, "-m", module, "--port-file", str(file), "--seconds", "60")
    child = await asyncio.create_subprocess_exec(*called, cwd=ROOT, env=environment(), stdin=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(30):
            while not file.exists():  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.02)
        yield json.loads(file.read_text(encoding="utf-8"))
    finally:
        child.terminate()
        async with asyncio.timeout(10):
            assert await child.wait() == 0
