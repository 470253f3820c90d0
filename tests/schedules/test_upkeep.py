"""Upkeep is done when it is due, by one process at a time, and a chore that fails is tried again soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.errors import CannotSave
from bot.inbox import Taken
from bot.ports import Store, UnitOfWork
from schedules.clock import MovedClock
from schedules.upkeep import AGAIN, CHUNK, HELD, Chore, Upkeep, forgetting, lease_of
from storage.database import Store as Opened
from tests.fresh import open_fresh
from tests.schedules.conftest import MONDAY

DAY = timedelta(days=1)


class Story:
    """Some processes with one chore each, and what they did."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = MovedClock(MONDAY)
        self.done: list[str] = []
        self.fails: list[BaseException] = []

    def process(self, name: str) -> Upkeep:
        async def work() -> str:
            if self.fails:
                raise self.fails.pop()
            self.done.append(name)
            return "done"

        return Upkeep(self.store, self.clock, [Chore("backup", DAY, work)])


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Opened[UnitOfWork]]:
    async with await open_fresh(database_url) as store:
        yield store


@pytest.fixture
def story(store: Opened[UnitOfWork]) -> Story:
    return Story(store)


async def test_a_chore_is_done_once_in_its_time(story: Story) -> None:
    process = story.process("one")
    for _ in range(30):
        await process.look()
        story.clock.move_by(timedelta(hours=2))
    assert len(story.done) == 3


async def test_of_many_processes_one_does_it(story: Story) -> None:
    processes = [story.process(str(number)) for number in range(5)]
    done = await asyncio.gather(*(process.look() for process in processes))
    assert sum(done) == len(story.done) == 1
    story.clock.move_by(DAY)
    for process in processes:
        await process.look()
    assert len(story.done) == 2


async def test_a_process_that_starts_later_knows_what_was_done(story: Story) -> None:
    await story.process("one").look()
    story.clock.move_by(DAY / 2)
    await story.process("other").look()
    assert story.done == ["one"]


@pytest.mark.parametrize("error", [CannotSave("the disk is full"), ZeroDivisionError()])
async def test_a_chore_that_fails_is_logged_and_tried_again_soon(
    story: Story, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    process = story.process("one")
    story.fails.append(error)
    assert await process.look() == 0
    assert await process.look() == 0
    assert "backup" in caplog.text
    story.clock.move_by(AGAIN)
    assert await process.look() == 1


async def test_what_a_killed_process_began_another_does_after_a_while(story: Story) -> None:
    begun = story.clock.now()
    await story.store.write(lambda uow: uow.leases.acquire(lease_of("backup"), "killed", begun, HELD))
    other = story.process("other")
    assert await other.look() == 0
    story.clock.move_by(HELD)
    assert await other.look() == 1


async def test_a_clock_that_was_set_far_ahead_and_back_holds_nothing_up(story: Story) -> None:
    first = story.process("one")
    story.clock.move_by(timedelta(days=365))
    await first.look()
    story.clock.move_by(timedelta(days=-365))
    second = story.process("another")
    await second.look()
    await first.look()
    assert story.done == ["one", "another"]
    story.clock.move_by(DAY)
    await first.look()
    await second.look()
    assert len(story.done) == 3


async def test_looking_in_vain_asks_the_database_nothing(story: Story) -> None:
    process = story.process("one")
    await process.look()
    asked: list[Callable[[UnitOfWork], object]] = []

    class Silent:
        async def write(self, work: Callable[[UnitOfWork], object]) -> None:
            asked.append(work)

        read = write

    process._store = Silent()  # type: ignore[assignment]
    story.clock.move_by(DAY - timedelta(seconds=1))
    await process.look()
    assert asked == []


async def test_it_runs_until_it_is_stopped(story: Story) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        await go_on.wait()
        story.done.append("whole")
        return ""

    process = Upkeep(story.store, story.clock, [Chore("backup", DAY, work)])
    running = asyncio.create_task(process.run())
    await begun.wait()
    process.stop()
    go_on.set()
    await asyncio.wait_for(running, 5)
    assert story.done == ["whole"]


async def test_old_events_and_counts_are_forgotten_and_new_ones_stay(story: Story) -> None:
    many = CHUNK + 5

    def begin(uow: UnitOfWork) -> None:
        for number in range(many):
            uow.inbox.take(Taken("s", "k", str(number), "one", MONDAY - 8 * DAY))
        uow.inbox.take(Taken("s", "k", "new", "one", MONDAY - 6 * DAY))
        uow.usage.count("old", "ask", MONDAY - 3 * DAY)
        uow.usage.count("new", "ask", MONDAY - DAY)

    await story.store.write(begin)
    told = await forgetting(story.store, story.clock).work()
    assert told == f"{many} events and 1 counts are forgotten"
    assert await story.store.read(lambda uow: uow.usage.used("new", "ask", MONDAY - DAY)) == 1
    assert await story.store.write(lambda uow: uow.inbox.take(Taken("s", "k", "0", "one", MONDAY)))
    assert not await story.store.write(lambda uow: uow.inbox.take(Taken("s", "k", "new", "one", MONDAY)))
    assert await forgetting(story.store, story.clock).work() == ""
