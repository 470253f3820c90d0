"""Drafts: what somebody wrote that waits for one more tap, kept for a day because buttons carry only ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.ids import DraftId, GroupId, PersonId

KEPT = timedelta(hours=24)
"""How long a draft waits at least; it is forgotten when the next one comes after that."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Options of a command that is not done yet."""

    id: DraftId
    person: PersonId
    group: GroupId | None
    command: str
    arguments: tuple[tuple[str, str], ...]
    at: datetime


class Drafts(Protocol):
    """Where drafts are kept."""

    def add(self, draft: Draft) -> None:
        """Keep a draft, and forget those that were KEPT long enough."""

    def get(self, id: DraftId, person: PersonId) -> Draft | None:
        """Return a draft to the person who wrote it, and to nobody else."""

    def take(self, id: DraftId, person: PersonId) -> Draft | None:
        """Return a person's draft and forget it, so that it is used once."""

    def forget(self, before: datetime) -> None:
        """Forget drafts that are older."""


def taken(drafts: Drafts, id: DraftId, person: PersonId, group: GroupId, command: str) -> Draft | None:
    """Return a person's draft of a command in a group and forget it; one of another group or command stays."""
    found = drafts.get(id, person)
    if found is None or (found.group, found.command) != (group, command):
        return None
    return drafts.take(id, person)
