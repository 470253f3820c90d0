"""A bucket: however calls are spread, no more pass than it holds and what has run into it since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import AccountRef
from bot.guards import ACCOUNTS, Bucket
from bot.language import ENGLISH
from bot.study.limits import TooFast

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
JILL = AccountRef("local", "jill")
PAUSES = st.lists(st.floats(0, 20), max_size=200)


def passed(bucket: Bucket, at: datetime, account: AccountRef = JILL) -> bool:
    """Return whether a call of somebody's passes."""
    try:
        bucket.take(account, at)
    except TooFast:
        return False
    return True


@given(st.integers(1, 40), PAUSES)
def test_within_any_time_no_more_pass_than_it_holds_and_what_ran_in_since(a_minute: int, pauses: list[float]) -> None:
    bucket, at, times = Bucket(a_minute), NOW, []
    for pause in pauses:
        at += timedelta(seconds=pause)
        if passed(bucket, at):
            times.append(at)
    for first, begin in enumerate(times):
        for last in range(first, len(times)):
            since = (times[last] - begin).total_seconds()
            assert last - first + 1 <= a_minute + a_minute * since / 60 + 1e-3


@given(st.integers(1, 40), PAUSES)
def test_whoever_keeps_to_the_pace_always_passes(a_minute: int, pauses: list[float]) -> None:
    bucket, at = Bucket(a_minute), NOW
    for pause in pauses:
        at += timedelta(minutes=1) / a_minute + timedelta(seconds=pause)
        assert passed(bucket, at)


def test_whoever_waits_as_long_as_was_said_passes() -> None:
    bucket = Bucket(7)
    assert [passed(bucket, NOW) for _ in range(8)] == [True] * 7 + [False]
    with pytest.raises(TooFast) as refused:
        bucket.take(JILL, NOW)
    assert ENGLISH.plain(refused.value.text) == "That was a lot within one minute. Please go on in 9 seconds."
    assert passed(bucket, NOW + timedelta(seconds=9))


def test_spending_what_is_not_there_takes_no_longer_than_a_minute_to_fill() -> None:
    bucket = Bucket(5)
    for _ in range(1_000):
        bucket.spend(JILL, NOW)
    assert not passed(bucket, NOW)
    assert passed(bucket, NOW + timedelta(minutes=1))


@pytest.mark.slow
def test_a_crowd_is_not_looked_through_at_each_call() -> None:
    bucket, tidied, kept = Bucket(30), 0, None
    for number in range(8 * ACCOUNTS):
        bucket.take(AccountRef("local", str(number)), NOW)
        tidied += kept is not bucket._full_at
        kept = bucket._full_at
    assert tidied <= 5


@pytest.mark.slow
def test_a_full_bucket_is_forgotten() -> None:
    bucket = Bucket(30)
    for number in range(3 * ACCOUNTS):
        assert passed(bucket, NOW + timedelta(seconds=number), AccountRef("local", str(number)))
    assert len(bucket._full_at) <= ACCOUNTS
