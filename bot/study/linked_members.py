"""Memberships of linked accounts: of two in one group, one goes on and the other rests until they part."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.ids import PersonId, new_id
from bot.study.agenda import Agenda, DueKind
from bot.study.linked import Links, SetAside, Signs
from bot.study.members import PRESENT, WAITING, Member, Members, MemberState, Role, Transition

ROLES = (Role.OWNER, Role.FACILITATOR, Role.MENTOR, Role.LEARNER, Role.OBSERVER, Role.GUEST)
"""Roles, the one that may do most first."""
STATES = (
    MemberState.FINISHED,
    MemberState.ACTIVE,
    MemberState.PAUSED,
    MemberState.DORMANT,
    MemberState.APPLIED,
    MemberState.WAITLISTED,
)
"""States of a membership, the most favourable first; in all others somebody is out."""
AHEAD = (DueKind.NUDGE, DueKind.RESUME_MEMBER, DueKind.REMIND_APPLICATION)
"""What may lie ahead of a membership."""
LOOK_AGAIN = timedelta(days=7)
"""When a member whose accounts were unlinked is looked after again."""


class Books(Protocol):
    """What joining and parting memberships reads and writes."""

    members: Members
    agenda: Agenda
    links: Links


def join(uow: Books, person: PersonId, theirs: Member, now: datetime) -> None:
    """Let two memberships of one group be one, with the more favourable of each, and the other rest."""
    mine = uow.members.of(theirs.group, person)
    if mine is None:
        return  # it moves as it is
    better = min(mine, theirs, key=_state_rank)
    role = min(mine, theirs, key=lambda member: (member.state not in PRESENT, ROLES.index(member.role))).role
    now_is = replace(
        mine,
        role=role,
        state=better.state,
        paused_until=better.paused_until,
        learning=mine.learning or theirs.learning,
        applied_at=min(mine.applied_at, theirs.applied_at),
        accepted_at=min((at for at in (mine.accepted_at, theirs.accepted_at) if at), default=None),
        goal=mine.goal or theirs.goal,
        offer=mine.offer or theirs.offer,
        plan=mine.plan or theirs.plan,
    )
    uow.members.save(now_is)
    uow.links.show_signs(mine.id, _together(mine, theirs))
    uow.members.save(replace(theirs, state=MemberState.LINKED))
    _look_after_both(uow, mine, theirs)
    uow.links.set_aside(
        SetAside(
            new_id(now),
            theirs.person,
            theirs.id,
            mine.id,
            theirs.state,
            mine.role,
            mine.state,
            mine.learning,
            now_is.role,
            now_is.state,
            now_is.learning,
        )
    )
    for member, state in ((now_is, now_is.state), (theirs, MemberState.LINKED)):
        uow.members.record(Transition(new_id(now), member.id, now, person, state, member.role, "linked"))


def _look_after_both(uow: Books, mine: Member, theirs: Member) -> None:
    """Let what lies ahead of a membership that rests lie ahead of the other, such as the end of a pause."""
    for kind in AHEAD:
        when = uow.agenda.at(kind, theirs.id)
        if when is not None and uow.agenda.at(kind, mine.id) is None:
            uow.agenda.set(kind, mine.id, when, mine.group)


def _state_rank(member: Member) -> int:
    return STATES.index(member.state) if member.state in STATES else len(STATES)


def _together(mine: Member, theirs: Member) -> Signs:
    return Signs(
        max((at for at in (mine.signal_at, theirs.signal_at) if at), default=None),
        max(mine.nudges, theirs.nudges),
        max((at for at in (mine.nudged_at, theirs.nudged_at) if at), default=None),
        min((at for at in (mine.first_like_at, theirs.first_like_at) if at), default=None),
    )


def part(uow: Books, aside: SetAside, now: datetime) -> None:
    """Let a membership stand by itself again; what was decided about the person meanwhile holds for both."""
    theirs, mine = uow.members.get(aside.member), uow.members.get(aside.kept)
    uow.links.rests_no_more(aside.id)
    if theirs is None or mine is None:
        return
    same_state, same_role = mine.state is aside.became_state, mine.role is aside.became_role
    lower = max(mine.role, theirs.role, key=ROLES.index)
    theirs_now = replace(
        theirs,
        state=aside.state if same_state else _lasting(mine.state, aside.state),
        role=theirs.role if same_role else lower,
    )
    mine_now = replace(
        mine,
        state=aside.was_state if same_state else mine.state,
        role=aside.was_role if same_role else mine.role,
        learning=aside.was_learning if mine.learning == aside.became_learning else mine.learning,
    )
    for member in (mine_now, theirs_now):
        uow.members.save(_with_an_end(uow, member, now))
    uow.links.show_signs(theirs.id, _together(theirs, mine))
    for member in (mine_now, theirs_now):
        uow.members.record(
            Transition(new_id(now), member.id, now, member.person, member.state, member.role, "unlinked")
        )
    if theirs_now.learning and theirs_now.state in PRESENT:
        uow.agenda.set(DueKind.NUDGE, theirs.id, now + LOOK_AGAIN, theirs.group)


def _lasting(mine: MemberState, theirs: MemberState) -> MemberState:
    """Return how a membership stands that rested while the other came to be `mine`: nobody is back in by unlinking."""
    if mine in PRESENT:
        return theirs
    if mine in WAITING:
        return MemberState.LEFT if theirs in PRESENT else theirs
    return mine


def _with_an_end(uow: Books, member: Member, now: datetime) -> Member:
    """Return a membership whose pause, if it is on one, ends: when it was to, or now where that has passed."""
    if member.state is not MemberState.PAUSED:
        return replace(member, paused_until=None)
    until = uow.agenda.at(DueKind.RESUME_MEMBER, member.id) or max(member.paused_until or now, now)
    uow.agenda.set(DueKind.RESUME_MEMBER, member.id, until, member.group)
    return replace(member, paused_until=until)
