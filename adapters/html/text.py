"""Texts as HTML, every character that people wrote escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.language import ENGLISH, Language
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Plain, Span, Strong, TextLike, to_text

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that are no text in HTML and XML; people cannot write them, platforms' names may hold them."""
_NO_ADDRESS = re.compile("[\x00-\x20\x7f-\x9f\ud800-\udfff\ufffe\uffff<>\"'`\\\\]")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: in which language and zone, and when."""

    language: Language = ENGLISH
    zone: tzinfo = UTC
    now: datetime | None = None


ANYBODY = Reader()
"""Reads English, in UTC."""


def words(text: TextLike, reader: Reader = ANYBODY) -> Markup:
    """Return a text as HTML; the lines of what people wrote stay lines."""
    return Markup("").join(_spans(text, reader))


def _spans(text: TextLike, reader: Reader) -> Iterator[Markup]:
    for span in reader.language.translate(to_text(text)).spans:
        yield _span(span, reader)


def _span(span: Span, reader: Reader) -> Markup:
    match span:
        case Plain(said):
            return _lines(said)
        case Strong(said):
            return Markup("<strong>{}</strong>").format(_lines(said))
        case Emphasis(said):
            return Markup("<em>{}</em>").format(_lines(said))
        case Code(said):
            return Markup("<code>{}</code>").format(clean(said))
        case Link(label, url):
            return _link(clean(label) or clean(url), url)
        case Mention(name):
            return Markup('<bdi class="person">{}</bdi>').format(clean(name))
        case Moment():
            return _time(span, reader)
    raise TypeError(f"a sentence is translated before it is shown: {span!r}")


def clean(said: str) -> str:
    """Return words without the characters that are no text on any page."""
    return _NO_TEXT.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


def _lines(said: str) -> Markup:
    return Markup("<br>").join(clean(said).split("\n"))


def _link(label: str, url: str) -> Markup:
    safe = safe_url(url)
    if safe is None:
        return escape(label)
    return Markup('<a href="{}" rel="nofollow noopener ugc">{}</a>').format(safe, label)


def safe_url(url: str) -> str | None:
    """Return an address that a link may lead to, http or https with a host and nothing hidden in it, else None."""
    if _NO_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if fine else None


def _time(moment: Moment, reader: Reader) -> Markup:
    """Return a moment in the reader's words; one told in relation to now has the date and time behind it."""
    said = reader.language.moment(moment.at, moment.style, reader.zone, reader.now)
    exact = moment.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if moment.style is not MomentStyle.RELATIVE:
        return Markup('<time datetime="{}">{}</time>').format(exact, said)
    whole = reader.language.moment(moment.at, MomentStyle.FULL, reader.zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, whole, said)
