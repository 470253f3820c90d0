"""The bell between processes on PostgreSQL: who has laid something down rings, and the others hear it at once.

It is rung after the commit, on a connection of its own: a NOTIFY inside a transaction takes a lock of the whole server
at its commit, so that all writers would wait for each other there. One that is lost costs a second: each process looks
at the outbox by its timer as well.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import asyncpg

log = logging.getLogger(__name__)

CHANNEL = "studycircle_outbox"
PAUSE = 0.02
"""Seconds between two rings: a burst of commits is one ring."""
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
"""Seconds between two tries to connect."""
TIMEOUT = 10.0
"""Seconds for one step on the connection."""
ALIVE = 30.0
"""Seconds after which a quiet connection is tried, as a network can lose one without a word."""


class Bell:
    """Rings, and calls `heard` on the event loop when another process rang; used as a context, it keeps connected."""

    def __init__(self, dsn: str, heard: Callable[[], None]) -> None:
        self._dsn = dsn
        self._heard = heard
        self._rung = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        """Set while others can be heard."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_connected())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None, "it was entered"
        self._task.cancel()
        await asyncio.wait({self._task})

    def ring(self) -> None:
        """Let the other processes know, soon; to be called on the event loop, after the commit."""
        self._rung.set()

    async def _keep_connected(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                connection = await asyncpg.connect(
                    self._dsn, timeout=TIMEOUT, server_settings={"application_name": "studycircle bell"}
                )
            except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.info("cannot hear other processes now: %s", type(error).__name__)
            else:
                wait = FIRST_WAIT
                await self._serve(connection)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _serve(self, connection: asyncpg.Connection) -> None:
        """Hear and ring until the connection is gone."""
        own = connection.get_server_pid()
        connection.add_termination_listener(lambda _: self._rung.set())

        def hear(_: object, pid: int, __: str, ___: object) -> None:
            if pid != own:
                self._heard()

        try:
            await asyncio.wait_for(connection.add_listener(CHANNEL, hear), TIMEOUT)
            self.connected.set()
            self._heard()  # what was rung while nobody listened
            while not connection.is_closed():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._rung.wait(), ALIVE)
                rung = self._rung.is_set()
                self._rung.clear()
                await connection.execute(f"NOTIFY {CHANNEL}" if rung else "SELECT 1", timeout=TIMEOUT)
                await asyncio.sleep(PAUSE)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.info("the connection by which other processes are heard broke: %s", type(error).__name__)
        finally:
            self.connected.clear()
            connection.terminate()
