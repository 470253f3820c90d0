"""An adapter that is connected to a bot in the test's own process, with the fake of its platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.discord import Discord
from adapters.slack import Slack
from bot.bootstrap import App
from bot.features import spaces

SECONDS = 30.0
"""How long a connection may take before it counts as stuck."""


@asynccontextmanager
async def connected(adapter: Discord | Slack, platform: str, app: App) -> AsyncIterator[None]:
    """Let an adapter be connected to a bot, and what it hears of gaps be read."""

    async def greet(*about: object) -> None:
        await app.bot.perform(lambda ctx: spaces.greet(ctx, *about))  # type: ignore[arg-type]

    ready = asyncio.Event()

    async def on_gap(space: str | None = None) -> None:
        await app.rereader.gap(platform, space)
        ready.set()

    adapter.connect(app.bot, on_gap=on_gap, greet=greet)
    task = asyncio.create_task(adapter.run())
    try:
        async with asyncio.timeout(SECONDS):
            await ready.wait()
        yield
    finally:
        await adapter.close()
        await task
