"""Two who lead a group and leave at the same moment: one of them stays, so that the group has a leader (J10, P13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.study.members import RUNS_GROUP, Role
from tests.builders import Scene, scene

GONE, STAYS = "I have forgotten you", "count on somebody"


@pytest.fixture
async def led(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return a group that Fela and Tomas lead together."""
    async with scene(database_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        for name in ("fela", "tomas"):
            await opened.changes(name, role=Role.FACILITATOR)
        yield opened


async def leaders(js: Scene) -> int:
    return len(await js.reads(lambda uow: uow.members.in_group(js.group.id, roles=RUNS_GROUP)))


async def test_of_two_who_erase_themselves_at_once_one_stays(led: Scene) -> None:
    answers = await asyncio.gather(*(led.calls(name, "settings erase now") for name in ("fela", "tomas")))

    assert sorted(GONE in answer for answer in answers) == [False, True]
    assert sorted(STAYS in answer for answer in answers) == [False, True]
    assert await leaders(led) == 1


async def test_of_two_one_of_whom_leaves_while_the_other_erases_one_stays(led: Scene) -> None:
    await asyncio.gather(led.calls("fela", "settings erase now"), led.calls("tomas", "withdraw", work="keep"))

    assert await leaders(led) >= 1


async def test_whoever_a_group_is_handed_to_at_that_moment_stays_or_was_gone_before(led: Scene) -> None:
    await led.changes("fela", role=Role.OWNER)
    tomas = led.members["tomas"]
    await asyncio.gather(
        led.calls("tomas", "settings erase now"),
        led.calls("fela", "lead group hand-over", member=code(tomas), sure="yes"),
    )

    assert await leaders(led) >= 1
    owners = await led.reads(lambda uow: uow.members.in_group(led.group.id, roles=[Role.OWNER]))
    assert len(owners) == 1
