"""The plan of a group's weeks: when each opens, and what changes when the facilitator changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import paragraph
from bot.errors import Refusal
from bot.ids import ActivityId, PersonId, WeekId, new_id
from bot.study.agenda import Agenda, DueKind
from bot.study.groups import Group
from bot.study.times import LocalTime, instant, weekly
from bot.study.weeks import SyllabusVersion, Week, Weeks, WeekState
from bot.text import Moment

LAST_WEEK_LASTS = 7
"""Days from the opening of the last week to the end of the group."""
FURTHEST = timedelta(days=730)
"""How far ahead a week can be planned."""


class InThePast(Refusal):
    """{when} has passed already. Choose a later time, or press Post now."""


class TooFarAhead(Refusal):
    """{when} is more than two years away. Check the year."""


def usual_opening(group: Group, ordinal: int) -> LocalTime:
    """Return when a week opens if nothing else is said: the group's weekday and time, week by week."""
    return weekly(group.starts, ordinal - 1)


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
    """Return a planned week at another local time; raises InThePast or TooFarAhead."""
    at = instant(opens, group.where)
    if at <= now:
        raise InThePast(when=Moment(at))
    if at - now > FURTHEST:
        raise TooFarAhead(when=Moment(at))
    return replace(week, opens=opens, opens_at=at)


def end_after_last_week(weeks: Weeks, agenda: Agenda, group: Group) -> None:
    """Let the group end a week after its last week opens."""
    planned = weeks.of_group(group.id)
    if planned:
        last = max(week.opens for week in planned)
        ends = instant(LocalTime(last + timedelta(days=LAST_WEEK_LASTS)), group.where)
        agenda.set(DueKind.END_GROUP, group.id, ends, group.id)


def required_now(weeks: Weeks, group: Group) -> tuple[ActivityId, ...]:
    """Return the ids of the activities that are required as things stand."""
    return tuple(one.id for one in weeks.activities(group.id) if one.required and not one.retired)


def note_version(weeks: Weeks, group: Group, actor: PersonId, *, now: datetime) -> None:
    """Keep a version of the syllabus where what is required has changed."""
    versions = weeks.versions(group.id)
    required = required_now(weeks, group)
    if not versions or versions[-1].required != required:
        number = versions[-1].number + 1 if versions else 1
        weeks.add_version(SyllabusVersion(new_id(now), group.id, number, now, actor, required))


def newest_posted(weeks: Weeks, group: Group) -> Week | None:
    """Return the newest week that is out."""
    posted = [week for week in weeks.of_group(group.id) if week.state is WeekState.POSTED]
    return posted[-1] if posted else None
