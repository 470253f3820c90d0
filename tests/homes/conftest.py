"""Two platforms over one database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.homes.stage import Two, two


@pytest.fixture
async def both(sqlite_url: str) -> AsyncIterator[Two]:
    async with two(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def both_anywhere(database_url: str) -> AsyncIterator[Two]:
    async with two(database_url) as opened:
        yield opened
