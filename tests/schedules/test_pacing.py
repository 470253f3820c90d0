from __future__ import annotations

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Habits
from schedules.pacing import REMEMBERED, Pacing

ONE_A_SECOND = Habits(pace=timedelta(seconds=1))
FAST = Habits(per_second=50)


class Time:
    """A monotonic clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_messages_to_one_place_keep_their_pace_and_other_places_need_not_wait() -> None:
    time = Time()
    pacing = Pacing(time, time.sleep)
    at = []
    for place in ("a", "a", "b", "a"):
        await pacing.message("chat", ONE_A_SECOND, place)
        at.append(time.now - 100)
    assert at == [0, 1, 1, 2]


async def test_all_requests_to_a_platform_share_its_rate() -> None:
    time = Time()
    pacing = Pacing(time, time.sleep)
    for place in "abcdefghij":
        await pacing.message("chat", FAST, place)
    await pacing.request("chat", FAST)
    assert round(time.now - 100, 6) == 0.2
    await pacing.request("other", FAST)
    assert round(time.now - 100, 6) == 0.2


async def test_a_platform_without_a_pace_is_never_waited_for() -> None:
    time = Time()
    pacing = Pacing(time, time.sleep)
    for _ in range(100):
        await pacing.message("chat", Habits(), "a")
    assert time.now == 100


async def test_places_whose_pause_is_over_are_forgotten() -> None:
    time = Time()
    pacing = Pacing(time, time.sleep)
    for number in range(2 * REMEMBERED):
        await pacing.message("chat", ONE_A_SECOND, str(number))
        time.now += 1
    assert len(pacing._free) <= REMEMBERED


@given(waiting=st.lists(st.sampled_from("abc"), min_size=1, max_size=30))
def test_whoever_waits_together_goes_out_one_after_the_other(waiting: list[str]) -> None:
    began: dict[str, list[float]] = {}
    time = Time()
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def go() -> None:
        pacing = Pacing(time, sleep)
        for place in waiting:  # all of them ask at the same instant
            waits.clear()
            await pacing.message("chat", ONE_A_SECOND, place)
            began.setdefault(place, []).append(waits[0] if waits else 0.0)

    asyncio.run(go())
    assert all(times == [float(number) for number in range(len(times))] for times in began.values())
