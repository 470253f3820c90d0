"""Handing in work, once and again, as people do it."""

from __future__ import annotations

import pytest

from bot.study.acts import ActKind
from tests.builders import Scene
from tests.features.handing_in import LINK, SUBMIT, id_of, posted, untouched, work_of

# J17, J18: handing in


async def test_work_is_saved_and_the_group_sees_it_with_a_thread_to_talk_about_it(js: Scene) -> None:
    """J17, J18, J20."""
    told = await js.does("jill", f"{SUBMIT} my first loop")
    assert told == ("Saved: Week 1, activity 1. Your group can see it.\n[Edit] [Undo]\nOnly you can see this")
    [message] = posted(js)
    assert message.text == (
        "@Jill handed in Week 1, activity 1\n"
        "Practise values\n"
        "blog.example (https://blog.example/loops)\n"
        "> my first loop\n"
        "[See all responses] [Give feedback] [Submit work]\n"
        "React to say thanks, reply in the thread to talk about it."
    )
    assert message.thread is not None
    assert message.thread.title == "Jill: Practise values"


@pytest.mark.parametrize(
    "link",
    [
        "https://github.com/jill/loops",
        "http://wiki.example/Jill",
        "https://müller.example/ü",
        "https://video.example/v?id=1",
    ],
)
async def test_any_link_will_do(js: Scene, link: str) -> None:
    """J18."""
    await js.does("jill", f"/submit activity:1 {link}")
    work = await work_of(js, "jill")
    assert work is not None
    assert work.link == link


async def test_words_will_do_as_well(js: Scene) -> None:
    await js.does("jill", "/submit activity:2 I think that **values** are {who}")
    work = await work_of(js, "jill", number=2)
    assert work is not None
    assert (work.link, work.note) == (None, "I think that **values** are {who}")
    assert "> I think that **values** are {who}" in posted(js)[0].text


async def test_an_empty_call_opens_a_form_with_the_open_activities(js: Scene) -> None:
    told = await js.does("jill", "/submit")
    assert told.startswith(
        "Hand in your work\n  Which activity (required): Week 1, activity 1: Practise values | Week 1, activity 2:"
    )
    assert await js.fills("jill", activity="Week 1, activity 2: Reflect on values", note="done") == (
        "Saved: Week 1, activity 2. Your group can see it.\n[Edit] [Undo]\nOnly you can see this"
    )


async def test_a_form_without_an_answer_says_what_is_enough(js: Scene) -> None:
    await js.does("jill", "/submit activity:1")
    assert (await js.fills("jill")).startswith("Paste a link to your work, or write your answer as text.")
    assert await untouched(js)


async def test_others_who_answered_are_counted_and_one_tap_away(js: Scene) -> None:
    await js.does("priya", SUBMIT)
    told = await js.does("jill", SUBMIT)
    assert "1 other has answered too.\n[See their answers]" in told
    assert "Priya" in await js.presses("jill", "See their answers")


# J19: once, and again


async def test_pressing_twice_records_once(js: Scene) -> None:
    """J19."""
    for _ in range(3):
        told = await js.does("jill", SUBMIT)
    assert told.startswith("You handed exactly this in on Monday 11 January 2027, so nothing changed.")
    work = await work_of(js, "jill")
    assert work is not None
    assert work.version == 1
    assert len(posted(js)) == 1
    acts = await js.reads(lambda uow: uow.journal.by_person(js.group.id, js.ids["jill"]))
    assert [act.kind for act in acts] == [ActKind.SUBMITTED]


async def test_handing_in_again_is_a_new_version_and_the_posted_one_is_changed_in_place(js: Scene) -> None:
    """J19."""
    await js.does("jill", SUBMIT)
    told = await js.does("jill", "/submit activity:1 https://blog.example/better")
    assert told.startswith("You handed this in on Monday 11 January 2027. I replaced it, and the old one is kept")
    [message] = posted(js)
    assert message.edited
    assert "https://blog.example/better" in message.text
    history = await js.presses("jill", "History")
    assert history.index("Version 2") < history.index("https://blog.example/better") < history.index("Version 1")
    assert history.index("Version 1") < history.index(LINK)


async def test_editing_starts_from_what_was_handed_in(js: Scene) -> None:
    await js.does("jill", f"{SUBMIT} my first loop")
    assert "Or your answer as text: = my first loop" in await js.presses("jill", "Edit")
    await js.fills("jill", note="my second loop")
    work = await work_of(js, "jill")
    assert work is not None
    assert (work.version, work.link, work.note) == (2, LINK, "my second loop")


async def test_a_long_version_is_kept_and_shown_whole(js: Scene) -> None:
    words = " ".join(f"word{number}." for number in range(400))
    await js.calls("jill", "submit", activity="1", note=words)
    await js.calls("jill", "submit", activity="1", note="shorter")
    history = await js.calls("jill", "submission history", id=await id_of(js, "jill"))
    assert "word0." in history
    assert "word399." in history


async def test_work_can_be_taken_back_and_handed_in_again(js: Scene) -> None:
    """J21."""
    await js.does("jill", SUBMIT)
    told = await js.presses("jill", "Undo")
    assert told.startswith("Taken back: nobody sees it any more. It stays in your history.")
    assert posted(js) == []
    assert "Nobody has answered yet." in await js.does("priya", "/responses activity:1")
    assert (await js.calls("jill", "submission withdraw", id=await id_of(js, "jill"))) == "This is taken back already."
    assert (await js.does("jill", SUBMIT)).startswith("Saved: Week 1, activity 1.")
    assert len(posted(js)) == 1
