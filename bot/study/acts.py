"""The journal: one append-only line for every act. What acts are worth to people is in `bot.study.reputation`."""

from __future__ import annotations

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
    REVIEWED = "reviewed"
    HELPED = "helped"
    UNHELPED = "unhelped"
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
        ActKind.REVIEWED,
        ActKind.HELPED,
        ActKind.REPLIED,
        ActKind.RETURNED,
        ActKind.CHECKED_IN,
    }
)
"""Acts that show that somebody is there."""

THANKS = frozenset({ActKind.ACCEPTED, ActKind.UNACCEPTED, ActKind.HELPED, ActKind.UNHELPED})
"""Acts by which somebody says that an answer or a review helped, or takes it back."""

HELPS = frozenset({ActKind.ANSWERED, ActKind.REVIEWED})
"""Acts by which somebody helps somebody else."""


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

    def thanks(self, group: GroupId) -> list[Act]:
        """Return the acts of a group by which somebody said that an answer or a review helped, or took it back."""

    def accepted_by(self, about: About) -> PersonId | None:
        """Return who last marked an answer as the one that solved its question."""

    def by_person(self, group: GroupId, person: PersonId) -> list[Act]:
        """Return what somebody did in a group, oldest first."""
