"""Founding a group: an outline gets dates, a home and an owner, in the transaction that decides it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.chat import ChannelRef
from bot.errors import Refusal
from bot.ids import ActivityId, GroupId, MemberId, PersonId, WeekId, new_id
from bot.study import schedule
from bot.study.agenda import Agenda
from bot.study.breaks import Breaks
from bot.study.groups import ENROL_DAYS_AFTER_START, Group, Groups, GroupState, Home, holder
from bot.study.members import Member, Members, MemberState, Role, Transition
from bot.study.occurrences import Occurrences
from bot.study.outline import Outline, WeekPlan
from bot.study.rescheduling import plan_ahead
from bot.study.times import LocalTime, instant
from bot.study.times import zone as find_zone
from bot.study.weeks import Activity, Week, Weeks
from bot.text import Moment

LONGEST_TITLE = 100
"""Characters of a group's title: it stands in card titles, thread names and buttons."""


class StartsInThePast(Refusal):
    """{when} has passed already. Choose a start that is still to come."""


class StartsTooLate(Refusal):
    """{when} is more than two years away. Check the year; a start can be moved later with /lead group edit."""


class NoSeats(Refusal):
    """A group needs at least one place. Write 1 or more, or leave it empty so that everyone can come."""


class TooManySeats(Refusal):
    """That is more places than I can count. Leave it empty so that everyone can come."""


class NoWeeks(Refusal):
    """“{title}” has no weeks yet, so there is nothing to follow. Pick another outline, or add a week to this one."""


class NoTitle(Refusal):
    """The group needs a title that people can read. Give it one, for example “JavaScript in five weeks”."""


class TitleTooLong(Refusal):
    """A title has at most {limit} characters, and this one has {length}. Shorten it; the description has more room."""


class ChannelTaken(Refusal):
    """{group} lives in this channel already. Go to a channel that is free and create the new group there."""


class NoHome(Refusal):
    """A group needs a channel to live in. Type the command in that channel."""


class Books(Protocol):
    """What founding a group writes to."""

    groups: Groups
    members: Members
    weeks: Weeks
    agenda: Agenda
    breaks: Breaks
    occurrences: Occurrences


def found(
    uow: Books,
    outline: Outline,
    *,
    title: str,
    channels: Sequence[ChannelRef],
    owner: PersonId,
    starts: LocalTime,
    zone: str,
    now: datetime,
    seats: int | None = None,
    auto_accept: bool = False,
    language: str = "en",
) -> Group:
    """Create a group that is open for enrolment, with weeks, activities and what happens when; or raise a Refusal.

    An empty title is the outline's. `starts` is local to `zone`; the weeks follow it one calendar week apart.
    """
    where = find_zone(zone)
    name = check(uow.groups, outline, title=title, channels=channels, starts=starts, zone=zone, now=now, seats=seats)
    group = Group(
        id=GroupId(new_id(now)),
        title=name,
        slug=_slug(uow.groups, name),
        state=GroupState.OPEN,
        zone=where.key,
        starts=starts,
        created_at=now,
        enrol_until=(starts + timedelta(days=ENROL_DAYS_AFTER_START)).date(),
        description=outline.description,
        introduction=outline.introduction,
        source=outline.source,
        language=language,
        seats=seats,
        auto_accept=auto_accept,
    )
    uow.groups.add(group)
    for channel in dict.fromkeys(channels):
        uow.groups.add_home(Home(new_id(now), group.id, channel))
    _give_owner(uow.members, group, owner, now)
    for number, plan in enumerate(outline.weeks, 1):
        _add_week(uow.weeks, group, number, plan, now)
    schedule.note_version(uow.weeks, group, owner, now=now)
    plan_ahead(uow, group, now=now)
    return group


def check(
    groups: Groups,
    outline: Outline,
    *,
    title: str,
    channels: Sequence[ChannelRef],
    starts: LocalTime,
    zone: str,
    now: datetime,
    seats: int | None = None,
) -> str:
    """Return the title that a group would have; raises the Refusal for which it could not be founded."""
    name = checked_title(title or outline.title)
    check_start(starts, find_zone(zone), now)
    check_seats(seats)
    if not outline.weeks:
        raise NoWeeks(title=outline.title[:LONGEST_TITLE])
    _check_homes(groups, channels)
    return name


def checked_title(title: str) -> str:
    """Return a title on one line; raises NoTitle or TitleTooLong."""
    name = " ".join(title.split())
    if not any(character.isalnum() for character in name):
        raise NoTitle
    if len(name) > LONGEST_TITLE:
        raise TitleTooLong(limit=LONGEST_TITLE, length=len(name))
    return name


def check_start(starts: LocalTime, where: ZoneInfo, now: datetime) -> None:
    """Raise StartsInThePast or StartsTooLate where a group cannot start then."""
    at = instant(starts, where)
    if at < now:
        raise StartsInThePast(when=Moment(at))
    if at - now > schedule.FURTHEST:
        raise StartsTooLate(when=Moment(at))


def check_seats(seats: int | None) -> None:
    """Raise NoSeats where nobody could take part, and TooManySeats where a number is beyond counting."""
    if seats is not None and seats < 1:
        raise NoSeats
    if seats is not None and seats > 1_000_000:
        raise TooManySeats


def check_channel(groups: Groups, channel: ChannelRef) -> None:
    """Raise ChannelTaken where a group has a channel."""
    there = holder(groups, channel)
    if there is not None:
        raise ChannelTaken(group=there.title)


def _check_homes(groups: Groups, channels: Sequence[ChannelRef]) -> None:
    if not channels:
        raise NoHome
    for channel in channels:
        check_channel(groups, channel)


def _slug(groups: Groups, title: str) -> str:
    """Return a short name for web addresses that no other group has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "group"
    slug, number = stem, 1
    while groups.slug_taken(slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _give_owner(members: Members, group: Group, owner: PersonId, now: datetime) -> None:
    member = Member(
        MemberId(new_id(now)), group.id, owner, Role.OWNER, MemberState.ACTIVE, applied_at=now, accepted_at=now
    )
    members.add(member)
    members.record(Transition(new_id(now), member.id, now, owner, member.state, member.role, "founded the group"))


def _add_week(weeks: Weeks, group: Group, number: int, plan: WeekPlan, now: datetime) -> None:
    opens = schedule.usual_opening(group, number)
    week = Week(
        id=WeekId(new_id(now)),
        group=group.id,
        ordinal=number,
        title=plan.title,
        opens=opens,
        opens_at=instant(opens, group.where),
        text=plan.text,
        materials=plan.materials,
    )
    weeks.add(week)
    for place, activity in enumerate(plan.activities, 1):
        weeks.add_activity(
            Activity(
                ActivityId(new_id(now)),
                group.id,
                week.id,
                place,
                activity.kind,
                activity.title,
                activity.text,
                activity.required,
                activity.minutes,
                reviews=activity.reviews,
                check=activity.check,
            )
        )
