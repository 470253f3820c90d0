"""The page on the web: what can be asked for, and the stream by which windows stay live."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from adapters import html
from adapters.local.page import guard
from adapters.local.page.acting import GONE, Acting, Deed, Impossible, Outcome, sent
from adapters.local.page.dialogs import Dialogs
from adapters.local.page.drawing import SHOWN, Drawing
from adapters.local.page.looks import Looks
from adapters.local.page.news import News, partial
from adapters.local.page.places import home_of, item, items, place_at
from adapters.local.page.stage import Stage
from adapters.local.page.suggesting import offers
from adapters.local.page.windows import Window, Windows
from adapters.local.rooms import Message, Place
from adapters.local.world import Answer, Profile
from bot.chat import AccountRef
from bot.text import Text

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("vendor/htmx.min.js", "vendor/hx-sse.min.js", "page.js")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
GATHERING = 0.02
"""Seconds in which what happens is gathered into one message."""


class Page:
    """The try-out page."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._world = stage.platform.world
        self._files = _static()
        assets = {name: f"/static/{name}?{hashlib.sha256(body).hexdigest()[:12]}" for name, body in self._files.items()}
        self.windows = Windows()
        self._looks = looks = Looks(stage)
        self._drawing = Drawing(looks, assets)
        self._dialogs = Dialogs(looks)
        self._news = News(self._drawing)
        self._acting = Acting(looks, self._dialogs, self.windows)
        self._world.watchers.append(self.windows.notice)
        stage.time.watchers.append(self.windows.wake)

    def application(self) -> web.Application:
        """Return the web application, with its checks of who asks."""
        self.windows.closing = False
        app = web.Application(middlewares=[guard.guard], client_max_size=guard.BODY)
        app.add_routes(
            [
                web.get("/", self._enter),
                web.get("/as/{user}/{place:.+}", self._page),
                web.get("/part/{user}/offers", self._offers),
                web.get("/part/{user}/more", self._more),
                web.get("/file/{user}/{answer}/{number:\\d+}", self._file),
                web.get("/stream/{user}", self._stream),
                web.get("/static/{name}", self._asset),
                web.post("/do/{user}", self._do),
            ]
        )
        app.on_shutdown.append(self._close)
        return app

    async def _close(self, app: web.Application) -> None:
        self.windows.close()

    # Who and where

    def _who(self, request: web.Request) -> Profile:
        profile = self._world.profiles.get(AccountRef(self._world.name, request.match_info["user"]))
        if profile is None:
            raise web.HTTPNotFound(text="Nobody of that name is here.\n")
        return profile

    def _where(self, profile: Profile, path: str) -> Place:
        place = place_at(self.stage.space, profile, path)
        if place is None:
            raise web.HTTPNotFound(text="There is no such place here.\n")
        return place

    # Looking

    async def _enter(self, request: web.Request) -> web.Response:
        first = self._world.join(self.stage.cast[0].user)
        raise web.HTTPSeeOther(self._looks.url(first, home_of(self.stage.space)))

    async def _page(self, request: web.Request) -> web.Response:
        profile = self._who(request)
        place = place_at(self.stage.space, profile, request.match_info["place"])
        if place is None:  # a thread that is gone, or an address of an earlier play
            raise web.HTTPSeeOther(self._looks.url(profile, home_of(self.stage.space)))
        dialog = self._dialogs.form(profile, place)
        message = item(profile, place, request.query.get("more", ""))
        if isinstance(message, Message):
            dialog = self._dialogs.more(profile, place, message)
        told = request.query.get("told", "")[:200]
        whole = "all" in request.query
        return _html(self._drawing.page(profile, place, self.windows, whole=whole, dialog=dialog, told=told))

    async def _offers(self, request: web.Request) -> web.Response:
        profile = self._who(request)
        place = self._where(profile, request.query.get("at", ""))
        line = request.query.get("line", "")[:500]
        return _html(self._dialogs.offers(profile, await offers(self._world, profile, place, line)))

    async def _more(self, request: web.Request) -> web.Response:
        profile = self._who(request)
        message = item(profile, self._where(profile, request.query.get("at", "")), request.query.get("item", ""))
        if not isinstance(message, Message):
            return self._told(profile, GONE)
        place = self._where(profile, request.query.get("at", ""))
        return _html(partial("#dialog", "innerHTML", self._dialogs.more(profile, place, message)))

    async def _file(self, request: web.Request) -> web.Response:
        profile, wanted = self._who(request), request.match_info["answer"]
        number = int(request.match_info["number"])
        answer = next((one for one in profile.answers if one.id == wanted), None)
        if answer is None or number >= len(answer.files):
            raise web.HTTPNotFound(text="This file is gone.\n")
        file = answer.files[number]
        # Always to be saved, never shown: a file's content is somebody's, and this address is the page's.
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers = {"Content-Disposition": disposition, "Content-Type": "application/octet-stream"}
        return web.Response(body=file.content, headers=headers)

    async def _asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        kind = TYPES[Path(name).suffix]
        caching = {"Cache-Control": "public, max-age=31536000, immutable"}
        answer = web.Response(body=self._files[name], content_type=kind, charset="utf-8", headers=caching)
        answer.enable_compression()
        return answer

    # Acting

    async def _do(self, request: web.Request) -> web.Response:
        profile = self._who(request)
        place = self._where(profile, request.query.get("at", ""))
        deed = Deed(profile, place, await sent(request), request.query.get("item", ""))
        lively = request.headers.get("HX-Request") == "true"
        try:
            outcome = await self._acting.do(request.query.get("do", ""), deed)
        except Impossible as error:
            return self._told(profile, error.text) if lively else self._back(profile, place, error.text)
        if not lively:
            raise web.HTTPSeeOther(outcome.go or self._looks.url(profile, place))
        return self._shown(request, profile, place, outcome)

    def _shown(self, request: web.Request, profile: Profile, place: Place, outcome: Outcome) -> web.Response:
        """Return what changes in the window; what happened in the chat comes by its stream, where it has one."""
        if outcome.go:
            return _html("", {"HX-Redirect": outcome.go})
        parts = [partial("#told", "innerHTML", "")]
        if outcome.dialog is not None:
            parts.append(partial("#dialog", "innerHTML", outcome.dialog))
        if request.headers.get("Page-Window", "") not in self.windows.open:
            log = self._drawing.messages.log(profile, place, items(profile, place)[-SHOWN:])
            parts += [
                partial("#log", "innerMorph", log),
                partial("#clock", "innerMorph", self._drawing.clock(profile, place)),
            ]
        return _html("\n".join(parts), {"HX-Trigger": "page:said"} if outcome.clear else {})

    def _told(self, profile: Profile, text: Text) -> web.Response:
        """Return a word to somebody, where the page has room for it."""
        said = html.words(text, html.Reader(self._world.reader(profile).language))
        return _html(partial("#told", "innerHTML", said))

    def _back(self, profile: Profile, place: Place, text: Text) -> web.Response:
        said = self._world.reader(profile).words(text)
        raise web.HTTPSeeOther(f"{self._looks.url(profile, place)}?told={quote(said)}")

    # The stream

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Tell a window of what happens until it is closed; one that comes back is drawn anew."""
        profile = self._who(request)
        place = self._where(profile, request.query.get("at", ""))
        window = Window(profile, place, request.query.get("window", "")[:40])
        there = items(profile, place)[-SHOWN:]
        window.shown = {one.id: one.cards if isinstance(one, Answer) else True for one in there}
        fresh = request.query.get("version") == str(self.windows.version) and "Last-Event-ID" not in request.headers
        window.all = not fresh
        window.nav = self._drawing.nav(profile, place) + "\0" + self._drawing.people(profile, place) if fresh else ""
        answer = web.StreamResponse(headers={**guard.HEADERS, "Content-Type": "text/event-stream"})
        await answer.prepare(request)
        self.windows.add(window)
        try:
            with suppress(ConnectionError):
                await self._tell(window, answer)
        finally:
            self.windows.remove(window)
        return answer

    async def _tell(self, window: Window, answer: web.StreamResponse) -> None:
        await answer.write(b": here\n\n")
        window.woken.set()
        while not self.windows.closing:
            try:
                async with asyncio.timeout(self.windows.heartbeat):
                    await window.woken.wait()
            except TimeoutError:
                await answer.write(b"event: here\n\n")
                continue
            await asyncio.sleep(GATHERING)
            window.woken.clear()
            if news := self._news.of(window):
                lines = "".join(f"data: {line}\n" for line in news.replace("\r", "").split("\n"))
                await answer.write(f"id: {self.windows.version}\n{lines}\n".encode())


def _static() -> Mapping[str, bytes]:
    """Return the files that pages load, by name."""
    # As one file: htmx looks for what it is to enliven as soon as it runs, and would pass over the stream where the
    # extension that knows of streams has not come yet.
    scripts = b";\n".join((STATIC / name).read_bytes() for name in SCRIPTS)
    style = html.TOKENS + (STATIC / "page.css").read_text(encoding="utf-8")
    return {"page.js": scripts, "page.css": style.encode(), "mark.svg": html.mark_file().encode()}


def _html(text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    answer = web.Response(text=text, content_type="text/html", headers=headers or {})
    answer.enable_compression()
    return answer
