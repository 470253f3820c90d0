"""Founding a group: dates, agenda, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.ids import PersonId
from bot.ports import UnitOfWork
from bot.study import founding, rescheduling
from bot.study.agenda import DueKind
from bot.study.founding import found
from bot.study.groups import Group, GroupState
from bot.study.members import MemberState, Role
from bot.study.outline import Outline
from bot.study.people import Account, Person
from bot.study.times import LocalTime, UnknownZone, instant, local_time, zone_names
from bot.study.times import zone as find_zone
from bot.text import Moment
from tests.features.stage import ELSEWHERE, HERE, START, a_bot, a_course, account

MONDAY = LocalTime(datetime(2027, 1, 11, 18, 0))  # noqa: DTZ001  # a wall clock has no zone
OWNER = PersonId(7)


def _founded(uow: UnitOfWork, outline: Outline | None = None, **changed: Any) -> Group:
    if uow.people.get(OWNER) is None:
        uow.people.add(Person(OWNER, "Fela", START), Account(8, account("fela"), OWNER, "Fela", START))
    how: dict[str, Any] = {
        "title": "",
        "channels": [HERE],
        "owner": OWNER,
        "starts": MONDAY,
        "zone": "Europe/Berlin",
        "now": START,
        **changed,
    }
    return found(uow, outline or a_course(), **how)


async def test_a_group_is_open_with_its_weeks_seven_calendar_days_apart(tmp_path: Path) -> None:
    """J1, J8, P4: an outline becomes a dated group: weeks at the same local time, activities in their order."""
    async with a_bot(tmp_path, ()) as scene:
        group = await scene.store.write(lambda uow: _founded(uow, starts=MONDAY.replace(month=3, day=22)))
        weeks = await scene.read(lambda uow: uow.weeks.of_group(group.id))
        activities = await scene.read(lambda uow: uow.weeks.activities(group.id))
        owner = await scene.read(lambda uow: uow.members.of(group.id, OWNER))

    assert (group.state, group.title, group.slug) == (GroupState.OPEN, "JavaScript", "javascript")
    assert [str(week.opens) for week in weeks] == ["2027-03-22 18:00:00", "2027-03-29 18:00:00", "2027-04-05 18:00:00"]
    # Berlin's clocks change between the first and the second week.
    assert [f"{week.opens_at:%H:%M}" for week in weeks] == ["17:00", "16:00", "16:00"]
    assert [one.title for one in activities[:2]] == ["Think about part 1", "Build part 1"]
    assert owner is not None
    assert (owner.role, owner.state) == (Role.OWNER, MemberState.ACTIVE)


async def test_what_lies_ahead_of_a_new_group_is_on_the_agenda(tmp_path: Path) -> None:
    """J28: start, each week and the end happen by themselves, the end seven days after the last week opened."""
    async with a_bot(tmp_path, ()) as scene:
        group = await scene.store.write(_founded)
        ahead = await scene.read(lambda uow: uow.agenda.of_group(group.id))

    assert [(line.kind, f"{line.at:%m-%d %H}") for line in ahead] == [
        (DueKind.START_GROUP, "01-11 17"),
        (DueKind.PUBLISH_WEEK, "01-11 17"),
        (DueKind.PUBLISH_WEEK, "01-18 17"),
        (DueKind.HEAR_FROM_GROUP, "01-25 17"),
        (DueKind.PUBLISH_WEEK, "01-25 17"),
        (DueKind.END_GROUP, "02-01 17"),
    ]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"starts": LocalTime(datetime(2027, 1, 4, 9, 59))}, founding.StartsInThePast),  # noqa: DTZ001
        ({"starts": LocalTime(datetime(2029, 1, 11, 18, 0))}, founding.StartsTooLate),  # noqa: DTZ001
        ({"zone": "Europe/Berln"}, UnknownZone),
        ({"seats": 0}, founding.NoSeats),
        ({"seats": -3}, founding.NoSeats),
        ({"seats": 10**8}, founding.TooManySeats),
        ({"title": "???"}, founding.NoTitle),
        ({"title": "x" * 101}, founding.TitleTooLong),
        ({"channels": []}, founding.NoHome),
        ({"outline": Outline("Empty", ())}, founding.NoWeeks),
    ],
)
async def test_what_cannot_be_a_group_is_refused(tmp_path: Path, changed: Any, refusal: type[Refusal]) -> None:
    async with a_bot(tmp_path, ()) as scene:
        with pytest.raises(refusal):
            await scene.store.write(lambda uow: _founded(uow, **changed))
        assert await scene.read(lambda uow: uow.groups.in_channel(HERE)) is None


async def test_a_channel_holds_one_living_group(tmp_path: Path) -> None:
    async with a_bot(tmp_path, ()) as scene:
        await scene.store.write(_founded)
        with pytest.raises(founding.ChannelTaken):
            await scene.store.write(_founded)
        second = await scene.store.write(lambda uow: _founded(uow, channels=[ELSEWHERE]))

    assert second.slug == "javascript-2"


async def test_moving_the_start_moves_every_week_and_the_agenda_along(tmp_path: Path) -> None:
    async with a_bot(tmp_path, ()) as scene:
        group = await scene.store.write(_founded)
        later = LocalTime(MONDAY + timedelta(days=2))
        moved = await scene.store.write(
            lambda uow: rescheduling.move(uow, group, later, "America/New_York", now=scene.clock.now())
        )
        weeks = await scene.read(lambda uow: uow.weeks.of_group(group.id))
        ahead = await scene.read(lambda uow: uow.agenda.of_group(group.id))

    assert (moved.enrol_until - group.enrol_until).days == 2
    assert [f"{week.opens:%m-%d %H}" for week in weeks] == ["01-13 18", "01-20 18", "01-27 18"]
    assert {f"{week.opens_at:%H}" for week in weeks} == {"23"}
    assert [f"{line.at:%m-%d %H}" for line in ahead] == [
        *("01-13 23", "01-13 23", "01-20 23", "01-27 23", "01-27 23", "02-03 23")
    ]


async def test_the_start_of_a_running_group_stays(tmp_path: Path) -> None:
    async with a_bot(tmp_path, ()) as scene:
        group = await scene.store.write(_founded)
        running = await scene.store.write(lambda uow: _run(uow, group))
        later = LocalTime(MONDAY + timedelta(days=1))
        with pytest.raises(rescheduling.StartedAlready):
            await scene.store.write(
                lambda uow: rescheduling.move(uow, running, later, running.zone, now=scene.clock.now())
            )


def _run(uow: UnitOfWork, group: Group) -> Group:

    running = replace(group, state=GroupState.RUNNING)
    uow.groups.save(running)
    return running


@given(st.sampled_from(zone_names()), st.datetimes(datetime(2027, 1, 1), datetime(2028, 12, 31)))  # noqa: DTZ001
def test_a_start_that_is_taken_shows_the_same_wall_clock_in_its_zone(name: str, local: datetime) -> None:
    """Whatever the zone, a start is refused by its instant only; one that exists reads the same afterwards."""
    starts = LocalTime(local.replace(second=0, microsecond=0))
    where = find_zone(name)
    try:
        founding.check_start(starts, where, START)
    except founding.StartsInThePast as refusal:
        when = refusal.places["when"]
        assert isinstance(when, Moment)
        assert when.at < START
        return
    except founding.StartsTooLate:
        return

    shown = local_time(instant(starts, where), where)
    assert shown == starts or shown > starts
