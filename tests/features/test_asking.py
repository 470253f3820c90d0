"""Asking: the group sees a question at once, unless others asked something similar before."""

from __future__ import annotations

from datetime import timedelta

from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from bot.study.questions import Question
from tests.builders import Scene

LOOP = "/ask Why does my loop never end"


async def asked(js: Scene) -> list[Question]:
    return await js.reads(lambda uow: uow.questions.in_group(js.group.id))


async def test_a_question_stands_in_the_channel_with_a_thread(js: Scene) -> None:
    """J22: whoever is stuck asks, and the group sees it with a thread of its own."""
    read = await js.does("jill", LOOP)

    assert read == (
        "Asked: your group can see it. I'll tell you when somebody answers.\n"
        "[Other open questions] [I solved it] [Take it back]\n"
        "Only you can see this"
    )
    assert js.home.last.text == (
        "@Jill asks\n"
        "Why does my loop never end\n"
        "Nobody has answered yet.\n"
        "[Answer] [Mark…] [I solved it]\n"
        "Answer in the thread, or with the button. A reaction says thanks for asking."
    )
    assert js.home.last.thread is not None
    assert js.home.last.thread.title == "Why does my loop never end"


async def test_asking_is_a_sign_of_life(js: Scene) -> None:
    await js.does("jill", LOOP)

    acts = await js.reads(lambda uow: uow.journal.by_person(js.group.id, js.ids["jill"]))
    assert [act.kind for act in acts] == [ActKind.ASKED]
    assert (await js.member("jill")).signal_at == js.clock.now()


async def test_an_empty_call_opens_the_form(js: Scene) -> None:
    await js.does("jill", "/ask")

    form = js.person("jill").form
    assert form is not None
    assert [field.name for field in form.fields] == ["question", "details", "activity"]


async def test_the_details_and_the_activity_are_shown(js: Scene) -> None:
    await js.does("jill", "/ask")
    await js.fills(
        "jill",
        question="What is a closure?",
        details="I read the page twice.",
        activity="Week 1, activity 1: Practise values",
    )

    assert "> I read the page twice.\nAbout Week 1, activity 1: Practise values" in js.home.last.text
    [question] = await asked(js)
    assert question.activity == await js.activity(1)


async def test_similar_questions_are_shown_first(js: Scene) -> None:
    """J24: the solved ones help without asking anew."""
    await js.does("jill", LOOP)

    read = await js.does("priya", "/ask My loop never ends, why")

    assert read == (
        "Others asked something similar\n"
        "Maybe the answer is here already:\n"
        "\n"
        "Why does my loop never end\n"
        "Nobody has answered yet.\n"
        "[Read 1] [None of these, ask it]\n"
        "Your question is kept for a day.\n"
        "Only you can see this"
    )
    assert len(await asked(js)) == 1


async def test_solved_questions_come_first(js: Scene) -> None:
    await js.does("priya", "/ask Must my loop never end")
    await js.does("jill", "/ask Does a loop never finish")
    await js.presses("jill", "None of these, ask it")
    await js.presses("jill", "I solved it")

    read = await js.does("nadia", "/ask Why does my loop never end")

    assert read.index("Does a loop never finish") < read.index("Must my loop never end")


async def test_a_question_that_shares_only_small_words_is_not_similar(js: Scene) -> None:
    await js.does("jill", "/ask How do I name a variable")

    await js.does("priya", "/ask How do I export a module")

    assert len(await asked(js)) == 2


async def test_asking_anyway_twice_asks_once(js: Scene) -> None:
    await js.does("jill", LOOP)
    await js.does("priya", "/ask My loop never ends, why")
    similar = js.person("priya").answers[-1]

    first = await js.presses("priya", "None of these, ask it", similar)
    second = await js.presses("priya", "None of these, ask it", similar)

    assert first.startswith("Asked: your group can see it.")
    assert second.startswith("This is asked already, or more than a day old.")
    assert [question.text for question in await asked(js)] == ["Why does my loop never end", "My loop never ends, why"]


async def test_the_same_question_again_is_the_same_question(js: Scene) -> None:
    await js.does("jill", LOOP)

    read = await js.does("jill", LOOP)

    assert read.startswith("You asked exactly this already, and it is still open.")
    assert len(await asked(js)) == 1


async def test_a_question_is_about_no_activity_where_several_are_open_and_none_was_named(js: Scene) -> None:
    await js.does("jill", LOOP)

    [question] = await asked(js)
    assert question.activity is None


async def test_a_message_of_ones_own_becomes_a_question(js: Scene) -> None:
    said = await js.person("jill").says("What does undefined mean?\nI see it everywhere.", js.home)

    await js.uses_menu("jill", "Turn into question", said)

    [question] = await asked(js)
    assert (question.person, question.text) == (js.ids["jill"], "What does undefined mean?")
    assert question.details == "What does undefined mean?\nI see it everywhere."


async def test_a_message_of_somebody_else_is_quoted_by_whoever_asks(js: Scene) -> None:
    said = await js.person("nadia").says("What does undefined mean?", js.home)

    await js.uses_menu("tomas", "Turn into question", said)

    [question] = await asked(js)
    assert question.person == js.ids["tomas"]
    assert question.details == "“What does undefined mean?”\n— Nadia"


async def test_a_question_in_an_archived_group_is_refused(js: Scene) -> None:
    await js.changes_group(state=GroupState.ARCHIVED)

    assert "is archived" in await js.does("jill", LOOP)
    assert await asked(js) == []


async def test_a_question_is_due_to_be_raised_a_day_later_outside_the_quiet_hours(js: Scene) -> None:
    js.clock.move_by(timedelta(hours=5))  # 23:00 in Berlin
    await js.does("jill", LOOP)

    [question] = await asked(js)
    due = await js.reads(lambda uow: uow.agenda.at(DueKind.RAISE_QUESTION, question.id))
    assert due is not None
    assert due - js.clock.now() == timedelta(hours=34)  # 09:00, the morning after the next night
