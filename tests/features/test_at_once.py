"""One person doing several things at the same moment, on each database: what was checked still holds when written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.features import likes, notes, questions, submissions
from tests.builders import Scene, scene

EMOJI = ("👍", "❤️", "🎉")


@pytest.fixture
async def js(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, with its first week out."""
    features = (likes.feature, notes.feature, questions.feature, submissions.feature)
    async with scene(database_url, features, tmp_path) as opened:
        await opened.open_week(1)
        yield opened


async def test_no_like_is_left_when_all_reactions_go_at_once(js: Scene) -> None:
    await js.does("jill", "/submit https://jill.example/1 activity:1.1")
    priya, work = js.person("priya"), js.home.last
    for _ in range(5):
        for emoji in EMOJI:
            await priya.reacts(emoji, work)
        await asyncio.gather(*(priya.unreacts(emoji, work) for emoji in EMOJI))

        assert await js.reads(lambda uow: uow.likes.given(js.group.id, js.ids["priya"])) == []
    assert (await js.member("jill")).points == 0


async def test_a_note_that_is_kept_several_times_at_once_is_one(js: Scene) -> None:
    await asyncio.gather(*(js.calls("jill", "note", text="Closures.", submitted=True) for _ in range(4)))

    assert len(await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"]))) == 1


async def test_a_question_that_is_asked_several_times_at_once_is_one(js: Scene) -> None:
    await asyncio.gather(*(js.calls("jill", "ask", question="Why?", submitted=True) for _ in range(4)))

    assert len(await js.reads(lambda uow: uow.questions.by_person(js.group.id, js.ids["jill"]))) == 1


async def test_work_that_is_handed_in_several_times_at_once_is_one_version(js: Scene) -> None:
    """J17: pressing twice records once."""
    await asyncio.gather(*(js.does("jill", "/submit activity:1.1 note:Done") for _ in range(4)))

    [work] = await js.reads(lambda uow: uow.submissions.by_person(js.group.id, js.ids["jill"]))
    assert work.version == 1
