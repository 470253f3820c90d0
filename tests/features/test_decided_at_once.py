"""Those who lead decide at the same moment as others act: nothing is undone or told twice, on each database (J3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.study.members import Role
from tests.builders import Scene, scene
from tests.features.test_reviews import gives


@pytest.fixture
async def js(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, whose first activity asks for a check."""
    async with scene(database_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        opened.clock.move_by(timedelta(hours=1))
        await opened.does("fela", "/lead week criteria activity:1.1 check:yes")
        yield opened


async def test_a_check_and_a_new_version_at_the_same_moment_both_stand(js: Scene) -> None:
    activity = await js.activity(1)
    await js.does("jill", "/submit activity:1.1 note:0")
    for number in range(1, 11):
        before = await js.reads(lambda uow: uow.submissions.of(activity, js.ids["jill"]))
        assert before is not None
        wanted = number % 2 == 1
        await asyncio.gather(
            js.calls("fela", "lead check done", id=code(before.id), checked="yes" if wanted else "no"),
            js.calls("jill", "submit", activity=code(activity), note=str(number), submitted=True),
        )
        after = await js.reads(lambda uow: uow.submissions.of(activity, js.ids["jill"]))
        assert after is not None
        assert (after.note, after.version, after.checked_at is not None) == (str(number), number + 1, wanted)


async def test_of_two_who_award_at_the_same_moment_one_hears_that_it_stands_already(js: Scene) -> None:
    await js.joins("fritz", role=Role.FACILITATOR)
    await js.passes(days=30)
    member = code(js.members["jill"])
    for number in range(8):
        award = "no" if number % 2 else "yes"
        told = await asyncio.gather(
            *(js.calls(name, "lead award", member=member, award=award) for name in ("fela", "fritz"))
        )
        assert sum("That is how it stands already" in one for one in told) == 1
        badge = await js.reads(lambda uow: uow.badges.of(js.group.id, js.ids["jill"]))
        assert (badge is not None) is (award == "yes")


async def test_feedback_that_is_changed_while_it_helps_keeps_both(js: Scene) -> None:
    await js.does("jill", "/submit activity:1.1 note:Mine")
    await gives(js, "priya", js.home.last)
    [review] = await js.reads(lambda uow: uow.reviews.by_person(js.group.id, js.ids["priya"]))
    for number in range(10):
        helped = number % 2 == 0
        words = {"works": f"Good {number}", "suggestion": "More"}
        await asyncio.gather(
            js.calls("jill", "review helped", id=code(review.id), helped="yes" if helped else "no"),
            js.calls("priya", "give feedback", id=code(review.submission), **words, submitted=True),
        )
        [after] = await js.reads(lambda uow: uow.reviews.by_person(js.group.id, js.ids["priya"]))
        assert (after.works, after.helped_at is not None) == (f"Good {number}", helped)
