"""Questions that wait for an answer, and askers who are asked whether one helped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.ids import BreakId, code
from bot.study.breaks import Break
from bot.study.groups import GroupState
from bot.study.members import Role
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


# J25: the steps after the first


async def test_after_two_days_the_mentors_are_asked(js: Scene) -> None:
    """J25: directly where they agreed to that, else by name in the question's thread."""
    await js.agrees("tomas")
    await js.changes("nadia", role=Role.MENTOR)
    await js.does("jill", LOOP)
    asked = js.home.last

    await js.passes(hours=46)
    assert js.inbox("tomas") == []
    await js.passes(hours=3)

    assert js.inbox("tomas") == [
        "@Jill waits for an answer\n"
        "Why does my loop never end\n"
        "About Week 1, activity 1: Practise values\n"
        "Nobody has answered in two days. You mentor this group: a first hint would help.\n"
        "[Answer] [Read it]"
    ]
    assert asked.thread is not None
    assert asked.thread.last.text == "@Nadia, could you have a look at this?\n[Answer] [Read it]"
    assert js.inbox("fela") == []


@pytest.mark.slow
async def test_after_three_days_those_who_lead_are_told(js: Scene) -> None:
    """J25: and the question stays open."""
    await js.does("jill", LOOP)

    await js.passes(hours=70)
    assert js.inbox("fela") == []
    await js.passes(hours=3)

    assert js.inbox("fela") == [
        "A question has waited for three days\n"
        "@Jill: Why does my loop never end\n"
        "About Week 1, activity 1: Practise values\n"
        "You could answer it, or ask somebody who knows.\n"
        "[Answer] [Read it] [What else waits]"
    ]
    await js.passes(days=30)
    assert sum(text.startswith("A question has waited") for text in js.inbox("fela")) == 1
    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    assert question.state is QuestionState.OPEN


async def test_an_answer_ends_the_asking(js: Scene) -> None:
    await js.agrees("tomas")
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.passes(hours=30)
    await js.says("priya", "Look at i++", asked)

    await js.passes(days=5)

    assert js.inbox("tomas") == []
    assert js.inbox("fela") == []


async def test_a_request_for_help_waits_for_the_morning_of_its_reader(js: Scene) -> None:
    """Tomas sleeps while it is afternoon in the group."""
    await js.agrees("tomas")
    await js.does("tomas", "/settings zone:Pacific/Auckland")
    await js.does("jill", LOOP)

    await js.passes(hours=49)
    assert js.inbox("tomas") == []
    await js.passes(hours=12)

    [request] = js.person("tomas").inbox
    assert 9 <= (request.at + timedelta(hours=13)).hour < 21


async def test_a_request_for_help_that_came_too_late_is_not_sent(js: Scene) -> None:
    await js.agrees("tomas")
    await js.does("tomas", "/settings zone:Pacific/Auckland")
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.passes(hours=49)

    await js.says("priya", "Look at i++", asked)
    await js.passes(days=1)

    assert js.inbox("tomas") == []


async def test_whoever_is_still_stuck_goes_through_all_steps_again(js: Scene) -> None:
    await js.agrees("tomas")
    await js.does("jill", LOOP)
    asked = js.home.last
    await js.passes(hours=49)
    assert len(js.inbox("tomas")) == 1
    await js.says("priya", "Look at i++", asked)
    await js.calls("jill", "still stuck", id=await _question(js))

    await js.passes(hours=23)
    assert len(js.inbox("tomas")) == 1
    await js.passes(days=3)
    assert len(js.inbox("tomas")) == 2
    assert len(js.inbox("fela")) == 1


async def test_still_stuck_pressed_again_asks_nobody_again(js: Scene) -> None:
    """J25: an old button does not bring the question up a second time."""
    await js.agrees("tomas")
    await js.does("jill", LOOP)
    await js.says("priya", "Look at i++", js.home.last)
    await js.calls("jill", "still stuck", id=await _question(js))
    await js.passes(minutes=1)
    await js.passes(hours=60)
    asked = len(js.inbox("tomas")), len(js.inbox("fela"))
    assert asked == (1, 1)

    told = await js.calls("jill", "still stuck", id=await _question(js))
    await js.passes(days=4)

    assert told.startswith("Your question waits for an answer already, and I go on asking around.")
    assert (len(js.inbox("tomas")), len(js.inbox("fela"))) == asked
    assert len(raised(js)) == 1


async def test_who_leads_is_told_although_they_were_asked_to_help_before(js: Scene) -> None:
    """J25: Fela finished the activity and offered help, which was two days ago; now it is hers to see to."""
    await js.agrees("fela")
    await js.changes("fela", offer="Loops", learning=True)
    await js.does("fela", "/submit https://code.example/loop activity:1.1")
    await js.does("jill", LOOP)

    await js.passes(hours=73)

    first, last = js.inbox("fela")
    assert first.startswith("@Jill is stuck, and you may know")
    assert last.startswith("A question has waited for three days")


async def _question(js: Scene) -> str:
    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    return code(question.id)


async def test_nobody_is_asked_in_a_break(js: Scene) -> None:
    await js.does("jill", LOOP)
    rest = Break(BreakId(7), js.group.id, date(2027, 1, 12), date(2027, 1, 20), False, 0, js.clock.now())
    await js.writes(lambda uow: uow.breaks.add(rest))

    await js.passes(days=9)
    assert raised(js) == []
    await js.passes(days=1)
    assert raised(js)
