"""Takes the pictures of the public pages, from the group that `./run demo` plays; called by tools.pictures."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser

from adapters.local import LocalPlatform
from adapters.outlines import read_outline, write_outline
from adapters.web.pages import Pages
from adapters.web.server import Server
from adapters.web.site import Site
from bot.bootstrap import assembled
from bot.cards import File
from demo.cast import FACILITATOR_ZONE
from demo.playing import BEGINS, SAMPLE, SITE
from demo.screen import Screen
from demo.story import Story
from schedules.clock import MovedClock

WIDE, NARROW = (900, 1000), (320, 640)
SHOTS = (
    ("portfolio-light", "p", WIDE, "light"),
    ("portfolio-dark", "p", WIDE, "dark"),
    ("portfolio-small", "p", NARROW, "light"),
    ("group-light", "g", WIDE, "light"),
    ("group-dark", "g", WIDE, "dark"),
    ("group-small", "g", NARROW, "light"),
)
"""What is taken: the name of the file, which page, the size of the window, and the colours."""


async def take(browser: Browser, folder: Path) -> None:
    """Take the pictures of a portfolio and of a group's page into a folder."""
    outline = read_outline(SAMPLE).outline
    assert outline is not None, "the sample can be read"
    clock = MovedClock(BEGINS)
    chat = LocalPlatform(clock, zone=FACILITATOR_ZONE)
    screen = Screen(ZoneInfo(FACILITATOR_ZONE), terminal=io.StringIO())
    course = File("course.md", "text/markdown", write_outline(outline).encode())
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/pages.db"
        async with assembled(url, {"local": chat}, clock, durable=False, site=SITE) as app:
            chat.connect(app.bot)
            await Story(app, clock, chat, screen, outline, course).play()
            site = Site(app.store, clock, app.bot.languages, SITE, "Makers")
            server = Server("127.0.0.1", 0, Pages(site).routes())
            await server.start()
            paths = {path[0]: path for path in await site.paths() if path.count("/") == 2 and path.endswith("/")}
            for name, kind, (width, height), scheme in SHOTS:
                page = await browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                await page.goto(f"http://127.0.0.1:{server.port}/{paths[kind]}")
                await page.screenshot(path=folder / f"{name}.png")
                await page.close()
            await server.stop()
