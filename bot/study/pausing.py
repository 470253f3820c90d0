"""Pausing: a learner keeps the place and is left in peace until they come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.errors import Refusal
from bot.ids import PersonId
from bot.study.agenda import Agenda, DueKind
from bot.study.members import Member, Members, MemberState
from bot.study.rescheduling import first_nudge_at
from bot.study.seats import keep
from bot.study.times import LocalTime, instant, local_time
from bot.study.weeks import Weeks

LONGEST_PAUSE = 12
"""Weeks that a pause lasts at most; a new one can follow."""


class NotAPause(Refusal):
    """A pause lasts from 1 to {longest} weeks. Choose a number between them; you can come back earlier with /resume."""


class NothingToPause(Refusal):
    """You have finished this group, so there is nothing to pause."""


class NotPaused(Refusal):
    """You are not on a pause, so nothing changed. /week shows where the group is."""


class Books(Protocol):
    """What pausing reads and writes."""

    members: Members
    weeks: Weeks
    agenda: Agenda


def pause(uow: Books, member: Member, weeks: int, where: ZoneInfo, *, now: datetime) -> Member:
    """Let somebody pause for some weeks of their own calendar; again sets a new end."""
    if not 1 <= weeks <= LONGEST_PAUSE:
        raise NotAPause(longest=LONGEST_PAUSE)
    if member.state is MemberState.FINISHED:
        raise NothingToPause
    until = instant(LocalTime(local_time(now, where) + timedelta(days=7 * weeks)), where)
    uow.agenda.clear(DueKind.NUDGE, member.id)
    uow.agenda.set(DueKind.RESUME_MEMBER, member.id, until, member.group)
    paused = replace(member, state=MemberState.PAUSED, paused_until=until)
    return keep(uow.members, paused, actor=member.person, now=now, why="paused")


def resume(uow: Books, member: Member, *, actor: PersonId, now: datetime) -> Member:
    """Let somebody take part again; raises NotPaused."""
    if member.state is not MemberState.PAUSED:
        raise NotPaused
    uow.agenda.clear(DueKind.RESUME_MEMBER, member.id)
    uow.members.start_over(member.id)
    back = replace(member, state=MemberState.ACTIVE, paused_until=None)
    if member.learning:
        since = replace(back, accepted_at=now)
        uow.agenda.set(DueKind.NUDGE, member.id, first_nudge_at(uow.weeks, since), member.group)
    return keep(uow.members, back, actor=actor, now=now, why="came back from a pause")
