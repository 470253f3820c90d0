"""The journal: one append-only line for every act, and what it is worth to the person it was done for.

Points come only from other people's acts. They are flat here: an act is worth its points, whoever did it and when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import About
from bot.ids import GroupId, PersonId


class ActKind(StrEnum):
    """What somebody did."""

    JOINED = "joined"
    SUBMITTED = "submitted"
    NOTED = "noted"
    ASKED = "asked"
    ANSWERED = "answered"
    LIKED = "liked"
    UNLIKED = "unliked"
    ACCEPTED = "accepted"
    UNACCEPTED = "unaccepted"
    THANKED = "thanked"
    REPLIED = "replied"
    RETURNED = "returned"
    CHECKED_IN = "checked in"


SIGNALS = frozenset(
    {
        ActKind.SUBMITTED,
        ActKind.NOTED,
        ActKind.ASKED,
        ActKind.ANSWERED,
        ActKind.LIKED,
        ActKind.ACCEPTED,
        ActKind.THANKED,
        ActKind.REPLIED,
        ActKind.RETURNED,
        ActKind.CHECKED_IN,
    }
)
"""Acts that show that somebody is there."""

LIKE_POINTS = {"answer": 4, "submission": 3, "note": 3, "question": 2}
"""What a like is worth to the author, by what was liked."""
ACCEPTED_POINTS = 15
"""What an accepted answer is worth to its author."""
ACCEPTING_POINTS = 2
"""What accepting somebody's answer is worth to the asker."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to which item, whose it is, and when."""

    id: int
    group: GroupId
    actor: PersonId
    kind: ActKind
    item_kind: str
    item: int
    owner: PersonId
    at: datetime

    @property
    def about(self) -> About:
        """The item of the act."""
        return About(self.item_kind, self.item)


class Journal(Protocol):
    """Where acts are kept."""

    def add(self, act: Act) -> None:
        """Append an act."""

    def of_group(self, group: GroupId, since: datetime | None = None) -> list[Act]:
        """Return a group's acts, oldest first."""

    def last_signal(self, group: GroupId) -> datetime | None:
        """Return when anybody last showed that they are there."""

    def accepted_by(self, about: About) -> PersonId | None:
        """Return who last marked an answer as the one that solved its question."""

    def by_person(self, group: GroupId, person: PersonId) -> list[Act]:
        """Return what somebody did in a group, oldest first."""


def points(act: Act) -> dict[PersonId, int]:
    """Return who gains or loses how much by an act; nobody gains by their own."""
    if act.actor == act.owner:
        return {}
    match act.kind:
        case ActKind.LIKED:
            return {act.owner: LIKE_POINTS.get(act.item_kind, 0)}
        case ActKind.UNLIKED:
            return {act.owner: -LIKE_POINTS.get(act.item_kind, 0)}
        case ActKind.ACCEPTED:
            return {act.owner: ACCEPTED_POINTS, act.actor: ACCEPTING_POINTS}
        case ActKind.UNACCEPTED:
            return {act.owner: -ACCEPTED_POINTS, act.actor: -ACCEPTING_POINTS}
        case _:
            return {}


def standing(acts: Iterable[Act]) -> dict[PersonId, int]:
    """Return everybody's points after these acts, whatever order they come in."""
    total: dict[PersonId, int] = defaultdict(int)
    for act in acts:
        for person, gained in points(act).items():
            total[person] += gained
    return dict(total)
