"""How often reactions are read again: the last week's most, what is older less often, nothing never (J26)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import ChannelRef, MessageRef
from bot.study.readings import DAILY, OFTEN, RECENT, WIDE, Likeable, Need, Reading, after, beside, counted, need, span

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
PLACE = ChannelRef("local", "acme", "javascript")
TURN = 5
DAYS = 12


def _message(id: int, at: datetime = NOW, gap: int = 0, beside: tuple[tuple[str, int], ...] = ()) -> Likeable:
    return Likeable(id, MessageRef(PLACE, str(id)), PLACE, at, gap=gap, beside=beside)


def _turn(reading: Reading, messages: list[Likeable], now: datetime) -> list[Likeable]:
    """Return what a turn reads, as the store would find it."""
    below, since = span(reading, now)
    fit = [one for one in messages if (below is None or one.id < below) and (since is None or one.at >= since)]
    return sorted(fit, key=lambda one: -one.id)[:TURN]


@given(st.lists(st.floats(0, 80), min_size=1, max_size=40))
def test_each_message_is_read_as_often_as_its_age_asks_for(ages: list[float]) -> None:
    ages.sort(reverse=True)
    messages = [_message(id, NOW - timedelta(days=age)) for id, age in enumerate(ages, 1)]
    newest = messages[-1].at
    reading, now = Reading(PLACE, "local", "local:acme", newest, NOW, NOW), NOW
    visits: dict[int, list[datetime]] = defaultdict(list)
    turns: Counter[datetime] = Counter()
    while reading.next_at <= NOW + timedelta(days=DAYS):
        now = max(now, reading.next_at)
        turns[now] += 1
        read = _turn(reading, messages, now)
        for one in read:
            visits[one.id].append(now)
        reading = after(reading, read, len(read) == TURN, now)
        assert reading.next_at >= now
        assert turns[now] < 30, "a round comes to its end"
    old = ceil(len(messages) / TURN)
    slowest = max(DAILY, (NOW + timedelta(days=DAYS) - newest) / 28)
    for one in messages:
        seen = [NOW, *visits[one.id], min(now, NOW + timedelta(days=DAYS))]
        for sooner, later in pairwise(seen):
            if later - one.at <= RECENT:
                assert later - sooner <= OFTEN
            elif later - one.at <= WIDE:
                assert later - sooner <= DAILY
            else:
                assert later - sooner <= slowest * (old + 1)


def test_the_last_week_of_every_place_comes_before_what_is_older() -> None:
    reading = Reading(PLACE, "local", "local:acme", NOW, NOW, NOW)
    first = after(reading, [_message(9)], False, NOW)
    assert first.next_at == NOW, "it goes to the end of those that are due"
    assert span(reading, NOW) == (None, NOW - RECENT)
    assert span(first, NOW) == (9, NOW - WIDE)
    second = after(first, [], False, NOW)
    assert span(second, NOW) == (9, None)


def test_a_place_in_which_nothing_happens_is_read_ever_less_often() -> None:
    for days in (30, 280):
        reading = Reading(PLACE, "local", "local:acme", NOW - timedelta(days=days), NOW, NOW)
        for _ in range(3):
            reading = after(reading, [], False, NOW)
        assert reading.next_at - NOW == timedelta(days=days) / 28


EMOJI = st.sampled_from(["👍", "👍🏽", ":tada:", "❤️", "👎"])
COUNTS = st.dictionaries(EMOJI, st.integers(0, 5))


@pytest.mark.parametrize(
    ("shown", "held", "gap", "expected"),
    [
        ({}, {}, 5, Need.NO),
        ({"👍": 2}, {"👍": 2}, 0, Need.NO),
        ({"👍": 2}, {"👍": 2}, 1, Need.MAYBE),
        ({"👍": 2}, {"👍": 1}, 0, Need.YES),
        ({}, {"👍": 1}, 0, Need.YES),
        (None, {}, 0, Need.YES),
    ],
)
def test_people_are_read_where_counts_differ_and_after_a_gap_wherever_there_are_any(
    shown: Mapping[str, int] | None, held: Mapping[str, int], gap: int, expected: Need
) -> None:
    assert need(_message(1), gap, shown, held) is expected


@given(COUNTS, st.dictionaries(st.sampled_from(["👍", "tada"]), st.integers(1, 5)))
def test_what_stays_beside_is_no_reason_to_read_again(counts: dict[str, int], held: dict[str, int]) -> None:
    shown = counted(counts)
    known = _message(1, beside=beside(shown, held), gap=1)
    assert need(known, 1, shown, held) is Need.NO
    one_more = {**shown, "👍": shown["👍"] + 1}
    assert need(known, 1, one_more, held) is Need.YES
    assert need(known, 1, one_more, {**held, "👍": held.get("👍", 0) + 1}) is Need.NO, "an event told of it"


def test_refused_emoji_and_other_spellings_count_as_events_count_them() -> None:
    assert counted({"👎": 3, ":tada:": 1, "tada": 2, "❤️": 1, "👍": 0}) == {"tada": 3, "❤": 1}
