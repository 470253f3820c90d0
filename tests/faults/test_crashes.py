"""SIGKILL at every fault point, and random runs under faults: nothing lost, nothing twice, as the platform saw it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.faults.characters import CHARACTERS, HISTORY
from tests.faults.copies import Databases, databases
from tests.faults.experiments import ENGINES, Standing, at_random, frozen_at, killed_at, out, removed, undisturbed, warm
from tests.faults.lab import Lab, laboratory
from tests.faults.points import fault_points
from tests.faults.replica import FROZEN

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LAST_STEP = "delivery: before the send"
"""The fault point behind the last check, just before the wire."""
AT_ONCE = 10
"""Runs that are under way together: they mostly wait for leases to end."""


@dataclass
class Bench:
    lab: Lab
    copies: Databases
    ends: Standing


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> AsyncIterator[Bench]:
    folder = tmp_path_factory.mktemp("faults")
    async with laboratory(folder) as lab, databases(folder, postgres_server) as copies:
        await warm(lab, copies, ENGINES)
        yield Bench(lab, copies, await undisturbed(lab, copies))


async def test_the_story_holds_every_kind_of_post(bench: Bench) -> None:
    shown = "\n".join(text for _, text in bench.ends)
    for words in ("About part 1.", "my second loop", "1 answer so far", "Nadia answered", "Nadia likes", "Closures"):
        assert words in shown
    assert "taken back" not in shown
    assert set(bench.ends.values()) == {1}


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("engine", ENGINES)
async def test_a_kill_at_any_fault_point_loses_nothing_and_repeats_nothing(
    bench: Bench, engine: str, character: str
) -> None:
    assert fault_points()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(point: str) -> str:
        async with gate:
            ended = await killed_at(point, bench.lab, bench.copies, engine, CHARACTERS[character], bench.ends)
        if ended.kills != 1:
            return f"{point}: was never reached"
        return "" if ended.sound else f"{point}: {ended.told()}"

    wrong = await asyncio.gather(*map(one, fault_points()))
    assert not any(wrong), "\n\n".join(filter(None, wrong))


async def test_a_replica_that_froze_anywhere_and_wakes_after_its_lease_repeats_nothing(bench: Bench) -> None:
    """Only one that froze between its last look at the clock and the wire can send again, and it takes that back."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(point: str) -> str:
        async with gate:
            ended = await frozen_at(point, bench.lab, bench.copies, "postgresql", HISTORY, bench.ends)
        unseen = ended.verdict.clean and not ended.stuck if point == LAST_STEP else ended.sound
        return "" if unseen and FROZEN in ended.log else f"{point}: {ended.told()}"

    points = [point for point in fault_points() if point.startswith("delivery: ")]
    wrong = await asyncio.gather(*map(one, points))
    assert not any(wrong), "\n\n".join(filter(None, wrong))


@pytest.mark.parametrize("character", CHARACTERS)
async def test_an_outage_of_the_platform_loses_nothing_and_repeats_nothing(bench: Bench, character: str) -> None:
    ended = await out(bench.lab, bench.copies, CHARACTERS[character], bench.ends)
    assert ended.sound, ended.told()


async def test_a_message_that_a_moderator_removed_is_not_sent_again(bench: Bench) -> None:
    ended = await removed(bench.lab, bench.copies, bench.ends)
    assert [place for place, _ in ended.verdict.lost] == ["@local:nadia"], ended.told()
    assert (ended.verdict.doubled, ended.verdict.copies, ended.stuck) == ([], [], 0)


@pytest.mark.parametrize("seeds", [range(1, 21), range(21, 41)], ids=["first", "second"])
async def test_random_kills_and_a_fifth_of_requests_failing_lose_and_repeat_nothing(bench: Bench, seeds: range) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(seed: int) -> str:
        async with gate:
            ended = await at_random(seed, bench.lab, bench.copies, bench.ends, {"sqlite": 1, "postgresql": 2})
        return "" if ended.sound else f"seed {seed}: {ended.told()}"

    wrong = await asyncio.gather(*map(one, seeds))
    assert not any(wrong), "\n\n".join(filter(None, wrong))
