"""The weekly thanks: when a group's helpers are named, and who they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from bot.ids import PersonId
from bot.study.acts import HELPS, Act
from bot.study.groups import Group
from bot.study.people import Person
from bot.study.times import at_clock

WEEK = timedelta(days=7)
EARLIEST = time(10)
LATEST = time(18)
"""The hours between which people are thanked, by the group's clock."""


def day_before_a_week(group: Group, now: datetime) -> datetime:
    """Return when helpers are thanked next: the day before the group's weeks open, in the hours of the day."""
    clock = min(max(group.starts.time(), EARLIEST), LATEST)
    today = now.astimezone(group.where).date()
    day = today + timedelta(days=(group.starts.weekday() - 1 - today.weekday()) % 7)
    at = at_clock(day, clock, group.where)
    return at if at > now else at_clock(day + WEEK, clock, group.where)


def helpers(acts: Iterable[Act]) -> set[PersonId]:
    """Return who helped somebody else by these acts: with an answer, or with feedback."""
    return {act.actor for act in acts if act.kind in HELPS and act.actor != act.owner}


def by_name(people: Iterable[Person]) -> list[Person]:
    """Return those who may be named, in alphabetical order, so that nobody comes first."""
    return sorted((one for one in people if one.named and one.name), key=lambda one: (one.name.casefold(), one.id))
