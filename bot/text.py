"""Text as spans: what people wrote stays data, whatever it looks like.

A plain ``str`` inside a text is always shown literally: it can neither format nor ping. A sentence of the bot's own
is a `Phrase`: its template is translated when the reader is known, and people's words enter it by named place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plain:
    """Words shown literally."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words with a different tone."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A few characters of code, shown in a fixed width."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A label that leads to a web address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, addressed by the account that the reader's platform knows, else by name.

    `accounts` are account references as text, at most one a platform; `ping` says whether the person is to be notified.
    """

    name: str
    accounts: tuple[str, ...] = ()
    ping: bool = False


class MomentStyle(StrEnum):
    """How much of a moment is told."""

    DATE = "date"
    TIME = "time"
    FULL = "full"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, told in the reader's own zone; `at` is aware."""

    at: datetime
    style: MomentStyle = MomentStyle.FULL


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the bot's, translated when the reader is known.

    `plural` and `n` choose between two forms; `places` fill `{name}` in the template, in whatever order it has them.
    """

    template: str
    places: tuple[tuple[str, Text], ...] = ()
    plural: str | None = None
    n: int | None = None


Span: TypeAlias = Plain | Strong | Emphasis | Code | Link | Mention | Moment | Phrase
TextLike: TypeAlias = "Text | Span | str | int"


class _Measured:
    """Room for what `bot.measure` found a text to cost, as each is measured several times; no part of its value."""

    __slots__ = ("measured",)
    measured: int


@dataclass(frozen=True, slots=True)
class Text(_Measured):
    """A run of spans, the only thing that cards show."""

    spans: tuple[Span, ...] = ()

    def __add__(self, other: TextLike) -> Text:
        return Text(self.spans + to_text(other).spans)

    def __bool__(self) -> bool:
        return bool(self.spans)


EMPTY = Text()
"""No text at all."""


def to_text(value: TextLike) -> Text:
    """Return `value` as Text; a str or a number becomes literal."""
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text((Plain(value),)) if value else Text()
    if isinstance(value, int):
        return Text((Plain(str(value)),))
    return Text((value,))


def join(parts: list[Text] | tuple[Text, ...], separator: TextLike = ", ") -> Text:
    """Return the parts in a row with `separator` between them."""
    spans: list[Span] = []
    between = to_text(separator).spans
    for number, part in enumerate(parts):
        if number:
            spans.extend(between)
        spans.extend(part.spans)
    return Text(tuple(spans))


def say(template: str, **places: TextLike) -> Text:
    """Return a sentence to be translated, with people's words in its named places."""
    return Text((Phrase(template, tuple((name, to_text(value)) for name, value in places.items())),))


def say_n(one: str, many: str, n: int, **places: TextLike) -> Text:
    """Return a sentence whose form depends on `n`, which is also its place `{n}`."""
    filled = tuple((name, to_text(value)) for name, value in {"n": n, **places}.items())
    return Text((Phrase(one, filled, many, n),))


_PLACE = re.compile(r"\{([a-z_]+)\}")


def fill(template: str, places: Mapping[str, Text]) -> list[Span]:
    """Return the spans of `template` with `places` put in; a place that is not known stays as it is written."""
    spans: list[Span] = []
    for words, name in _pieces(template, tuple(places)):
        if words is not None:
            spans.append(words)
        if name:
            spans.extend(places[name].spans)
    return spans


@lru_cache(4_000)
def _pieces(template: str, known: tuple[str, ...]) -> tuple[tuple[Plain | None, str], ...]:
    """Return the words of a template, each with the name of the place behind it; there are only so many of ours."""
    pieces: list[tuple[Plain | None, str]] = []
    at = 0
    for found in _PLACE.finditer(template):
        if found[1] in known:
            pieces.append((Plain(template[at : found.start()]) if found.start() > at else None, found[1]))
            at = found.end()
    if at < len(template):
        pieces.append((Plain(template[at:]), ""))
    return tuple(pieces)
