"""The public pages in a browser (P15, P16): axe finds nothing, nothing is wider than a phone, and they print."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, async_playwright

from adapters.badges.later import SignerLater
from adapters.web.pages import Pages
from adapters.web.server import Server
from adapters.web.site import Site
from bot.ids import code
from bot.language import Languages
from tests.adapters.web.reading import a_busy_week, opens_page, publishes
from tests.adapters.web.test_portfolio_page import shows_badge, with_a_badge
from tests.builders import Scene

CHROMIUM = Path(os.environ.get("STUDYCIRCLE_TEST_CHROMIUM", "/usr/bin/chromium"))
PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}; on Debian: chromium"),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def root(js: Scene, tmp_path: Path) -> AsyncIterator[str]:
    address = "https://circle.example/"
    issuer = SignerLater(tmp_path / "keys.json", "C", address, lambda: datetime.now(UTC))
    server = Server("127.0.0.1", 0, Pages(Site(js.store, js.clock, Languages(), address, "C", issuer=issuer)).routes())
    await server.start()
    yield f"http://127.0.0.1:{server.port}/"
    await server.stop()


async def all_pages(js: Scene) -> list[str]:
    """Fill and publish what there is; return a path of every kind of page."""
    await a_busy_week(js)
    await js.changes_group(description="A long description. " * 20)
    await js.calls("jill", "group name me", shown="yes")
    page = await opens_page(js, join="https://chat.example/an/invitation/that/is/quite/long/and/has/no/spaces/in/it")
    await js.calls("jill", "group name me", shown="yes")
    long = "https://averyveryverylongsubdomain.of.an.even.longer.domain.example/" + "path/" * 60
    await js.does("jill", f"/note {long} text:{'Donaudampfschifffahrtsgesellschaft' * 8} share:yes")
    return ["", await publishes(js, "jill"), page, f"{page}?zone=nowhere", "nothing/here/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(scheme: str, js: Scene, browser: Browser, root: str) -> None:
    window = await browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    window.set_default_timeout(PATIENCE)
    for path in await all_pages(js):
        await window.goto(root + path)
        found = await Axe().run(window)
        assert found.violations_count == 0, found.generate_report()


async def test_nothing_is_wider_than_a_small_phone_or_refused_by_the_policy(
    js: Scene, browser: Browser, root: str
) -> None:
    window = await browser.new_page(viewport={"width": 320, "height": 640})
    window.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    window.on("console", lambda said: complaints.append(said.text) if "404" not in said.text else None)
    for path in await all_pages(js):
        await window.goto(root + path)
        assert await window.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert await window.evaluate("getComputedStyle(document.body).marginTop") == "0px", "the style sheet is there"
    assert complaints == []


async def test_a_portfolio_with_a_badge_and_own_words_can_be_read_by_all(
    js: Scene, browser: Browser, root: str
) -> None:
    """J27: by axe, on a small phone, in both schemes, and the picture is there."""
    await with_a_badge(js)
    await shows_badge(js, shown=True)
    [work] = await js.reads(lambda uow: uow.submissions.by_person(js.group.id, js.ids["jill"]))
    await js.calls("jill", "portfolio story", submitted=True, what=f"submission:{code(work.id)}", line="It ran! " * 30)
    path = await publishes(js, "jill")
    complaints: list[str] = []
    for scheme in ("light", "dark"):
        window = await browser.new_page(
            viewport={"width": 320, "height": 640}, color_scheme="dark" if scheme == "dark" else "light"
        )
        window.set_default_timeout(PATIENCE)
        window.on("console", lambda said: complaints.append(said.text))
        for one in (path, "badges/"):
            await window.goto(root + one)
            found = await Axe().run(window)
            assert found.violations_count == 0, found.generate_report()
            assert await window.evaluate("document.documentElement.scrollWidth") <= 320, one
            assert await window.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert complaints == []


async def test_on_paper_links_keep_their_addresses_and_the_page_its_code(
    js: Scene, browser: Browser, root: str
) -> None:
    window = await browser.new_page()
    window.set_default_timeout(PATIENCE)
    _, portfolio, page, *_ = await all_pages(js)
    for path in (portfolio, page):
        await window.goto(root + path)
        assert not await window.locator(".qr").is_visible()
        await window.emulate_media(media="print")
        assert await window.locator(".qr").is_visible()
        shown = await window.evaluate(
            "[...document.querySelectorAll('main a[href^=http]')].map(a => getComputedStyle(a, '::after').content)"
        )
        assert shown
        assert all("http" in one for one in shown)
        assert (await window.pdf(format="A4"))[:5] == b"%PDF-"
        await window.emulate_media(media="screen")


async def test_everything_can_be_reached_by_the_keyboard(js: Scene, browser: Browser, root: str) -> None:
    window = await browser.new_page()
    window.set_default_timeout(PATIENCE)
    _, _, page, *_ = await all_pages(js)
    await window.goto(root + page)
    await window.keyboard.press("Tab")
    assert await window.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        await window.keyboard.press("Tab")
        if await window.evaluate("document.activeElement.id") == "zone":
            break
    await window.keyboard.type("Kolkata")
    await window.keyboard.press("Enter")
    await window.wait_for_url("**zone=Kolkata")
    assert await window.get_by_text("(Asia/Kolkata)").count() > 0
