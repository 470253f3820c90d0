"""One group with a home on Discord and a home on Slack: both unmodified libraries, one bot, one ledger.

S4: what is said in one home is read in the other, and counts once; the stories are told word for word as elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.cards import File
from tests.adapters import facilitators_story, halves, learners_story
from tests.adapters.facilitators_story import BREAD
from tests.adapters.halves import START, HalfStage

pytestmark = pytest.mark.slow


# The stories


@pytest.mark.parametrize("abroad", [("jill", "tomas"), ("noor", "fela", "priya", "wei")], ids=", ".join)
async def test_the_learners_story(sqlite_url: str, abroad: tuple[str, ...]) -> None:
    """Jill reads and writes on Discord and her mentor on Slack, and the other way round."""
    async with halves.opened(sqlite_url, *abroad) as stage:
        await learners_story.the_learners_story(stage)


async def test_the_learners_story_on_postgresql(postgres_url: str) -> None:
    async with halves.opened(postgres_url, "jill", "tomas", "wei") as stage:
        await learners_story.the_learners_story(stage)


@pytest.mark.parametrize("abroad", [("jill",), ("noor", "fela")], ids=", ".join)
async def test_a_facilitators_first_group(sqlite_url: str, abroad: tuple[str, ...]) -> None:
    async with halves.opened(sqlite_url, *abroad) as stage:
        await facilitators_story.a_facilitators_first_group(stage)


# Where Discord keeps back what people say


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[HalfStage]:
    """Return a stage with a group of Fela's, in whose first week Dora learns on Discord and Sam on Slack."""
    async with halves.opened(sqlite_url, "fela", "dora", reads=False) as stage:
        for who in ("fela", "dora", "sam"):
            stage.enters(who, zone="Europe/Berlin", admin=who == "fela")
        bread = File("bread.md", "text/markdown", BREAD.encode())
        await stage.types("fela", '/lead group import start:"2027-01-11 18:00" zone:Europe/Berlin', file=bread)
        await stage.presses("fela", START)
        await stage.types("fela", "/lead group enrolment auto_accept:yes")
        for who in ("dora", "sam"):
            await stage.types(who, "/enrol")
            await stage.fills(who, goal="Bread")
        await stage.passes(days=8)
        yield stage


async def test_a_week_stands_in_both_homes(stage: HalfStage) -> None:
    assert sum(text.startswith("Week 1: Flour") for text in stage.channel()) == 1


async def test_a_question_its_answer_and_its_likes_are_one(stage: HalfStage) -> None:
    await stage.types("sam", "/ask Which flour activity:1.1")
    question = stage.sees("Which flour")
    assert "@Sam asks" in stage.text(question)
    await stage.presses("dora", "Answer", question)
    await stage.fills("dora", text="Rye, to begin with.")
    answer = stage.sees("Rye, to begin with", below=question)
    assert "@Dora answers" in stage.text(answer)
    await stage.reacts("sam", "👍", answer)
    await stage.reacts("sam", "🎉", answer)
    assert sum("Sam found your answer helpful" in text for text in stage.told("dora")) == 1
    assert await stage.presses("sam", "Mark as answer", answer)
    assert "Solved, with the help of @Dora." in stage.text(question)


async def test_work_that_is_handed_in_here_is_read_there(stage: HalfStage) -> None:
    await stage.types("dora", "/submit 1.1 https://dora.example/loaf")
    work = stage.sees("@Dora handed in")
    assert "https://dora.example/loaf" in stage.text(work)
    assert "dora.example" in await stage.types("sam", "/responses activity:1.1")
    await stage.types("dora", "/submit 1.1 https://dora.example/second")
    assert "https://dora.example/second" in stage.text(work)
    assert sum("Dora handed in" in text for text in stage.channel()) == 1


async def test_an_answer_whose_words_are_kept_back_is_marked_on_its_copy_and_takes_no_words_from_it(
    stage: HalfStage,
) -> None:
    await stage.types("sam", "/ask Which flour activity:1.1")
    question = stage.sees("Which flour")
    answer = await stage.says("dora", "Rye, to begin with.", below=question)
    await stage.reacts("sam", "👍", answer)
    await stage.chooses("sam", "Mark as answer", answer)
    assert "Solved, with the help of @Dora." in stage.text(question)
    shown = await stage.types("dora", "/portfolio")
    assert "Answered somebody's question · accepted" in shown
    assert "1 like" in shown
    assert "Written on Discord" not in shown
