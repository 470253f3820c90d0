"""Leases: one holder at a time, whatever the others try, and a fence that tells a holder of earlier from one of now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from bot.leases import Lease
from bot.ports import UnitOfWork
from storage import tables
from storage.database import Store
from storage.leases import SqlLeases
from storage.rows import table_of
from storage.store import open_store
from tests.storage.samples import NOW

Two = tuple[Store[UnitOfWork], Store[UnitOfWork]]
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def two(prepared_url: str) -> AsyncIterator[Two]:
    """Return two stores on one database."""
    async with (
        await open_store(prepared_url, durable=False) as one,
        await open_store(prepared_url, durable=False) as other,
    ):
        yield one, other


async def acquired(store: Store[UnitOfWork], holder: str, at: datetime = NOW, name: str = "sweep") -> Lease | None:
    return await store.write(lambda uow: uow.leases.acquire(name, holder, at, MINUTE))


async def test_of_many_who_want_a_lease_at_once_one_gets_it(two: Two) -> None:
    got = await asyncio.gather(*(acquired(two[number % 2], f"process {number}") for number in range(12)))
    [lease] = [one for one in got if one]
    assert lease.until == NOW + MINUTE
    assert await two[0].read(lambda uow: uow.leases.get("sweep")) == lease


async def test_of_many_who_want_a_lease_that_is_over_one_gets_it(two: Two) -> None:
    first = await acquired(two[0], "first")
    assert first is not None
    got = await asyncio.gather(*(acquired(two[number % 2], f"process {number}", NOW + MINUTE) for number in range(12)))
    [lease] = [one for one in got if one]
    assert (lease.fence, lease.until) == (first.fence + 1, NOW + 2 * MINUTE)


async def test_a_holder_prolongs_a_lease_and_keeps_its_fence(two: Two) -> None:
    first = await acquired(two[0], "me")
    again = await acquired(two[1], "me", NOW + MINUTE / 2)
    assert first is not None
    assert again is not None
    assert (again.fence, again.until) == (first.fence, NOW + 1.5 * MINUTE)
    assert await acquired(two[0], "another", NOW + MINUTE) is None


async def test_a_lease_that_is_given_back_is_free_at_once_and_its_fence_goes_on(two: Two) -> None:
    first = await acquired(two[0], "me")
    await two[0].write(lambda uow: uow.leases.release("sweep", "me"))
    second = await acquired(two[1], "another")
    assert first is not None
    assert second is not None
    assert second.fence == first.fence + 1


async def test_nobody_gives_back_the_lease_of_another(two: Two) -> None:
    lease = await acquired(two[0], "me")
    await two[1].write(lambda uow: uow.leases.release("sweep", "another"))
    assert await two[1].read(lambda uow: uow.leases.get("sweep")) == lease


async def test_leases_of_other_names_are_other_leases(two: Two) -> None:
    assert await acquired(two[0], "me")
    assert await acquired(two[1], "another", name="backup")
    assert await two[0].read(lambda uow: uow.leases.get("rereading")) is None


Step = tuple[str, str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["acquire", "release"]), st.sampled_from("abc"), st.integers(0, 90)), max_size=30
)


@pytest.mark.slow
@given(STEPS)
def test_at_no_time_two_hold_a_lease_and_each_change_of_hands_has_a_greater_fence(steps: list[Step]) -> None:
    engine = create_engine("sqlite://")
    table_of(tables.Lease).create(engine)
    now, holder, until, fence = NOW, "", NOW, 0
    with engine.connect() as db:
        leases = SqlLeases(db)
        for what, who, seconds in steps:
            now += timedelta(seconds=seconds)
            if what == "release":
                leases.release("sweep", who)
                until = now if who == holder else until
                continue
            got = leases.acquire("sweep", who, now, MINUTE)
            assert (got is not None) == (who == holder or until <= now)
            if got is not None:
                assert got.fence == fence + (who != holder)
                holder, until, fence = who, got.until, got.fence
    engine.dispose()
