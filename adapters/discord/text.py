"""Spans as Discord writes them: everything of people's is escaped, so that it can neither format nor ping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from bot.chat import AccountRef
from bot.markdown import escape
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Phrase, Plain, Span, Strong, Text

PLATFORM = "discord"

_STYLES = {MomentStyle.DATE: "D", MomentStyle.TIME: "t", MomentStyle.FULL: "F", MomentStyle.RELATIVE: "R"}
_BETWEEN = "\u200b"
"""Keeps the marks of two spans in a row apart."""
_UNSAFE_IN_URL = re.compile(r"[\s<>()\\]")
_LINE_END = re.compile(r"\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*")


def draw_text(text: Text) -> str:
    """Return a text in Discord's Markdown; what stands for a sentence must be translated before."""
    if len(text.spans) == 1:
        return _span(text.spans[0])
    written: list[str] = []
    marked = False
    for span in _joined(text.spans):
        word = _span(span)
        marks = type(span) in _MARKED
        if marks and marked and word:
            written.append(_BETWEEN)
        written.append(word)
        marked = marks if word else marked
    return "".join(written)


def user_of(mention: Mention) -> int | None:
    """Return the Discord account that a mention names, if there is one."""
    for written in mention.accounts:
        ref = AccountRef.parse(written)
        if ref.platform == PLATFORM and ref.user.isascii() and ref.user.isdigit():
            return int(ref.user)
    return None


def _joined(spans: Iterable[Any]) -> Iterator[Span]:
    """Yield spans with those of one kind that follow each other as one: their marks would run into each other."""
    last: Any = None
    for span in spans:
        if type(span) is type(last) and type(span) in _JOINED:
            last = type(last)(last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _span(span: Span) -> str:
    return _DRAWN[type(span)](span)


def _mention(mention: Mention) -> str:
    user = user_of(mention)
    return f"<@{user}>" if user is not None else escape(one_line(mention.name))


def _sentence(_: Phrase) -> str:
    raise TypeError("a sentence is translated before it is drawn")


def one_line(words: str) -> str:
    """Return words without line breaks."""
    return words if words.isprintable() else _LINE_END.sub(" ", words)


def _marked(words: str, mark: str) -> str:
    """Return words between marks; those begin and end at a word, else Discord shows them."""
    line = one_line(words)
    inner = line.strip()
    if not inner:
        return line
    before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{before}{mark}{escape(inner)}{mark}{after}"


def _code(words: str) -> str:
    """Return words in a fixed width; with a backtick in them, that of Discord can't be told from the marks."""
    return f"`{words}`" if words.strip() and "`" not in words else escape(words)


def _link(label: str, url: str) -> str:
    safe = _UNSAFE_IN_URL.sub(lambda found: quote(found[0], safe=""), url)
    # Discord doesn't hide an address behind another, so a label that is one is left out.
    return f"<{safe}>" if label.strip() in ("", url) else f"[{escape(label)}](<{safe}>)"


_DRAWN: dict[type[Span], Callable[[Any], str]] = {
    Plain: lambda plain: escape(plain.text),
    Strong: lambda strong: _marked(strong.text, "**"),
    Emphasis: lambda emphasis: _marked(emphasis.text, "*"),
    Code: lambda code: _code(one_line(code.text)),
    Link: lambda link: _link(one_line(link.label), link.url),
    Mention: _mention,
    Moment: lambda moment: f"<t:{int(moment.at.timestamp())}:{_STYLES[moment.style]}>",
    Phrase: _sentence,
}
_JOINED = frozenset({Plain, Strong, Emphasis})
_MARKED = frozenset({Strong, Emphasis, Code})
