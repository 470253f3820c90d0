"""How much room a text takes at most, on any platform and in any language, and how to make it fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from bot.text import Code, Emphasis, Link, Mention, Moment, Phrase, Plain, Span, Strong, Text

_DEARER = {**dict.fromkeys("\\*_~`|#-[]():@.+!{}=^$", 2), "\n": 3, "&": 5, "<": 4, ">": 4}
"""What a character costs that some platform escapes: a backslash before it, an entity, the marks of a new line."""
_ESCAPED = re.compile("|".join(map(re.escape, _DEARER)))
_MORE = {character: price - 1 for character, price in _DEARER.items()}
_AROUND = 4
"""Marks around a span."""
_LINK = 6
"""Marks around a link's label and address."""
_MENTION_COST = 30
_MOMENT_COST = 72
"""A date and time in words with the longest name of a zone; a platform's own mark for it is shorter."""
_TRANSLATION_SLACK = 1.4
"""Sentences grow when translated; German needs up to a third more room than English."""
_ELLIPSIS = Plain("…")


def cost(text: Text) -> int:
    """Return how many characters a text takes at most, escaped for the strictest platform and translated."""
    try:
        return text.measured
    except AttributeError:
        found = 0
        for span in text.spans:
            found += _span_cost(span)
        keep_cost(text, found)
        return found


keep_cost = Text.measured.__set__  # type: ignore[attr-defined]  # a slot, which mypy takes for an int
"""Keep what a text costs: it is frozen, and this is no part of its value."""


def _words_cost(words: str) -> int:
    return len(words) + sum(map(_MORE.__getitem__, _ESCAPED.findall(words)))


def _url_cost(url: str) -> int:
    """Return what an address costs: where its brackets would end a link, each is written with three characters."""
    return len(url) + 2 * (url.count("(") + url.count(")"))


def _span_cost(span: Span) -> int:
    return _COSTS[type(span)](span)


def _marked_cost(span: Plain | Strong | Emphasis | Code) -> int:
    return _words_cost(span.text) + _AROUND


def _phrase_cost(span: Phrase) -> int:
    template, plural = span.template, span.plural
    whole = _own_cost(template, plural)
    for name, value in span.places:
        whole += _uses(template, plural, name) * cost(value)
    return whole


_COSTS: dict[type[Span], Callable[[Any], int]] = {
    **dict.fromkeys((Plain, Strong, Emphasis, Code), _marked_cost),
    Link: lambda link: _words_cost(link.label) + _url_cost(link.url) + _LINK,
    Mention: lambda mention: max(_words_cost(mention.name) + 1, _MENTION_COST),
    Moment: lambda _: _MOMENT_COST,
    Phrase: _phrase_cost,
}


@cache
def _own_cost(template: str, plural: str | None) -> int:
    """Return what a sentence costs without the words in its places; there are only so many sentences of ours."""
    return int(max(_words_cost(template), _words_cost(plural or "")) * _TRANSLATION_SLACK) + _AROUND


@cache
def _uses(template: str, plural: str | None, name: str) -> int:
    """Return how often a sentence shows a place."""
    place = f"{{{name}}}"
    return max(1, template.count(place), (plural or "").count(place))


def excerpt(text: Text, longest: int) -> Text:
    """Return the beginning of a text, at most `longest` at its cost, with an ellipsis where something is left out."""
    if cost(text) <= longest:
        return text
    kept: list[Span] = []
    left = longest - _span_cost(_ELLIPSIS)
    for span in text.spans:
        worth = _span_cost(span)
        if worth > left:
            shorter = _shortened(span, left)
            if shorter is not None:
                kept.append(shorter)
            break
        kept.append(span)
        left -= worth
    return Text((*kept, _ELLIPSIS))


def _shortened(span: Span, room: int) -> Span | None:
    """Return a span that costs at most `room`, with less of its words; None where nothing of it would be left."""
    match span:
        case Plain(words) | Strong(words) | Emphasis(words) | Code(words):
            fitting = _fitting(words, room - _AROUND)
            return type(span)(fitting) if fitting else None
        case Link(label, url):
            fitting = _fitting(label, room - _LINK - _url_cost(url))
            return Link(fitting, url) if fitting else None
        case Mention(name):
            fitting = _fitting(name, room - 1) if room >= _MENTION_COST else ""
            return replace(span, name=fitting) if fitting else None
        case Phrase():
            return _shortened_phrase(span, room)
        case Moment():
            return None


def _shortened_phrase(phrase: Phrase, room: int) -> Phrase | None:
    """Return a sentence with less in its places, the short ones whole and the long ones shared out alike."""
    room -= _own_cost(phrase.template, phrase.plural)
    kept = dict(phrase.places)
    uses = {name: _uses(phrase.template, phrase.plural, name) for name in kept}
    by_cost = sorted(kept, key=lambda name: uses[name] * cost(kept[name]))
    for number, name in enumerate(by_cost):
        share = room // (len(by_cost) - number) // uses[name]
        if share < _span_cost(_ELLIPSIS):
            return None
        kept[name] = excerpt(kept[name], share)
        room -= uses[name] * cost(kept[name])
    return replace(phrase, places=tuple((name, kept[name]) for name, _ in phrase.places)) if room >= 0 else None


def _fitting(words: str, room: int) -> str:
    """Return the longest beginning of `words` that costs at most `room`, ending with a whole word if it can."""
    used = at = 0
    for at, character in enumerate(words):  # noqa: B007  # `at` is where the loop stopped
        used += _DEARER.get(character, 1)
        if used > room:
            break
    else:
        return words
    beginning = words[:at]
    space = max(beginning.rfind(" "), beginning.rfind("\n"))
    return beginning[:space] if space > at * 2 // 3 else beginning


def split_text(text: Text, longest: int) -> Iterator[Text]:
    """Yield texts of at most `longest` each that together hold all of `text`; words stay whole if they can.

    `longest` is at least 200.
    """
    part: list[Span] = []
    used = 0
    for span in _pieces(text, longest):
        worth = _span_cost(span)
        if part and used + worth > longest:
            yield Text(tuple(part))
            part, used = [], 0
        part.append(span)
        used += worth
    if part:
        yield Text(tuple(part))


def _pieces(text: Text, longest: int) -> Iterator[Span]:
    """Yield spans with all of `text`, none of them dearer than `longest`."""
    for span in text.spans:
        if isinstance(span, Plain | Strong | Emphasis | Code) and _span_cost(span) > longest // 4:
            rest = span.text
            while rest:
                beginning = _fitting(rest, max(longest // 4, 40) - _AROUND)
                yield type(span)(beginning)
                rest = rest[len(beginning) :]
        elif _span_cost(span) > longest:
            yield from _parts(span, longest)
        else:
            yield span


def _parts(span: Span, longest: int) -> Iterator[Span]:
    """Yield what stands for a span that is too dear by itself, though some of it may be repeated."""
    match span:
        case Phrase(_, places):
            shorter = _shortened(span, longest)
            if isinstance(shorter, Phrase):
                yield shorter
                places = tuple(before for before, now in zip(places, shorter.places, strict=True) if before != now)
            for _, value in places:
                yield Plain(" ")
                yield from _pieces(value, longest)
        case Link(label, url):
            fits = _url_cost(url) + _LINK <= longest
            yield from _pieces(Text((Plain(label + " "), Link("", url) if fits else Code(url))), longest)
        case Mention(name):
            yield from _pieces(Text((Plain(name),)), longest)
        case _:
            yield span
