"""The stage of the stories, in front of a browser: whatever somebody does is typed and clicked on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from playwright.async_api import Locator, Page, expect

from adapters.local import Answer, Happening, Kind, Message, Place
from adapters.local.page.places import path_of
from bot.cards import File
from demo.trying import SPACE
from tests.adapters.local.page.conftest import Served
from tests.adapters.scenarios import HOME, Seen


class ClickedStage:
    """The try-out page as stories see it. What stands somewhere is read from the platform, and found on the page."""

    def __init__(self, there: Served, page: Page) -> None:
        self._there = there
        self._page = page
        self._chat = there.tried.chat
        self._shown: list[Happening] = []
        self._chat.watch(self._shown.append)

    # Who and where

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        self._chat.person(who, name=name or who.title(), zone=zone, admin=admin)

    def account(self, who: str) -> str:
        return str(self._chat.person(who).account)

    def names(self, who: str, *, to: str) -> str:
        return f"@{self._chat.person(who).name}"

    def place(self, where: str) -> Place:
        return self._chat.space(SPACE).channel(where)

    async def _go(self, who: str, place: Place) -> None:
        wanted = f"{self._there.address}as/{who}/{quote(path_of(place))}"
        if self._page.url != wanted:
            await self._page.goto(wanted)

    # What they do

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        await self._go(who, self.place(where))
        before = len(self._shown)
        await self._page.locator("#line").fill(line)
        await self._sends(self._page.locator("#composer button"))
        if file is not None:
            chosen = {"name": file.name, "mimeType": file.media_type, "buffer": file.content}
            await self._page.locator("dialog input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
            await self._sends(self._page.locator("dialog button.primary"))
        return await self._told(before)

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        where = self._where(who, label) if on is None else _message(on).place
        await self._go(who, where)
        before = len(self._shown)
        scope = self._page.locator("#log") if on is None else self._page.locator(f"#m{_message(on).id}")
        await self._sends(scope.get_by_role("button", name=label, exact=True).last)
        return await self._told(before)

    def _where(self, who: str, label: str) -> Place:
        """Return where the newest thing with a button stands that somebody was shown alone."""
        person = self._chat.person(who)
        both: list[Message | Answer] = [*person.direct.messages, *person.answers]
        seen = sorted(both, key=lambda one: int(one.id))
        found = next(one for one in reversed(seen) if f"[{label}]" in one.text)
        return found.place

    async def fills(self, who: str, **values: str | File) -> str:
        before = len(self._shown)
        for name, value in values.items():
            field = self._page.locator(f'dialog [name="{name}"]')
            if isinstance(value, File):
                chosen = {"name": value.name, "mimeType": value.media_type, "buffer": value.content}
                await field.set_input_files(chosen)  # type: ignore[arg-type]
            elif await field.evaluate("one => one.tagName") == "SELECT":
                await field.select_option(value=value) if value in await _values(field) else await field.select_option(
                    label=value
                )
            else:
                await field.fill(value)
        await self._sends(self._page.locator("dialog button.primary"))
        return await self._told(before)

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        before = len(self._shown)
        await self._opens(who, on)
        await self._sends(self._page.locator("dialog").get_by_role("button", name=entry, exact=True))
        return await self._told(before)

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        if below is None:
            await self._go(who, self.place(where))
            await self._page.locator("#line").fill(words)
            await self._sends(self._page.locator("#composer button"))
            await self.settle()
            return self.place(where).message(words)
        message = _message(below)
        await self._opens(who, below)
        await self._page.locator("dialog [name=reply]").fill(words)
        await self._sends(self._page.locator("dialog button[name=send]"))
        await self.settle()
        thread = message.place.thread or message.thread
        assert thread is not None
        return thread.message(words)

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        await self._opens(who, on)
        await self._sends(self._page.locator(f'dialog button[value="{emoji}"]'))
        await self.settle()

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        message = _message(on)
        await self._go(who, message.place)
        await self._sends(self._page.locator(f'#m{message.id} .reactions button[value="{emoji}"][aria-pressed=true]'))
        await self.settle()

    async def _opens(self, who: str, on: Seen) -> None:
        """Open the menu of a message."""
        message = _message(on)
        await self._go(who, message.place)
        if await self._page.locator("dialog").count():
            await self._sends(self._page.locator("dialog button[name=close]"))
        await self._page.locator(f"#m{message.id}-more").click()
        await self._page.locator("dialog h2").wait_for()

    async def _sends(self, button: Locator) -> None:
        """Press something and wait until the page has its answer."""
        async with self._page.expect_response(lambda one: "/do/" in one.url) as answered:
            await button.click()
        answer = await answered.value
        await answer.finished()
        if "hx-redirect" in answer.headers:
            await self._page.wait_for_load_state("load")
        await expect(self._page.locator(".htmx-request")).to_have_count(0)

    async def _told(self, before: int) -> str:
        """Return what somebody was told alone since; it stands on their page."""
        told = [one for one in self._shown[before:] if one.kind in (Kind.TOLD, Kind.ASKED)]
        await self.settle()
        return told[-1].text if told else ""

    # Time, and what is there

    async def passes(self, until: datetime | None = None, **time: float) -> None:
        clock = self._there.tried.clock
        await self._there.tried.app.runner.advance(clock, until or clock.now() + timedelta(**time))

    async def settle(self) -> None:
        while await self._there.tried.app.runner.run_due():
            pass
        await self.passes(seconds=30)

    def sees(self, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        if below is None:
            return self.place(where).message(words)
        thread = _message(below).thread
        assert thread is not None, "no thread hangs below that message"
        return thread.message(words)

    def text(self, seen: Seen) -> str:
        return _message(seen).text

    def channel(self, where: str = HOME) -> list[str]:
        return [message.text for message in self.place(where).messages]

    def told(self, who: str) -> list[str]:
        person = self._chat.person(who)
        return [person.reads(message) for message in person.inbox]

    def form(self, who: str) -> Mapping[str, tuple[str, ...]]:
        form = self._chat.person(who).form
        assert form is not None, f"{who} has no form open"
        plain = self._there.tried.app.bot.languages.get(None).plain
        return {field.name: tuple(plain(choice.label) for choice in field.choices) for field in form.fields}

    def files(self, who: str) -> Mapping[str, bytes]:
        return {file.name: file.content for file in self._chat.person(who).files}


async def _values(field: Locator) -> list[str]:
    found: list[str] = await field.locator("option").evaluate_all("all => all.map(one => one.value)")
    return found


def _message(seen: Seen) -> Message:
    assert isinstance(seen, Message)
    return seen
