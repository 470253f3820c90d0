"""Rosters: lists of people that a space itself keeps, such as a role on Discord, on which a group's members stand.

Being on one is a state, not an event: what is kept here is who is on it because of us, and who is to be looked at.
A line is written before anybody is put on a roster and goes after they were taken off, so that a crash in between
leaves a line to be seen to, and seeing to it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import AccountRef, RosterRef
from bot.ids import GroupId
from bot.memos import Memos
from bot.study.groups import GroupState
from bot.study.members import Role

ON_IT = (Role.OWNER, Role.FACILITATOR, Role.MENTOR, Role.LEARNER)
"""Who stands on a group's roster: all who take part."""
GONE = (GroupState.ARCHIVED, GroupState.CANCELLED)
"""Groups that have no roster any more; one that has ended keeps it until it is archived."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account that is on a roster because of us; `due_at` is when it is to be seen to, None where all is well."""

    roster: RosterRef
    account: AccountRef
    due_at: datetime | None = None


class Rosters(Protocol):
    """Where it is kept who is on which roster."""

    def all(self, platform: str) -> list[RosterRef]:
        """Return the rosters of a platform that groups have, or on which somebody still is."""

    def changed(self, platform: str, after: int) -> list[tuple[int, RosterRef]]:
        """Return changes of memberships with an id above that, each with the rosters of its group."""

    def settle(self, roster: RosterRef, now: datetime) -> None:
        """Let whoever should be on a roster and is not, or is and should not, be seen to."""

    def renew(self, roster: RosterRef, now: datetime) -> None:
        """Let everybody be seen to who is or should be on a roster."""

    def due(self, platform: str, now: datetime, limit: int) -> list[Entry]:
        """Return who is to be seen to on a platform, those who have waited longest first."""

    def wanted(self, roster: RosterRef, accounts: Collection[AccountRef]) -> set[AccountRef]:
        """Return which of these accounts should be on a roster now."""

    def keep(self, entry: Entry) -> None:
        """Keep when an entry that is there is to be seen to again."""

    def drop(self, entry: Entry) -> None:
        """Forget an entry: nobody is on the roster there."""

    def put_off(self, roster: RosterRef, now: datetime, until: datetime) -> None:
        """Let nobody who is due on a roster be seen to until an instant."""

    def waiting(self, roster: RosterRef) -> int:
        """Return how many are to be seen to on a roster, now or later."""

    def on(self, roster: RosterRef) -> int:
        """Return how many are on a roster as they should be."""

    def groups(self, roster: RosterRef) -> list[GroupId]:
        """Return the groups that have a roster."""


class Books(Protocol):
    """What keeping a roster reads and writes."""

    rosters: Rosters
    memos: Memos


def trouble(uow: Books, roster: RosterRef) -> str:
    """Return why nobody can be put on a roster; empty where nothing is known to be wrong."""
    return uow.memos.get(_memo(roster)) or ""


def note_trouble(uow: Books, roster: RosterRef, reason: str) -> bool:
    """Keep why nobody can be put on a roster, or with no reason that all is well; return whether that is news."""
    if trouble(uow, roster) == reason:
        return False
    uow.memos.keep(_memo(roster), reason)
    return True


def _memo(roster: RosterRef) -> str:
    return f"roster {roster}"
