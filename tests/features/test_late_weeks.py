"""Weeks that come late because nobody was there to post them, and weeks that were taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.study.weeks import WeekState
from tests.builders import Scene, scene
from tests.features.weekly import FEATURES, due_at, id_of, posted, schedule, week


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group on the day it starts, with all weeks due when they open."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        for number in (1, 2, 3):
            await schedule(opened, number)
        yield opened


async def sleeps(on: Scene, days: int) -> None:
    """Let the bot be down for some days and then do what is due."""
    on.clock.move_by(timedelta(days=days))
    while await on.bot.tick():
        pass
    await on.settle()


async def test_of_several_late_weeks_only_the_newest_is_posted_and_names_the_others(js: Scene) -> None:
    """J28: after sixteen days asleep people find one message, and a way to each week before it."""
    await sleeps(js, 16)

    [one] = posted(js)
    assert one.startswith("Week 3: objects\nI was away, and these opened too: Week 1: values, Week 2: functions.\n")
    assert "[See week 1] [See week 2] [Submit work]" in one
    assert {(await week(js, number)).state for number in (1, 2, 3)} == {WeekState.POSTED}
    assert (await js.presses("jill", "See week 1", js.home.last)).startswith("Week 1: values")


async def test_one_late_week_is_posted_as_it_is(js: Scene) -> None:
    await sleeps(js, 3)

    [one] = posted(js)
    assert one.startswith("Week 1: values\n")
    assert "I was away" not in one


async def test_a_change_of_a_week_that_was_passed_over_posts_nothing(js: Scene) -> None:
    await sleeps(js, 16)
    await js.does("fela", "/lead week edit number:1 note:Welcome")

    assert len(posted(js)) == 1
    assert "Welcome" in await js.does("jill", "/week 1")


async def test_a_week_that_is_taken_back_before_its_time_still_comes_then(js: Scene) -> None:
    """Whoever posts a week too early by mistake loses nothing by taking it back."""
    await js.calls("fela", "newweek post", week=await id_of(js, 2))
    told = await js.calls("fela", "newweek undo", week=await id_of(js, 2))

    assert told.startswith("Taken back: Week 2: functions opens on Monday 18 January 2027, ")
    assert await due_at(js, 2) == (await week(js, 2)).opens_at


async def test_the_time_of_a_week_that_is_out_stays(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))

    assert (await js.does("fela", "/lead week edit number:1 when:2027-05-01")).startswith("Week 1 is out since ")
