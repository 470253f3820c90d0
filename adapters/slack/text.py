"""Spans as Slack shows them: elements of rich text, in which people's words can neither format nor ping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from bot.chat import AccountRef
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Phrase, Plain, Span, Strong, Text

PLATFORM = "slack"

Json: TypeAlias = dict[str, Any]
Shown: TypeAlias = Callable[[str], str]
"""Writes the bot's commands in words as they are called in a workspace."""

LONGEST_URL = 3_000
"""Characters of an address that Slack takes."""
_FORMATS = {
    MomentStyle.DATE: "{date_long}",
    MomentStyle.TIME: "{time}",
    MomentStyle.FULL: "{date_short_pretty} at {time}",
    MomentStyle.RELATIVE: "{ago}",
}
_FALLBACKS = {
    MomentStyle.DATE: "%Y-%m-%d",
    MomentStyle.TIME: "%H:%M UTC",
    MomentStyle.FULL: "%Y-%m-%d %H:%M UTC",
    MomentStyle.RELATIVE: "%Y-%m-%d %H:%M UTC",
}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = re.compile(r"[*_~`]")
_BETWEEN = "\u2060"
"""Stands after a character that would format, so that it does not."""
_REFERENCE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def as_it_is(words: str) -> str:
    """Return words unchanged."""
    return words


def elements(text: Text, shown: Shown = as_it_is) -> list[Json]:
    """Return a text as elements of rich text; what stands for a sentence must be translated before."""
    return joined(one for span in text.spans if (one := _element(span, shown)) is not None)


def joined(parts: Iterable[Json]) -> list[Json]:
    """Return elements, those of words in one style that follow each other as one."""
    found: list[Json] = []
    for one in parts:
        last = found[-1] if found else {}
        if one["type"] == last.get("type") == "text" and one.get("style") == last.get("style"):
            found[-1] = {**last, "text": last["text"] + one["text"]}
        else:
            found.append(one)
    return found


def _element(span: Span, shown: Shown) -> Json | None:
    match span:
        case Plain(words):
            return _words(shown(words))
        case Strong(words):
            return _words(words, bold=True)
        case Emphasis(words):
            return _words(words, italic=True)
        case Code(words):
            return _words(shown(one_line(words)), code=True)
        case Link(label, url):
            return _link(one_line(label).strip(), url)
        case Mention(name):
            user = user_of(span)
            if user is None:
                return _words(one_line(name))
            # Somebody who is not to be notified is plain words: on Slack, every mention notifies.
            return {"type": "user", "user_id": user} if span.ping else _words(f"@{one_line(name)}")
        case Moment():
            return _date(span)
        case Phrase():
            raise TypeError("a sentence is translated before it is drawn")


def _words(words: str, **style: bool) -> Json | None:
    if not words:
        return None
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def _link(label: str, url: str) -> Json | None:
    if not opens(url):
        return _words(f"{label} {url}".strip() if label != url else url)
    return {"type": "link", "url": url, **({"text": label} if label not in ("", url) else {})}


def opens(url: str) -> bool:
    """Return whether Slack takes an address; of a card with one that it does not take, it takes nothing at all."""
    try:
        parts = urlsplit(url)
        there = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return there and len(url) <= LONGEST_URL and not re.search(r"[\s\x00-\x1f\x7f]", url)


def _date(moment: Moment) -> Json:
    return {
        "type": "date",
        "timestamp": int(moment.at.timestamp()),
        "format": _FORMATS[moment.style],
        "fallback": moment.at.astimezone(UTC).strftime(_FALLBACKS[moment.style]),
    }


def mrkdwn(text: Text, shown: Shown = as_it_is) -> str:
    """Return a text as Slack's marked words, for the small print below a card; people's words format nothing."""
    words = "".join(_marked(one) for one in elements(text, shown))
    return re.sub(r"^(\s*)&gt;", rf"\1{_BETWEEN}&gt;", words, flags=re.MULTILINE)  # which would begin a quote


def _marked(one: Json) -> str:
    match one["type"]:
        case "link":
            url = one["url"].replace("|", "%7C").replace(">", "%3E").replace("<", "%3C")
            label = one.get("text", "").replace("|", "/")
            return f"<{escape(url)}|{escape(label)}>" if label else f"<{escape(url)}>"
        case "user":
            return f"<@{one['user_id']}>"
        case "date":
            return f"<!date^{one['timestamp']}^{one['format']}|{one['fallback']}>"
    return escape(_MARKS.sub(lambda found: found[0] + _BETWEEN, one["text"]))


def plain(text: Text, shown: Shown = as_it_is) -> str:
    """Return a text without any marks, in which everybody is called by name."""
    named = (replace(span, ping=False) if isinstance(span, Mention) else span for span in text.spans)
    return "".join(_plain(one) for one in elements(Text(tuple(named)), shown))


def _plain(one: Json) -> str:
    match one["type"]:
        case "link":
            return f"{one['text']} ({one['url']})" if "text" in one else str(one["url"])
        case "date":
            return str(one["fallback"])
    return str(one["text"])


def escape(words: str) -> str:
    """Return words in which Slack sees no mention, link or command."""
    return re.sub("[&<>]", lambda found: _ENTITIES[found[0]], words)


def unescape(words: str) -> str:
    """Return words as somebody typed them."""
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def written(words: str, team: str = "") -> str:
    """Return what Slack says that somebody wrote as they meant it: links as addresses, people and channels by name.

    With a `team`, people and channels become accounts and channels of it, as an option of a command takes them.
    """
    return unescape(_REFERENCE.sub(lambda found: _meant(found[1], found[2], team), words))


def _meant(inside: str, label: str | None, team: str) -> str:
    if inside.startswith(("@", "#")):
        kind, id = inside[0], inside[1:]
        if team:
            return f"{PLATFORM}:{team}/{id}"
        return f"{kind}{label or id}"
    if inside.startswith("!"):
        return label or "@" + inside[1:].partition("^")[0]
    if inside.startswith("mailto:"):
        return label or inside.removeprefix("mailto:")
    return inside


def user_of(mention: Mention) -> str | None:
    """Return the Slack user that a mention names, if there is one."""
    for account in mention.accounts:
        ref = AccountRef.parse(account)
        if ref.platform == PLATFORM:
            user = ref.user.rpartition("/")[2]
            return user if re.fullmatch(r"[UW][A-Z0-9]+", user) else None
    return None


def one_line(words: str) -> str:
    """Return words without line breaks."""
    return re.sub(r"\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*", " ", words)
