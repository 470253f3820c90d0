"""The plan of a group's weeks: when each opens, what happens to a late one, and what changes with the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.cards import paragraph
from bot.errors import Refusal
from bot.ids import ActivityId, PersonId, WeekId, new_id
from bot.study.agenda import Agenda, DueKind
from bot.study.breaks import Breaks, break_on
from bot.study.groups import Group
from bot.study.occurrences import Occurrence, Occurrences, Outcome, What, Why, decide
from bot.study.times import LocalTime, instant, local_time, weekly
from bot.study.weeks import SyllabusVersion, Week, Weeks, WeekState, tasks
from bot.text import Moment

LAST_WEEK_LASTS = 7
"""Days from the opening of the last week to the end of the group."""
FURTHEST = timedelta(days=730)
"""How far ahead a week can be planned."""
LATE_AFTER = timedelta(hours=1)
"""How long after its time a week that comes by itself is marked as late."""
ASK_AFTER = timedelta(hours=72)
"""How long after its time a week still comes by itself; then the facilitators are asked first."""
ANSWER_WITHIN = timedelta(days=7)
"""How long the facilitators have for their answer, and how long a post that cannot be delivered stays valid."""
UNDO = timedelta(minutes=10)
"""How long a week that was opened by hand can be taken back."""


class InThePast(Refusal):
    """{when} has passed already. Choose a later time, or press Post now."""


class TooFarAhead(Refusal):
    """{when} is more than two years away. Check the year."""


class Plan(Protocol):
    """What a change of a group's plan reads and writes: that part of a unit of work."""

    weeks: Weeks
    agenda: Agenda
    breaks: Breaks
    occurrences: Occurrences


def usual_opening(group: Group, ordinal: int) -> LocalTime:
    """Return when a week of an outline opens: the group's weekday and time, week by week."""
    return weekly(group.starts, ordinal - 1)


def next_opening(uow: Plan, group: Group, *, now: datetime) -> LocalTime:
    """Return when a week that is added opens if nothing else is said: weeks after the last one, ahead, in no break."""
    planned = uow.weeks.of_group(group.id)
    opens = weekly(max(week.opens for week in planned), 1) if planned else group.starts
    breaks = uow.breaks.of_group(group.id)
    while break_on(breaks, opens.date()) or instant(opens, group.where) <= now:
        opens = weekly(opens, 1)
    return opens


def plan_week(
    weeks: Weeks, group: Group, ordinal: int, title: str, text: str | None, opens: LocalTime, *, now: datetime
) -> Week:
    """Add a week to a group's plan and return it."""
    week = Week(WeekId(new_id(now)), group.id, ordinal, title, opens, instant(opens, group.where))
    week = changed(week, text=text)
    weeks.add(week)
    return week


def changed(week: Week, *, title: str | None = None, text: str | None = None, note: str | None = None) -> Week:
    """Return a week with what was given put in place of what was there."""
    if title is not None:
        week = replace(week, title=title)
    if text is not None:
        parts = (part.strip() for part in text.split("\n\n"))
        week = replace(week, text=tuple(paragraph(part) for part in parts if part))
    return replace(week, note=note) if note is not None else week


def reschedule(week: Week, opens: LocalTime, group: Group, *, now: datetime) -> Week:
    """Return a week that is not out as it opens at another local time; raises InThePast or TooFarAhead."""
    at = instant(opens, group.where)
    if at <= now:
        raise InThePast(when=Moment(at))
    if at - now > FURTHEST:
        raise TooFarAhead(when=Moment(at))
    return replace(week, opens=opens, opens_at=at, state=WeekState.PLANNED)


def put(uow: Plan, group: Group, week: Week) -> None:
    """Keep a week that is still to open: on the agenda at its time, with nothing decided about it yet."""
    uow.weeks.save(week)
    uow.agenda.set(DueKind.PUBLISH_WEEK, week.id, week.opens_at, group.id)
    uow.occurrences.release(group.id, What.WEEK, str(week.ordinal))


def leave_out(uow: Plan, group: Group, week: Week, why: Why, *, now: datetime) -> Week:
    """Take a week out of the plan, so that it is asked of nobody; it stays readable and can still be posted."""
    left = replace(week, state=WeekState.SKIPPED)
    uow.weeks.save(left)
    uow.agenda.clear(DueKind.PUBLISH_WEEK, week.id)
    decided(uow.occurrences, week, Outcome.SKIPPED, why, now=now)
    return left


def decided(occurrences: Occurrences, week: Week, outcome: Outcome, why: Why | None = None, *, now: datetime) -> bool:
    """Keep what is decided about a week; return False where it was posted already."""
    name = str(week.ordinal)
    return decide(occurrences, week.group, What.WEEK, name, outcome, due_at=week.opens_at, now=now, why=why)


def question_about(occurrences: Occurrences, week: Week) -> Occurrence | None:
    """Return the question to the facilitators what to do with a late week, while it is open."""
    found = occurrences.get(week.group, What.WEEK, str(week.ordinal))
    return found if found is not None and found.outcome is Outcome.ASKED else None


def overdue(uow: Plan, group: Group, now: datetime) -> list[Week]:
    """Return the weeks whose time has come and that wait on the agenda, in order.

    One that was taken back after its time is not among them: it waits for the facilitator.
    """
    return [
        week
        for week in uow.weeks.of_group(group.id)
        if week.state is WeekState.PLANNED
        and week.opens_at <= now
        and uow.agenda.at(DueKind.PUBLISH_WEEK, week.id) is not None
    ]


def look_at_once(uow: Plan, group: Group, *, now: datetime) -> None:
    """Let the weeks that waited while a group rested be decided about now, as it goes on."""
    for week in overdue(uow, group, now):
        uow.agenda.set(DueKind.PUBLISH_WEEK, week.id, now, group.id)


def came_late(week: Week) -> bool:
    """Return whether a week came by itself, and later than planned."""
    return week.posted_by is None and _late(week)


def _late(week: Week) -> bool:
    return week.posted_at is not None and week.posted_at - week.opens_at > LATE_AFTER


def following(weeks: Sequence[Week], week: Week) -> Week | None:
    """Return the week that comes after one, of those that were not left out."""
    later = (one for one in weeks if one.ordinal > week.ordinal and one.state is not WeekState.SKIPPED)
    return next(later, None)


def after_change(uow: Plan, group: Group, actor: PersonId, *, now: datetime) -> None:
    """Let what follows from a plan follow its change: the group's end, what is required, what the last card names."""
    end_after_last_week(uow, group)
    note_version(uow.weeks, group, actor, now=now)
    show_anew(uow, group, now=now)


def show_anew(uow: Plan, group: Group, *, now: datetime) -> None:
    """Let the newest week's messages, which name the next one, be shown anew."""
    newest = newest_posted(uow.weeks, group)
    if newest is not None:
        uow.agenda.set(DueKind.SHOW_WEEK, newest.id, now, group.id)


def end_after_last_week(uow: Plan, group: Group) -> None:
    """Let the group end a week after its last week opens, or came late, and not in a break."""
    weeks = uow.weeks.of_group(group.id)
    if not weeks:
        return
    # What was posted early lasts as planned, and what was left out still had its time.
    opened = [week.opens for week in weeks]
    opened += [local_time(week.posted_at, group.where) for week in weeks if week.posted_at is not None and _late(week)]
    ends = LocalTime(max(opened) + timedelta(days=LAST_WEEK_LASTS))
    rest = break_on(uow.breaks.of_group(group.id), ends.date())
    at = rest.ends_at(group.where) if rest is not None else instant(ends, group.where)
    uow.agenda.set(DueKind.END_GROUP, group.id, at, group.id)


def required_now(weeks: Weeks, group: Group) -> tuple[ActivityId, ...]:
    """Return the ids of the activities that are required as things stand."""
    left_out = {week.id for week in weeks.of_group(group.id) if week.state is WeekState.SKIPPED}
    asked = (one for one in weeks.activities(group.id) if one.required and not one.retired)
    return tuple(one.id for one in asked if one.week not in left_out)


def note_version(weeks: Weeks, group: Group, actor: PersonId, *, now: datetime) -> None:
    """Keep a version of the syllabus where what is required has changed, or what it takes."""
    versions = weeks.versions(group.id)
    required = required_now(weeks, group)
    needs = tuple(task.activity.needs for task in tasks(weeks, group.id) if task.activity.needs)
    if not versions or (versions[-1].required, versions[-1].needs) != (required, needs):
        number = versions[-1].number + 1 if versions else 1
        weeks.add_version(SyllabusVersion(new_id(now), group.id, number, now, actor, required, needs))


def newest_posted(weeks: Weeks, group: Group) -> Week | None:
    """Return the newest week that is out."""
    posted = [week for week in weeks.of_group(group.id) if week.state is WeekState.POSTED]
    return posted[-1] if posted else None
