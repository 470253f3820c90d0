"""Occurrences: what was due for a group, and what was decided about it, each exactly once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.ids import GroupId, new_id
from bot.text import Text, say


class Outcome(StrEnum):
    """What was decided about something that was due."""

    POSTED = "posted"
    ASKED = "asked"
    SKIPPED = "skipped"


class What(StrEnum):
    """What can be due for a group; the name of each stands in brackets."""

    WEEK = "week"  # (its ordinal)
    START = "start"  # (nothing: there is one)
    END = "end"  # (nothing: there is one)
    BREAK = "break"  # (its first date)


class Why(StrEnum):
    """Why something was not done at its time."""

    LATE = "late"
    UNANSWERED = "unanswered"
    BY_HAND = "by hand"
    NEWER = "newer"
    BREAK = "break"

    @property
    def label(self) -> Text:
        """The reason in words."""
        return _REASONS[self]


_REASONS = {
    Why.LATE: say("it was late by more than three days"),
    Why.UNANSWERED: say("it was late, and nobody said what to do with it"),
    Why.BY_HAND: say("a facilitator left it out"),
    Why.NEWER: say("it was late, and a newer week that names it was posted instead"),
    Why.BREAK: say("its time fell into a break"),
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that was due for a group: unique by its kind and name (an ordinal or a local date).

    `due_at` is when it should have happened, `at` when it was decided about, `reason` (a `Why`) why it was skipped or
    asked.
    """

    id: int
    group: GroupId
    kind: str
    name: str
    due_at: datetime
    at: datetime
    outcome: Outcome
    reason: str = ""


class Occurrences(Protocol):
    """Where occurrences are kept."""

    def add(self, occurrence: Occurrence) -> bool:
        """Keep an occurrence; return False, changing nothing, where it was decided about before."""

    def get(self, group: GroupId, kind: str, name: str) -> Occurrence | None:
        """Return what was decided about something."""

    def save(self, occurrence: Occurrence) -> None:
        """Keep a changed decision."""

    def release(self, group: GroupId, kind: str, name: str) -> None:
        """Let something be decided about anew, after it was undone."""

    def of_group(self, group: GroupId, limit: int = 50) -> list[Occurrence]:
        """Return a group's occurrences, the newest first."""


def decide(
    occurrences: Occurrences,
    group: GroupId,
    kind: What,
    name: str,
    outcome: Outcome,
    *,
    due_at: datetime,
    now: datetime,
    why: Why | None = None,
) -> bool:
    """Keep what is decided about something; return False, changing nothing, where it happened already.

    A question is settled by what follows it, and what was skipped can still happen.
    """
    new = Occurrence(new_id(now), group, kind, name, due_at, now, outcome, why or "")
    if occurrences.add(new):
        return True
    before = occurrences.get(group, kind, name)
    if before is None or before.outcome in (Outcome.POSTED, outcome):
        return False
    occurrences.save(replace(new, id=before.id))
    return True
