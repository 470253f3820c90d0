"""Takes the pictures of the README: `python -m tools.pictures [FOLDER]`, docs/images where none is named.

The page plays three weeks by itself; then a browser looks at it. Needs Chromium (on Debian: apt-get install chromium).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from demo.trying import Tried, served, tried
from tools import page_pictures

CHROMIUM = "/usr/bin/chromium"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
BEGINS = datetime(2027, 1, 4, 9, tzinfo=UTC)
WIDE, NARROW = (1200, 820), (320, 640)


async def main(folder: Path) -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as place:
        async with (
            tried(f"sqlite:///{place}/pictures.db", BEGINS, durable=False) as there,
            served(there, 0) as address,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            await _play(there)
            for name, take in SCENES.items():
                await take(browser, address, folder / f"{name}.png")
            await page_pictures.take(browser, folder)
            await browser.close()


async def _play(there: Tried) -> None:
    """Let Jill join, and three weeks pass."""
    jill = there.chat.person("jill")
    await jill.types("/enrol", there.home)
    await jill.fills({"goal": "Build a small tool for our community garden", "offer": "I explain things patiently"})
    await there.days.passes(there.clock.now() + timedelta(days=4))
    line = '/submit activity:1.1 link:https://jill.example/garden note:"Two plants, one list. It counts them right."'
    await jill.types(line, there.home)
    await there.days.passes(there.clock.now() + timedelta(days=10))
    question = "Why does my list change when I only sort a copy of it?"
    await jill.types(f'/ask question:"{question}" details:"I wrote b = a, sorted b, and a is sorted too."', there.home)
    await there.days.passes(there.clock.now() + timedelta(hours=9))
    asked = there.home.message(question)
    await there.chat.person("tomas").reacts("👍", asked)
    await jill.types('/note text:"A second name is no second list."', there.home)
    await there.days.settle()


Take = Callable[[Browser, str, Path], Awaitable[None]]
Then = Callable[[Page], Awaitable[object]]


def _of(
    place: str, size: tuple[int, int], scheme: str, then: Callable[[Page], Awaitable[object]] | None = None
) -> Take:
    """Return how to take a picture of a place."""

    async def take(browser: Browser, address: str, file: Path) -> None:
        page = await browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        await page.goto(f"{address}as/{place}")
        await page.wait_for_load_state("load")
        if then is not None:
            await then(page)
        await page.screenshot(path=file)
        await page.close()

    return take


async def _to_the_week(page: Page) -> None:
    await page.locator(".item", has_text="Week 2:").first.evaluate("one => one.scrollIntoView()")


async def _form(page: Page) -> None:
    await page.locator("#line").fill("/submit")
    await page.locator("#line").press("Enter")
    await page.locator("dialog").wait_for()


SCENES: dict[str, Take] = {
    "chat-light": _of("jill/study-circle", WIDE, "light"),
    "chat-dark": _of("jill/study-circle", WIDE, "dark"),
    "chat-small": _of("jill/study-circle", NARROW, "light"),
    "week-card": _of("jill/study-circle", WIDE, "light", _to_the_week),
    "week-card-small": _of("jill/study-circle", NARROW, "dark", _to_the_week),
    "form": _of("jill/study-circle", WIDE, "light", _form),
}
"""What is taken, by the name of the file."""


if __name__ == "__main__":
    wanted = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    wanted.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(wanted))
