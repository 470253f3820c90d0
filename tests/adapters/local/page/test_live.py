"""The page stays live: two windows, a line that is cut, five weeks by the clock."""

from __future__ import annotations

import asyncio
import random
import re
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from playwright.async_api import Browser, Page, Route, expect

from adapters.local.page.windows import Windows
from demo.trying import served, tried
from tests.adapters.local.page.conftest import BEGINS, PATIENCE, Served, until

pytestmark = pytest.mark.slow
expect.set_options(timeout=PATIENCE)


async def writes(page: Page, line: str) -> None:
    await page.locator("#line").fill(line)
    await page.locator("#line").press("Enter")


async def test_two_windows_see_each_other_live(there: Served, browser: Browser) -> None:
    jill, priya = [await browser.new_page() for _ in range(2)]
    await jill.goto(there.at("jill"))
    await priya.goto(there.at("priya"))
    await writes(jill, "Has anybody tried <b>this</b>?")
    said = priya.locator(".item", has_text="Has anybody tried <b>this</b>?")
    await expect(said).to_be_visible()
    await expect(jill.locator("#line")).to_have_value("")
    assert await jill.locator(".item", has_text="Has anybody tried").count() == 1

    await said.get_by_role("link", name="React or reply").click()
    await priya.get_by_role("button", name="Love").click()
    chip = jill.locator(".reactions button", has_text="Love")
    await expect(chip).to_have_attribute("aria-pressed", "false")
    await chip.click()
    await expect(priya.locator(".reactions button", has_text="Love 2")).to_be_visible()

    await said.get_by_role("link", name="React or reply").click()
    await priya.get_by_label("Reply in a thread").fill("I did, this morning.")
    await priya.locator("dialog button[name=send]").click()
    await expect(priya.get_by_role("heading", level=1)).to_have_text("Has anybody tried <b>this</b>?")
    await jill.get_by_role("link", name="1 in the thread").click()
    await expect(jill.locator(".item", has_text="I did, this morning.")).to_be_visible()
    await writes(priya, "It worked.")
    await expect(jill.locator(".item", has_text="It worked.")).to_be_visible()


async def test_a_private_reply_is_seen_by_one_person_alone(there: Served, browser: Browser) -> None:
    jill, priya = [await browser.new_page() for _ in range(2)]
    await jill.goto(there.at("jill"))
    await priya.goto(there.at("priya"))
    await writes(jill, "/group")
    private = jill.locator(".item.private")
    await expect(private).to_contain_text("Only you can see this")
    await expect(private).to_contain_text("How to join")
    await writes(priya, "hello")
    await expect(priya.locator(".item", has_text="hello").last).to_be_visible()
    assert await priya.locator(".item.private").count() == 0
    await jill.reload()
    await expect(private).to_be_visible()


async def test_a_window_whose_line_was_cut_catches_up(sqlite_url: str, browser: Browser) -> None:
    """The server goes away and comes back, and meanwhile something is said."""
    page = await browser.new_page()
    async with tried(sqlite_url, BEGINS, durable=False, peers=False) as set_up:
        async with served(set_up, 0) as address:
            port = urlsplit(address).port or 0
            await page.goto(f"{address}as/jill/study-circle")
            await until(lambda: set_up.page.windows.open)
        await set_up.chat.person("priya").says("You were away.", set_up.home)
        await expect(page.locator("#told")).to_contain_text("The line to the page is lost")
        async with served(set_up, port):
            await expect(page.locator(".item", has_text="You were away.")).to_have_count(1)
            await expect(page.locator("#told")).to_have_text("")
            await page.close()


async def test_scripts_that_come_late_leave_no_window_without_its_stream(there: Served, browser: Browser) -> None:
    page = await browser.new_page()

    async def late(route: Route) -> None:
        await asyncio.sleep(random.uniform(0, 0.5))
        await route.continue_()

    for number in range(3):
        await page.route("**/static/*.js?*", late)
        await page.goto(there.at("jill"))
        await there.person("priya").says(f"Line {number}", there.tried.home)
        await expect(page.locator(".item", has_text=f"Line {number}")).to_have_count(1)


async def test_a_window_that_hears_nothing_any_more_draws_itself_anew(there: Served, browser: Browser) -> None:
    """Whatever stands still, here a swap that never ends; what somebody is writing is left alone."""
    there.tried.page.windows.heartbeat = 0.5
    page = await browser.new_page()
    await page.goto(there.at("jill"))
    await until(lambda: there.tried.page.windows.open)
    await page.locator("#line").fill("Half a sen")
    await page.evaluate("() => { htmx.swap = () => new Promise(() => {}); }")
    await there.person("priya").says("Do you hear me?", there.tried.home)
    await expect(page.locator("#told")).to_contain_text("The line to the page is lost")
    await expect(page.locator("#line")).to_have_value("Half a sen")
    await page.locator("#line").fill("")
    await expect(page.locator(".item", has_text="Do you hear me?")).to_have_count(1)
    await there.person("priya").says("And now?", there.tried.home)
    await expect(page.locator(".item", has_text="And now?")).to_have_count(1)


async def test_a_quiet_line_is_no_reason_to_load_anew(there: Served, browser: Browser) -> None:
    there.tried.page.windows.heartbeat = 0.5
    page = await browser.new_page()
    await page.goto(there.at("jill"))
    await page.evaluate(
        """() => {
            document.body.dataset.heard = 0;
            document.addEventListener("htmx:sse:after:message", () => { document.body.dataset.heard += "."; });
        }"""
    )
    # Longer than the page would wait in silence; what was noted is gone where it was loaded anew.
    await expect(page.locator("body")).to_have_attribute("data-heard", re.compile(r"0\.{6,}"))


async def test_without_a_stream_what_one_does_is_seen_all_the_same(there: Served, browser: Browser) -> None:
    page = await browser.new_page()
    await page.route("**/stream/**", lambda route: route.abort())
    await page.goto(there.at("jill"))
    await writes(page, "Is anybody here?")
    await expect(page.locator(".item", has_text="Is anybody here?")).to_have_count(1)


async def test_without_scripts_the_page_works_by_links_and_forms(there: Served, browser: Browser) -> None:
    """J9: applying, with JavaScript that never comes."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(there.at("jill"))
    await page.locator("#m" + there.tried.home.message("Study group:").id).get_by_role("button", name="Enrol").click()
    await page.locator("dialog textarea[name=goal]").fill("A tool for our garden")
    await page.locator("dialog button.primary").click()
    await expect(page.locator(".item.private").last).to_contain_text("Your application")
    await page.locator(".item").first.get_by_role("link", name="React or reply").click()
    await page.get_by_role("button", name="Like").first.click()
    await expect(page.locator(".reactions button").first).to_contain_text("Like")
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#study-circle")


async def test_a_form_says_beside_the_field_what_is_missing(there: Served, window: Page) -> None:
    await window.goto(there.at("jill"))
    await writes(window, "/enrol")
    goal = window.locator("dialog textarea[name=goal]")
    await expect(goal).to_be_focused()
    await window.locator("dialog button.primary").click()
    await expect(goal).to_have_attribute("aria-invalid", "true")
    await expect(window.get_by_role("alert")).to_contain_text("is required")
    await expect(goal).to_be_focused()
    await window.locator("dialog textarea[name=offer]").fill("Patience")
    await goal.fill("A tool")
    await window.locator("dialog button.primary").click()
    await expect(window.locator("dialog")).to_have_count(0)
    await expect(window.locator(".item.private").last).to_contain_text("Your application")


async def test_what_somebody_is_told_after_a_dialog_stands_there_once(there: Served, window: Page) -> None:
    """It comes by the stream; an answer that brought the chat as well would show it twice."""
    await window.goto(there.at("jill"))
    await until(lambda: there.tried.page.windows.open)
    await window.get_by_role("button", name="Enrol").click()
    await window.locator("dialog textarea[name=goal]").fill("A tool")
    async with window.expect_response("**/do/**") as answered:
        await window.locator("dialog button.primary").click()
    assert "#log" not in await (await answered.value).text()
    await expect(window.locator(".item.private")).to_have_count(1)


async def test_a_list_that_comes_after_the_line_was_sent_stays_closed(there: Served, window: Page) -> None:
    await window.goto(there.at("jill"))
    arrived = asyncio.Event()

    async def late(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    await window.route("**/offers?*", late)
    async with window.expect_request("**/offers?*"):
        await window.locator("#line").fill("/group")
    await window.locator("#line").press("Enter")
    await expect(window.locator("#line")).to_have_value("")
    async with window.expect_response("**/offers?*") as answered:
        arrived.set()
    await (await answered.value).finished()
    await expect(window.locator(".htmx-request")).to_have_count(0)
    await expect(window.locator("#offers")).to_be_hidden()


async def test_what_is_published_can_be_read_at_the_address_that_the_chat_names(there: Served, window: Page) -> None:
    """J4: what `./run try` serves under /public/."""
    await window.goto(there.at("fela"))
    await writes(window, "/lead group page")
    link = window.locator(".item.private a[href*='/public/']").last
    yes = window.locator(".item.private").last.get_by_role("button").first
    await expect(link.or_(yes).first).to_be_visible()
    if not await link.count():
        await yes.click()
    address = await link.get_attribute("href") or ""
    assert address.startswith(there.address + "public/")
    await window.goto(address)
    await expect(window.get_by_role("heading", level=1)).to_contain_text("JavaScript in five weeks")


async def test_five_weeks_by_the_clock_with_others_who_act(there: Served, window: Page) -> None:
    """J13 to J28 with nobody at the keyboard: weeks open, others work and thank, the mentor answers, the group ends."""
    there.tried.days.peers = True
    await window.goto(there.at("jill"))
    await writes(window, "/enrol")
    await window.locator("dialog textarea[name=goal]").fill("A tool for our garden")
    await window.locator("dialog button.primary").click()
    await window.get_by_role("button", name="+1 week").click()
    await expect(window.locator(".item", has_text="Week 1:").first).to_be_attached()
    await expect(window.locator("#to-\\@ .unread")).to_be_visible()  # the facilitator let her in
    await window.get_by_role("button", name="Play all weeks").click()
    await expect(window.get_by_role("button", name="Stop")).to_be_visible()
    await until(lambda: there.tried.days.under_way is None, 200)
    texts = [message.text for message in there.tried.home.messages]
    for week in range(1, 6):
        assert any(text.startswith(f"Week {week}:") for text in texts), week
    assert any("Priya handed in Week 5" in text for text in texts)
    assert any("Lena" in text and "Week 4" in text for text in texts)
    assert not any("Lena handed in Week 2" in text for text in texts)
    await expect(window.get_by_role("button", name="Play all weeks")).to_be_visible()
    assert await window.locator(".item").count() <= 60


async def test_a_new_group_from_an_outline(there: Served, window: Page) -> None:
    await window.goto(there.at("jill"))
    await window.get_by_role("button", name="New group from an outline").click()
    await window.get_by_label("A channel for the group").fill("The garden")
    await window.get_by_role("button", name="Next").click()
    await expect(window.locator("dialog .problem")).to_be_visible()
    await window.get_by_label("A channel for the group").fill("gardeners")
    await window.get_by_role("button", name="Next").click()
    await expect(window.get_by_role("heading", level=1)).to_have_text("#gardeners")
    outline = {"name": "g.md", "mimeType": "text/markdown", "buffer": b"# Gardening\n\n## Week 1: Seeds\n\nSow.\n"}
    await window.locator("dialog input[type=file]").set_input_files(outline)  # type: ignore[arg-type]
    start = window.locator("dialog [name=start]")
    if await start.count():
        await start.fill("2027-02-01T18:00")
    await window.locator("dialog button.primary").click()
    await expect(window.locator(".item", has_text="Gardening").last).to_be_visible()


async def test_closing_lets_every_stream_end(there: Served) -> None:
    async with ClientSession() as client, client.get(there.address + "stream/jill?at=@&window=w&version=0") as answer:
        await answer.content.readline()
        there.tried.page.windows.close()
        async with asyncio.timeout(20):
            await answer.content.read()


async def test_a_closed_window_is_forgotten(there: Served) -> None:
    windows: Windows = there.tried.page.windows
    address = there.address + "stream/jill?at=study-circle&window=w&version=0"
    async with ClientSession() as client, client.get(address) as answer:
        await answer.content.readline()
        assert list(windows.open) == ["w"]
        answer.close()
    async with asyncio.timeout(30):
        while windows.open:
            await there.person("priya").says("hello", there.tried.home)
            await asyncio.sleep(0.05)


async def test_the_menu_of_a_message_shows_what_each_platform_would_get(there: Served) -> None:
    group = there.tried.home.message("Study group:")
    address = f"{there.address}part/jill/more?at=study-circle&item={group.id}"
    async with ClientSession() as client, client.get(address) as answer:
        shown = await answer.text()
    for name in ("Card", "Discord", "Slack"):
        assert f"<h3>{name}</h3>" in shown
    assert "&#34;components&#34;" in shown
    assert "&#34;blocks&#34;" in shown
