"""Where a group's questions stand, and by which labels they are sorted there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.local import Channel
from bot.features import leading, progress, questions, weeks
from bot.study.groups import GroupState
from bot.study.members import Role
from tests.builders import Scene, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, with its first week out, and a channel beside its own."""
    features = (leading.feature, progress.feature, questions.feature, weeks.feature)
    async with scene(sqlite_url, features, tmp_path) as opened:
        await opened.open_week(1)
        yield opened


@pytest.fixture
def forum(js: Scene) -> Channel:
    return js.chat.space("acme").channel("questions")


async def test_a_question_is_open_until_somebody_answers_and_named_by_its_week(js: Scene) -> None:
    await js.does("jill", "/ask Why does my loop never end activity:1.1")
    message = js.home.last
    assert message.labels == ("Open", "Week 1")
    assert "#Open  #Week 1" in js.person("jill").sees(js.home)[-1]

    await js.says("priya", "Look at i++", message)
    assert message.labels == ("Answered", "Week 1")

    await js.does("jill", "/solved")
    await js.presses("jill", "I solved it", message)
    assert message.labels == ("Answered", "Week 1")


async def test_a_question_that_is_about_no_activity_is_of_no_week(js: Scene) -> None:
    await js.does("jill", "/ask Which editor do you like")
    assert js.home.last.labels == ("Open",)


async def test_questions_go_where_the_facilitator_says_and_weeks_stay(js: Scene, forum: Channel) -> None:
    before = len(js.home.messages)
    assert await js.does("fela", "/lead group questions #questions") == (
        "Questions go to that channel from now on. Weeks and announcements stay where they are.\n"
        "Those that were asked before stay where their answers are.\n"
        "Only you can see this"
    )
    await js.does("jill", "/ask Why does my loop never end")
    assert len(js.home.messages) == before
    assert "Why does my loop never end" in forum.last.text
    assert forum.last.thread is not None

    await js.says("priya", "Look at i++", forum.last)
    assert "1 answer so far." in forum.last.text
    await js.open_week(2)
    assert len(forum.messages) == 1


async def test_what_was_asked_before_stays_where_its_answers_are(js: Scene, forum: Channel) -> None:
    await js.does("jill", "/ask Why does my loop never end")
    asked = js.home.last
    await js.does("fela", "/lead group questions #questions")
    await js.says("priya", "Look at i++", asked)
    assert not forum.messages
    assert "1 answer so far." in asked.text

    await js.does("tomas", "/ask How do you name things")
    asked = forum.last
    await js.does("fela", "/lead group questions #javascript")
    await js.says("priya", "Slowly", asked)
    assert "1 answer so far." in asked.text
    await js.does("jill", "/ask Which editor do you like")
    assert "Which editor do you like" in js.home.last.text


async def test_the_form_asks_for_the_channel(js: Scene, forum: Channel) -> None:
    await js.does("fela", "/lead group questions")
    assert (await js.fills("fela", channel="#questions")).startswith("Questions go to that channel from now on.")
    await js.does("fela", "/lead group questions")
    assert (await js.fills("fela", channel="#questions")).startswith("Nothing changed")
    await js.does("fela", "/lead group questions")
    assert (await js.fills("fela", channel="#javascript")).startswith("Questions go to the group's own channel again.")


async def test_the_group_is_known_in_the_channel_of_its_questions(js: Scene, forum: Channel) -> None:
    await js.another_group()
    await js.does("fela", "/lead group questions #questions")
    await js.does("jill", "/ask Why does my loop never end")
    thread = forum.last.thread
    assert thread is not None
    answer = await js.says("priya", "Look at i++", forum.last)
    assert (await js.uses_menu("jill", "Mark as answer", answer)).startswith("Marked")
    assert "Open questions" in (await js.person("fela").types("/questions", thread)).text


async def test_a_channel_belongs_to_one_group(js: Scene, forum: Channel) -> None:
    other = await js.another_group("python")
    taken = await js.does("fela", "/lead group questions #python")
    assert taken.startswith(f"{other.title} has that channel already")
    await js.does("fela", "/lead group questions #questions")
    theirs = js.chat.space("acme").channel("python")
    taken = (await js.person("fela").types("/lead group questions #questions", theirs)).text
    assert taken.startswith("JavaScript in three weeks has that channel already")
    await js.changes_group(state=GroupState.ENDED)
    free = (await js.person("fela").types("/lead group questions #questions", theirs)).text
    assert free.startswith("Questions go to that channel from now on.")


async def test_only_channels_of_the_groups_own_space_can_be_chosen(js: Scene) -> None:
    refused = await js.does("fela", "/lead group questions local:globex/questions")
    assert refused.startswith("That channel is in another server or workspace.")
    refused = await js.does("fela", "/lead group questions somewhere")
    assert refused.startswith("I don't know the channel “somewhere”.")


async def test_a_direct_conversation_has_no_channels_to_choose_from(js: Scene) -> None:
    answer = await js.person("fela").types("/lead group questions #questions")
    assert answer.text.startswith("Type this in a channel of your server or workspace")


async def test_learners_do_not_move_the_questions(js: Scene, forum: Channel) -> None:
    assert (await js.does("jill", "/lead group questions #questions")).startswith("Only facilitators can do this.")


async def test_mentors_see_somebodys_progress_from_the_menu_on_them(js: Scene) -> None:
    jill = js.person("jill")
    seen = await js.person("tomas").uses_person_menu("Their progress", jill, js.home)
    assert seen.text.startswith("Progress of @Jill")
    own = await jill.uses_person_menu("Their progress", jill, js.home)
    assert own.text.startswith("Your progress")
    others = await js.person("priya").uses_person_menu("Their progress", jill, js.home)
    assert others.text.startswith("You can see your own progress.")
    stranger = await js.person("tomas").uses_person_menu("Their progress", js.person("gus"), js.home)
    assert stranger.text.startswith("They are not in JavaScript in three weeks")
    await js.changes("nadia", role=Role.FACILITATOR, learning=False)
    helper = await js.person("tomas").uses_person_menu("Their progress", js.person("nadia"), js.home)
    assert "helps in JavaScript in three weeks without learning along" in helper.text
