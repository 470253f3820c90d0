"""Events that come more than once: each has its effect exactly once, over three replicas that are killed between."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path

import pytest

from bot.ports import UnitOfWork
from storage.store import open_store
from tests.faults import story
from tests.faults.characters import NONCE
from tests.faults.copies import databases
from tests.faults.lab import laboratory

pytestmark = pytest.mark.slow

REPLICAS = 3
KILLS = 6
EARS = 3
PEOPLE = tuple(f"learner{number}" for number in range(1, 13))
EACH = 5


async def test_events_delivered_one_to_four_times_in_any_order_have_one_effect_each(
    tmp_path: Path, postgres_server: str
) -> None:
    chance = random.Random(7)
    told = story.versions(PEOPLE, EACH)
    async with (
        laboratory(tmp_path) as lab,
        databases(tmp_path, postgres_server, PEOPLE) as copies,
        copies.copy("postgresql") as url,
        lab.world(url, NONCE, events=told, copies=(1, 4), ordered=False) as world,
    ):

        async def lives(kills: int) -> None:
            for _ in range(kills):
                replica = await world.replica(ears=EARS)
                await asyncio.wait({replica.ended}, timeout=chance.uniform(0.2, 0.6))
                replica.signal(signal.SIGKILL)
                await replica.end()
            assert await (await world.replica(ears=EARS)).end() == 0, world.log[-5000:]

        await asyncio.gather(*(lives(KILLS // REPLICAS) for _ in range(REPLICAS)))
        assert (await world.ask("judge"))["left"] == 0
        async with await open_store(url, durable=False) as store:
            kept = await store.read(texts_handed_in)
        assert sorted(kept) == sorted(event["arguments"]["note"] for event in told)
        stands = [words for _, words in (await world.standing()).elements()]
        assert sum("handed in" in words for words in stands) == len(PEOPLE)


def texts_handed_in(uow: UnitOfWork) -> list[str]:
    """Return the words of all versions of all work."""
    group = uow.groups.in_channel(story.HOME)
    assert group is not None
    works = [work for one in uow.weeks.activities(group.id) for work in uow.submissions.for_activity(one.id)]
    return [version.note or "" for work in works for version in uow.submissions.versions(work.id)]
