"""A facilitator's track record is computed, and says nothing while there is too little to tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ids import GroupId, WeekId
from bot.study.groups import Group, GroupState
from bot.study.times import LocalTime
from bot.study.track_record import TrackRecord, computed
from bot.study.weeks import Week, WeekState

OPENS = datetime(2027, 1, 11, 17, 0, tzinfo=UTC)
NOW = OPENS + timedelta(days=100)
LOCAL = LocalTime(datetime(2027, 1, 11, 18, 0))  # noqa: DTZ001  # a wall clock has no zone


def _group(state: GroupState) -> Group:
    return Group(GroupId(1), "JavaScript", "js", state, "Europe/Berlin", LOCAL, OPENS, LOCAL.date())


def _week(late: timedelta | None, opens_at: datetime = OPENS) -> Week:
    posted = None if late is None else opens_at + late
    state = WeekState.PLANNED if late is None else WeekState.POSTED
    return Week(WeekId(1), GroupId(1), 1, "Part", LOCAL, opens_at, state=state, posted_at=posted)


def test_groups_run_and_finished_and_learners_are_counted() -> None:
    """J7: groups run, finished, learners."""
    groups = [_group(GroupState.RUNNING), _group(GroupState.ENDED), _group(GroupState.ARCHIVED)]

    assert computed(groups, 14, [], [], NOW) == TrackRecord(run=3, finished=2, learners=14)


def test_averages_are_hidden_below_five_data_points() -> None:
    """J7: four weeks and four answers say more about chance than about the person."""
    record = computed([], 0, [_week(timedelta())] * 4, [timedelta(hours=1)] * 4, NOW)

    assert (record.on_time, record.first_answer) == (None, None)


def test_a_week_is_on_time_within_its_hour() -> None:
    """J7: late and forgotten weeks count against the share, weeks to come do not."""
    weeks = [
        *[_week(timedelta(minutes=5))] * 3,
        _week(timedelta(hours=2)),
        _week(None),
        _week(None, NOW + timedelta(days=1)),
    ]

    assert computed([], 0, weeks, [], NOW).on_time == 60


def test_the_median_wait_is_not_moved_by_one_that_waited_long() -> None:
    """J7, J25: the median of the time to the first answer."""
    waits = [timedelta(hours=hours) for hours in (1, 2, 3, 4, 500)]

    assert computed([], 0, [], waits, NOW).first_answer == timedelta(hours=3)
