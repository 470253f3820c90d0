"""The public pages: what each address answers, whether it is asked over the web or written into files."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Protocol, TypeVar

from jinja2 import pass_context
from jinja2.runtime import Context as Scope
from markupsafe import Markup

from adapters.html import TOKENS, Reader, clean, environment, mark_file, safe_url, words
from adapters.web import answers, groups, portfolios
from adapters.web.answers import Answer
from adapters.web.badges import IDENTITY, STATUS, Documents, Reading, lists_of, status_list
from adapters.web.calendars import calendar
from adapters.web.feeds import ENTRIES, feed
from adapters.web.paging import paged
from adapters.web.pictures import picture
from adapters.web.qr import qr
from adapters.web.words import WORDS
from bot.errors import ConfigError
from bot.ids import code
from bot.language import Language, Languages
from bot.ports import Clock, UnitOfWork
from bot.study.badges import Claim, Evidence, Issuer, claim
from bot.study.public import GroupView, PortfolioView, directory_view, group_view, portfolio_view, work_in, work_of
from bot.study.publishing import Publication, Standing
from bot.study.times import UnknownZone
from bot.study.times import zone as find_zone
from bot.text import Text, to_text

T = TypeVar("T")

FRESH = timedelta(seconds=15)
"""How long what was drawn is shown again; whether it is public is asked every time."""
KEPT = 512
"""Answers that are kept to be shown again."""
LIST = re.compile(r"\d{1,6}")
"""What the name of a list of revoked badges looks like."""
SLUG = re.compile(r"[a-z0-9-]{1,100}")
"""What the name of something published looks like."""
_FOLDER = Path(__file__).parent
STYLE = TOKENS + (_FOLDER / "static" / "style.css").read_text(encoding="utf-8")
BADGE_FILES = {"png": answers.PNG, "svg": answers.SVG, "jwt": "application/vc+jwt"}
"""The files of a badge, by how their names end."""
ROBOTS = "User-agent: *\nAllow: /\n"


class Signing(Issuer, Documents, Protocol):
    """Who signs badges, and says who they are."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: an address below the site's, in a language, with the times of a zone."""

    path: str
    language: str = ""
    zone: str = ""


class Site:
    """Answers for every public address; `address` is the site's own, with a slash at its end.

    `folders` says that addresses with a slash at their end are served by whatever serves this; without, links name the
    file. `forms` says that somebody is there to answer them. Without an `issuer`, no page has a badge.
    """

    def __init__(
        self,
        store: Reading,
        clock: Clock,
        languages: Languages,
        address: str,
        name: str,
        *,
        folders: bool = True,
        forms: bool = True,
        issuer: Signing | None = None,
    ) -> None:
        self.address = address
        self.name = name
        self._store = store
        self._clock = clock
        self._languages = languages
        self._folders = folders
        self._forms = forms
        self._issuer = issuer
        self._kept: OrderedDict[tuple[object, ...], tuple[datetime, Answer]] = OrderedDict()
        self._drawing = asyncio.Semaphore(1)
        self._templates = environment(_FOLDER / "templates")
        self._templates.filters |= {"said": _said, "plain": _plain, "clean": clean, "safe_url": safe_url}
        self._templates.globals |= {"qr": qr, "w": WORDS, "name": name}

    async def answer(self, wish: Wish) -> Answer:
        """Return what is found at an address, which may be that nothing is."""
        language = self.language(wish.language)
        parts = wish.path.split("/")
        match parts:
            case [""]:
                return await self._kept_or("", language, "", lambda: self._directory(language))
            case ["style.css"]:
                return Answer(STYLE.encode(), answers.CSS, listed=True)
            case ["mark.svg"]:
                return Answer(mark_file().encode(), answers.SVG, listed=True)
            case ["badges", ""] if self._issuer is not None:
                elsewhere = None if self._is_looked_up else self._issuer.address
                shown = {"title": WORDS["badges"], "hosted": self._issuer.address, "elsewhere": elsewhere}
                return self.page("badges.html", wish.path, self._reader(language), shown, listed=True)
            case ["did.json"] | [".well-known", "did.json"] if self._is_looked_up:
                return Answer(await asyncio.to_thread(self._who), IDENTITY)
            case ["badges", "status", number] if self._is_looked_up and LIST.fullmatch(number):
                return await self._status(int(number)) or self.note("not_found", 404, language, wish.path)
            case ["robots.txt"]:
                return Answer(ROBOTS.encode(), answers.TEXT, listed=True)
            case ["g" | "p" as kind, slug, *rest] if rest and SLUG.fullmatch(slug):
                return await self._published(kind, slug, "/".join(rest), language, wish.zone)
            case _:
                return self.note("not_found", 404, language, wish.path)

    @property
    def _is_looked_up(self) -> bool:
        """Whether those who check badges find at this address who issued them; else the badges say it by themselves."""
        return self._issuer is not None and self.address == self._issuer.address

    async def _status(self, number: int) -> Answer | None:
        assert self._issuer is not None
        body = await status_list(self._store, self._issuer, number)
        return Answer(body, STATUS) if body is not None else None

    def _who(self) -> bytes:
        assert self._issuer is not None
        return self._issuer.document()

    async def paths(self) -> list[str]:
        """Return every public address that there is now, for whoever writes them into files."""

        def view(uow: UnitOfWork) -> tuple[list[str], list[tuple[str, int, list[str]]], int]:
            portfolio_pages: list[tuple[str, int, list[str]]] = []
            for one in uow.publications.portfolios():
                found = portfolio_view(uow, one)
                if found is not None:
                    badges = [code(badge.id) for badge in found.badges.values()] if self._issuer else []
                    portfolio_pages.append((one.slug, len(paged(found.chapters)), badges))
            return [one.slug for one in uow.publications.groups()], portfolio_pages, lists_of(uow)

        group_slugs, portfolio_slugs, lists = await self._store.read(view)
        found = ["", "style.css", "mark.svg", "robots.txt"]
        found += ["badges/"] if self._issuer else []
        if self._is_looked_up:
            found += ["did.json", ".well-known/did.json", *(f"badges/status/{number}" for number in range(lists))]
        for slug in group_slugs:
            found += [f"g/{slug}/{name}" for name in ("", "calendar.ics", "feed.atom", "card.png")]
        for slug, pages, badges in portfolio_slugs:
            found += [f"p/{slug}/badge/{badge}.{ending}" for badge in badges for ending in BADGE_FILES]
            found += [f"p/{slug}/{name}" for name in ("", "feed.atom", "card.png")]
            found += [f"p/{slug}/{number}/" for number in range(2, pages + 1)]
        return found

    # What is published

    async def _published(self, kind: str, slug: str, rest: str, language: Language, zone: str) -> Answer:
        now = self._clock.now()
        path = f"{kind}/{slug}/{rest}"
        found = await self._store.read(lambda uow: uow.publications.at(slug))
        is_right = found is not None and (found.group is not None) == (kind == "g")
        standing = found.standing(now) if found is not None and is_right else Standing.UNKNOWN
        if found is None or standing is Standing.UNKNOWN:
            return self.note("not_found", 404, language, path)
        if standing is Standing.GONE:
            return self.note("gone", 410, language, path)
        if found.preview_until is not None:
            return await self._portfolio(found, rest, language)
        if kind == "p":
            return await self._kept_or(path, language, "", lambda: self._portfolio(found, rest, language))
        where, unknown = _zone(zone)
        if unknown:  # what was written there stands on the page, so it is nobody else's
            return await self._group(found, rest, language, zone)
        named = str(where or "")
        return await self._kept_or(path, language, named, lambda: self._group(found, rest, language, named))

    async def _kept_or(self, path: str, language: Language, zone: str, draw: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what was drawn a moment ago, or draw it."""
        key, now = (path, language.code, zone), self._clock.now()
        kept = self._kept.get(key)
        if kept is not None and timedelta(0) <= now - kept[0] < FRESH:
            return kept[1]
        drawn = await draw()
        if drawn.status == 200:
            self._kept[key] = (now, drawn)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return drawn

    async def _directory(self, language: Language) -> Answer:
        found = await self._store.read(directory_view)
        return self.page("directory.html", "", self._reader(language), groups.directory(found), listed=True)

    async def _portfolio(self, found: Publication, rest: str, language: Language) -> Answer:
        here = f"p/{found.slug}/"
        preview = found.preview_until is not None
        view = await self._store.read(lambda uow: portfolio_view(uow, found))
        number = _number(rest)
        if view is not None and rest.startswith("badge/"):
            return await self._badge(view, rest, language)
        if view is None or (number is None and (preview or rest not in ("feed.atom", "card.png"))):
            return self.note("not_found", 404, language, here + rest)
        reader = self._reader(language, view.person.zone)
        if rest == "feed.atom":
            return self._portfolio_feed(view, here, reader)
        if rest == "card.png":
            return await self._drawn(portfolios.title(view), portfolios.summary(view), reader, listed=found.listed)
        shown = portfolios.context(view, number or 1, reader)
        if shown is None:
            return self.note("not_found", 404, language, here + rest)
        more = {"here": here, "address": self.address + here, "preview": preview}
        more["badges_here"] = self._issuer is not None
        page = self.page("portfolio.html", here + rest, reader, {**shown, **more}, listed=found.listed)
        return replace(page, private=preview)

    async def _badge(self, view: PortfolioView, rest: str, language: Language) -> Answer:
        """Return the file of a badge that is shown, signed anew."""
        here = f"p/{view.publication.slug}/"
        id, _, ending = rest.removeprefix("badge/").partition(".")
        badge = next((one for one in view.badges.values() if code(one.id) == id), None)
        if badge is None or self._issuer is None or ending not in BADGE_FILES:
            return self.note("not_found", 404, language, here + rest)

        def said(uow: UnitOfWork) -> Claim | None:
            group, record = uow.groups.get(badge.group), uow.records.of(badge.group, badge.person)
            if group is None or record is None:
                return None
            its = self._languages.get(group.language)
            evidence = [Evidence(self.address + here, its.plain(portfolios.title(view)))]
            preview = view.publication.preview_until is not None
            return claim(badge, group, record, its, [] if preview else evidence)

        found = await self._store.read(said)
        if found is None:
            return self.note("not_found", 404, language, here + rest)
        async with self._drawing:
            try:
                files = await asyncio.to_thread(self._issuer.files, found)
            except ConfigError:  # nothing can be signed here, as /portfolio badge says to its owner
                return self.note("not_found", 404, language, here + rest)
        file = next(one for one in files if one.name == f"badge.{ending}")
        private = view.publication.preview_until is not None
        return Answer(file.content, BADGE_FILES[ending], listed=view.publication.listed, private=private)

    def _portfolio_feed(self, view: PortfolioView, here: str, reader: Reader) -> Answer:
        title = reader.language.plain(portfolios.title(view))
        address, own = self.address + here, f"{self.address}{here}feed.atom"
        body, changed = feed(title, address, own, self.address, work_of(view), view.publication.at, reader)
        return Answer(body, answers.ATOM, listed=view.publication.listed, changed_at=changed)

    async def _group(self, found: Publication, rest: str, language: Language, zone: str) -> Answer:
        here, now = f"g/{found.slug}/", self._clock.now()
        view = await self._store.read(lambda uow: group_view(uow, found, now))
        if view is None:
            return self.note("not_found", 404, language, here + rest)
        where, unknown = _zone(zone)
        reader = Reader(language, where or view.group.where, now)
        match rest:
            case "":
                return self._group_page(view, here, reader, zone, unknown=unknown)
            case "calendar.ics":
                body, changed = calendar(view, reader, self.address + here)
                return Answer(body, answers.CALENDAR, listed=found.listed, changed_at=changed)
            case "feed.atom":
                return await self._group_feed(view, here, reader)
            case "card.png":
                begins = groups.starts(view.group)
                return await self._drawn(to_text(view.group.title), begins, reader, listed=found.listed)
            case _:
                return self.note("not_found", 404, language, here + rest)

    def _group_page(self, view: GroupView, here: str, reader: Reader, zone: str, *, unknown: bool) -> Answer:
        assert reader.now is not None
        more = {"here": here, "address": self.address + here, "zones": self._forms, "zone": zone[:60]}
        shown = {**groups.context(view, reader, reader.now), **more, "zone_unknown": unknown}
        page = self.page("group.html", here, reader, shown, listed=view.publication.listed)
        return replace(page, form=self._forms)

    async def _group_feed(self, view: GroupView, here: str, reader: Reader) -> Answer:
        shared = await self._store.read(lambda uow: work_in(uow, view.group, ENTRIES))
        address, own = self.address + here, f"{self.address}{here}feed.atom"
        body, changed = feed(view.group.title, address, own, self.address, shared, view.group.created_at, reader)
        return Answer(body, answers.ATOM, listed=view.publication.listed, changed_at=changed)

    async def _drawn(self, title: Text, line: Text, reader: Reader, *, listed: bool) -> Answer:
        """Return a picture; one is drawn at a time, as that takes a moment of a core."""
        plain = reader.language.plain
        async with self._drawing:
            drawn = await asyncio.to_thread(picture, plain(title), plain(line, reader.zone), self.name)
        return Answer(drawn, answers.PNG, listed=listed)

    # Pages

    def language(self, code: str) -> Language:
        """Return a language by what a browser says."""
        return self._languages.get(code)

    def note(self, what: str, status: int, language: Language, path: str = "") -> Answer:
        """Return a page that says why there is none, the same for every address of this depth."""
        shown = {"title": WORDS[what], "lead": WORDS[f"{what}_lead"]}
        return replace(self.page("note.html", path, self._reader(language), shown, listed=False), status=status)

    def page(self, template: str, path: str, reader: Reader, shown: Mapping[str, Any], *, listed: bool) -> Answer:
        """Return a page that a template makes, with links that lead on from this path wherever the site is put."""
        up = "../" * path.count("/") or "./"
        everything = {"reader": reader, "listed": listed, "to": lambda to: self._to(up, to), **shown}
        return Answer(self._templates.get_template(template).render(everything).encode(), listed=listed)

    def _to(self, up: str, path: str) -> str:
        """Return the way to another address, from wherever the site is put."""
        folder = not path or path.endswith("/")
        return up + path + ("" if self._folders or not folder else "index.html")

    def _reader(self, language: Language, zone: str | None = None) -> Reader:
        where, _ = _zone(zone or "")
        return Reader(language, where or UTC, self._clock.now())


def _zone(given: str) -> tuple[tzinfo | None, bool]:
    """Return the zone that somebody means, and whether they mean one that nobody knows."""
    if not given.strip():
        return None, False
    try:
        return find_zone(given[:60]), False
    except UnknownZone:
        return None, True


def _number(rest: str) -> int | None:
    """Return which page of a portfolio an address means; the first one has no number."""
    if rest == "":
        return 1
    name = rest.removesuffix("/")
    fine = rest.endswith("/") and name.isascii() and name.isdecimal() and len(name) <= 4 and not name.startswith("0")
    return int(name) if fine and name != "1" else None


@pass_context
def _said(scope: Scope, text: Text | str) -> Markup:
    return words(text, scope["reader"])


@pass_context
def _plain(scope: Scope, text: Text | str) -> str:
    reader: Reader = scope["reader"]
    return clean(reader.language.plain(text, reader.zone, reader.now))
