"""Weekly schedules over every change of clocks: each local date exactly once, at its wall-clock time (J28)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.times import LocalTime, instant, local_time, weekly, zone_names

WEEKS = 5 * 53
"""From January 2026 to the end of 2030."""
SKIPPED_MIDNIGHT = time(0, 15)

# zone, the local date on which its clocks change, the wall-clock time that is hit, what the clock shows then
TURNS = [
    ("America/New_York", date(2027, 3, 14), time(2, 30), "2027-03-14 03:30 -0400"),
    ("America/New_York", date(2027, 11, 7), time(1, 30), "2027-11-07 01:30 -0400"),
    ("Europe/Berlin", date(2027, 3, 28), time(2, 30), "2027-03-28 03:30 +0200"),
    ("Europe/Berlin", date(2027, 10, 31), time(2, 30), "2027-10-31 02:30 +0200"),
    ("Africa/Cairo", date(2027, 4, 30), time(0, 30), "2027-04-30 01:30 +0300"),
    ("Africa/Cairo", date(2027, 10, 28), time(23, 30), "2027-10-28 23:30 +0300"),
    ("America/Santiago", date(2027, 9, 5), time(0, 30), "2027-09-05 01:30 -0300"),
    ("America/Santiago", date(2027, 4, 3), time(23, 30), "2027-04-03 23:30 -0300"),
    ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15), "2027-10-03 02:45 +1100"),
    ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45), "2027-04-04 01:45 +1100"),
    ("Asia/Beirut", date(2027, 3, 28), time(0, 30), "2027-03-28 01:30 +0300"),
    ("Atlantic/Azores", date(2027, 3, 28), time(0, 30), "2027-03-28 01:30 +0000"),
    ("America/Havana", date(2027, 3, 14), time(0, 30), "2027-03-14 01:30 -0400"),
    ("Asia/Jerusalem", date(2027, 3, 26), time(2, 30), "2027-03-26 03:30 +0300"),
    ("Pacific/Chatham", date(2027, 9, 26), time(2, 50), "2027-09-26 03:50 +1345"),
    ("Antarctica/Troll", date(2027, 3, 28), time(1, 30), "2027-03-28 03:30 +0200"),
]


@pytest.mark.parametrize(("name", "day", "clock", "shows"), TURNS)
def test_a_week_on_the_day_the_clocks_change_comes_on_that_day_once(
    name: str, day: date, clock: time, shows: str
) -> None:
    where = ZoneInfo(name)
    start = LocalTime(datetime.combine(day, clock) - timedelta(days=21))
    instants = [instant(weekly(start, number), where) for number in range(7)]

    assert f"{instants[3].astimezone(where):%Y-%m-%d %H:%M %z}" == shows
    dates = [local_time(at, where).date() for at in instants]
    assert dates == [day + timedelta(days=7 * number) for number in range(-3, 4)]
    assert {later - earlier for earlier, later in pairwise(instants)} != {timedelta(days=7)}
    others = [local_time(at, where).time() for number, at in enumerate(instants) if number != 3]
    assert set(others) == {clock}


def check_each_date_once(where: ZoneInfo, start: LocalTime, weeks: int) -> None:
    instants = [instant(weekly(start, number), where) for number in range(weeks)]
    dates = [local_time(at, where).date() for at in instants]
    assert dates == [start.date() + timedelta(days=7 * number) for number in range(weeks)], where.key
    assert all(earlier < later for earlier, later in pairwise(instants)), where.key


@given(
    st.sampled_from(zone_names()),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001  # wall clocks
    st.integers(1, 60),
)
def test_a_weekly_schedule_has_each_local_date_once_in_any_zone(name: str, start: datetime, weeks: int) -> None:
    check_each_date_once(ZoneInfo(name), LocalTime(start), weeks)


@pytest.mark.slow
def test_a_weekly_schedule_has_each_local_date_once_in_every_zone_until_2030() -> None:
    """All zones of the data base, on the weekdays and at the times at which clocks change."""
    starts = [
        LocalTime(datetime.combine(date(2026, 1, 1) + timedelta(days=day), clock))
        for day, clock in ((3, SKIPPED_MIDNIGHT), (3, time(2, 30)), (1, SKIPPED_MIDNIGHT), (4, time(18)))
    ]
    assert len(zone_names()) > 400
    for name in zone_names():
        for start in starts:
            check_each_date_once(ZoneInfo(name), start, WEEKS)


def test_a_clock_that_shows_a_time_twice_means_the_first() -> None:
    where = ZoneInfo("Europe/Berlin")
    at = instant(LocalTime(datetime(2027, 10, 31, 2, 30)), where)  # noqa: DTZ001
    assert at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert local_time(at + timedelta(hours=1), where) == local_time(at, where)
