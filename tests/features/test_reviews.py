"""Feedback on work (J2, J20, J29): asked for, given in two parts, thanked for, changed and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.local import FormNotTaken, Message
from bot.ids import code
from bot.study import progress
from bot.study.reviews import Review
from tests.builders import Scene

WORKS, SUGGESTION = "The loop ends where it should.", "Try it with an empty list."


@pytest.fixture
async def work(js: Scene) -> Message:
    """Return the message that shows what Jill handed in."""
    await js.does("jill", "/submit activity:1.1 https://blog.example/loops")
    return js.home.last


async def reviews(js: Scene) -> list[Review]:
    return await js.reads(
        lambda uow: [one for who in js.ids.values() for one in uow.reviews.by_person(js.group.id, who)]
    )


async def gives(js: Scene, name: str, on: Message, works: str = WORKS, suggestion: str = SUGGESTION) -> str:
    await js.presses(name, "Give feedback", on)
    return await js.fills(name, works=works, suggestion=suggestion)


async def points(js: Scene, name: str) -> float:
    return (await js.member(name)).eighths / 8


async def test_feedback_stands_below_the_work_and_names_its_author(js: Scene, work: Message) -> None:
    """J2: a mentor gives feedback; J20: it is talked about with the author."""
    read = await gives(js, "tomas", work)

    assert read.startswith("Sent: @Jill reads it below their work. Thank you for taking the time.")
    assert work.thread is not None
    assert work.thread.last.text == (
        "@Jill, @Tomas has feedback for you.\n"
        "\n"
        "What works\n"
        f"> {WORKS}\n"
        "\n"
        "One suggestion\n"
        f"> {SUGGESTION}\n"
        "[This helped me]\n"
        "React to say thanks."
    )
    assert js.inbox("jill") == []


async def test_whoever_agreed_to_messages_gets_it_directly(js: Scene, work: Message) -> None:
    await js.agrees("jill")
    js.clock.move_by(timedelta(hours=1))
    await gives(js, "priya", work)

    [told] = js.inbox("jill")
    assert told.startswith("Priya has feedback for you\nWeek 1, activity 1: Practise values\n\nWhat works")
    assert told.endswith("[This helped me] [Change my work]")


async def test_saying_that_it_helped_is_worth_something_to_whoever_gave_it(js: Scene, work: Message) -> None:
    """J29: the thanks arrive, and J27: they count."""
    await js.agrees("priya")
    await gives(js, "priya", work)
    assert work.thread is not None
    card = work.thread.last

    assert (await js.presses("jill", "This helped me", card)).startswith("Noted: @Priya reads that it helped.")
    assert "It helped." in card.text
    assert await points(js, "priya") == 5
    assert [line.splitlines()[0] for line in js.inbox("priya")] == [
        "Jill says your feedback helped. Thank you for giving it."
    ]

    assert (await js.presses("jill", "Undo")).startswith("Taken back.")
    assert await points(js, "priya") == 0
    assert js.inbox("priya") == []


async def test_it_counts_once_however_often_it_is_said(js: Scene, work: Message) -> None:
    await gives(js, "priya", work)
    [review] = await reviews(js)
    for _ in range(3):
        await js.calls("jill", "review helped", id=code(review.id))
    assert await points(js, "priya") == 5


async def test_only_the_author_says_that_it_helped(js: Scene, work: Message) -> None:
    await gives(js, "priya", work)
    assert work.thread is not None
    for name in ("priya", "nadia", "fela"):
        read = await js.presses(name, "This helped me", work.thread.last)
        assert read.startswith("Only the person whose work this is about can say that it helped.")
    assert await points(js, "priya") == 0


async def test_nobody_gives_feedback_on_their_own_work(js: Scene, work: Message) -> None:
    assert (await js.presses("jill", "Give feedback", work)).startswith("This is your own work.")


async def test_both_parts_are_needed(js: Scene, work: Message) -> None:
    await js.presses("priya", "Give feedback", work)
    with pytest.raises(FormNotTaken, match="One suggestion: what you would try next” is required"):
        await js.fills("priya", works=WORKS, suggestion="")
    assert await reviews(js) == []


async def test_feedback_can_be_given_from_the_menu_of_the_message(js: Scene, work: Message) -> None:
    await js.uses_menu("nadia", "Give feedback", work)
    read = await js.fills("nadia", works=WORKS, suggestion=SUGGESTION)
    assert read.startswith("Sent:")
    elsewhere = await js.person("priya").says("Hello", js.home)
    assert (await js.uses_menu("nadia", "Give feedback", elsewhere)).startswith("That message shows nobody's work.")


async def test_it_is_changed_in_place(js: Scene, work: Message) -> None:
    await gives(js, "priya", work)
    assert work.thread is not None
    card, before = work.thread.last, len(work.thread.messages)
    assert (await gives(js, "priya", work, suggestion="Name the list.")).startswith(
        "Changed: @Jill sees your new words"
    )
    assert "> Name the list." in card.text
    assert len(work.thread.messages) == before
    assert (await gives(js, "priya", work, suggestion="Name the list.")).startswith("You said exactly this already")
    assert len(await reviews(js)) == 1


async def test_it_is_taken_back_with_all_that_came_of_it(js: Scene, work: Message) -> None:
    await gives(js, "priya", work)
    assert work.thread is not None
    card = work.thread.last
    await js.likes("nadia", card)
    await js.presses("jill", "This helped me", card)
    assert await points(js, "priya") == 9
    [review] = await reviews(js)

    assert (await js.calls("nadia", "review withdraw", id=code(review.id))).startswith("Only the person who gave")
    assert (await js.calls("priya", "review withdraw", id=code(review.id))).startswith("Taken back:")

    assert card.deleted
    assert await points(js, "priya") == 0
    assert await reviews(js) == []
    assert (await js.calls("priya", "review withdraw", id=code(review.id))).startswith("This feedback is gone")


async def test_a_like_of_feedback_counts_like_that_of_an_answer(js: Scene, work: Message) -> None:
    """J26."""
    await gives(js, "priya", work)
    assert work.thread is not None
    await js.likes("jill", work.thread.last)
    assert await points(js, "priya") == 4


@pytest.mark.slow
async def test_the_work_with_the_fewest_waits_first_and_of_those_the_oldest(js: Scene, work: Message) -> None:
    """J2: a mentor with little time sees first what has waited longest."""
    for name in ("priya", "nadia"):
        js.clock.move_by(timedelta(minutes=1))
        await js.does(name, f"/submit activity:1.1 https://{name}.example/")
    await gives(js, "priya", work)

    read = await js.does("tomas", "/review")

    names = [line.split(" · ")[0] for line in read.splitlines() if " · Week 1" in line]
    assert names == ["1. Priya", "2. Nadia", "3. Jill"]
    assert "no feedback yet" in read
    assert "1 review so far" in read
    assert "Nothing waits" not in read
    await js.presses("tomas", "Give feedback 1")
    await js.fills("tomas", works=WORKS, suggestion=SUGGESTION)
    assert [line for line in (await js.does("tomas", "/review")).splitlines() if "Priya" in line] == []


async def test_ones_own_work_and_what_one_has_seen_to_do_not_wait(js: Scene, work: Message) -> None:
    assert "Nothing waits for your feedback right now." in await js.does("jill", "/review")
    assert "Jill" in await js.does("priya", "/review 1.1")


async def test_where_ones_own_response_comes_first_feedback_shows_no_more_than_that(js: Scene, work: Message) -> None:
    await js.changes_group(responses_after_own=True)
    assert "Nothing waits" in await js.does("priya", "/review")
    assert (await js.presses("priya", "Give feedback", work)).startswith("In this group you see the others' work once")

    await gives(js, "tomas", work)
    assert work.thread is not None
    assert WORKS not in work.thread.last.text
    assert (await js.presses("nadia", "Read it", work.thread.last)).startswith("In this group you see")
    assert WORKS in await js.presses("jill", "Read it", work.thread.last)


@pytest.mark.slow
async def test_feedback_counts_as_help_and_is_told_where_work_is_shown(js: Scene, work: Message) -> None:
    """J18, J27."""
    await gives(js, "priya", work)
    member = await js.member("priya")
    state = await js.reads(lambda uow: progress.of_member(uow, js.group, member))
    assert (state.help.reviewed, state.help.given) == (1, 1)
    assert "Feedback: 1 given, 0 received" in await js.does("priya", "/progress")
    assert "Feedback: 0 given, 1 received" in await js.does("jill", "/progress")
    assert "1 review" in await js.does("nadia", "/responses 1.1")


async def test_those_who_lead_see_what_waits_for_feedback(js: Scene, work: Message) -> None:
    js.clock.move_by(timedelta(days=2))
    assert "1 response waits for feedback" in await js.does("fela", "/lead pulse")
    await gives(js, "tomas", work)
    assert "waits for feedback" not in await js.does("fela", "/lead pulse")


async def test_who_looks_on_reads_but_gives_none(js: Scene, work: Message) -> None:
    read = await js.presses("olu", "Give feedback", work)
    assert read.startswith("You follow")
