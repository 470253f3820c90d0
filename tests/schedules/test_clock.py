from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.clock import MovedClock, SystemClock


def test_the_systems_clock_tells_the_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_moved_clock_stands_still_until_it_is_moved() -> None:
    clock = MovedClock(datetime(2027, 1, 11, 18, tzinfo=ZoneInfo("Europe/Berlin")))
    assert clock.now() == clock.now() == datetime(2027, 1, 11, 17, tzinfo=UTC)
    clock.move_by(timedelta(hours=-1))
    assert clock.now() == datetime(2027, 1, 11, 16, tzinfo=UTC)
    clock.move_to(datetime(2027, 1, 18, 17, tzinfo=UTC))
    assert clock.now() == datetime(2027, 1, 18, 17, tzinfo=UTC)


def test_a_moved_clock_takes_no_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="no zone"):
        MovedClock(datetime(2027, 1, 11, 18))  # noqa: DTZ001 - that is the point
