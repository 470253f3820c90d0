"""What lies ahead of a group, and how it moves when the group's start or time zone does, or its weeks are shifted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.errors import Refusal
from bot.ids import PersonId
from bot.study import schedule
from bot.study.agenda import Agenda, DueKind
from bot.study.breaks import Break, Breaks, break_on
from bot.study.groups import OVER, Group, Groups, GroupState
from bot.study.members import Member, Members, MemberState
from bot.study.occurrences import Occurrences
from bot.study.times import LocalTime, instant, weekly
from bot.study.weeks import Week, Weeks, WeekState
from bot.text import Moment

HEARD_WITHIN = timedelta(days=14)
"""How long after its start a group is first listened to."""
FIRST_NUDGE_AFTER = timedelta(days=7)
"""How long a learner is left alone after joining, or after the first week opened if that came later."""


class StartedAlready(Refusal):
    """{group} has started, so its first day stays as it was. Move the coming weeks with /lead schedule shift."""


class EndedAlready(Refusal):
    """{group} is over, so its dates stay as they were."""


class OutAlready(Refusal):
    """Week {number} is not ahead any more, so it stays. Choose a week that is still to come."""


class NoMove(Refusal):
    """That is the day on which week {number} opens already. Choose another number of days, or another date."""


class MovesTooFar(Refusal):
    """Weeks move by two years at most, so {days} days does not fit. Check the number."""


class BeforeAnother(Refusal):
    """Week {number} would open before week {earlier}, which opens on {when}. Choose a later date."""


class Books(Protocol):
    """What moving a group writes to."""

    groups: Groups
    members: Members
    weeks: Weeks
    agenda: Agenda
    breaks: Breaks
    occurrences: Occurrences


def plan_ahead(uow: Books, group: Group, *, now: datetime) -> None:
    """Put what is to happen to a group on the agenda, instead of what stood there: start, coming weeks, breaks, end."""
    if group.state in (GroupState.DRAFT, GroupState.OPEN):
        uow.agenda.set(DueKind.START_GROUP, group.id, instant(group.starts, group.where), group.id)
        heard_by = LocalTime(group.starts + HEARD_WITHIN)
        uow.agenda.set(DueKind.HEAR_FROM_GROUP, group.id, instant(heard_by, group.where), group.id)
    for week in uow.weeks.of_group(group.id):
        if week.state is WeekState.PLANNED and week.opens_at > now:
            uow.agenda.set(DueKind.PUBLISH_WEEK, week.id, week.opens_at, group.id)
    for rest in uow.breaks.of_group(group.id):
        if rest.ends_at(group.where) > now:
            uow.agenda.set(DueKind.START_BREAK, rest.id, rest.begins_at(group.where), group.id)
            uow.agenda.set(DueKind.END_BREAK, rest.id, rest.ends_at(group.where), group.id)
    schedule.end_after_last_week(uow, group)


def first_nudge_at(weeks: Weeks, member: Member) -> datetime:
    """Return when a learner's quietness is first looked at."""
    joined = member.accepted_at or member.applied_at
    first = weeks.at(member.group, 1)
    return max(joined, first.opens_at if first else joined) + FIRST_NUDGE_AFTER


def move(uow: Books, group: Group, starts: LocalTime, zone: str, *, now: datetime) -> Group:
    """Return the group with another start or time zone, saved, with its weeks, enrolment and agenda moved along.

    What is past already stays. Raises StartedAlready where a start of the past would change, and EndedAlready.
    """
    if group.state in OVER:
        raise EndedAlready(group=group.title)
    if starts != group.starts and group.state not in (GroupState.DRAFT, GroupState.OPEN):
        raise StartedAlready(group=group.title)
    shift = starts - group.starts
    moved = replace(group, starts=starts, zone=zone, enrol_until=_shifted(group.enrol_until, shift))
    uow.groups.save(moved)
    later = in_order(week for week in uow.weeks.of_group(group.id) if ahead(week, now))
    breaks = uow.breaks.of_group(group.id) if shift else ()
    for week, opens in zip(later, flowed([week.opens for week in later], shift, breaks), strict=True):
        uow.weeks.save(replace(week, opens=opens, opens_at=instant(opens, moved.where)))
    plan_ahead(uow, moved, now=now)
    schedule.show_anew(uow, moved, now=now)
    if group.state in (GroupState.DRAFT, GroupState.OPEN):
        for member in uow.members.in_group(group.id, states=[MemberState.ACTIVE]):
            if member.learning:
                uow.agenda.set(DueKind.NUDGE, member.id, first_nudge_at(uow.weeks, member), group.id)
    return moved


def ahead(week: Week, now: datetime) -> bool:
    """Return whether a week is still to open."""
    return week.state is WeekState.PLANNED and week.opens_at > now


def in_order(weeks: Iterable[Week]) -> list[Week]:
    """Return weeks in the order in which they open."""
    return sorted(weeks, key=lambda week: (week.opens, week.ordinal))


def _shifted(day: date, shift: timedelta) -> date:
    return day + timedelta(days=round(shift / timedelta(days=1)))


def recompute(uow: Books, group: Group, *, now: datetime) -> bool:
    """Compute what lies ahead of a group anew, since its zone's clocks go otherwise now; return whether it changed."""
    before = [(line.kind, line.item, line.at) for line in uow.agenda.of_group(group.id)]
    for week in uow.weeks.of_group(group.id):
        at = instant(week.opens, group.where)
        if ahead(week, now) and at != week.opens_at:
            uow.weeks.save(replace(week, opens_at=at))
    plan_ahead(uow, group, now=now)
    changed = before != [(line.kind, line.item, line.at) for line in uow.agenda.of_group(group.id)]
    if changed:
        schedule.show_anew(uow, group, now=now)
    return changed


def flowed(opens: Sequence[LocalTime], by: timedelta, breaks: Iterable[Break]) -> list[LocalTime]:
    """Return local times moved by the same, each past any break and after the one that was before it.

    `opens` is in order. What has no room there comes as many whole weeks later as it needs, on its own weekday.
    """
    rests = list(breaks)
    found: list[LocalTime] = []
    for number, one in enumerate(opens):
        goes = LocalTime(one + by)
        apart = number > 0 and one.date() > opens[number - 1].date()
        while break_on(rests, goes.date()) or (apart and goes.date() <= found[-1].date()):
            goes = weekly(goes, 1)
        found.append(goes)
    return found


def shifted(
    weeks: Sequence[Week], breaks: Iterable[Break], group: Group, first: Week, days: int, *, now: datetime
) -> list[tuple[Week, Week]]:
    """Return the weeks from one on that are ahead, each with how it is once they moved by some days, past breaks.

    Raises OutAlready, NoMove, MovesTooFar, BeforeAnother, InThePast or TooFarAhead.
    """
    if not ahead(first, now):
        raise OutAlready(number=first.ordinal)
    if not days:
        raise NoMove(number=first.ordinal)
    if abs(days) > schedule.FURTHEST.days:
        raise MovesTooFar(days=f"{days:,}")
    later = in_order(week for week in weeks if ahead(week, now))
    later = later[later.index(first) :]
    goes = flowed([week.opens for week in later], timedelta(days=days), breaks)
    for week in weeks:
        if week.ordinal < first.ordinal and week.state is not WeekState.SKIPPED and week.opens.date() >= goes[0].date():
            raise BeforeAnother(number=first.ordinal, earlier=week.ordinal, when=Moment(week.opens_at))
    return [(week, schedule.reschedule(week, opens, group, now=now)) for week, opens in zip(later, goes, strict=True)]


def keep(uow: Books, group: Group, changes: Iterable[tuple[Week, Week]], actor: PersonId, *, now: datetime) -> None:
    """Keep weeks as they are once they moved, with all that follows from it."""
    for _, week in changes:
        schedule.put(uow, group, week)
    schedule.after_change(uow, group, actor, now=now)
