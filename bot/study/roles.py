"""Roles: who leads, who helps, who learns, who looks on, and handing a group over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import Refusal, UnknownItem
from bot.ids import MemberId
from bot.study.agenda import Agenda, DueKind
from bot.study.decisions import HandOverFirst, OnlyOwnersAppoint
from bot.study.groups import Group, Groups
from bot.study.members import PRESENT, RUNS_GROUP, Member, Members, Role
from bot.study.rescheduling import first_nudge_at
from bot.study.seats import NoPlaceFree, keep, locked, member_of, places_left, seat_is_free
from bot.study.weeks import Weeks
from bot.text import Text, say

ROLE_NAMES: dict[Role, Text] = {
    Role.OWNER: say("owner"),
    Role.FACILITATOR: say("facilitator"),
    Role.MENTOR: say("mentor"),
    Role.LEARNER: say("learner"),
    Role.OBSERVER: say("observer"),
    Role.GUEST: say("guest"),
}


class GivenRole(StrEnum):
    """A role that a facilitator can give."""

    LEARNER = "learner"
    MENTOR = "mentor"
    FACILITATOR = "facilitator"
    OBSERVER = "observer"

    @property
    def label(self) -> Text:
        """The role in a word."""
        return ROLE_NAMES[Role(self.value)]


class HandedToOneself(Refusal):
    """You lead {group} yourself already. Choose somebody else to hand it over to."""


class LeadsAlready(Refusal):
    """{name} leads {group} already. Choose somebody who does not, or step back with /lead members role."""


class Books(Protocol):
    """What giving roles reads and writes."""

    groups: Groups
    members: Members
    weeks: Weeks
    agenda: Agenda


def give_role(
    uow: Books, group: Group, id: MemberId, role: Role | None, learning: bool | None, *, by: Member, now: datetime
) -> Member:
    """Give a member another role, and let those who lead or help learn along or not; or raise a Refusal."""
    group = locked(uow.groups, group.id)
    member = _present(uow.members, group, id)
    wanted = role or member.role
    if wanted is not member.role:
        _check_change(uow.members, group, member, wanted, by)
    learns = wanted is Role.LEARNER or (
        wanted is not Role.OBSERVER and bool(member.learning if learning is None else learning)
    )
    return _changed(uow, member, wanted, learns, by, now)


def _check_change(members: Members, group: Group, member: Member, wanted: Role, by: Member) -> None:
    if member.role is Role.OWNER:
        raise HandOverFirst(group=group.title)
    if Role.FACILITATOR in (member.role, wanted) and by.role is not Role.OWNER and by.id != member.id:
        raise OnlyOwnersAppoint(group=group.title)
    if member.role is Role.FACILITATOR and members.count(group.id, roles=RUNS_GROUP) < 2:
        raise HandOverFirst(group=group.title)
    if wanted is Role.LEARNER and places_left(members, group) == 0:
        raise NoPlaceFree(group=group.title)


def hand_over(uow: Books, group: Group, id: MemberId, *, name: str, by: Member, now: datetime) -> tuple[Member, Member]:
    """Hand one's part over; return who leads now and who did: an owner stays facilitator, a facilitator mentor."""
    group = locked(uow.groups, group.id)
    after = _present(uow.members, group, id)
    before = _present(uow.members, group, by.id)
    if after.id == before.id:
        raise HandedToOneself(group=group.title)
    if before.role not in RUNS_GROUP:
        raise OnlyOwnersAppoint(group=group.title)
    if after.role in RUNS_GROUP and before.role is not Role.OWNER:
        raise LeadsAlready(group=group.title, name=name)
    stays_as = Role.FACILITATOR if before.role is Role.OWNER else Role.MENTOR
    after = _changed(uow, after, before.role, after.learning, by, now)
    return after, _changed(uow, before, stays_as, before.learning, by, now)


def step_in(uow: Books, group: Group, id: MemberId, *, now: datetime) -> Member:
    """Let somebody lead a group that nobody led any more: who leads along becomes its owner, others facilitators."""
    group = locked(uow.groups, group.id)
    after = _present(uow.members, group, id)
    if after.role not in RUNS_GROUP:
        return _changed(uow, after, Role.FACILITATOR, after.learning, after, now)
    for owner in uow.members.in_group(group.id, PRESENT, [Role.OWNER]):
        _changed(uow, owner, Role.FACILITATOR, owner.learning, after, now)
    return _changed(uow, after, Role.OWNER, after.learning, after, now)


def _present(members: Members, group: Group, id: MemberId) -> Member:
    member = member_of(members, group, id)
    if member.state not in PRESENT:
        raise UnknownItem
    return member


def _changed(uow: Books, member: Member, role: Role, learns: bool, by: Member, now: datetime) -> Member:
    if (role, learns) == (member.role, member.learning):
        return member
    why = f"became {role.value}" + (", learns along" if learns and role is not Role.LEARNER else "")
    changed = replace(member, role=role, learning=learns)
    keep(uow.members, changed, actor=by.person, now=now, why=why)
    if member.role is Role.LEARNER and role is not Role.LEARNER:
        seat_is_free(uow, member.group, now)
    if learns and not member.learning:
        since = replace(changed, accepted_at=now)
        uow.agenda.set(DueKind.NUDGE, member.id, first_nudge_at(uow.weeks, since), member.group)
    elif not learns:
        uow.agenda.clear(DueKind.NUDGE, member.id)
    return changed
