"""A group with published pages, on a real store, and a server that shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.pages import Pages
from adapters.web.server import Server
from adapters.web.site import Site
from bot.bootstrap import FEATURES
from bot.language import Languages
from tests.adapters.web.reading import ADDRESS, Web
from tests.builders import Scene, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group with all features and its first week out; nothing is published yet."""
    async with scene(sqlite_url, FEATURES, tmp_path, site=ADDRESS) as opened:
        await opened.open_week(1)
        yield opened


@pytest.fixture
def site(js: Scene) -> Site:
    """Return the group's site."""
    return Site(js.store, js.clock, Languages(), ADDRESS, "Circle")


@pytest.fixture
async def web(site: Site) -> AsyncIterator[Web]:
    """Return a browser's way to the site."""
    server = Server("127.0.0.1", 0, Pages(site).routes())
    await server.start()
    async with Web(f"http://127.0.0.1:{server.port}/") as opened:
        yield opened
    await server.stop()
