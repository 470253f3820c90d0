"""In exports, words of people are words: no link, no HTML, no mark."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from bot.language import ENGLISH
from bot.markdown import escape, markdown
from bot.text import Code, Emphasis, Link, Mention, Moment, Plain, Span, Strong, Text, say
from tests.strategies import some_words, words

VIEWERS = {
    "commonmark": MarkdownIt("commonmark"),
    "commonmark with tables and strike-through": MarkdownIt("commonmark").enable(["table", "strikethrough"]),
    "the default of markdown-it": MarkdownIt("js-default"),
}
SHOWS_WORDS = {"paragraph_open", "paragraph_close", "inline"}


def shown(written: str, viewer: MarkdownIt) -> str:
    """Return the words that a viewer shows; fails where it shows anything but words in paragraphs."""
    seen = []
    for token in viewer.parse(written):
        assert token.type in SHOWS_WORDS, f"{token.type} in {written!r}"
        for part in token.children or ():
            assert part.type in ("text", "softbreak", "hardbreak"), f"{part.type} in {written!r}"
            seen.append(part.content or " ")
        seen.append(" ")
    return "".join(seen)


def letters_of(written: str) -> str:
    """Return words without regard to how they are spaced, as an indent or an empty line is."""
    return "".join(written.split())


@pytest.mark.parametrize("viewer", VIEWERS.values(), ids=VIEWERS)
@given(words)
def test_what_people_write_is_shown_literally_and_as_nothing_else(viewer: MarkdownIt, written: str) -> None:
    assert letters_of(shown(markdown(Text((Plain(written),))), viewer)) == letters_of(written)


@pytest.mark.parametrize("viewer", VIEWERS.values(), ids=VIEWERS)
@given(words, words)
def test_words_of_two_people_side_by_side_make_no_mark(viewer: MarkdownIt, one: str, other: str) -> None:
    told = ENGLISH.translate(say("{who}: {what}", who=Mention(one or "x"), what=other))
    assert letters_of(shown(markdown(told), viewer)) == letters_of((one or "x") + ": " + other)


@given(words)
def test_nothing_is_left_that_a_viewer_could_turn_into_a_link_or_mention(written: str) -> None:
    """Autolinks (of GitHub, for one) begin with a scheme, with www. or with an at sign, each in one piece."""
    assert not re.search(r"(?<!\\)(?:\\\\)*(?<!\\)(?:[@<#]|[:.](?=\S))", escape(written))


@pytest.mark.parametrize(("kind", "mark"), [(Strong, "strong"), (Emphasis, "em"), (Code, "code_inline")])
@given(some_words)
def test_what_stands_out_holds_words_alone(
    kind: type[Strong] | type[Emphasis] | type[Code], mark: str, written: str
) -> None:
    span: Span = kind(written)
    [_, inline, _] = VIEWERS["commonmark"].parse(markdown(Text((Plain("x "), span, Plain(" y")))))
    parts = inline.children or []
    assert {part.type for part in parts} <= {"text", mark, f"{mark}_open", f"{mark}_close"}
    assert letters_of("".join(part.content for part in parts)) == letters_of(f"x{written}y")
    assert any(part.type in (mark, f"{mark}_open") for part in parts)


@given(words)
def test_a_link_leads_where_it_says_and_its_label_is_words(label: str) -> None:
    url = "https://example.org/a_(b)?q=1&copy;=<2>"
    [_, inline, _] = VIEWERS["commonmark"].parse(markdown(Text((Link(label, url),))))
    opened, *named, closed = inline.children or []
    assert (opened.type, closed.type) == ("link_open", "link_close")
    assert opened.attrs["href"] == "https://example.org/a_%28b%29?q=1&copy;=%3C2%3E"
    assert letters_of("".join(part.content for part in named)) == letters_of(label or url)


def test_a_moment_is_told_in_utc() -> None:
    at = datetime(2027, 1, 11, 17, tzinfo=UTC)
    assert markdown(Text((Moment(at),))) == "2027-01-11 17:00 UTC"


def test_a_sentence_has_to_be_translated_first() -> None:
    with pytest.raises(TypeError):
        markdown(say("Hello"))
