"""Membership: who belongs to a group, as what, and how that came.

Acceptance is a moment (`accepted_at`), not a state that lasts: whoever is accepted is active from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.ids import ActivityId, GroupId, MemberId, PersonId


class Role(StrEnum):
    """What somebody is in a group."""

    OWNER = "owner"
    FACILITATOR = "facilitator"
    MENTOR = "mentor"
    LEARNER = "learner"
    OBSERVER = "observer"
    GUEST = "guest"


class MemberState(StrEnum):
    """How a membership stands."""

    APPLIED = "applied"
    WAITLISTED = "waitlisted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ACTIVE = "active"
    PAUSED = "paused"
    DORMANT = "dormant"
    LEFT = "left"
    REMOVED = "removed"
    FINISHED = "finished"
    LINKED = "linked"


PRESENT = frozenset({MemberState.ACTIVE, MemberState.PAUSED, MemberState.DORMANT, MemberState.FINISHED})
"""States of people who belong to the group now."""

WAITING = frozenset({MemberState.APPLIED, MemberState.WAITLISTED})
"""States of people who want to belong to it."""

GONE = frozenset({MemberState.DECLINED, MemberState.WITHDRAWN, MemberState.LEFT, MemberState.REMOVED})
"""States from which somebody may apply again."""

RUNS_GROUP = frozenset({Role.OWNER, Role.FACILITATOR})
"""Roles that lead a group."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group; `learning` is true for learners and for those who lead and learn along.

    `signal_at` is when the person last did something in the group. `nudges` is how many steps of the ladder came
    since, whoever took them, and `nudged_at` when the bot last reminded them. `offered_until` is until when those who
    lead can write to them before the bot does. `eighths` is their reputation in the group, in eighths of a point,
    `swaps` whether they take part where responses are swapped for feedback.
    """

    id: MemberId
    group: GroupId
    person: PersonId
    role: Role
    state: MemberState
    applied_at: datetime
    learning: bool = False
    accepted_at: datetime | None = None
    goal: str = ""
    offer: str = ""
    plan: str = ""
    paused_until: datetime | None = None
    signal_at: datetime | None = None
    nudges: int = 0
    nudged_at: datetime | None = None
    offered_until: datetime | None = None
    first_like_at: datetime | None = None
    eighths: int = 0
    swaps: bool = True

    @property
    def points(self) -> int:
        """Their reputation in whole points."""
        return self.eighths // 8

    @property
    def leads(self) -> bool:
        """Whether they lead the group."""
        return self.role in RUNS_GROUP and self.state in PRESENT

    @property
    def looks_on(self) -> bool:
        """Whether they see everything as before while they wait to take part: observers who have applied."""
        return self.state in WAITING and self.accepted_at is not None

    def turned_away(self, state: MemberState) -> Member:
        """Return the membership of an applicant who is not let in: an observer again, or else in that state."""
        if self.looks_on:
            return replace(self, state=MemberState.ACTIVE, role=Role.OBSERVER)
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of a membership: by whom, when, why."""

    id: int
    member: MemberId
    at: datetime
    actor: PersonId
    became: MemberState
    role: Role
    reason: str = ""


class Members(Protocol):
    """Where memberships are kept."""

    def get(self, id: MemberId) -> Member | None:
        """Return a membership."""

    def of(self, group: GroupId, person: PersonId) -> Member | None:
        """Return somebody's membership of a group."""

    def add(self, member: Member) -> None:
        """Keep a new membership."""

    def save(self, member: Member) -> None:
        """Keep a changed membership; reputation, signal, first like and reminders change by methods of their own."""

    def in_group(
        self,
        group: GroupId,
        states: Iterable[MemberState] = PRESENT,
        roles: Iterable[Role] = tuple(Role),
        offset: int = 0,
        limit: int = 1000,
    ) -> list[Member]:
        """Return members of a group, those who came first first."""

    def count(
        self, group: GroupId, states: Iterable[MemberState] = PRESENT, roles: Iterable[Role] = tuple(Role)
    ) -> int:
        """Return how many members of a group are in these states and roles."""

    def are_few(self, group: GroupId, at_most: int) -> bool:
        """Return whether no more than so many belong to a group, looking at no more of them than that."""

    def leading(self, group: GroupId) -> list[Member]:
        """Return those who lead a group, those who came first first, looking at nobody else."""

    def of_person(self, person: PersonId, states: Iterable[MemberState] = PRESENT) -> list[Member]:
        """Return somebody's memberships, the newest first."""

    def add_eighths(self, group: GroupId, person: PersonId, eighths: int) -> None:
        """Add eighths of a point to somebody's reputation in a group."""

    def set_eighths(self, group: GroupId, reputations: Mapping[PersonId, int]) -> None:
        """Keep the reputation of people in a group, in eighths of a point."""

    def lock(self, group: GroupId, people: Iterable[PersonId]) -> None:
        """Let no other unit of work change these people's reputation in a group until this one ends."""

    def first_liked(self, id: MemberId, at: datetime) -> bool:
        """Note that something of theirs was liked for the first time; return False where that is known."""

    def signal(self, group: GroupId, person: PersonId, at: datetime) -> Member | None:
        """Note that somebody did something, so that reminders start anew; return whoever was dormant, active again."""

    def offered(self, id: MemberId, until: datetime) -> None:
        """Note until when those who lead can write to somebody before the bot does."""

    def stepped(self, id: MemberId, step: int, reminded_at: datetime | None) -> Member | None:
        """Note a step of the ladder, once, and when the bot reminded somebody if it did; return the membership now."""

    def fell_silent(self, id: MemberId) -> bool:
        """Let an active member be dormant; return False where they are something else by now."""

    def start_over(self, id: MemberId) -> None:
        """Let the ladder begin anew."""

    def able(self, group: GroupId, activity: ActivityId, besides: PersonId, limit: int) -> list[Member]:
        """Return who finished an activity and offered to help, the last seen first."""

    def record(self, transition: Transition) -> None:
        """Append a change to the history."""

    def history(self, member: MemberId) -> list[Transition]:
        """Return the changes of a membership, oldest first."""
