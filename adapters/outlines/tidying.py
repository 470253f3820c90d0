"""The one form of a text: the same words and styles are always the same spans, so written outlines read back equal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adapters.outlines.cleaning import clean, one_line
from bot.text import Code, Emphasis, Link, Mention, Moment, Phrase, Plain, Span, Strong, Text, fill

_SPACES = re.compile(r"[ \t\u00a0]{2,}|\t")
_BREAK = re.compile(r"[ \t\u00a0]*\n\s*")


def tidy(spans: Iterable[Span]) -> Text:
    """Return spans as a text in its one form: neighbours of a kind joined, single spaces, none at the ends."""
    tidied = [_single_spaced(span) for span in _joined(_edges_out(_joined(_known(spans))))]
    if tidied and isinstance(tidied[0], Plain):
        tidied[0] = Plain(tidied[0].text.lstrip())
    if tidied and isinstance(tidied[-1], Plain):
        tidied[-1] = Plain(tidied[-1].text.rstrip())
    return Text(tuple(span for span in tidied if span != Plain("")))


def _known(spans: Iterable[Span]) -> Iterator[Plain | Strong | Emphasis | Code | Link]:
    """Yield spans that a course's text may hold, clean; what only a conversation holds becomes words."""
    for span in spans:
        match span:
            case Plain(words) | Strong(words) | Emphasis(words):
                if cleaned := clean(words):
                    yield type(span)(cleaned)
            case Code(words):
                if cleaned := clean(words).replace("\n", " "):
                    yield Code(cleaned)
            case Link(label, url):
                yield Link(one_line(label) or url, url)
            case Mention(name):
                yield from _known([Plain(name)])
            case Moment(at):
                yield Plain(at.isoformat())
            case Phrase(template, places):
                yield from _known(fill(template, dict(places)))


def _joined(
    spans: Iterable[Plain | Strong | Emphasis | Code | Link],
) -> Iterator[Plain | Strong | Emphasis | Code | Link]:
    """Yield spans with neighbours of the same style as one."""
    waiting: Plain | Strong | Emphasis | Code | None = None
    for span in spans:
        if not isinstance(span, Link) and type(waiting) is type(span):
            waiting = type(span)(f"{waiting.text if waiting else ''}{span.text}")
            continue
        if waiting:
            yield waiting
        waiting = None if isinstance(span, Link) else span
        if isinstance(span, Link):
            yield span
    if waiting:
        yield waiting


def _edges_out(
    spans: Iterable[Plain | Strong | Emphasis | Code | Link],
) -> Iterator[Plain | Strong | Emphasis | Code | Link]:
    """Yield spans whose styled words begin and end with no space, so that every platform can draw them."""
    for span in spans:
        if not isinstance(span, Strong | Emphasis):
            yield span
            continue
        inner = span.text.strip()
        start = span.text.find(inner) if inner else len(span.text)
        for part in (Plain(span.text[:start]), type(span)(inner), Plain(span.text[start + len(inner) :])):
            if part.text:
                yield part


def _single_spaced(span: Plain | Strong | Emphasis | Code | Link) -> Span:
    if isinstance(span, Plain | Strong | Emphasis):
        return type(span)(_SPACES.sub(" ", _BREAK.sub("\n", span.text)))
    return span
