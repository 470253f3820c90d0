"""Cards without somebody who was forgotten: what others read of them says “a former member” from then on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar

from bot.cards import Card, card
from bot.text import Code, Emphasis, Mention, Plain, Strong, TextLike, say

T = TypeVar("T")

SHORT = "…"
"""What stands for a name where a card has no room for more."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How somebody who is forgotten was called, on every account, and what stands there instead."""

    names: Collection[str]
    accounts: Collection[str]
    instead: str


def without(shown: Card, who: Forgotten) -> Card:
    """Return a card in which somebody is not named any more; other people's words stay."""
    try:
        return _without(shown, who)
    except ValueError:  # there is no room for more letters than their name had
        return _without(shown, replace(who, instead=SHORT))


def _without(value: T, who: Forgotten) -> T:
    match value:
        case Mention(name=name, accounts=accounts):
            named = not accounts and name in who.names
            gone = named or not set(who.accounts).isdisjoint(accounts)
            return Mention(who.instead) if gone else value  # type: ignore[return-value]
        case Plain(text) | Strong(text) | Emphasis(text) | Code(text):
            return replace(value, text=who.instead) if text in who.names else value
        case tuple():
            return tuple(_without(one, who) for one in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        changed = {name: new for name, old in found.items() if (new := _without(old, who)) != old}
        return replace(value, **changed) if changed else value
    return value


def gone_card(who: TextLike | None = None) -> Card:
    """Return what stands for something that went with the person who wrote it."""
    title = say("{who} asked something here", who=who) if who is not None else say("This is gone")
    return card(title, say("The words went with the person who wrote them. What others answered stays."))
