"""The page is for everybody: axe, the keyboard alone, a small screen, dark and light, and few bytes."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.adapters.local.page.conftest import PATIENCE, Served

pytestmark = pytest.mark.slow
expect.set_options(timeout=PATIENCE)

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


async def clean(page: Page) -> None:
    """Fail where axe finds something in what is shown."""
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    found = (await Axe().run(page, options=RULES)).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found] == []


async def every_state(page: Page, there: Served) -> None:
    await page.goto(there.at("jill"))
    await clean(page)
    await page.locator("#line").press_sequentially("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await clean(page)
    await page.locator("#line").fill("/enrol")
    await page.locator("#line").press("Enter")
    await expect(page.locator("dialog textarea[name=goal]")).to_be_visible()
    await clean(page)
    await page.locator("dialog button.primary").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await clean(page)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await page.locator("#line").fill("/group")
    await page.locator("#line").press("Enter")
    await expect(page.locator(".private").last).to_be_visible()
    await clean(page)
    await page.locator(".more").first.click()
    await page.locator("dialog summary").click()
    await expect(page.locator("dialog pre").first).to_be_visible()
    await clean(page)
    await page.goto(there.at("lena", "@"))
    await clean(page)
    await page.goto(there.at("jill", "general"))
    await clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(there: Served, browser: Browser, scheme: str) -> None:
    page = await browser.new_page(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    await every_state(page, there)


async def test_axe_finds_nothing_at_320_pixels_and_nothing_is_wider(there: Served, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    await every_state(page, there)
    for place in ("study-circle", "@"):
        await page.goto(there.at("jill", place))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_learner_applies_with_the_keyboard_alone(there: Served, window: Page) -> None:
    await window.goto(there.at("jill"))
    await window.keyboard.press("Tab")
    await expect(window.locator(".skip")).to_be_focused()
    await window.keyboard.press("Enter")
    await window.keyboard.press("Tab")
    line = window.locator("#line")
    if not await line.evaluate("one => one === document.activeElement"):
        await line.focus()
    await window.keyboard.type("/enr")
    await expect(window.get_by_role("option", name="/enrol")).to_be_visible()
    await window.keyboard.press("ArrowDown")
    await expect(line).to_have_attribute("aria-activedescendant", "offer-0")
    await window.keyboard.press("Enter")
    await expect(line).to_have_value("/enrol ")
    await window.keyboard.press("Escape")
    await window.keyboard.press("Enter")
    await expect(window.locator("dialog textarea[name=goal]")).to_be_focused()
    await window.keyboard.type("A tool for our garden")
    for _ in range(4):
        await window.keyboard.press("Tab")
    await expect(window.locator("dialog button.primary")).to_be_focused()
    await window.keyboard.press("Enter")
    await expect(window.locator(".private").last).to_contain_text("Your application")
    await expect(line).to_be_focused()


async def test_what_is_pressed_keeps_the_focus(there: Served, window: Page) -> None:
    await window.goto(there.at("jill"))
    hour = window.get_by_role("button", name="+1 hour")
    before = await window.locator("#now").get_attribute("datetime")
    await hour.focus()
    await window.keyboard.press("Enter")
    await expect(window.locator("#now")).not_to_have_attribute("datetime", before or "")
    await expect(hour).to_be_focused()
    more = window.locator(".more").first
    await more.focus()
    await window.keyboard.press("Enter")
    await expect(window.locator("dialog")).to_be_visible()
    await window.keyboard.press("Escape")
    await expect(window.locator("dialog")).to_have_count(0)
    await expect(more).to_be_focused()


async def test_new_messages_are_announced_and_shown(there: Served, window: Page) -> None:
    await window.goto(there.at("jill"))
    log = window.get_by_role("log")
    await expect(log).to_have_attribute("aria-label", "Messages in #study-circle")
    for number in range(12):
        await there.person("priya").says(f"Line {number}", there.tried.home)
    await expect(log.locator(".item", has_text="Line 11")).to_be_in_viewport()


async def test_first_paint_takes_less_than_100_kilobytes(there: Served, browser: Browser) -> None:
    """After five weeks, when there is much to show; each byte counts as it goes over the line."""
    for number in range(80):
        await there.person("priya").says(
            f"What a long week {number}. " + "Words and more words. " * 8, there.tried.home
        )
    page = await browser.new_page()
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.goto(there.at("jill"), wait_until="load")
    assert len(sizes) >= 3
    assert 20_000 < sum(sizes) < 100_000, sizes
