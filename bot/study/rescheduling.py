"""What lies ahead of a group, and how it moves when the group's start or time zone does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.errors import Refusal
from bot.study import schedule
from bot.study.agenda import Agenda, DueKind
from bot.study.groups import OVER, Group, Groups, GroupState
from bot.study.members import Member, Members, MemberState
from bot.study.times import LocalTime, instant
from bot.study.weeks import Weeks, WeekState

FIRST_NUDGE_AFTER = timedelta(days=7)
"""How long a learner is left alone after joining, or after the first week opened if that came later."""


class StartedAlready(Refusal):
    """{group} has started, so its first day stays as it was. Move a coming week with /lead week edit."""


class EndedAlready(Refusal):
    """{group} is over, so its dates stay as they were."""


class Books(Protocol):
    """What moving a group writes to."""

    groups: Groups
    members: Members
    weeks: Weeks
    agenda: Agenda


def plan_ahead(weeks: Weeks, agenda: Agenda, group: Group) -> None:
    """Put what is to happen to a group on the agenda, instead of what stood there: start, weeks to come, end."""
    if group.state in (GroupState.DRAFT, GroupState.OPEN):
        agenda.set(DueKind.START_GROUP, group.id, instant(group.starts, group.where), group.id)
    for week in weeks.of_group(group.id):
        if week.state is WeekState.PLANNED:
            agenda.set(DueKind.PUBLISH_WEEK, week.id, week.opens_at, group.id)
    schedule.end_after_last_week(weeks, agenda, group)


def first_nudge_at(weeks: Weeks, member: Member) -> datetime:
    """Return when a learner's quietness is first looked at."""
    joined = member.accepted_at or member.applied_at
    first = weeks.at(member.group, 1)
    return max(joined, first.opens_at if first else joined) + FIRST_NUDGE_AFTER


def move(uow: Books, group: Group, starts: LocalTime, zone: str) -> Group:
    """Return the group with another start or time zone, saved, with its weeks, enrolment and agenda moved along.

    What is posted already stays. Raises StartedAlready where a start of the past would change, and EndedAlready.
    """
    if group.state in OVER:
        raise EndedAlready(group=group.title)
    if starts != group.starts and group.state not in (GroupState.DRAFT, GroupState.OPEN):
        raise StartedAlready(group=group.title)
    shift = starts - group.starts
    moved = replace(group, starts=starts, zone=zone, enrol_until=_shifted(group.enrol_until, shift))
    uow.groups.save(moved)
    for week in uow.weeks.of_group(group.id):
        if week.state is WeekState.PLANNED:
            opens = LocalTime(week.opens + shift)
            uow.weeks.save(replace(week, opens=opens, opens_at=instant(opens, moved.where)))
    plan_ahead(uow.weeks, uow.agenda, moved)
    if group.state in (GroupState.DRAFT, GroupState.OPEN):
        for member in uow.members.in_group(group.id, states=[MemberState.ACTIVE]):
            if member.learning:
                uow.agenda.set(DueKind.NUDGE, member.id, first_nudge_at(uow.weeks, member), group.id)
    return moved


def _shifted(day: date, shift: timedelta) -> date:
    return day + timedelta(days=round(shift / timedelta(days=1)))
