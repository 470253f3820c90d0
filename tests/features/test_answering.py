"""Answering with the button and in the thread, and what the asker hears of it."""

from __future__ import annotations

import pytest

from adapters.local import Message
from bot.study.questions import Question, QuestionState
from tests.builders import Scene


@pytest.fixture
async def asked(js: Scene) -> Message:
    """Return the message of a question of Jill's."""
    await js.does("jill", "/ask Why does my loop never end")
    return js.home.last


async def the_question(js: Scene) -> Question:
    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    return question


def thread(message: Message) -> list[str]:
    assert message.thread is not None
    return [one.text for one in message.thread.messages]


async def test_an_answer_with_the_button_goes_below_the_question(js: Scene, asked: Message) -> None:
    """J24: an answer is two taps away."""
    await js.presses("tomas", "Answer", asked)
    read = await js.fills("tomas", text="Your condition never becomes false.")

    assert read.startswith("Answered: @Jill will see it, and so does your group. Thank you for helping.")
    assert thread(asked)[0] == (
        "@Tomas answers\n"
        "> Your condition never becomes false.\n"
        "[Mark as answer] [This also helped]\n"
        "A reaction says thanks."
    )
    assert "1 answer so far." in asked.text


async def test_a_reply_in_the_thread_is_an_answer_too(js: Scene, asked: Message) -> None:
    """J24: whoever writes below a question answers it."""
    await js.says("priya", "Look at i++", asked)

    question = await the_question(js)
    [answer] = await js.reads(lambda uow: uow.questions.answers(question.id))
    assert question.state is QuestionState.ANSWERED
    assert (answer.person, answer.text) == (js.ids["priya"], "Look at i++")


async def test_a_reply_in_the_thread_can_be_liked(js: Scene, asked: Message) -> None:
    """J26: a reaction on the answer itself counts for its author."""
    reply = await js.says("priya", "Look at i++", asked)
    await js.likes("jill", reply)

    received = await js.reads(lambda uow: uow.likes.received(js.group.id, js.ids["priya"]))
    assert [like.item_kind for like in received] == ["answer"]


async def test_an_answer_with_the_button_can_be_liked(js: Scene, asked: Message) -> None:
    """J26: the card of an answer is its author's."""
    await js.presses("tomas", "Answer", asked)
    await js.fills("tomas", text="Your condition never becomes false.")
    assert asked.thread is not None
    await js.likes("jill", asked.thread.messages[0])

    assert (await js.member("tomas")).points == 4


async def test_the_asker_is_told_once_in_the_thread(js: Scene, asked: Message) -> None:
    """J25: the first answer reaches the asker, the second brings no second message."""
    await js.says("priya", "Look at i++", asked)
    await js.says("tomas", "And at the braces", asked)

    told = [text for text in thread(asked) if "answered your question" in text]
    assert told == ["@Jill, Priya answered your question.\n[Read it] [Mark as answer] [I solved it]"]
    assert asked.thread is not None
    assert asked.thread.message("answered your question").pings == ("Jill",)


async def test_whoever_agreed_to_messages_is_told_directly(js: Scene, asked: Message) -> None:
    await js.agrees("jill")
    await js.says("priya", "Look at i++", asked)

    assert js.inbox("jill") == [
        "Priya answered your question “Why does my loop never end”.\n[Read it] [Mark as answer] [I solved it]"
    ]
    assert thread(asked) == ["Look at i++"]


async def test_what_the_asker_adds_is_no_answer(js: Scene, asked: Message) -> None:
    await js.says("jill", "It is a while loop", asked)

    assert (await the_question(js)).state is QuestionState.OPEN


async def test_an_observer_and_an_outsider_do_not_answer(js: Scene, asked: Message) -> None:
    await js.says("olu", "Interesting", asked)
    await js.says("gus", "Buy my course", asked)

    assert (await the_question(js)).state is QuestionState.OPEN


async def test_an_event_that_comes_twice_is_one_answer(js: Scene, asked: Message) -> None:
    from bot.chat import ThreadReplied

    said = await js.says("priya", "Look at i++", asked)
    assert asked.thread is not None
    again = ThreadReplied(js.person("priya").account, "Priya", asked.thread.ref, said.ref, "Look at i++")
    await js.bot.handle(again)

    question = await the_question(js)
    assert len(await js.reads(lambda uow: uow.questions.answers(question.id))) == 1


async def test_a_reply_whose_words_the_platform_keeps_back_still_counts(js: Scene, asked: Message) -> None:
    from bot.chat import MessageRef, ThreadReplied

    assert asked.thread is not None
    ref = MessageRef(js.home.ref, "9999")
    await js.bot.handle(ThreadReplied(js.person("priya").account, "Priya", asked.thread.ref, ref, None))

    read = await js.presses("jill", "Mark…", asked)
    assert "1. @Priya · Monday 11 January 2027\nWritten in the thread." in read


async def test_the_same_answer_sent_twice_is_one(js: Scene, asked: Message) -> None:
    await js.presses("tomas", "Answer", asked)
    form = js.person("tomas").form
    assert form is not None
    given = dict(form.preset)
    for _ in range(2):
        await js.calls("tomas", "answer", submitted=True, **given, text="Your condition never becomes false.")

    question = await the_question(js)
    assert len(await js.reads(lambda uow: uow.questions.answers(question.id))) == 1


async def test_nobody_answers_their_own_question(js: Scene, asked: Message) -> None:
    read = await js.presses("jill", "Answer", asked)

    assert read.startswith("This is your own question. If you found out yourself, press “I solved it”")


async def test_a_long_answer_is_shown_whole(js: Scene, asked: Message) -> None:
    words = " ".join(f"word{number}" for number in range(500))
    await js.presses("tomas", "Answer", asked)
    await js.fills("tomas", text=words[:4000])

    whole = "".join(thread(asked))
    assert all(f"word{number}" in whole for number in range(500))


async def test_open_questions_are_listed_oldest_first(js: Scene, asked: Message) -> None:
    """J23: whoever has time sees what others are stuck on, and answers from the list."""
    await js.does("nadia", "/ask What is a closure")

    read = await js.does("priya", "/questions")

    assert read == (
        "Open questions\n"
        "\n"
        "1. Why does my loop never end\n"
        "Jill · now\n"
        "Nobody has answered yet.\n"
        "\n"
        "2. What is a closure\n"
        "Nadia · now\n"
        "Nobody has answered yet.\n"
        "[Answer 1] [Answer 2] [Ask a question]\n"
        "Only you can see this"
    )
    await js.presses("priya", "Answer 2")
    assert js.person("priya").form is not None


async def test_ones_own_questions_are_read_not_answered(js: Scene, asked: Message) -> None:
    read = await js.does("jill", "/questions mine")

    assert "[Read 1] [Ask a question]" in read


async def test_an_observer_is_offered_no_answering(js: Scene, asked: Message) -> None:
    assert "[Read 1]" in await js.does("olu", "/questions all")


async def test_many_questions_come_page_by_page(js: Scene) -> None:
    for name in ("jill", "priya", "nadia"):
        for word in ("alphabet", "boolean", "catalogue"):
            await js.does(name, f"/ask {name}{word}")

    assert "Page 1 of 2" in await js.does("tomas", "/questions all")
    read = await js.presses("tomas", "Next")

    assert "Page 2 of 2" in read
    assert read.count("Nobody has answered yet.") == 4


async def test_an_empty_list_says_what_to_do(js: Scene) -> None:
    assert "No question is open. If you are stuck, /ask is the place" in await js.does("tomas", "/questions")
