"""Saying what solved a question: one answer at a time, and the credit goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.local import Message
from bot.study.questions import QuestionState
from bot.study.reputation import standing
from tests.builders import Scene


@pytest.fixture
async def asked(js: Scene) -> Message:
    """Return the message of a question of Jill's that Tomas and Priya have answered."""
    await js.does("jill", "/ask Why does my loop never end")
    message = js.home.last
    await js.presses("tomas", "Answer", message)
    await js.fills("tomas", text="Your condition never becomes false.")
    await js.says("priya", "Look at i++", message)
    return message


async def points(js: Scene) -> dict[str, int]:
    return {name: (await js.member(name)).points for name in ("jill", "priya", "tomas")}


async def state(js: Scene) -> QuestionState:
    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    return question.state


async def test_the_asker_marks_the_answer_that_helped(js: Scene, asked: Message) -> None:
    """J25: the question is solved for everyone to see, and thanks are passed on (J29)."""
    assert asked.thread is not None
    read = await js.presses("jill", "Mark as answer", asked.thread.message("Your condition"))

    assert read.startswith("Marked: @Tomas gets the credit, and the next one who is stuck finds it.")
    assert "Solved, with the help of @Tomas." in asked.text
    assert "This solved it." in asked.thread.message("Your condition").text
    assert "@Tomas: Jill says your answer solved it. Thank you for helping." in asked.thread.last.text
    assert await points(js) == {"jill": 2, "priya": 0, "tomas": 15}


async def test_thanks_go_directly_to_whoever_agreed_to_messages(js: Scene, asked: Message) -> None:
    """J29: answering is rewarded with a word of thanks."""
    await js.agrees("tomas")
    assert asked.thread is not None
    await js.presses("jill", "Mark as answer", asked.thread.message("Your condition"))

    assert js.inbox("tomas") == [
        "Your answer to “Why does my loop never end”\n"
        "Jill says your answer solved it. Thank you for helping.\n"
        "[My portfolio]"
    ]


async def test_a_reply_is_marked_from_its_menu(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    await js.uses_menu("jill", "Mark as answer", asked.thread.message("Look at i++"))

    assert "Solved, with the help of @Priya." in asked.text


@pytest.mark.slow
async def test_the_menu_brings_the_words_that_the_platform_kept_back(js: Scene, asked: Message) -> None:
    """J15: an answer that helped stands in the portfolio with its words."""
    js.chat.world.keeps_text_back = True
    await js.says("priya", "Print i, and you see it", asked)
    assert asked.thread is not None
    assert "Print i, and you see it" not in await js.does("priya", "/portfolio")
    await js.uses_menu("jill", "Mark as answer", asked.thread.message("Print i"))
    assert "Print i, and you see it" in await js.does("priya", "/portfolio")


async def test_marking_another_answer_moves_the_credit_whole(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    await js.presses("jill", "Mark as answer", asked.thread.message("Your condition"))
    await js.uses_menu("jill", "Mark as answer", asked.thread.message("Look at i++"))

    assert await points(js) == {"jill": 2, "priya": 15, "tomas": 0}
    assert "This solved it." not in asked.thread.message("Your condition").text
    assert not any(text.startswith("@Tomas: Jill says") for text in (m.text for m in asked.thread.messages))


async def test_points_are_those_of_the_journal_whatever_was_marked(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    for words in ("Your condition", "Look at i++", "Your condition"):
        await js.uses_menu("jill", "Mark as answer", asked.thread.message(words))
    await js.presses("jill", "Mark…", asked)
    await js.presses("jill", "I solved it")

    acts = await js.reads(lambda uow: uow.journal.of_group(js.group.id))
    rebuilt = {person: total for person, total in standing(acts).items() if total}
    assert await points(js) == {"jill": 0, "priya": 0, "tomas": 0}
    assert rebuilt == {}


async def test_the_credit_of_a_facilitators_mark_is_theirs(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    js.clock.move_by(timedelta(days=7))
    await js.uses_menu("fela", "Mark as answer", asked.thread.message("Look at i++"))
    assert (await js.member("fela")).points == 2

    await js.uses_menu("jill", "Mark as answer", asked.thread.message("Your condition"))

    assert (await js.member("fela")).points == 0
    assert await points(js) == {"jill": 2, "priya": 0, "tomas": 15}


async def test_marking_the_same_answer_again_changes_nothing(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    for _ in range(2):
        await js.uses_menu("jill", "Mark as answer", asked.thread.message("Look at i++"))

    assert await points(js) == {"jill": 2, "priya": 15, "tomas": 0}


async def test_others_may_mark_only_after_seven_days(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    reply = asked.thread.message("Look at i++")

    js.clock.move_by(timedelta(days=7, seconds=-1))
    assert (await js.uses_menu("tomas", "Mark as answer", reply)).startswith("Only the person who asked can say")

    js.clock.move_by(timedelta(seconds=1))
    assert (await js.uses_menu("tomas", "Mark as answer", reply)).startswith("Marked")


async def test_another_learner_never_marks(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    js.clock.move_by(timedelta(days=30))

    read = await js.uses_menu("nadia", "Mark as answer", asked.thread.message("Look at i++"))

    assert read.startswith("Only the person who asked can say what solved this.")
    assert await state(js) is QuestionState.ANSWERED


async def test_a_message_that_answers_nothing_is_not_marked(js: Scene, asked: Message) -> None:
    said = await js.person("priya").says("Hello", js.home)

    assert (await js.uses_menu("jill", "Mark as answer", said)).startswith("That message is not an answer")


async def test_an_answer_can_also_have_helped(js: Scene, asked: Message) -> None:
    assert asked.thread is not None
    read = await js.presses("jill", "This also helped", asked.thread.message("Your condition"))

    assert read.startswith("Noted: @Tomas reads that it helped.")
    assert "This also helped." in asked.thread.message("Your condition").text
    assert await points(js) == {"jill": 0, "priya": 0, "tomas": 0}


@pytest.mark.slow
async def test_three_answers_can_have_helped_too(js: Scene, asked: Message) -> None:
    for name in ("tomas", "priya", "fela"):
        await js.says(name, f"An idea of {name}", asked)
    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    answers = await js.reads(lambda uow: uow.questions.answers(question.id))
    from bot.ids import code

    read = [await js.calls("jill", "also helped", id=code(answer.id)) for answer in answers[:4]]

    assert all("Noted" in one for one in read[:3])
    assert read[3].startswith("Three more answers are marked as helpful")


async def test_the_asker_found_out_alone(js: Scene, asked: Message) -> None:
    read = await js.presses("jill", "I solved it", asked)

    assert read.startswith("Well done. How you solved it may help others: write it in the thread.")
    assert "Solved: @Jill found out." in asked.text
    assert await state(js) is QuestionState.SOLVED


async def test_nobody_else_says_that_it_is_solved(js: Scene, asked: Message) -> None:
    assert (await js.presses("tomas", "I solved it", asked)).startswith("Only the person who asked can say this.")


async def test_a_question_without_answers_is_taken_back_whole(js: Scene) -> None:
    await js.does("jill", "/ask Why does my loop never end")
    read = await js.presses("jill", "Take it back")

    assert read.startswith("Taken back: it is no longer asked of anyone.")
    assert js.home.messages == []


async def test_answers_stay_when_their_question_is_taken_back(js: Scene, asked: Message) -> None:
    await js.presses("jill", "Mark…", asked)
    await js.presses("jill", "Take it back")

    assert "Taken back by @Jill." in asked.text
    assert "loop" not in asked.text
    assert asked.thread is not None
    assert asked.thread.message("Look at i++")


async def test_a_solved_question_stays(js: Scene, asked: Message) -> None:
    await js.presses("jill", "Mark…", asked)
    shown = js.person("jill").answers[-1]
    await js.presses("jill", "I solved it", asked)

    assert (await js.presses("jill", "Take it back", shown)).startswith("This question is solved, so it stays")


async def test_nothing_more_is_due_for_a_solved_question(js: Scene, asked: Message) -> None:
    await js.presses("jill", "I solved it", asked)
    before = len(js.home.messages)

    await js.passes(days=3)

    assert len(js.home.messages) == before
