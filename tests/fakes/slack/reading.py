"""Blocks as Slack's app shows them: the words line by line, the buttons, the small print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.fakes.slack.things import File, Json, Message, View, buttons_of

_MARKED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_FORMATTED = re.compile(
    r"(?<![\w\u2060])(?P<mark>[*_~`])(?P<inside>[^\s\u2060*_~`](?:[^\n]*?[^\s\u2060])?)(?P=mark)(?![\w\u2060])"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: how they see people (by id) and moments (with a format such as `{date_long}`)."""

    name: Callable[[str], str] = str
    moment: Callable[[datetime, str], str] = lambda at, shape: at.isoformat()

    def marked(self, words: str) -> str:
        """Return marked words as they are read."""
        shown = _MARKED.sub(lambda found: self._reference(found[1], found[2]), words)
        shown = _FORMATTED.sub(lambda found: found["inside"], shown)
        return plain(shown.replace("\u2060", ""))

    def _reference(self, inside: str, label: str | None) -> str:
        if inside.startswith("@"):
            return f"@{self.name(inside[1:])}"
        if inside.startswith("!date^"):
            _, at, shape = inside.split("^")[:3]
            return self.moment(datetime.fromtimestamp(int(at), UTC), shape)
        if inside.startswith("!"):
            return f"@{inside[1:]}"
        if inside.startswith("#"):
            return f"#{label or inside[1:]}"
        return f"{label} ({inside})" if label else inside

    def inline(self, one: Json) -> str:
        """Return an element of rich text as it is read."""
        match one["type"]:
            case "link":
                return f"{one['text']} ({one['url']})" if one.get("text") else str(one["url"])
            case "user":
                return f"@{self.name(one['user_id'])}"
            case "date":
                return self.moment(datetime.fromtimestamp(one["timestamp"], UTC), one["format"])
            case "broadcast":
                return f"@{one['range']}"
            case "emoji":
                return f":{one['name']}:"
            case "channel":
                return f"#{one['channel_id']}"
        return str(one.get("text", ""))


@dataclass(slots=True)
class Lines:
    """What is read: lines, labels of buttons, small print, and names of files."""

    body: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        """Everything, in the order in which a card has it."""
        buttons = [" ".join(f"[{one}]" for one in self.buttons)] if self.buttons else []
        return [*self.body, *buttons, *self.small, *(f"(file) {one}" for one in self.files)]


def plain(words: str) -> str:
    """Return words without what stands for other characters."""
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def lines_of(message: Message | View, reader: Reader) -> Lines:
    """Return a message or view as it is read, its cards below each other."""
    blocks = message.data["blocks"] if isinstance(message, View) else message.blocks
    files = [] if isinstance(message, View) else message.files
    if not blocks:
        text = "" if isinstance(message, View) else reader.marked(message.text)
        return Lines(text.split("\n") if text else [], files=_names(files))
    whole = Lines()
    for number, card in enumerate(cards(blocks)):
        one = _card(card, reader)
        if number:
            whole.body += [*whole.all[len(whole.body) :], ""]
            whole.buttons, whole.small = [], []
        whole.body += one.body
        whole.buttons, whole.small = one.buttons, one.small
    whole.files = _names(files)
    return whole


def cards(blocks: Sequence[Json]) -> list[list[Json]]:
    """Return blocks in groups, those between dividers together."""
    found: list[list[Json]] = [[]]
    for block in blocks:
        if block["type"] == "divider":
            found.append([])
        else:
            found[-1].append(block)
    return [one for one in found if one]


def _names(files: Sequence[File]) -> list[str]:
    return [one.name for one in files]


def _card(blocks: Sequence[Json], reader: Reader) -> Lines:
    one = Lines()
    for block in blocks:
        match block["type"]:
            case "header":
                one.body.append(block["text"]["text"])
            case "section":
                one.body += _section(block, reader)
            case "rich_text":
                one.body += rich_lines(block["elements"], reader)
            case "context":
                said = [_words(part, reader) for part in block["elements"] if part["type"] != "image"]
                one.small += "\n".join(said).split("\n")
            case "input":
                one.body.append(block["label"]["text"])
    one.buttons = [f"{each['label']}: {each['url']}" if each["url"] else each["label"] for each in buttons_of(blocks)]
    return one


def _section(block: Json, reader: Reader) -> Iterator[str]:
    for part in [block.get("text"), *(block.get("fields") or ())]:
        if part is not None:
            yield from _words(part, reader).split("\n")


def _words(part: Json, reader: Reader) -> str:
    return reader.marked(part["text"]) if part["type"] == "mrkdwn" else str(part["text"])


def rich_lines(parts: Sequence[Json], reader: Reader) -> Iterator[str]:
    """Yield the lines of rich text."""
    for part in parts:
        inner = part["elements"]
        words = "".join(reader.inline(one) for one in inner if not one["type"].startswith("rich_text"))
        match part["type"]:
            case "rich_text_list":
                for number, item in enumerate(inner, 1 + int(part.get("offset", 0))):
                    mark = f"{number}. " if part["style"] == "ordered" else "• "
                    yield from (mark + "".join(reader.inline(one) for one in item["elements"])).split("\n")
            case "rich_text_quote":
                yield from (f"> {line}" for line in words.split("\n"))
            case "rich_text_preformatted":
                yield from (f"    {line}" for line in words.split("\n"))
            case _:
                yield from words.split("\n")


def marks(message: Message) -> list[str]:
    """Return the kinds of all that is more than words in a message: `user`, `link`, `broadcast`, `bold` and so on."""
    kinds: list[str] = []
    for block in message.blocks:
        for one in _walked(block):
            if one.get("type") in ("user", "link", "broadcast", "usergroup", "channel", "emoji", "date"):
                kinds.append(str(one["type"]))
            if one.get("type") == "mrkdwn":
                kinds += _marks_of(str(one["text"]))
            kinds += [name for name, on in (one.get("style") or {}).items() if on] if _styled(one) else []
    return kinds


def _styled(one: Json) -> bool:
    return isinstance(one.get("style"), dict)


def _marks_of(words: str) -> Iterator[str]:
    for found in _MARKED.finditer(words):
        first = found[1][0]
        if found[1].startswith("!date^"):
            yield "date"
        else:
            yield {"@": "user", "!": "broadcast", "#": "channel"}.get(first, "link")
    for _ in _FORMATTED.finditer(_MARKED.sub("", words)):
        yield "formatted"


def _walked(one: object) -> Iterator[Json]:
    if isinstance(one, dict):
        yield one
        for inner in one.values():
            yield from _walked(inner)
    elif isinstance(one, list):
        for inner in one:
            yield from _walked(inner)
