"""Ids grow with time, are never the same, and fit on a button."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import code, from_code, new_id
from tests.strategies import words

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)


@given(st.lists(st.integers(-100, 100), max_size=60))
def test_ids_grow_whatever_the_clock_does(steps: list[int]) -> None:
    drawn = [new_id(NOW + timedelta(milliseconds=step)) for step in steps]
    assert drawn == sorted(set(drawn))
    assert all(0 < id < 2**63 for id in drawn)


@pytest.mark.slow
def test_ids_of_many_threads_are_never_the_same() -> None:
    with ThreadPoolExecutor(8) as threads:
        drawn = [*threads.map(new_id, [NOW] * 4_000)]
    assert len(set(drawn)) == 4_000


def test_ids_last_for_more_than_fifty_years() -> None:
    """A clock of its own: these ids must not push those of other tests into the future."""
    from bot.ids import _Ids

    assert _Ids().new(datetime(2085, 1, 1, tzinfo=UTC)) < 2**63


@given(st.integers(0, 2**63 - 1))
def test_an_id_is_read_as_it_is_written(id: int) -> None:
    assert from_code(code(id)) == id
    assert len(code(id)) <= 13
    assert code(id).isascii()


@given(words | st.text("0123456789abcdefghijklmnopqrstuvwxyzABCé_-+ ", max_size=15))
def test_anything_else_is_no_id(written: str) -> None:
    id = from_code(written)
    assert id is None or (0 <= id < 2**63 and code(id) == (written.lstrip("0") or "0"))
