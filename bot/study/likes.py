"""Likes: a reaction on somebody's contribution, one per person and item, as the platform shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import About, MessageRef
from bot.ids import GroupId, PersonId

LIKEABLE = frozenset({"question", "answer", "submission", "note", "review"})
"""Kinds of items whose author a like counts for."""

REFUSED = frozenset({"👎", "-1", "thumbsdown", "❌", "x", "🚩", "triangular_flag_on_post", "🤮", "face_vomiting", "💩"})
"""Emoji that say something else than thanks."""

_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))


def spelled(emoji: str) -> str:
    """Return an emoji as a platform tells it from others: with its skin tone, without colons and presentation."""
    return emoji.replace("\ufe0f", "").strip(":")


def fold(emoji: str) -> str:
    """Return an emoji without its skin tone and presentation: 👍🏽 and `thumbsup::skin-tone-2` are one with 👍."""
    return spelled(emoji.strip(":").split("::skin-tone-")[0].translate(_SKIN_TONES))


def allowed(emoji: str) -> bool:
    """Return whether an emoji counts as a like."""
    return fold(emoji) not in REFUSED


@dataclass(frozen=True, slots=True)
class Like:
    """Somebody likes an item of a group; `owner` made it, and it is worth so many eighths of a point to them."""

    id: int
    group: GroupId
    item_kind: str
    item: int
    person: PersonId
    owner: PersonId
    at: datetime
    worth: int = 0


@dataclass(frozen=True, slots=True)
class Reaction:
    """One reaction on a message that shows an item; `person` is whose the account itself is, however it is linked."""

    id: int
    message: MessageRef
    item_kind: str
    item: int
    person: PersonId
    emoji: str
    at: datetime


class Likes(Protocol):
    """Where reactions and likes are kept."""

    def react(self, reaction: Reaction) -> bool:
        """Keep a reaction; return False where it was there already."""

    def unreact(self, message: MessageRef, person: PersonId, emoji: str) -> Reaction | None:
        """Forget a reaction and return it, or None where there was none."""

    def clear(self, message: MessageRef, emoji: str | None) -> list[Reaction]:
        """Forget a message's reactions, all or those with `emoji`, and return them."""

    def on(self, message: MessageRef) -> list[Reaction]:
        """Return the reactions on a message."""

    def shown(self, messages: Collection[MessageRef]) -> dict[MessageRef, dict[str, int]]:
        """Return how many reactions of each emoji are kept, by message; those without any are left out."""

    def reacts(self, item: About, person: PersonId) -> bool:
        """Return whether somebody still has a reaction on any message that shows an item."""

    def like(self, like: Like) -> bool:
        """Keep a like; return False where that person likes the item already."""

    def unlike(self, item: About, person: PersonId) -> Like | None:
        """Forget a like and return it, or None where there was none."""

    def counts(self, kind: str, items: Iterable[int]) -> dict[int, int]:
        """Return the number of likes by item; items without any are left out."""

    def received(self, group: GroupId, person: PersonId) -> list[Like]:
        """Return the likes that somebody's contributions have, oldest first."""

    def given(self, group: GroupId, person: PersonId) -> list[Like]:
        """Return the likes that somebody gave, oldest first."""

    def in_group(self, group: GroupId) -> list[Like]:
        """Return the likes in a group, oldest first."""

    def between(self, group: GroupId, giver: PersonId, owner: PersonId, since: datetime | None = None) -> list[Like]:
        """Return what somebody likes of somebody else's, since an instant if one is given."""

    def exchanged(self, group: GroupId, person: PersonId) -> dict[PersonId, tuple[int, int]]:
        """Return how many likes somebody gave to and got from each other person."""

    def given_by(self, group: GroupId, people: Iterable[PersonId]) -> dict[PersonId, int]:
        """Return how many likes people gave in all; those who gave none are left out."""

    def weigh(self, worths: Mapping[int, int]) -> None:
        """Keep what likes are worth, by their id."""

    def worth_within(self, group: GroupId, owner: PersonId, begin: datetime, end: datetime) -> int:
        """Return what the likes that somebody got from an instant until another are worth together."""
