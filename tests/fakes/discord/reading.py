"""Discord's Markdown as its app shows it: the words, and what is more than words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.fakes.discord.things import Message

_INLINE = re.compile(
    r"""
      \\(?P<escaped>[^A-Za-z0-9\s])
    | ```(?:[\w+.#-]+\n|\n)?(?P<block>.+?)\n?```
    | (?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | <t:(?P<time>-?\d{1,13})(?::(?P<style>[tTdDfFsSR]))?>
    | <@!?(?P<user>\d+)>
    | <(?P<other>@&\d+|\#\d+|a?:\w+:\d+|/[\w -]+:\d+|id:\w+)>
    | (?P<loud>@everyone|@here)
    | \[(?P<label>(?:\\.|[^\]\\\n])+)\]\(<?(?P<target>https?://[^\s>)]+)>?(?:\s"[^"]*")?\)
    | <(?P<quiet>https?://[^\s>]+)>
    | (?P<url>https?://[^\s<]*[^\s<.,:;"')\]])
    | \*\*(?P<strong>(?:\\.|[^\\])+?)\*\*(?!\*)
    | __(?P<underlined>(?:\\.|[^\\])+?)__(?!_)
    | ~~(?P<struck>(?:\\.|[^\\])+?)~~
    | \|\|(?P<hidden>(?:\\.|[^\\])+?)\|\|
    | \*(?P<slanted>(?=\S)(?:\\.|\*\*|[^\\*])+?)(?<!\s)\*(?!\*)
    | \b_(?P<slanted2>(?:\\.|__|[^\\_])+?)_\b
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = {"style": "time", "target": "link", "slanted2": "slanted"}
_WRAPPING = {"strong", "underlined", "struck", "hidden", "slanted", "slanted2", "target"}
_LINE = re.compile(
    r"(?P<heading>\#{1,3}\s+(?=\S))|(?P<small>-\#\s+(?=\S))|(?P<quote>>(?:>>)?\s)|(?P<list>\s*(?:[-*]|\d{1,9}\.)\s+(?=\S))"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: how they see people (by number) and moments (with a style such as `F`)."""

    name: Callable[[int], str] = str
    moment: Callable[[datetime, str], str] = lambda at, style: at.isoformat()

    def words(self, markdown: str) -> str:
        """Return the words of a line or a text, without the marks around them; addresses stand after their labels."""
        return "".join(self._parts(markdown)).replace("\u200b", "")

    def _parts(self, markdown: str) -> Iterator[str]:
        at = 0
        for found in _INLINE.finditer(markdown):
            yield markdown[at : found.start()]
            yield self._token(found)
            at = found.end()
        yield markdown[at:]

    def _token(self, found: re.Match[str]) -> str:
        match found.lastgroup:
            case "style" | "time":
                return self.moment(datetime.fromtimestamp(int(found["time"]), UTC), found["style"] or "f")
            case "user":
                return f"@{self.name(int(found['user']))}"
            case "target":
                return f"{self.words(found['label'])} ({found['target']})"
            case "escaped" | "code" | "block" | "loud" | "quiet" | "url" | "other" as kind:
                return found[kind]
            case kind:
                return self.words(found[kind or 0])


def marks(markdown: str) -> list[str]:
    """Return the kinds of all that is more than words in a text, such as `strong`, `user` or `heading`."""
    kinds: list[str] = []
    for token in _INLINE.finditer(markdown):
        kind = token.lastgroup or ""
        if kind != "escaped":
            kinds.append(_KINDS.get(kind, kind))
        if kind in _WRAPPING:
            kinds += marks(token["label" if kind == "target" else kind])
    for line in markdown.split("\n"):
        if begun := _LINE.match(line):
            kinds.append(str(begun.lastgroup))
    return kinds


def read(message: Message, reader: Reader) -> str:
    """Return a message as it stands on the screen: its words line by line, then its buttons, and files."""
    lines = [reader.words(text) for text in message.texts]
    labels = [f"[{one['label']}]" for one in message.buttons]
    return "\n".join([*lines, *([" ".join(labels)] if labels else []), *(one.name for one in message.attachments)])
