"""What several processes tell each other through the store: what was taken in, decided about and counted.

Each test has two stores on one database, as two processes have.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.ids import GroupId
from bot.inbox import Taken
from bot.ports import UnitOfWork
from bot.study.occurrences import Occurrence, Outcome
from storage.database import Store
from storage.store import open_store
from tests.storage.samples import ANN, GROUP, NOW, account, found_group, group, person

Two = tuple[Store[UnitOfWork], Store[UnitOfWork]]
MINUTE = timedelta(minutes=1)

EVENT = Taken("local:acme", "ReactionAdded", "e1", "bot.features.likes.like", NOW)
WEEK_1 = Occurrence(1, GROUP, "week", "1", NOW, NOW, Outcome.POSTED)


@pytest.fixture
async def two(prepared_url: str) -> AsyncIterator[Two]:
    """Return two stores on one database."""
    async with (
        await open_store(prepared_url, durable=False) as one,
        await open_store(prepared_url, durable=False) as other,
    ):
        yield one, other


# Taken in


async def test_an_event_is_taken_in_by_one_however_many_hear_of_it_at_once(two: Two) -> None:
    taken = await asyncio.gather(*(store.write(lambda uow: uow.inbox.take(EVENT)) for store in two * 6))
    assert taken.count(True) == 1


@pytest.mark.parametrize("field", ["space", "kind", "key", "listener"])
async def test_an_event_that_differs_in_anything_is_another(two: Two, field: str) -> None:
    """Spaces are isolated: the same id of a platform in another space is another event."""
    other = replace(EVENT, **{field: "local:globex"})  # type: ignore[arg-type]  # the instant is not among them
    assert await two[0].write(lambda uow: uow.inbox.take(EVENT))
    assert await two[1].write(lambda uow: uow.inbox.take(other))


async def test_an_event_whose_effect_is_undone_is_not_taken_in(two: Two) -> None:
    def undone(uow: UnitOfWork) -> None:
        assert uow.inbox.take(EVENT)
        raise LookupError

    with pytest.raises(LookupError):
        await two[0].write(undone)
    assert await two[1].write(lambda uow: uow.inbox.take(EVENT))


async def test_events_are_forgotten_by_their_age_some_at_a_time(two: Two) -> None:
    def take(uow: UnitOfWork) -> None:
        for day in range(10):
            uow.inbox.take(replace(EVENT, key=str(day), at=NOW - timedelta(days=day)))

    await two[0].write(take)
    gone = [await two[1].write(lambda uow: uow.inbox.forget(NOW - timedelta(days=7), 1)) for _ in range(3)]
    assert gone == [1, 1, 0]
    again = [await two[0].write(lambda uow, day=day: uow.inbox.take(replace(EVENT, key=str(day)))) for day in range(10)]  # type: ignore[misc]
    assert again == [False] * 8 + [True] * 2


# Decided about


async def test_something_due_is_decided_about_once_however_many_try_at_once(two: Two) -> None:
    await two[0].write(found_group)
    tries = [replace(WEEK_1, id=number) for number in range(1, 13)]
    added = await asyncio.gather(
        *(two[one.id % 2].write(lambda uow, one=one: uow.occurrences.add(one)) for one in tries)  # type: ignore[misc]
    )
    assert added.count(True) == 1
    kept = await two[0].read(lambda uow: uow.occurrences.of_group(GROUP))
    assert [one.id for one in kept] == [one.id for one, new in zip(tries, added, strict=True) if new]


async def test_each_group_kind_and_name_is_decided_about_by_itself(two: Two) -> None:
    other = GroupId(22)

    def decide(uow: UnitOfWork) -> list[bool]:
        found_group(uow)
        uow.groups.add(group(other))
        different = (WEEK_1, replace(WEEK_1, name="2"), replace(WEEK_1, kind="start"), replace(WEEK_1, group=other))
        return [uow.occurrences.add(replace(one, id=id)) for id, one in enumerate(different, 1)]

    assert await two[0].write(decide) == [True] * 4
    listed = await two[1].read(lambda uow: uow.occurrences.of_group(GROUP))
    assert [one.id for one in listed] == [3, 2, 1]


async def test_what_was_undone_can_be_decided_about_anew(two: Two) -> None:
    def decide(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.occurrences.add(WEEK_1)
        uow.occurrences.save(replace(WEEK_1, outcome=Outcome.SKIPPED, reason="late"))

    await two[0].write(decide)
    skipped = await two[1].read(lambda uow: uow.occurrences.get(GROUP, "week", "1"))
    assert skipped == replace(WEEK_1, outcome=Outcome.SKIPPED, reason="late")
    await two[1].write(lambda uow: uow.occurrences.release(GROUP, "week", "1"))
    assert await two[0].read(lambda uow: uow.occurrences.get(GROUP, "week", "1")) is None
    assert await two[0].write(lambda uow: uow.occurrences.add(replace(WEEK_1, id=2)))


# Counted


def _count(uow: UnitOfWork, since: datetime = NOW, subject: str = "person:11", what: str = "commands") -> int:
    return uow.usage.count(subject, what, since, MINUTE)


async def test_what_many_count_at_once_all_counts(two: Two) -> None:
    counted = await asyncio.gather(*(store.write(_count) for store in two * 10))
    assert sorted(counted) == list(range(1, 21))
    assert await two[0].read(lambda uow: uow.usage.used("person:11", "commands", NOW)) == 20


async def test_what_is_undone_is_not_counted(two: Two) -> None:
    def undone(uow: UnitOfWork) -> None:
        _count(uow)
        raise LookupError

    with pytest.raises(LookupError):
        await two[0].write(undone)
    assert await two[1].write(_count) == 1


async def test_each_subject_and_each_thing_is_counted_by_itself(two: Two) -> None:
    def count(uow: UnitOfWork) -> list[int]:
        return [_count(uow), _count(uow, what="questions"), _count(uow, subject="person:12"), _count(uow)]

    assert await two[0].write(count) == [1, 1, 1, 2]


async def test_a_new_window_begins_at_nothing(two: Two) -> None:
    def count(uow: UnitOfWork) -> list[int]:
        return [_count(uow), _count(uow), _count(uow, NOW + MINUTE), _count(uow, NOW + MINUTE)]

    assert await two[0].write(count) == [1, 2, 1, 2]
    assert await two[1].read(lambda uow: uow.usage.used("person:11", "commands", NOW + 2 * MINUTE)) == 0


async def test_a_process_whose_clock_is_behind_counts_in_the_window_that_has_begun(two: Two) -> None:
    def count(uow: UnitOfWork) -> list[int]:
        return [_count(uow, NOW + MINUTE), _count(uow, NOW), _count(uow, NOW + MINUTE)]

    assert await two[0].write(count) == [1, 2, 3]


async def test_a_window_that_a_clock_began_far_ahead_holds_nobody_up(two: Two) -> None:
    def count(uow: UnitOfWork) -> list[int]:
        return [_count(uow, NOW + timedelta(hours=1)), _count(uow, NOW), _count(uow, NOW)]

    assert await two[0].write(count) == [1, 1, 2]


async def test_counts_are_forgotten_by_their_age_some_at_a_time(two: Two) -> None:
    def count(uow: UnitOfWork) -> None:
        uow.people.add(person(ANN, "Ann"), account(1, ANN, "ann"))
        for number in range(5):
            _count(uow, NOW + number * MINUTE, subject=f"person:{number}")

    await two[0].write(count)
    gone = [await two[1].write(lambda uow: uow.usage.forget(NOW + 3 * MINUTE, 2)) for _ in range(3)]
    assert gone == [2, 1, 0]
    left = [await two[0].read(lambda uow, n=n: uow.usage.used(f"person:{n}", "commands", NOW)) for n in range(5)]  # type: ignore[misc]
    assert left == [0, 0, 0, 1, 1]
