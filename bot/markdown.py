"""Spans as Markdown for exports, every character that people wrote escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from bot.text import Code, Emphasis, Link, Mention, Moment, Phrase, Plain, Span, Strong, Text

_SPECIAL = re.compile(
    # One set of characters first, which is what the engine looks for fast.
    r"[\\`*_{}\[\]<>()#+!|~&@=^$:.-]"
    # Common in plain prose, and harmless there: a colon or full stop that ends a word, a hyphen inside one.
    r"(?!(?<=:)(?!\S)|(?<=\.)(?<!\d\.)(?!\S)|(?<=\w-)(?=\w))"
)
_LINE_END = re.compile(r"\r\n?")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_UNSAFE_IN_URL = re.compile(r"[\s<>()\\]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SPACES = "\t\n\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What CommonMark takes for white space around a mark."""


def escape(words: str) -> str:
    """Return words so that Markdown shows them literally and no viewer turns them into links or mentions."""
    return _SPECIAL.sub(_after_a_backslash, words if "\r" not in words else _LINE_END.sub("\n", words))


def _after_a_backslash(found: re.Match[str]) -> str:
    return "\\" + found[0]


def markdown(text: Text) -> str:
    """Return a text as Markdown; what stands for a sentence must be translated before."""
    written = "".join(map(_span, _joined(text.spans)))
    # Markdown takes an indented line for code, whose backslashes it shows; no-break spaces indent and nothing else.
    return _INDENT.sub(lambda found: "\u00a0" * len(found[0].expandtabs(4)), written)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans with plain words that follow each other as one: what ends a word is seen over its span's end."""
    plain = ""
    for span in spans:
        if isinstance(span, Plain):
            plain += span.text
            continue
        if plain:
            yield Plain(plain)
            plain = ""
        yield span
    if plain:
        yield Plain(plain)


def _span(span: Span) -> str:
    match span:
        case Plain(words):
            return escape(words).replace("\n", "  \n")
        case Strong(words):
            return _marked(words, "**")
        case Emphasis(words):
            return _marked(words, "*")
        case Code(words):
            return _code(_one_line(words))
        case Link(label, url):
            safe = _ENTITY.sub("&amp;", _UNSAFE_IN_URL.sub(lambda found: quote(found[0], safe=""), url))
            return f"[{escape(_one_line(label) or url)}](<{safe}>)"
        case Mention(name):
            return escape(_one_line(name))
        case Moment(at):
            return at.strftime("%Y-%m-%d %H:%M UTC")
        case Phrase():
            raise TypeError("a sentence is translated before it is written")


def _one_line(words: str) -> str:
    return re.sub(r"\s*[\r\n]\s*", " ", words)


def _marked(words: str, mark: str) -> str:
    """Return words between marks; those begin and end at a word, else they would be shown."""
    line = _one_line(words)
    inner = line.strip(_SPACES)
    if not inner:
        return line
    before, after = line[: len(line) - len(line.lstrip(_SPACES))], line[len(line.rstrip(_SPACES)) :]
    return f"{before}{mark}{escape(inner)}{mark}{after}"


def _code(words: str) -> str:
    if not words.strip():
        return words
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", words)), default=0))
    edged = words[0] in "` " and words[-1] in "` "
    pad = " " if edged or words[0] == "`" or words[-1] == "`" else ""
    return f"{fence}{pad}{words}{pad}{fence}"
