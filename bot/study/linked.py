"""Linked accounts as they are kept: who is whom, what each made, and which memberships rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ids import GroupId, MemberId, PersonId
from bot.study.likes import Like, Reaction
from bot.study.members import MemberState, Role


@dataclass(frozen=True, slots=True)
class SetAside:
    """A membership of `own` that rests beside the one that is `kept`: how it stood, and how that one did and does."""

    id: int
    own: PersonId
    member: MemberId
    kept: MemberId
    state: MemberState
    was_role: Role
    was_state: MemberState
    was_learning: bool
    became_role: Role
    became_state: MemberState
    became_learning: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """When a member was last seen and reminded."""

    signal_at: datetime | None
    nudges: int
    nudged_at: datetime | None
    first_like_at: datetime | None


class Links(Protocol):
    """Where it is kept which accounts are one person."""

    def lock(self, people: Collection[PersonId]) -> None:
        """Let nobody act through these people's accounts until this unit of work ends."""

    def groups(self, people: Collection[PersonId]) -> list[GroupId]:
        """Return the groups in which these people are or were."""

    def join(self, person: PersonId, other: PersonId) -> None:
        """Let what is another's be a person's, but for what the person has one of already."""

    def part(self, person: PersonId, others: Collection[PersonId]) -> None:
        """Give back what is each account's own, also what rests beside a person's under another of them."""

    def likes(self, person: PersonId) -> list[Like]:
        """Return everything that somebody likes, in all groups."""

    def reactions(self, own: PersonId) -> list[Reaction]:
        """Return the reactions of the accounts that were somebody's own before they were linked."""

    def give(self, like: int, person: PersonId) -> None:
        """Let a like be somebody else's."""

    def set_aside(self, membership: SetAside) -> None:
        """Keep how a membership stood that rests from now on."""

    def aside(self, own: PersonId) -> list[SetAside]:
        """Return the memberships of somebody that rest, the last one first."""

    def rests_no_more(self, id: int) -> None:
        """Forget that a membership rested."""

    def show_signs(self, id: MemberId, signs: Signs) -> None:
        """Keep when a member was last seen and reminded."""
