"""Participation records: what somebody did in a group, written down when it ends with the criteria then in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ids import GroupId, PersonId


@dataclass(frozen=True, slots=True)
class ParticipationRecord:
    """What somebody did in a group that has ended; `criteria` are the words that `finished` was judged by."""

    id: int
    group: GroupId
    person: PersonId
    finished: bool
    done: int
    required: int
    helped: int
    criteria: str
    at: datetime


class Records(Protocol):
    """Where participation records are kept."""

    def add(self, record: ParticipationRecord) -> None:
        """Keep a record; a second one of the same person and group changes nothing."""

    def of(self, group: GroupId, person: PersonId) -> ParticipationRecord | None:
        """Return somebody's record of a group."""

    def in_group(self, group: GroupId) -> list[ParticipationRecord]:
        """Return a group's records."""
