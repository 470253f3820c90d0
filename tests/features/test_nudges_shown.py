"""/nudges: the rules, one's own last and next reminder, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import UnitOfWork
from bot.study.groups import GroupState
from bot.study.members import MemberState
from bot.study.questions import QuestionState
from tests.builders import Scene


@pytest.fixture
async def nadia(js: Scene) -> Scene:
    """Return the scene in which Nadia agreed to messages, and the group is a large one."""
    await js.agrees("nadia")
    await js.crowds(12)
    await js.writes(lambda uow: uow.agenda.clear("end group", js.group.id))
    return js


async def reads_next(js: Scene) -> str:
    """Return what Nadia reads about her next reminder."""
    told = await js.does("nadia", "/nudges")
    [line] = [line for line in told.splitlines() if line.startswith("Next")]
    return line


async def test_the_rules_are_a_few_lines_with_the_last_and_the_next(nadia: Scene) -> None:
    assert await nadia.does("nadia", "/nudges") == (
        "Reminders in JavaScript in three weeks\n"
        "• After 7, 14 and 28 quiet days I send a few kind words, if something is open.\n"
        "• Whatever you do in the group starts the count anew. After the third I stop.\n"
        "• At most one comes in 7 days, over all your groups.\n"
        "• I write between 10:00 and 18:00 on your clock, never from 21:00 to 09:00.\n"
        "Last: none so far\n"
        "Next: not before Monday 18 January 2027, if it is still quiet then\n"
        "[No more reminders] [Pause 1 week] [Pause 2 weeks] [Pause 4 weeks]\n"
        "Only you see this.\n"
        "Only you can see this"
    )


async def test_in_a_small_group_it_says_that_a_facilitator_may_write_first(js: Scene) -> None:
    assert "Your group is small, so a facilitator may write to you first." in await js.does("nadia", "/nudges")


async def test_the_last_one_is_told(nadia: Scene) -> None:
    await nadia.passes(days=9)

    told = await nadia.does("nadia", "/nudges")
    assert "Last: Tuesday 19 January 2027" in told
    assert "Next: not before Tuesday 26 January 2027" in told


async def test_why_there_is_none(nadia: Scene) -> None:
    await nadia.agrees("nadia", reminders=False)
    assert await reads_next(nadia) == "Next: none: you switched them off"
    await nadia.agrees("nadia", reminders=None)  # type: ignore[arg-type]
    assert await reads_next(nadia) == "Next: none: I haven't asked you yet"
    await nadia.agrees("nadia")

    account = nadia.person("nadia").account
    await nadia.writes(lambda uow: uow.people.refused(account, nadia.clock.now()))
    assert await reads_next(nadia) == "Next: none: my last message came back, so I don't try again"
    await nadia.does("nadia", "/settings reminders:yes")

    until = nadia.clock.now() + timedelta(days=7)
    await nadia.changes("nadia", state=MemberState.PAUSED, paused_until=until)
    assert await reads_next(nadia) == "Next: none while you pause"
    await nadia.changes("nadia", state=MemberState.ACTIVE, paused_until=None)

    await nadia.changes_group(state=GroupState.BREAK)
    assert await reads_next(nadia) == "Next: none while the group rests"
    await nadia.changes_group(state=GroupState.RUNNING)

    await nadia.does("nadia", "/ask Why does my loop never end")
    await nadia.passes(hours=25)
    assert await reads_next(nadia) == "Next: none: your question waits for an answer, so I ask others instead"
    await nadia.writes(lambda uow: _takes_back(uow, nadia))

    await nadia.does("nadia", "/submit https://code.example/1 activity:1.1")
    assert await reads_next(nadia) == "Next: none: you are up to date"


def _takes_back(uow: UnitOfWork, scene: Scene) -> None:

    for question in uow.questions.in_group(scene.group.id):
        uow.questions.save(replace(question, state=QuestionState.WITHDRAWN))


@pytest.mark.slow
async def test_after_the_third_it_offers_to_go_on(nadia: Scene) -> None:
    await nadia.passes(days=60)

    told = await nadia.does("nadia", "/nudges")
    assert "Next: none: there were three, and I leave it at that" in told
    assert "[Keep reminding]" in told
    assert "I'll go on reminding you" in await nadia.presses("nadia", "Keep reminding")


async def test_only_learners_have_reminders(nadia: Scene) -> None:
    for name in ("olu", "tomas", "gus"):
        assert "Reminders in" not in await nadia.does(name, "/nudges")
