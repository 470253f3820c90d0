"""Three replicas act as one: 500 posts due in the same second, whatever happens to processes and the database."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.outbox import LEASE
from storage.store import open_store
from tests.faults import story
from tests.faults.characters import NONCE
from tests.faults.lab import Lab, World, laboratory
from tests.postgres import crashing_server, new_database

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

REPLICAS = 3
GROUPS, HOMES = 100, 5
POSTS = GROUPS * HOMES
CHANNELS = story.many_groups(GROUPS, HOMES)
SPEED = 10.0
"""A third of the usual: so many posts at once keep the machine busy, and a time-out is to be a fault, not the rule."""
WORDS = "About part 1."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with laboratory(tmp_path_factory.mktemp("replicas")) as lab:
        yield lab


@asynccontextmanager
async def running(lab: Lab, server: str) -> AsyncIterator[World]:
    """Run three replicas on a database in which 500 posts will be due in a moment."""
    made = new_database(server)
    url = await asyncio.to_thread(made.__enter__)
    try:
        async with await open_store(url, durable=False) as store:
            await store.write(lambda uow: story.found_many(uow, CHANNELS, story.EVE))
        async with lab.world(url, NONCE, start=story.STARTS - timedelta(seconds=5), speed=SPEED) as world:
            for _ in range(REPLICAS):
                await world.replica(ears=0)
            yield world
    finally:
        await asyncio.to_thread(made.__exit__, None, None, None)


async def test_500_posts_due_in_one_second_are_500_posts(lab: Lab, postgres_server: str) -> None:
    async with running(lab, postgres_server) as world:
        await all_ended(world)
        await each_stands_once(world)


async def test_a_replica_that_froze_past_its_lease_and_wakes_repeats_nothing(lab: Lab, postgres_server: str) -> None:
    async with running(lab, postgres_server) as world:
        frozen = world.children[0]
        await until_sent(world, POSTS // 5)
        assert frozen.signal(signal.SIGSTOP)
        await asyncio.sleep(world.clock.real(1.25 * LEASE))
        assert not frozen.ended.done()
        frozen.signal(signal.SIGCONT)
        await all_ended(world)
        await each_stands_once(world)


async def test_a_database_that_crashes_and_replicas_that_are_restarted_one_by_one_repeat_nothing(lab: Lab) -> None:
    with crashing_server() as (server, crash):
        async with running(lab, server) as world:
            await until_sent(world, POSTS // 10)
            crash()
            await until_sent(world, POSTS // 4)
            for old in list(world.children):
                old.signal(signal.SIGTERM)
                assert await old.end() == 0, world.log[-5000:]
                await world.replica(ears=0)
            await all_ended(world)
            await each_stands_once(world)


async def until_sent(world: World, posts: int) -> None:
    """Wait until so many posts stand."""
    for _ in range(3000):
        if (await world.ask("count"))["standing"] >= posts:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"no {posts} posts came:\n{world.log[-5000:]}")


async def all_ended(world: World) -> None:
    assert {await child.end() for child in world.children} == {0}, world.log[-5000:]


async def each_stands_once(world: World) -> None:
    stands = await world.standing()
    weeks = {place: times for (place, words), times in stands.items() if WORDS in words}
    assert weeks == {str(home): 1 for homes in CHANNELS for home in homes}
    assert set(stands.values()) == {1}
    assert (await world.judge(stands)).copies == []
