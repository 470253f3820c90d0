"""Questions that wait for an answer, and askers who are asked whether one helped."""

from __future__ import annotations

from bot.study.groups import GroupState
from bot.study.questions import QuestionState
from tests.builders import Scene

LOOP = "/ask question:Why does my loop never end activity:1.1"


def raised(js: Scene) -> list[str]:
    return [message.text for message in js.home.messages if message.text.startswith("Still waiting")]


async def test_a_question_without_an_answer_is_raised_once_after_a_day(js: Scene) -> None:
    """J25: what nobody answered is brought up again, once, and never closed."""
    await js.does("jill", LOOP)

    await js.passes(hours=23)
    assert raised(js) == []

    await js.passes(days=6)
    assert raised(js) == [
        "Still waiting for an answer\n"
        "@Jill: Why does my loop never end\n"
        "About Week 1, activity 1: Practise values\n"
        "Whoever has been there: how did you get on?\n"
        "[Answer] [Read it]\n"
        "A first idea or a question back helps too."
    ]
    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    assert question.state is QuestionState.OPEN


async def test_an_answered_question_is_not_raised(js: Scene) -> None:
    await js.does("jill", LOOP)
    await js.says("priya", "Look at i++", js.home.last)

    await js.passes(days=2)

    assert raised(js) == []


async def test_the_reminder_goes_away_with_the_first_answer(js: Scene) -> None:
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.passes(days=2)
    assert raised(js)

    await js.says("priya", "Look at i++", asked)

    assert raised(js) == []


async def test_two_people_who_finished_the_activity_and_offered_help_are_asked(js: Scene) -> None:
    """Directly where they agreed to that; else their name stands in the channel, without a ping."""
    for name in ("priya", "nadia", "tomas"):
        await js.changes(name, offer="Loops")
    for name in ("priya", "nadia"):
        await js.does(name, "/submit https://code.example/loop activity:1.1")
    await js.agrees("priya")
    await js.does("jill", LOOP)

    await js.passes(hours=25)

    assert js.inbox("priya")[-1] == (
        "@Jill is stuck, and you may know\n"
        "Why does my loop never end\n"
        "About Week 1, activity 1: Practise values\n"
        "You have finished this activity and offered to help. If now is no good time, that is fine.\n"
        "[Answer] [Read it]"
    )
    assert "Finished this activity and offered to help: Nadia." in raised(js)[0]
    assert js.home.message("Still waiting").pings == ()
    assert js.inbox("nadia") == []
    assert js.inbox("tomas") == []


async def test_nothing_is_raised_in_the_quiet_hours(js: Scene) -> None:
    from datetime import timedelta

    js.clock.move_by(timedelta(hours=5))  # 23:00
    await js.does("jill", LOOP)

    await js.passes(hours=33)
    assert raised(js) == []
    await js.passes(hours=1)
    assert raised(js)


async def test_nothing_is_raised_during_a_break(js: Scene) -> None:
    await js.does("jill", LOOP)
    await js.changes_group(state=GroupState.BREAK)

    await js.passes(days=4)
    assert raised(js) == []

    await js.changes_group(state=GroupState.RUNNING)
    await js.passes(days=2)
    assert raised(js)


async def test_the_asker_is_asked_after_a_day_of_silence(js: Scene) -> None:
    """J25: an answered question is brought to its end by the asker."""
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.says("priya", "Look at i++", asked)
    await js.passes(hours=20)
    await js.says("jill", "Trying", asked)
    assert asked.thread is not None

    await js.passes(hours=23)
    assert "did this help" not in asked.thread.last.text

    await js.passes(hours=2)
    assert asked.thread.last.text == "@Jill, did this help?\n[Solved by…] [I solved it myself] [Still stuck]"


async def test_whoever_agreed_to_messages_is_asked_directly(js: Scene) -> None:
    await js.agrees("jill")
    await js.does("jill", LOOP)
    await js.says("priya", "Look at i++", js.home.last)

    await js.passes(hours=25)

    assert js.inbox("jill")[-1] == (
        "Did the answers to “Why does my loop never end” help?\n[Solved by…] [I solved it myself] [Still stuck]"
    )


async def test_whoever_is_still_stuck_waits_for_an_answer_again(js: Scene) -> None:
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.says("priya", "Look at i++", asked)
    await js.passes(hours=25)
    assert asked.thread is not None

    read = await js.presses("jill", "Still stuck", asked.thread.last)
    assert read.startswith("Thank you for saying so. I'll bring your question up in the channel again.")
    assert "1 answer so far, and still stuck." in asked.text

    await js.passes(hours=24)
    assert raised(js)


async def test_nobody_else_is_still_stuck(js: Scene) -> None:
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.says("priya", "Look at i++", asked)
    await js.passes(hours=25)
    assert asked.thread is not None

    assert "Only the person who asked" in await js.presses("nadia", "Still stuck", asked.thread.last)
