"""What the pages share: text that stays text, colours that can be read (P15), and the mark."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from xml.etree import ElementTree

import pytest

from adapters.html import TOKENS, Reader, avatar, blocks, initials, mark_file, safe_url, security_headers, words
from adapters.html.headers import sha256_source
from adapters.html.people import HUES
from bot.cards import Bullets, CodeBlock, Heading, Progress, Quote, card, fields
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Strong, join, say, to_text

LIGHT, DARK = "light", "dark"
TEXT = ("--ink", "--muted", "--accent", "--warm", "--done", "--danger")
GROUNDS = ("--paper", "--card")
PAIRS = [
    *product(TEXT, GROUNDS),
    *[(ink, ground) for ground in ("--accent-quiet", "--warm-quiet", "--done-quiet") for ink in ("--ink", "--muted")],
    ("--accent", "--accent-quiet"),
    ("--warm", "--warm-quiet"),
    ("--done", "--done-quiet"),
    ("--on-accent", "--accent"),
]


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme by name."""
    light, dark = re.findall(r":root \{(.*?)\}", TOKENS, re.DOTALL)
    found = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", light))
    return found if scheme == LIGHT else found | dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", dark))


def hues(scheme: str) -> list[tuple[str, str]]:
    """Return the grounds and inks of initials."""
    found = re.findall(r"\.hue-\d \{ --hue: (#\w{6}); --on-hue: (#\w{6}); \}", TOKENS)
    assert len(found) == 2 * HUES
    return found[:HUES] if scheme == LIGHT else found[HUES:]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 computes it."""

    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_every_pair_of_colours_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    for ink, ground in PAIRS:
        assert contrast(found[ink], found[ground]) >= 4.5, (ink, ground)
    for ground, ink in hues(scheme):
        assert contrast(ink, ground) >= 4.5
    for line in ("--edge",):  # the edge of what can be used
        assert contrast(found[line], found["--card"]) >= 3


def test_text_is_shown_as_it_is_written() -> None:
    assert words("<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"
    assert words("one\r\ntwo\rthree\nfour") == "one<br>two<br>three<br>four"
    assert words("a\x00b\ud800c\x1bd") == "abcd"
    marked = join([to_text(Strong("<")), to_text(Emphasis("<")), to_text(Code("<")), to_text(Mention("<"))], "")
    assert words(marked) == '<strong>&lt;</strong><em>&lt;</em><code>&lt;</code><bdi class="person">&lt;</bdi>'


def test_a_sentence_has_peoples_words_in_its_places_as_text() -> None:
    assert words(say("Hello, {name}", name="<i>")) == "Hello, &lt;i&gt;"


def test_links_lead_to_the_web_alone_and_vouch_for_nothing() -> None:
    shown = words(Link("A page", "https://x.example/?a=1&b=2"))
    assert shown == '<a href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener ugc">A page</a>'
    for url in (
        "javascript:alert(1)",
        "//x.example",
        "https://",
        "https://a@b.example",
        "https://x y",
        "https://[",
        "",
    ):
        assert safe_url(url) is None
        assert words(Link("A page", url)) == "A page"


def test_moments_can_be_read_by_people_and_programs() -> None:
    now = datetime(2027, 1, 11, 17, tzinfo=UTC)
    at = now + timedelta(days=2)
    reader = Reader(now=now)
    assert words(Moment(at, MomentStyle.DATE), reader) == (
        '<time datetime="2027-01-13T17:00:00Z">Wednesday 13 January 2027</time>'
    )
    assert 'title="Wednesday 13 January 2027, 17:00 (UTC)">in 2 days<' in words(
        Moment(at, MomentStyle.RELATIVE), reader
    )


def test_the_blocks_of_a_card_are_what_they_are() -> None:
    shown = blocks(
        card(
            "A title",
            "Words",
            Heading(to_text("Then")),
            Bullets((to_text("one"),), numbered=True),
            Quote(to_text("<q>")),
            CodeBlock("a < b"),
            fields([("When", "Now")]),
            Progress(1, 3, to_text("done")),
        ),
        heading=3,
    )
    for part in (
        "<p>Words</p>",
        "<h3>Then</h3>",
        "<ol><li>one</li></ol>",
        "<blockquote>&lt;q&gt;</blockquote>",
        '<pre tabindex="0"><code>a &lt; b</code></pre>',
        "<dt>When</dt><dd>Now</dd>",
        '<progress max="3" value="1" aria-label="done"></progress>',
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jill", "J"),
        ("Ana de la Cruz", "AC"),
        ("", "?"),
        ("   ", "?"),
        ("李雷", "李"),
        ("(Bob) !", "B"),
        ("!", "?"),
        ("ß", "SS"),
    ],
)
def test_people_are_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_person_has_one_colour_everywhere() -> None:
    assert avatar(7, "Jill") == avatar(7, "Jill")
    assert ">B<" in avatar(7, "<b>")


def test_the_mark_is_seven_dots_with_one_place_open() -> None:
    drawn = ElementTree.fromstring(mark_file())
    assert len(drawn.findall("{http://www.w3.org/2000/svg}circle")) == 7


def test_pages_may_load_and_run_only_what_is_named() -> None:
    policy = security_headers(style=sha256_source("a{}"), script="'self'", connect="'self'")["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='; img-src 'self'; "
        "script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
