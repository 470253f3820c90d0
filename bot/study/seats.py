"""Seats: who holds one, who waits for one, and how the waiting list moves up.

A seat is held by whoever applied as a learner until that is decided, and by every learner who is in. Each decision
locks the group first, so that the last seat goes to one person. Every change is recorded with who, when and why.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import Refusal, UnknownItem
from bot.ids import GroupId, MemberId, PersonId, new_id
from bot.study.agenda import Agenda, DueKind
from bot.study.groups import ALIVE, Group, Groups
from bot.study.members import PRESENT, Member, Members, MemberState, Role, Transition

REMINDED_AFTER = timedelta(hours=48)
"""How long facilitators have for an application before they are asked once more."""
HOLDS_SEAT = PRESENT | {MemberState.APPLIED}
"""States in which a learner takes a place."""
NOBODY = PersonId(0)
"""The actor of what happens by itself."""


class NoPlaceFree(Refusal):
    """No place of {group} is free. Raise the number with /lead group enrolment, and the waiting list moves up."""


class Books(Protocol):
    """What decisions about membership read and write."""

    groups: Groups
    members: Members
    agenda: Agenda


def locked(groups: Groups, id: GroupId) -> Group:
    """Return a group that nobody else decides about until this unit of work ends."""
    group = groups.lock(id)
    if group is None:
        raise UnknownItem
    return group


def member_of(members: Members, group: Group, id: MemberId) -> Member:
    """Return a membership of a group; raises UnknownItem where it is another group's."""
    member = members.get(id)
    if member is None or member.group != group.id:
        raise UnknownItem
    return member


def places_left(members: Members, group: Group) -> int | None:
    """Return how many places are free, None where everyone can come."""
    if group.seats is None:
        return None
    return max(0, group.seats - members.count(group.id, HOLDS_SEAT, [Role.LEARNER]))


def waiting_list(members: Members, group: GroupId) -> list[Member]:
    """Return who waits for a place, first come first."""
    return members.in_group(group, [MemberState.WAITLISTED])


def full(members: Members, group: Group) -> bool:
    """Return whether somebody new has to wait: no place is free, or others wait for one already."""
    return places_left(members, group) == 0 or bool(waiting_list(members, group.id))


def keep(members: Members, member: Member, *, actor: PersonId, now: datetime, why: str) -> Member:
    """Save a changed membership and record who changed it, when and why; return it."""
    members.save(member)
    members.record(Transition(new_id(now), member.id, now, actor, member.state, member.role, why))
    return member


def admit(uow: Books, member: Member, *, actor: PersonId, now: datetime, why: str) -> Member:
    """Let somebody in, from now on."""
    uow.agenda.clear(DueKind.REMIND_APPLICATION, member.id)
    learning = member.role is Role.LEARNER
    inside = replace(member, state=MemberState.ACTIVE, accepted_at=now, learning=learning)
    return keep(uow.members, inside, actor=actor, now=now, why=why)


def ask_leaders(uow: Books, member: Member, *, actor: PersonId, now: datetime, why: str) -> Member:
    """Let an application be decided by the facilitators, who are reminded of it after a while."""
    uow.agenda.set(DueKind.REMIND_APPLICATION, member.id, now + REMINDED_AFTER, member.group)
    return keep(uow.members, replace(member, state=MemberState.APPLIED), actor=actor, now=now, why=why)


def seat_is_free(uow: Books, group: GroupId, now: datetime) -> None:
    """Let the waiting list move up, right after this is committed."""
    uow.agenda.set(DueKind.FILL_SEATS, group, now, group)


def fill(uow: Books, id: GroupId, *, now: datetime) -> list[Member]:
    """Move the waiting list up as far as places are free, first come first; return who moved."""
    group = locked(uow.groups, id)
    if group.state not in ALIVE:
        return []
    free = places_left(uow.members, group)
    take = admit if group.auto_accept else ask_leaders
    waiting = waiting_list(uow.members, id)[:free]
    return [take(uow, member, actor=NOBODY, now=now, why="a place was free") for member in waiting]
