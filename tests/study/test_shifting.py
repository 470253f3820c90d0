"""Weeks that move, and breaks: rules that hold whatever the plan looks like (J28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.ids import BreakId, GroupId, WeekId
from bot.study import rescheduling, resting
from bot.study.breaks import Break, break_on
from bot.study.groups import Group, GroupState
from bot.study.times import LocalTime, instant, weekly
from bot.study.weeks import Week, WeekState

START = LocalTime(datetime(2027, 1, 11, 18))  # noqa: DTZ001  # a wall clock has no zone
BEFORE = datetime(2027, 1, 1, tzinfo=UTC)
GROUP = Group(GroupId(1), "JS", "js", GroupState.RUNNING, "Europe/Berlin", START, BEFORE, date(2027, 1, 18))
DAY = timedelta(days=1)


def week(ordinal: int, opens: LocalTime) -> Week:
    return Week(WeekId(ordinal), GROUP.id, ordinal, f"Week {ordinal}", opens, instant(opens, GROUP.where))


def a_break(first: date, days: int, *, shifts: bool = True, id: int = 1) -> Break:
    return Break(BreakId(id), GROUP.id, first, first + timedelta(days=days - 1), shifts, 0, BEFORE)


@st.composite
def plans(draw: st.DrawFn) -> list[Week]:
    """Return weeks on rising dates, at whatever times, up to a month apart."""
    opens = [START]
    for _ in range(draw(st.integers(1, 8))):
        later = opens[-1].date() + draw(st.integers(1, 30)) * DAY
        opens.append(LocalTime(datetime.combine(later, draw(st.times()))))
    return [week(number, one) for number, one in enumerate(opens, 1)]


wishes = st.builds(
    a_break,
    st.dates(date(2027, 1, 12), date(2027, 6, 1)),
    st.integers(1, 60),
    shifts=st.booleans(),
)
moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 8, 1), timezones=st.just(UTC))  # noqa: DTZ001


def passed(weeks: list[Week], now: datetime) -> list[Week]:
    """Return weeks of which those whose time has come are out."""
    return [replace(one, state=WeekState.POSTED) if one.opens_at <= now else one for one in weeks]


def kept(weeks: list[Week], changes: list[tuple[Week, Week]] | tuple[tuple[Week, Week], ...]) -> list[Week]:
    to = {was.id: becomes for was, becomes in changes}
    return [to.get(one.id, one) for one in weeks]


def check_order(weeks: list[Week]) -> None:
    """Fail where two weeks that are asked of people open on one date, or in another order than their numbers."""
    asked = [one for one in weeks if one.state is not WeekState.SKIPPED]
    assert all(earlier.opens.date() < later.opens.date() for earlier, later in pairwise(asked))
    assert [one.ordinal for one in weeks] == list(range(1, len(weeks) + 1))
    assert all(one.opens_at == instant(one.opens, GROUP.where) for one in asked)


@given(plans(), moments, st.integers(1, 9), st.integers(-60, 60), st.lists(wishes, max_size=1))
def test_weeks_that_move_keep_their_order_and_no_two_share_a_date(
    weeks: list[Week], now: datetime, first: int, days: int, breaks: list[Break]
) -> None:
    assume(first <= len(weeks))
    weeks = passed(weeks, now)
    try:
        changes = rescheduling.shifted(weeks, breaks, GROUP, weeks[first - 1], days, now=now)
    except Refusal:
        return
    after = kept(weeks, changes)
    check_order(after)
    assert [to.ordinal for _, to in changes] == list(range(first, len(weeks) + 1))
    assert after[: first - 1] == weeks[: first - 1]
    assert all(to.opens_at > now and break_on(breaks, to.opens.date()) is None for _, to in changes)
    assert all(to.opens.time() == was.opens.time() for was, to in changes)
    if not breaks:
        assert {to.opens - was.opens for was, to in changes} == {days * DAY}


@given(plans(), moments, wishes)
def test_no_week_opens_in_a_break_and_what_was_out_stays(weeks: list[Week], now: datetime, wish: Break) -> None:
    weeks = passed(weeks, now)
    try:
        change = resting.planned(weeks, [], GROUP, wish, now=now)
    except Refusal:
        return
    assert change.rest is not None
    after = kept(weeks, change.weeks)
    check_order(after)
    for was, to in zip(weeks, after, strict=True):
        if was.state is WeekState.POSTED or was.opens.date() < wish.first:
            assert to == was
        elif wish.shifts:
            assert to.opens == was.opens + change.rest.days * DAY
            assert to.opens.date() > wish.last
        else:
            assert to.opens == was.opens
            assert (to.state is WeekState.SKIPPED) == wish.covers(was.opens.date())


@given(plans(), wishes)
def test_a_break_that_is_called_off_before_it_begins_leaves_no_trace(weeks: list[Week], wish: Break) -> None:
    change = resting.planned(weeks, [], GROUP, wish, now=BEFORE)
    assert change.rest is not None
    off = resting.ended(kept(weeks, change.weeks), [change.rest], GROUP, change.rest, now=BEFORE)
    assert off.rest is None
    assert kept(kept(weeks, change.weeks), off.weeks) == weeks


@given(plans(), wishes, wishes)
def test_a_break_that_takes_the_place_of_another_is_as_if_the_other_had_never_been(
    weeks: list[Week], one: Break, other: Break
) -> None:
    other = replace(other, id=BreakId(2))
    assume(one.first <= other.last and other.first <= one.last)
    first = resting.planned(weeks, [], GROUP, one, now=BEFORE)
    assert first.rest is not None
    second = resting.planned(kept(weeks, first.weeks), [first.rest], GROUP, other, now=BEFORE)
    alone = resting.planned(weeks, [], GROUP, other, now=BEFORE)
    assert kept(kept(weeks, first.weeks), second.weeks) == kept(weeks, alone.weeks)
    assert (second.before, second.rest) == (first.rest, alone.rest)


@given(plans(), wishes, st.floats(0, 1, exclude_max=True))
def test_a_break_that_ends_early_brings_the_weeks_as_early_as_they_can_come(
    weeks: list[Week], wish: Break, part: float
) -> None:
    change = resting.planned(weeks, [], GROUP, wish, now=BEFORE)
    rest = change.rest
    assert rest is not None
    now = rest.begins_at(GROUP.where) + part * (rest.ends_at(GROUP.where) - rest.begins_at(GROUP.where))
    resting_now = passed(kept(weeks, change.weeks), now)
    off = resting.ended(resting_now, [rest], GROUP, rest, now=now)
    after = kept(resting_now, off.weeks)
    check_order(after)
    for was, to in zip(resting_now, after, strict=True):
        if was.state is WeekState.POSTED:
            assert to == was
        elif to.state is WeekState.PLANNED:
            assert to.opens_at > now
            assert to.opens <= was.opens
    came = [to for was, to in zip(resting_now, after, strict=True) if was.opens != to.opens]
    if off.rest is not None and off.rest.days and came:
        earliest = min(to.opens for to in came)
        assert instant(weekly(earliest, -1), GROUP.where) <= now


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (a_break(date(2027, 1, 11), 7), resting.BeforeTheStart),
        (a_break(date(2027, 2, 1), 0), resting.EndsBeforeItBegins),
        (a_break(date(2027, 2, 1), 183), resting.BreakTooLong),
        (a_break(date(2029, 2, 1), 7), resting.BreakTooFar),
    ],
)
def test_a_break_that_makes_no_sense_is_refused(wish: Break, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        resting.planned([week(1, START)], [], GROUP, wish, now=BEFORE)


def test_a_break_of_the_past_and_one_over_two_others_are_refused() -> None:
    later = datetime(2027, 4, 1, tzinfo=UTC)
    with pytest.raises(resting.BreakIsOver):
        resting.planned([], [], GROUP, a_break(date(2027, 2, 1), 7), now=later)
    others = [a_break(date(2027, 2, 1), 7, id=2), a_break(date(2027, 3, 1), 7, id=3)]
    with pytest.raises(resting.TwoBreaks):
        resting.planned([], others, GROUP, a_break(date(2027, 2, 1), 40), now=BEFORE)


def test_a_running_break_keeps_its_first_day_when_it_is_made_longer() -> None:
    weeks = [week(1, START), week(2, weekly(START, 1)), week(3, weekly(START, 2))]
    first = resting.planned(weeks, [], GROUP, a_break(date(2027, 1, 18), 7), now=BEFORE)
    assert first.rest is not None
    during = datetime(2027, 1, 20, 12, tzinfo=UTC)
    longer = resting.planned(
        passed(kept(weeks, first.weeks), during), [first.rest], GROUP, a_break(date(2027, 1, 20), 14, id=2), now=during
    )
    assert longer.rest is not None
    assert (longer.rest.first, longer.rest.last) == (date(2027, 1, 18), date(2027, 2, 2))
    assert [f"{to.opens:%m-%d}" for _, to in longer.weeks] == ["02-08", "02-15"]
