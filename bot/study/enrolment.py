"""Enrolment: applying as a learner, or following along as an observer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.errors import Refusal
from bot.ids import GroupId, MemberId, PersonId, new_id
from bot.study.groups import ALIVE, Group
from bot.study.members import PRESENT, WAITING, Member, Members, MemberState, Role
from bot.study.seats import Books, admit, ask_leaders, full, keep, locked, seat_is_free
from bot.study.times import at_clock
from bot.text import Moment, MomentStyle


class EnrolmentClosed(Refusal):
    """Enrolment for {group} closed after {until}. /groups shows the ones that you can still join."""


class NotTakingPeople(Refusal):
    """{group} takes nobody in now. /groups shows the ones that you can join."""


class AlreadyIn(Refusal):
    """You belong to {group} already. /week shows where the group is now."""


class AlreadyApplied(Refusal):
    """Your application for {group} is on its way. I'll tell you as soon as it is decided; /withdraw takes it back."""


class AlreadyWaiting(Refusal):
    """You are on the waiting list of {group}. I'll tell you as soon as a place is free; /withdraw takes you off it."""


@dataclass(frozen=True, slots=True)
class Application:
    """What an applicant wrote."""

    goal: str = ""
    offer: str = ""
    plan: str = ""


def closes_at(group: Group) -> datetime:
    """Return the instant at which enrolment ends: the midnight after its last local day."""
    return at_clock(group.enrol_until + timedelta(days=1), time(0), group.where)


def last_day(group: Group) -> Moment:
    """Return the last day of enrolment as people read it."""
    return Moment(at_clock(group.enrol_until, time(12), group.where), MomentStyle.DATE)


def takes_people(group: Group, now: datetime) -> bool:
    """Return whether a group can be joined."""
    return group.state in ALIVE and now < closes_at(group)


def check_open(group: Group, now: datetime) -> None:
    """Raise NotTakingPeople or EnrolmentClosed where a group cannot be joined."""
    if group.state not in ALIVE:
        raise NotTakingPeople(group=group.title)
    if now >= closes_at(group):
        raise EnrolmentClosed(group=group.title, until=last_day(group))


def check_may_apply(member: Member | None, group: Group, now: datetime) -> None:
    """Raise a Refusal where somebody cannot apply: enrolment is closed, or they have applied or are in."""
    if member is not None and member.state in PRESENT and member.role is not Role.OBSERVER:
        raise AlreadyIn(group=group.title)
    check_open(group, now)
    if member is not None and member.state is MemberState.APPLIED:
        raise AlreadyApplied(group=group.title)
    if member is not None and member.state is MemberState.WAITLISTED:
        raise AlreadyWaiting(group=group.title)


def apply(uow: Books, id: GroupId, person: PersonId, application: Application, *, now: datetime) -> Member:
    """Apply as a learner: in at once, on the facilitators' desk, or on the waiting list; or raise a Refusal."""
    group = locked(uow.groups, id)
    before = uow.members.of(id, person)
    check_may_apply(before, group, now)
    waits = full(uow.members, group)
    member = replace(
        _entered(uow.members, group, person, before, Role.LEARNER, now),
        goal=application.goal,
        offer=application.offer,
        plan=application.plan,
    )
    if waits:
        member = replace(member, state=MemberState.WAITLISTED)
        return keep(uow.members, member, actor=person, now=now, why="applied, all places were taken")
    if group.auto_accept:
        return admit(uow, member, actor=person, now=now, why="applied, accepted by the group's setting")
    return ask_leaders(uow, member, actor=person, now=now, why="applied")


def follow(uow: Books, id: GroupId, person: PersonId, *, now: datetime) -> Member:
    """Follow along as an observer: in at once, without a place; or raise a Refusal."""
    group = locked(uow.groups, id)
    before = uow.members.of(id, person)
    if before is not None and before.state in PRESENT:
        raise AlreadyIn(group=group.title)
    check_open(group, now)
    if before is not None and before.state in WAITING:
        seat_is_free(uow, id, now)
    member = _entered(uow.members, group, person, before, Role.OBSERVER, now)
    return admit(uow, member, actor=person, now=now, why="follows along")


def _entered(
    members: Members, group: Group, person: PersonId, before: Member | None, role: Role, now: datetime
) -> Member:
    """Return the membership of somebody who comes, or comes again."""
    if before is None:
        member = Member(MemberId(new_id(now)), group.id, person, role, MemberState.APPLIED, now)
        members.add(member)
        return member
    members.start_over(before.id)
    looked_on = before.accepted_at if before.state in PRESENT or before.looks_on else None
    return replace(before, role=role, applied_at=now, accepted_at=looked_on, learning=False, paused_until=None)
