"""Occurrences: what was due for a group, and what was decided about it, each exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.ids import GroupId


class Outcome(StrEnum):
    """What was decided about something that was due."""

    POSTED = "posted"
    ASKED = "asked"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that was due for a group: unique by its kind and name (an ordinal or a local date).

    `due_at` is when it should have happened, `at` when it was decided about, `reason` why it was skipped or asked.
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
