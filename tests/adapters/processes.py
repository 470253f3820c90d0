"""A machine on which bots are started as they are in earnest, each a process of its own."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.processes import command, environment

SECONDS = 45.0
"""How long a start, a step or an end may take before it counts as stuck."""


class Process:
    """A bot in a process of its own."""

    def __init__(self, child: asyncio.subprocess.Process, log: Path) -> None:
        self.child = child
        self._log = log

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text(encoding="utf-8")

    async def ends(self, number: signal.Signals | None = None) -> int:
        """Return the status with which it ends, by a signal or by itself."""
        if number is not None:
            self.child.send_signal(number)
        async with asyncio.timeout(SECONDS):
            return await self.child.wait()


class Machine:
    """A machine with a folder for the bot, which can be started there again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Process] = []

    async def starts(self, *args: str | Path, settings: Mapping[str, str] | None = None) -> Process:
        """Start a bot with these arguments and these settings in its environment."""
        log = self.folder / f"{len(self.started)}.log"
        with log.open("wb") as out:
            child = await asyncio.create_subprocess_exec(
                *command("bot", *args),
                cwd=self.folder,
                env=environment({f"STUDYCIRCLE_{name}": value for name, value in (settings or {}).items()}),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=out,
            )
        self.started.append(Process(child, log))
        return self.started[-1]

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Let no bot live on."""
        try:
            yield
        finally:
            for one in self.started:
                if one.child.returncode is None:
                    one.child.kill()
                    await one.child.wait()
