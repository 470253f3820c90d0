"""A try-out page on this machine, and a browser in front of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from adapters.local import Person
from demo.trying import SPACE, Tried, served, tried

BEGINS = datetime(2027, 1, 4, 9, tzinfo=UTC)
CHROMIUM = Path(os.environ.get("STUDYCIRCLE_TEST_CHROMIUM", "/usr/bin/chromium"))
HAS_CHROMIUM = CHROMIUM.exists()
PATIENCE = int(os.environ.get("STUDYCIRCLE_TEST_PATIENCE", "60")) * 1_000
"""Milliseconds that something may take to be seen on a busy machine."""


@dataclass
class Served:
    """A try-out that is set up and served."""

    tried: Tried
    address: str

    def at(self, user: str, place: str = "study-circle") -> str:
        """Return the address of a place as somebody sees it."""
        return f"{self.address}as/{user}/{place}"

    def person(self, user: str) -> Person:
        return self.tried.chat.person(user)


@pytest.fixture
async def there(sqlite_url: str) -> AsyncIterator[Served]:
    """Serve a page whose others do not act by themselves."""
    async with tried(sqlite_url, BEGINS, durable=False, peers=False) as set_up, served(set_up, 0) as address:
        yield Served(set_up, address)


@pytest.fixture
async def empty(sqlite_url: str) -> AsyncIterator[Served]:
    """Serve a page on which nothing has happened yet, for a story that brings its own people."""
    async with tried(sqlite_url, BEGINS, durable=False, peers=False, gather=False) as set_up:
        for channel in ("javascript", "python"):
            set_up.chat.space(SPACE).channel(channel)
        async with served(set_up, 0) as address:
            set_up.app.bot.site = ""  # the stories are told of a bot that has no pages on the web
            yield Served(set_up, address)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start a browser, or skip the test where none is installed."""
    if not HAS_CHROMIUM:
        pytest.skip(f"there is no browser at {CHROMIUM}; on Debian: apt-get install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def window(browser: Browser) -> AsyncIterator[Page]:
    """Open a window; whatever a page complains about fails the test."""
    page = await browser.new_page(viewport={"width": 1200, "height": 800})
    page.set_default_timeout(PATIENCE)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield page
    await page.close()
    assert problems == []


async def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to become true, on a machine that may be busy."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.02)
