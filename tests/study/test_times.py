"""Wall clocks and instants, in every zone and over every change of its clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import ENGLISH
from bot.study.times import (
    LocalTime,
    NotATime,
    UnknownZone,
    after_quiet,
    at_clock,
    instant,
    is_quiet,
    local_days,
    local_time,
    next_sending,
    read_local,
    weekly,
    zone,
    zone_names,
)

ZONES = [ZoneInfo(name) for name in zone_names()]
zones = st.sampled_from(ZONES)
locals_ = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)).map(LocalTime)  # noqa: DTZ001  # wall clocks
instants = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
many = settings(max_examples=400)


def wall(*parts: int) -> LocalTime:
    return LocalTime(datetime(*parts))  # type: ignore[arg-type]  # noqa: DTZ001


def transitions(where: ZoneInfo) -> list[datetime]:
    """Return the instants, to the minute, at which a zone changes its offset within five years, by bisection."""
    found = []
    day, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=7)
        if where.utcoffset(day.astimezone(where)) != where.utcoffset(following.astimezone(where)):
            low, high = day, following
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                same = where.utcoffset(middle.astimezone(where)) == where.utcoffset(day.astimezone(where))
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(second=0, microsecond=0))
        day = following
    return found


CHANGING = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "Europe/Berlin",
        "Africa/Cairo",
        "America/Santiago",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Antarctica/Troll",
        "Asia/Beirut",
        "Pacific/Chatham",
        "Europe/London",
        "America/Nuuk",
        "Asia/Jerusalem",
    )
]
TURNS = [(where, at) for where in CHANGING for at in transitions(where)]
near_a_turn = st.tuples(st.sampled_from(TURNS), st.integers(-300, 300)).map(
    lambda drawn: (drawn[0][0], local_time(drawn[0][1], drawn[0][0]) + timedelta(minutes=drawn[1]))
)


def check_round_trip(where: ZoneInfo, local: LocalTime) -> None:
    at = instant(local, where)
    back = local_time(at, where)
    if back == local:
        assert all(
            local_time(at - earlier, where) != local
            for earlier in (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
        )
        return
    # The clock never showed it: it moved forward by as much as the clock did.
    gap = where.utcoffset(at.astimezone(where)) - where.utcoffset((at - timedelta(hours=3)).astimezone(where))  # type: ignore[operator]
    assert back - local == gap > timedelta(0)


@pytest.mark.slow
@many
@given(zones, locals_)
def test_a_local_time_round_trips_or_moves_by_the_gap(where: ZoneInfo, local: LocalTime) -> None:
    check_round_trip(where, local)


@pytest.mark.slow
@many
@given(near_a_turn)
def test_a_local_time_near_a_change_of_clocks_round_trips_or_moves_by_the_gap(turn: tuple[ZoneInfo, LocalTime]) -> None:
    check_round_trip(*turn)


@pytest.mark.parametrize(
    ("name", "local", "at"),
    [
        ("Europe/Berlin", wall(2027, 3, 28, 2, 30), "2027-03-28T01:30:00+00:00"),  # does not exist: 03:30
        ("Europe/Berlin", wall(2027, 10, 31, 2, 30), "2027-10-31T00:30:00+00:00"),  # twice: the first
        ("America/New_York", wall(2027, 3, 14, 2, 30), "2027-03-14T07:30:00+00:00"),
        ("America/New_York", wall(2027, 11, 7, 1, 30), "2027-11-07T05:30:00+00:00"),
        ("Australia/Lord_Howe", wall(2027, 4, 4, 1, 45), "2027-04-03T14:45:00+00:00"),  # half an hour back
        ("Africa/Cairo", wall(2027, 4, 30, 0, 30), "2027-04-29T22:30:00+00:00"),  # a day without a midnight
        ("UTC", wall(2027, 1, 11, 18), "2027-01-11T18:00:00+00:00"),
    ],
)
def test_a_time_that_is_missing_moves_forward_and_of_one_that_comes_twice_it_is_the_first(
    name: str, local: LocalTime, at: str
) -> None:
    assert instant(local, ZoneInfo(name)).isoformat() == at


@pytest.mark.slow
@many
@given(zones, locals_, st.integers(0, 60))
def test_weekly_keeps_the_wall_clock_and_the_weekday(where: ZoneInfo, start: LocalTime, weeks: int) -> None:
    later = weekly(start, weeks)
    assert (later.time(), later.weekday()) == (start.time(), start.weekday())
    assert later.date() - start.date() == timedelta(days=7 * weeks)
    clock = time(12)  # a clock time that no zone skips
    first, last = at_clock(start.date(), clock, where), at_clock(later.date(), clock, where)
    assert local_days(first, last, where) == 7 * weeks


@pytest.mark.slow
@many
@given(zones, instants, st.integers(0, 400))
def test_local_days_are_the_midnights_between(where: ZoneInfo, at: datetime, hours: int) -> None:
    later = at + timedelta(hours=hours)
    days = local_days(at, later, where)
    assert local_time(at, where).date() + timedelta(days=days) == local_time(later, where).date()
    assert local_days(later, at, where) == -days


@pytest.mark.slow
@many
@given(zones, instants)
def test_quiet_is_from_nine_in_the_evening_to_nine_in_the_morning(where: ZoneInfo, at: datetime) -> None:
    assert is_quiet(at, where) == (not time(9) <= local_time(at, where).time() < time(21))


@pytest.mark.slow
@many
@given(zones, instants)
def test_after_quiet_is_the_first_moment_that_is_not_quiet(where: ZoneInfo, at: datetime) -> None:
    after = after_quiet(at, where)
    assert not is_quiet(after, where)
    assert after == at or is_quiet(at, where)
    assert after >= at
    assert after - at <= timedelta(hours=14)
    between = (after - at) / 4
    assert all(is_quiet(at + between * part, where) for part in range(4)) or after == at


@pytest.mark.slow
@many
@given(zones, instants)
def test_a_personal_message_goes_out_between_ten_and_six(where: ZoneInfo, at: datetime) -> None:
    after = next_sending(at, where)
    assert time(10) <= local_time(after, where).time() < time(18)
    assert not is_quiet(after, where)
    assert at <= after <= at + timedelta(hours=18)
    assert after == at or not time(10) <= local_time(at, where).time() < time(18)


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2027-01-11 18:00", wall(2027, 1, 11, 18)),
        ("2027-01-11T18:00", wall(2027, 1, 11, 18)),
        (" 2027-01-11 18:00:30 ", wall(2027, 1, 11, 18, 0, 30)),
        ("2027-01-11", wall(2027, 1, 11, 18)),
        ("2028-02-29 00:00", wall(2028, 2, 29)),
    ],
)
def test_a_date_is_read_with_or_without_its_time(written: str, local: LocalTime) -> None:
    assert read_local(written) == local


@pytest.mark.parametrize(
    "written",
    ["", "tomorrow", "11.01.2027", "2027-02-29", "2027-13-01", "2027-01-11 25:00", "0001-01-01", "9999-12-31 23:59"],
)
def test_what_is_no_date_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(NotATime) as raised:
        read_local(written)
    assert "2027-01-11 18:00" in ENGLISH.plain(raised.value.text)


@given(st.datetimes().map(lambda drawn: drawn.strftime("%Y-%m-%d %H:%M")), zones)
def test_every_date_that_is_read_has_an_instant(written: str, where: ZoneInfo) -> None:
    try:
        local = read_local(written)
    except NotATime:
        return
    assert instant(local, where).tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" america/new york ", "America/New_York"),
        ("utc", "UTC"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
    ],
)
def test_a_zone_is_found_however_it_is_written(written: str, name: str) -> None:
    assert zone(written).key == name


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("Berln", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new yrok", "America/New_York"),
        ("", "Europe/London"),
    ],
)
def test_an_unknown_zone_gets_the_nearest(written: str, near: str) -> None:
    with pytest.raises(UnknownZone) as raised:
        zone(written)
    assert f"; {near} comes close." in ENGLISH.plain(raised.value.text)


@pytest.mark.parametrize("written", ["../etc/passwd", "Europe/../Europe/Berlin", "/etc/localtime", "\x00", "x" * 5_000])
def test_a_zone_is_never_a_path(written: str) -> None:
    with pytest.raises(UnknownZone):
        zone(written)
