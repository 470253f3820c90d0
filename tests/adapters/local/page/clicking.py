"""The stage of the stories, in front of a browser: whatever somebody does is typed and clicked on the page."""

from __future__ import annotations

from urllib.parse import quote

from playwright.async_api import Locator, Page, expect

from adapters.local import Answer, Happening, Kind, Message, Place
from adapters.local.page.places import path_of
from bot.cards import File
from demo.trying import SPACE
from tests.adapters.local.page.conftest import Served
from tests.adapters.local.stage import OnThisMachine, message_of
from tests.adapters.scenarios import HOME, Seen


class ClickedStage(OnThisMachine):
    """The try-out page as stories see it. What stands somewhere is read from the platform, and found on the page."""

    def __init__(self, there: Served, page: Page) -> None:
        super().__init__(there.tried.app, there.tried.chat, there.tried.clock, SPACE)
        self._address = there.address
        self._page = page
        self._shown: list[Happening] = []
        self.chat.watch(self._shown.append)

    # What they do

    async def _go(self, who: str, place: Place) -> None:
        wanted = f"{self._address}as/{who}/{quote(path_of(place))}"
        if self._page.url != wanted:
            await self._page.goto(wanted)

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
        where = self._where(who, label) if on is None else message_of(on).place
        await self._go(who, where)
        before = len(self._shown)
        scope = self._page.locator("#log") if on is None else self._page.locator(f"#m{message_of(on).id}")
        await self._sends(scope.get_by_role("button", name=label, exact=True).last)
        return await self._told(before)

    def _where(self, who: str, label: str) -> Place:
        """Return where the newest thing with a button stands that somebody was shown alone."""
        person = self.chat.person(who)
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
        message = message_of(below)
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
        message = message_of(on)
        await self._go(who, message.place)
        await self._sends(self._page.locator(f'#m{message.id} .reactions button[value="{emoji}"][aria-pressed=true]'))
        await self.settle()

    async def _opens(self, who: str, on: Seen) -> None:
        """Open the menu of a message."""
        message = message_of(on)
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


async def _values(field: Locator) -> list[str]:
    found: list[str] = await field.locator("option").evaluate_all("all => all.map(one => one.value)")
    return found
