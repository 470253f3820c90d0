"""Asking a site as browsers do, and taking its pages apart as they would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from xml.etree.ElementTree import Element

import aiohttp
import html5lib
from yarl import URL

from bot.ports import UnitOfWork
from bot.study import publishing
from bot.study.publishing import Publication
from tests.builders import Scene

ADDRESS = "https://circle.example/"

_PLAIN = [
    "article",
    "blockquote",
    "br",
    "code",
    "dd",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "li",
    "main",
    "ol",
    "p",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "thead",
    "title",
    "tr",
    "ul",
]
ALLOWED: Mapping[str, frozenset[str]] = {
    "a": frozenset({"class", "href", "rel"}),
    "bdi": frozenset({"class"}),
    "body": frozenset(),
    "circle": frozenset({"cx", "cy", "r"}),
    "form": frozenset({"class", "method", "action"}),
    "img": frozenset({"src", "width", "height", "alt"}),
    "div": frozenset({"class", "tabindex", "role", "aria-label"}),
    "html": frozenset({"lang"}),
    "input": frozenset(
        [
            "id",
            "name",
            "type",
            "value",
            "placeholder",
            "maxlength",
            "autocomplete",
            "spellcheck",
            "aria-invalid",
            "aria-describedby",
        ]
    ),
    "label": frozenset({"for"}),
    "button": frozenset({"type"}),
    "link": frozenset({"rel", "href", "type", "title"}),
    "meta": frozenset({"charset", "name", "content", "property"}),
    "nav": frozenset({"class", "aria-label"}),
    "path": frozenset({"class", "d", "stroke"}),
    "rect": frozenset({"class", "x", "y", "width", "height", "rx"}),
    "section": frozenset({"class", "aria-labelledby"}),
    "svg": frozenset({"class", "width", "height", "viewBox", "fill", "aria-hidden", "role", "aria-label"}),
    "th": frozenset({"scope"}),
    "time": frozenset({"datetime"}),
    **dict.fromkeys(
        _PLAIN,
        frozenset({"class", "id", "aria-hidden"}),
    ),
}
"""Every element that the pages have, with its attributes."""


def elements(page: bytes) -> Iterator[Element]:
    """Yield the elements of a page as a browser reads it."""
    yield from html5lib.parse(page, transport_encoding="utf-8", namespaceHTMLElements=False).iter()


def surprises(page: bytes) -> list[str]:
    """Return what a page has beyond the allow-list: elements, attributes, and addresses that could do something."""
    found = []
    for one in elements(page):
        if not isinstance(one.tag, str):
            found.append(f"a comment: {one.text}")
            continue
        name = one.tag.rpartition("}")[2]
        if name not in ALLOWED:
            found.append(f"<{name}>")
            continue
        for attribute, value in one.attrib.items():
            if attribute not in ALLOWED[name]:
                found.append(f"<{name} {attribute}>")
            elif attribute in ("href", "action", "src") and not re.match(r"(https?://|\./|\.\./|#)", value):
                found.append(f"<{name} {attribute}={value}>")
    return found


def words(page: bytes) -> str:
    """Return what people read on a page, on one line."""
    tree = html5lib.parse(page, transport_encoding="utf-8", namespaceHTMLElements=False)
    body = tree.find("body")
    assert body is not None, "every page has a body"
    return " ".join(" ".join(body.itertext()).split())


@dataclass(frozen=True)
class Got:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """What people read."""
        return words(self.body)


class Web:
    """A way to a server that follows no redirects and changes no addresses."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> Web:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Ask for a path as it is written."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = URL(self.root + path, encoded=True)
        async with self._session.request(method, address, headers=named, allow_redirects=False) as answer:
            return Got(answer.status, answer.headers, await answer.read())


async def publishes(js: Scene, name: str, *, listed: bool = False) -> str:
    """Let somebody publish their portfolio; return its path."""

    def work(uow: UnitOfWork) -> Publication:
        return publishing.publish(uow.publications, js.ids[name], listed=listed, now=js.clock.now())

    return f"p/{(await js.writes(work)).slug}/"


async def opens_page(js: Scene, *, join: str | None = None) -> str:
    """Let the group have a page; return its path."""

    def work(uow: UnitOfWork) -> Publication:
        ports = uow.publications
        return publishing.publish_group(
            ports, js.group, js.ids["fela"], listed=False, join_link=join, now=js.clock.now()
        )

    return f"g/{(await js.writes(work)).slug}/"


async def a_busy_week(js: Scene) -> None:
    """Let Jill hand in, note, ask and answer, and be liked for it."""
    await js.does("jill", "/submit https://code.example/1 note:My first program")
    await js.fills("jill", activity="Week 1, activity 1: Practise values")
    await js.likes("priya", js.home.last)
    await js.does("jill", "/note text:A private thought")
    await js.does("jill", "/note https://blog.example/loops text:About loops share:yes")
    await js.does("jill", "/ask Why does my loop never end")
    await js.says("tomas", "SECRET WORDS OF TOMAS", js.home.last)
    await js.does("priya", "/ask What is a closure")
    reply = await js.says("jill", "A function that remembers", js.home.last)
    await js.uses_menu("priya", "Mark as answer", reply)
    await js.likes("priya", reply)
