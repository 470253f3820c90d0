"""S4: the page answers to this machine alone, and what people write is data (delivery.md, Security)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlsplit

import html5lib
import pytest
from aiohttp import ClientSession, FormData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.local.page.dialogs import Dialogs
from adapters.local.page.looks import Looks
from adapters.local.page.messages import Messages
from adapters.local.page.serving import STATIC
from adapters.local.page.suggesting import Offer
from tests.adapters.local.page.conftest import Served

INJECTIONS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea></dialog></form><iframe src=//evil.example>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    'https://evil.example/" onclick="alert(1)',
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    '<hx-partial hx-target="#log">gone</hx-partial>',
    '<div hx-get="/do/jill" hx-trigger="load">x</div>',
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    "]]><!-- --><!--><style>*{display:none}</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<base href=//evil.example/><meta http-equiv=refresh content=0>",
    "\u202e\u2066<b>\x00\ufeff",
    "data: gone\n\nevent: close\n\ndata: x",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;script>",
)
STREAM = {"data-silence", "data-alive", "hx-sse:connect", "hx-config", "hx-swap"}
ALLOWED: dict[str, set[str]] = {
    "html": {"lang"},
    "head": set(),
    "body": {"hx-headers:inherited"},
    "meta": {"charset", "name", "content"},
    "title": set(),
    "link": {"rel", "href", "type"},
    "script": {"defer", "src"},
    "svg": {"class", "width", "height", "viewBox", "fill", "aria-hidden"},
    "circle": {"cx", "cy", "r"},
    "time": {"datetime", "title"},
    "a": {"href", "rel", "target", "aria-current", "hx-get", "hx-swap", "download"},
    "form": {"method", "action", "hx-post", "hx-swap", "autocomplete", "enctype", "novalidate"},
    "button": {"name", "value", "aria-pressed"},
    "input": {
        *("name", "type", "value", "maxlength", "required", "placeholder", "inputmode", "enterkeyhint"),
        *("hx-get", "hx-trigger", "hx-target", "hx-swap", "hx-sync"),
    },
    "textarea": {"name", "rows"},
    "select": {"name"},
    "option": {"value", "selected"},
    "label": {"for"},
    "dialog": {"open", "data-opener"},
    "details": {"open"},
    "div": {"hidden", "data-line", "data-whole", "data-lost", *STREAM},
    "progress": {"max", "value"},
}
PLAIN = """header section nav main article p h1 h2 h3 h4 ul ol li span b strong em code pre blockquote bdi br dl dt dd
summary"""
ALLOWED |= {tag: set() for tag in PLAIN.split()}
ANYWHERE = {"id", "class", "role", "tabindex"}


def strange(page: str) -> Iterator[str]:
    """Yield every element and attribute of a page that is none of ours, and every address that leads elsewhere."""
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(page)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            yield "a comment"
            continue
        tag = element.tag.rpartition("}")[2]
        if tag not in ALLOWED:
            yield f"<{tag}>"
            continue
        for name, value in element.attrib.items():
            name = str(name)
            if name not in ALLOWED[tag] | ANYWHERE and not name.startswith("aria-"):
                yield f"<{tag} {name}>"
            if name in ("href", "src", "action") and urlsplit(value).scheme not in ("", "http", "https"):
                yield f"<{tag} {name}={value}>"


@pytest.fixture
async def client(there: Served) -> AsyncIterator[ClientSession]:
    async with ClientSession(there.address) as session:
        yield session


def from_page(there: Served) -> dict[str, str]:
    return {"Origin": there.address.rstrip("/"), "HX-Request": "true"}


@pytest.mark.slow
async def test_another_name_for_this_machine_is_refused(there: Served, client: ClientSession) -> None:
    """A site whose name leads to 127.0.0.1 sends that name."""
    for host in ("evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""):
        async with client.get("/as/jill/study-circle", headers={"Host": host}) as answer:
            assert answer.status in (400, 403), host
    port = urlsplit(there.address).port
    async with client.get("/as/jill/study-circle", headers={"Host": f"localhost:{port}"}) as answer:
        assert answer.status == 200


@pytest.mark.slow
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", None])
async def test_a_form_of_another_site_is_refused(there: Served, client: ClientSession, origin: str | None) -> None:
    before = len(there.tried.home.messages)
    headers = {"Origin": origin} if origin is not None else {}
    async with client.post("/do/jill?at=study-circle&do=say", data={"line": "hello"}, headers=headers) as answer:
        assert answer.status == 403
    assert len(there.tried.home.messages) == before


@pytest.mark.slow
async def test_what_a_page_of_another_site_loads_is_refused(client: ClientSession) -> None:
    for site, mode, status in (
        ("cross-site", "no-cors", 403),
        ("cross-site", "navigate", 200),
        ("same-origin", "cors", 200),
    ):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
        async with client.get("/as/jill/study-circle", headers=headers) as answer:
            assert answer.status == status, (site, mode)


@pytest.mark.slow
async def test_every_answer_says_what_a_browser_may_do_with_it(there: Served, client: ClientSession) -> None:
    for path in (
        "/as/jill/study-circle",
        "/part/jill/offers?at=@&line=/",
        "/nothing",
        "/as/nobody/x",
        "/static/page.css",
    ):
        async with client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.slow
async def test_a_body_has_its_limit(there: Served, client: ClientSession) -> None:
    data = FormData()
    data.add_field("file", BytesIO(b"x" * 1_100_000), filename="outline.md")
    async with client.post("/do/jill?at=study-circle&do=say", data=data, headers=from_page(there)) as answer:
        assert answer.status == 413


@pytest.mark.slow
async def test_what_does_not_exist_is_said_calmly(there: Served, client: ClientSession) -> None:
    for path in ("/do/jill?at=study-circle&do=nothing", "/do/jill?at=study-circle&do=press&item=1"):
        async with client.post(path, data={"button": "x"}, headers=from_page(there)) as answer:
            assert answer.status == 200
            assert "This is gone." in await answer.text()
    for path in ("/do/nobody?at=study-circle&do=say", "/do/jill?at=nowhere&do=say"):
        async with client.post(path, data={"line": "x"}, headers=from_page(there)) as answer:
            assert answer.status == 404


@pytest.mark.slow
async def test_known_injections_stay_words(there: Served, client: ClientSession) -> None:
    """Through the real page: said in a channel, as a command, as a name, as a question's title, in a form's fields."""
    jill = there.person("jill")
    for number, text in enumerate(INJECTIONS):
        there.tried.chat.person(f"guest{number}", name=text)
        for user, line in ((f"guest{number}", text), ("jill", f"/{text}"), ("jill", f"/group filter:{text}")):
            data = {"line": line.replace("\n", " ")}
            async with client.post(f"/do/{user}?at=study-circle&do=say", data=data, headers=from_page(there)) as answer:
                assert answer.status == 200
    for path in ("/as/jill/study-circle?all=1", "/as/fela/@?all=1"):
        async with client.get(path) as answer:
            page = await answer.text()
            assert list(strange(page)) == []
    assert jill.answers


@pytest.mark.slow
async def test_ten_thousand_hostile_texts_stay_words(there: Served) -> None:
    """Everything that people write reaches the page at these places; no element or attribute comes of it."""
    chat, home = there.tried.chat, there.tried.home
    looks = Looks(there.tried.page.stage)
    messages, dialogs = Messages(looks), Dialogs(looks)
    profile = chat.world.join("jill")
    mixed = st.lists(st.sampled_from(INJECTIONS) | st.text(max_size=12), min_size=1, max_size=4).map("".join)
    seen = 0

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(mixed, min_size=100, max_size=100))
    def holds(texts: list[str]) -> None:
        nonlocal seen
        parts = []
        for text in texts:
            message = home.messages[0]
            said, name = message.said, message.author_name
            message.card, kept = None, message.card
            message.said, message.author_name = text, text
            parts.append(messages.item(profile, home, message, None))
            message.said, message.author_name, message.card = said, name, kept
            parts.append(dialogs.offers(profile, [Offer(text, text, text)]))
            if not seen % 20:
                parts.append(dialogs.new_group(profile, home, text, text))
            seen += 1
        assert list(strange("".join(parts))) == []

    holds()
    assert seen >= 10_000


def test_what_was_taken_from_others_is_what_they_published() -> None:
    listed = (STATIC / "vendor" / "SHA256SUMS").read_text().splitlines()
    found = {path.name for path in (STATIC / "vendor").iterdir()} - {"SHA256SUMS"}
    assert {line.split()[1] for line in listed} == found
    for line in listed:
        digest, name = line.split()
        assert sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name
