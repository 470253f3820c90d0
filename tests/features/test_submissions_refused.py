"""What cannot be handed in, or by whom: a refusal in plain words, and nothing is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ids import code
from bot.ports import UnitOfWork
from bot.study.groups import GroupState
from tests.builders import Scene
from tests.features.handing_in import SUBMIT, UNKNOWN, id_of, posted, untouched


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"link": "javascript:alert(1)"}, "“javascript:alert(1)” is not a link that I can keep."),
        (
            {"link": "https://x.example/" + "y" * 2_031},
            "A link can have at most 2,048 characters, and yours has 2,049.",
        ),
        ({"link": "https://me:secret@x.example/"}, "There is a user name or password in that link."),
        ({"link": "https://x.example/\u202egnp.exe"}, "“Link to your work: a blog post, a repository, a page” has inv"),
        ({"note": "x" * 4_001}, "“Or your answer as text” takes at most 4,000 characters, and yours has 4,001."),
        ({"note": "a\x1b[31m"}, "“Or your answer as text” has invisible control characters in it."),
        ({"note": "a\u2066b"}, "“Or your answer as text” has invisible control characters in it."),
        ({"note": "x", "activity": "9"}, "I don't know “9” for “Which activity”. You can choose: Week 1, activity 1:"),
        ({"note": "x", "activity": code(2**62)}, "I can't find that activity in JavaScript in three weeks."),
        ({"note": "x", "aktivity": "1"}, "/submit has no option “aktivity”. It takes: activity, link, note."),
        ({"note": " ", "link": " "}, "Paste a link to your work, or write your answer as text."),
    ],
)
async def test_bad_input_is_refused_in_plain_words_and_nothing_is_kept(
    js: Scene, given: dict[str, str], words: str
) -> None:
    told = await js.calls("jill", "submit", submitted=True, **{"activity": "1", **given})
    assert told.startswith(words)
    assert "secret" not in told.partition("\n")[0]
    assert await untouched(js)


async def test_an_activity_of_a_week_that_is_not_out_cannot_be_answered_yet(js: Scene) -> None:
    later = code(await js.activity(2))
    told = await js.calls("jill", "submit", activity=later, note="early")
    assert told.startswith("Week 2 is not open yet. It opens on Monday 18 January 2027")
    assert await untouched(js)


async def test_work_of_another_group_is_worth_nothing_here(js: Scene) -> None:
    await js.does("jill", SUBMIT)
    id = await id_of(js, "jill")
    other = await js.another_group()
    for command in ("submission withdraw", "submission history", "response"):
        assert await js.calls("fela", command, id=id, group=code(other.id)) == UNKNOWN
    activity = code(await js.activity(1))
    told = await js.calls("fela", "submit", activity=activity, note="x", group=code(other.id))
    assert told.startswith("No week is open yet, so there is nothing to hand in.")
    assert await js.reads(lambda uow: uow.journal.of_group(other.id)) == []
    assert await js.reads(lambda uow: uow.outbox.of_group(other.id)) == []


@pytest.mark.parametrize("id", ["0", code(2**62), "nonsense", "-1", ""])
async def test_an_id_that_is_none_is_not_found(js: Scene, id: str) -> None:
    await js.does("jill", SUBMIT)
    for command in ("submission withdraw", "submission history", "response"):
        told = await js.calls("jill", command, submitted=True, id=id)
        assert told == UNKNOWN or told.endswith("is still empty. Fill it in and try again.")
    assert len(posted(js)) == 1


async def test_nobody_changes_what_others_handed_in(js: Scene) -> None:
    await js.does("jill", SUBMIT)
    id = await id_of(js, "jill")
    for who in ("priya", "tomas", "fela"):
        told = await js.calls(who, "submission withdraw", id=id)
        assert told == "Only the person who handed this in can change it."
        assert await js.calls(who, "submission history", id=id) == told
    assert len(posted(js)) == 1


async def test_an_archived_group_takes_nothing_more(js: Scene) -> None:
    await js.changes_group(state=GroupState.ENDED)
    assert (await js.does("jill", SUBMIT)).startswith("Saved")  # late is fine
    await js.changes_group(state=GroupState.ARCHIVED)
    assert (await js.does("priya", SUBMIT)).startswith("JavaScript in three weeks is archived:")
    assert len(posted(js)) == 1


async def test_the_longest_of_everything_can_be_shown(js: Scene) -> None:
    """No title, link and text together are ever more than a message holds."""
    activity = await js.activity(1)

    def retitle(uow: UnitOfWork) -> None:
        found = uow.weeks.activity(activity)
        assert found is not None
        uow.weeks.save_activity(replace(found, title="*<&>_" * 60))

    await js.writes(retitle)
    link = f"https://{'sub-domain.' * 20}example.org/".ljust(2_048, "x")
    told = await js.calls("jill", "submit", activity=code(activity), link=link, note="<&*>" * 1_000)
    assert told.startswith("Saved: Week 1, activity 1.")
    assert "…example.org" not in posted(js)[0].text
    assert link in posted(js)[0].text
    assert "Practise" not in await js.does("priya", "/responses")
