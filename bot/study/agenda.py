"""The agenda: what is to happen when, one line for each (kind, item), found by one index.

Whatever changes the inputs of a due time sets it anew in the same transaction; nothing scans groups or members.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.ids import GroupId


class DueKind(StrEnum):
    """What can be due; the item is what stands in brackets."""

    START_GROUP = "start group"  # (group)
    END_GROUP = "end group"  # (group)
    PUBLISH_WEEK = "publish week"  # (week)
    SHOW_WEEK = "show week"  # (week)
    START_BREAK = "start break"  # (break)
    END_BREAK = "end break"  # (break)
    REMIND_APPLICATION = "remind application"  # (member)
    FILL_SEATS = "fill seats"  # (group)
    SHOW_DIRECTORY = "show directory"  # (space)
    RESUME_MEMBER = "resume member"  # (member)
    NUDGE = "nudge"  # (member)
    RAISE_QUESTION = "raise question"  # (question)
    CHECK_ANSWERED = "check answered"  # (question)
    ASK_MENTORS = "ask mentors"  # (question)
    ASK_LEADERS = "ask leaders"  # (question)
    WELCOME_BACK = "welcome back"  # (member)
    HEAR_FROM_GROUP = "hear from group"  # (group)
    SHOW_QUESTIONS = "show questions"  # (group)
    SWAP_RESPONSES = "swap responses"  # (activity)
    THANK_HELPERS = "thank helpers"  # (group)
    REMIND_OF_CHECKS = "remind of checks"  # (group)
    TELL_OF_TERM = "tell of term"  # (group)
    EMPTY_TEXTS = "empty texts"  # (group)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a routine does at `at`; `attempts` counts the times it failed."""

    id: int
    kind: str
    item: int
    group: GroupId | None
    at: datetime
    attempts: int = 0


class Agenda(Protocol):
    """Where due times are kept."""

    def set(self, kind: str, item: int, at: datetime, group: GroupId | None) -> None:
        """Let `kind` happen to `item` at `at`, instead of whatever time was set before."""

    def clear(self, kind: str, item: int) -> None:
        """Let it not happen."""

    def clear_group(self, group: GroupId) -> None:
        """Let nothing more happen to a group."""

    def take(self, due: Due) -> bool:
        """Remove a line if it still stands as it was read; return whether it did."""

    def put_off(self, due: Due, until: datetime) -> None:
        """Try a line that failed again later."""

    def due(self, now: datetime, limit: int) -> list[Due]:
        """Return what is due, earliest first."""

    def coming(self, kinds: Collection[str], until: datetime, limit: int) -> list[Due]:
        """Return what of some kinds lies ahead of groups, earliest first."""

    def next_at(self, after: datetime) -> datetime | None:
        """Return the earliest due time after an instant."""

    def at(self, kind: str, item: int) -> datetime | None:
        """Return when something is to happen to an item."""

    def of_group(self, group: GroupId) -> list[Due]:
        """Return what lies ahead of a group, earliest first."""
