"""Participation records: what somebody did in a group, written down when it ends with the criteria then in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.errors import Refusal
from bot.ids import GroupId, PersonId


@dataclass(frozen=True, slots=True)
class ParticipationRecord:
    """What somebody did in a group that has ended; `criteria` are the words that `finished` was judged by.

    `award` is what somebody who leads the group decided since, None where it stands as it was judged.
    """

    id: int
    group: GroupId
    person: PersonId
    finished: bool
    done: int
    required: int
    helped: int
    criteria: str
    at: datetime
    award: bool | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None

    @property
    def recognised(self) -> bool:
        """Whether they count as somebody who finished: as it was judged, or as it was decided since."""
        return self.finished if self.award is None else self.award


class Records(Protocol):
    """Where participation records are kept."""

    def add(self, record: ParticipationRecord) -> None:
        """Keep a record; a second one of the same person and group changes nothing."""

    def save(self, record: ParticipationRecord) -> None:
        """Keep a record that was decided about."""

    def of(self, group: GroupId, person: PersonId) -> ParticipationRecord | None:
        """Return somebody's record of a group."""

    def in_group(self, group: GroupId) -> list[ParticipationRecord]:
        """Return a group's records."""


class DecidedAlready(Refusal):
    """That is how it stands already, so nothing changed. To see what somebody did, use /progress."""


def decide(
    records: Records, record: ParticipationRecord, *, award: bool, by: PersonId, now: datetime
) -> ParticipationRecord:
    """Award a record to somebody, or take it back; what was judged stays in it. Raises DecidedAlready."""
    if record.recognised is award:
        raise DecidedAlready
    decided = replace(record, award=award, decided_by=by, decided_at=now)
    records.save(decided)
    return decided
