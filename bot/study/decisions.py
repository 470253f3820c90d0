"""Decisions about membership: letting in, turning down, leaving, removing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.errors import Refusal, UnknownItem
from bot.ids import MemberId, PersonId
from bot.study.agenda import DueKind
from bot.study.enrolment import NotTakingPeople
from bot.study.groups import ALIVE, Group
from bot.study.members import GONE, PRESENT, RUNS_GROUP, WAITING, Member, Members, MemberState, Role
from bot.study.seats import (
    Books,
    NoPlaceFree,
    admit,
    keep,
    locked,
    member_of,
    places_left,
    seat_is_free,
    waiting_list,
)


class NotWaiting(Refusal):
    """This application is not waiting any more. /lead members list shows how things stand."""


class NotThere(Refusal):
    """You are not in {group} and have not applied. /enrol starts that."""


class HandOverFirst(Refusal):
    """{group} needs somebody who leads it. Its owner hands it over first, with /lead group hand-over."""


class OnlyOwnersAppoint(Refusal):
    """Only the owner of {group} names or dismisses facilitators. Your own part goes over with /lead group hand-over."""


class Decision(StrEnum):
    """What came of looking at an application."""

    DONE = "done"
    BEFORE = "before"


def accept(uow: Books, group: Group, id: MemberId, *, actor: PersonId, now: datetime) -> tuple[Member, Decision]:
    """Let an applicant in, once; who waits for a place has to wait until one is free and theirs."""
    group = locked(uow.groups, group.id)
    member = member_of(uow.members, group, id)
    if member.state in PRESENT:
        return member, Decision.BEFORE
    if member.state not in WAITING:
        raise NotWaiting
    if group.state not in ALIVE:
        raise NotTakingPeople(group=group.title)
    if member.state is MemberState.WAITLISTED:
        first = waiting_list(uow.members, group.id)[0]
        if places_left(uow.members, group) == 0 or first.id != member.id:
            raise NoPlaceFree(group=group.title)
    return admit(uow, member, actor=actor, now=now, why="accepted"), Decision.DONE


def decline(
    uow: Books, group: Group, id: MemberId, why: str, *, actor: PersonId, now: datetime
) -> tuple[Member, Decision]:
    """Turn an application down, once; the place that it held is free."""
    group = locked(uow.groups, group.id)
    member = member_of(uow.members, group, id)
    if member.state is MemberState.DECLINED:
        return member, Decision.BEFORE
    if member.state not in WAITING:
        raise NotWaiting
    return _gone(uow, member, MemberState.DECLINED, why or "declined", actor, now), Decision.DONE


def withdraw(uow: Books, group: Group, person: PersonId, *, now: datetime) -> Member:
    """Take one's application back, or leave; raises HandOverFirst where the group would have no leader."""
    group = locked(uow.groups, group.id)
    member = uow.members.of(group.id, person)
    if member is None or member.state in GONE:
        raise NotThere(group=group.title)
    if member.state in WAITING:
        return _gone(uow, member, MemberState.WITHDRAWN, "withdrew the application", person, now)
    check_can_go(uow.members, group, member)
    return _gone(uow, member, MemberState.LEFT, "left", person, now)


def remove(uow: Books, group: Group, id: MemberId, why: str, *, by: Member, now: datetime) -> Member:
    """Take somebody out of a group; raises HandOverFirst where it would have no leader, or OnlyOwnersAppoint."""
    group = locked(uow.groups, group.id)
    member = member_of(uow.members, group, id)
    if member.state not in PRESENT:
        raise UnknownItem
    if member.role is Role.FACILITATOR and by.role is not Role.OWNER and by.id != member.id:
        raise OnlyOwnersAppoint(group=group.title)
    check_can_go(uow.members, group, member)
    return _gone(uow, member, MemberState.REMOVED, why or "removed", by.person, now)


def _gone(uow: Books, member: Member, state: MemberState, why: str, actor: PersonId, now: datetime) -> Member:
    for kind in (DueKind.REMIND_APPLICATION, DueKind.NUDGE, DueKind.RESUME_MEMBER):
        uow.agenda.clear(kind, member.id)
    seat_is_free(uow, member.group, now)
    gone = replace(member.turned_away(state), paused_until=None)
    return keep(uow.members, gone, actor=actor, now=now, why=why)


def check_can_go(members: Members, group: Group, member: Member) -> None:
    """Raise HandOverFirst where a group would lose its owner or its last facilitator."""
    if not member.leads:
        return
    leaders = members.in_group(group.id, roles=RUNS_GROUP)
    if member.role is Role.OWNER or len(leaders) < 2:
        raise HandOverFirst(group=group.title)
