"""What cannot be done with weeks, by whom: a refusal in plain words, and nothing changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ids import code
from bot.study.groups import GroupState
from bot.study.weeks import WeekState
from tests.builders import Scene, scene
from tests.features.weekly import FEATURES, id_of, posted, state, week

UNKNOWN = "I can't find that any more. It may have been removed, or it belongs to another group."


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the group on the evening it starts; no week is out yet."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.changes_group(state=GroupState.RUNNING)
        yield opened


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/newweek number:9", "The next week would be number 4. To change an earlier one, use /lead week edit."),
        ("/newweek number:-1 title:x", "The next week would be number 4."),
        ("/newweek when:2027-01-10 18:00", "Sunday 10 January 2027, 18:00 (Europe/Berlin) has passed already."),
        (
            "/newweek when:2099-01-10 18:00",
            "Saturday 10 January 2099, 18:00 (Europe/Berlin) is more than two years away.",
        ),
        ("/newweek when:9999-12-31 23:59", "I can't read “9999-12-31 23:59” as a date and time."),
        ("/newweek when:soon", "I can't read “soon” as a date and time. Write it like 2027-01-11 18:00."),
        ("/newweek number:two", "“two” is not a number"),
        (
            "/newweek number:4 title:" + "x" * 301,
            "“Title, for a week that is not in the plan yet” takes at most 300 char",
        ),
        ("/newweek title:a\u202eb", "“Title, for a week that is not in the plan yet” has invisible control characters"),
        (
            "/newweek text:" + "x" * 4_001,
            "“What the week is about” takes at most 4,000 characters, and yours has 4,001.",
        ),
        ("/lead week edit 9 title:x", "JavaScript in three weeks has weeks 1 to 3; there is no week 9."),
        ("/lead week edit 2 when:2027-01-01 18:00", "Friday 1 January 2027, 18:00 (Europe/Berlin) has passed already."),
        ("/lead week material 1 url:javascript:alert(1)", "“javascript:alert(1)” is not a link that I can keep."),
        ("/lead week material 1 url:https://a:b@x.example", "There is a user name or password in that link."),
        (
            "/lead week material 1 https://x.example kind:poem",
            "I don't know “poem” for “What it is”. You can choose: Video",
        ),
        ("/lead week material 1 https://x.example minutes:0", "Minutes go from 1 to 6,000 here, so 0 does not fit."),
        ("/lead week material 1 https://x.example minutes:999999999", "Minutes go from 1 to 6,000 here, so 999999999"),
        ("/lead week activity 1 title:x required:maybe", "I don't know “maybe” for “Whether finishing needs it”."),
        ("/week 99", "JavaScript in three weeks has weeks 1 to 3; there is no week 99."),
    ],
)
async def test_bad_input_is_refused_in_plain_words_and_nothing_changes(js: Scene, line: str, words: str) -> None:
    before = await state(js)
    assert (await js.does("fela", line)).startswith(words)
    assert await state(js) == before


@pytest.mark.parametrize("command", ["newweek post", "newweek undo", "lead week retire"])
async def test_ids_of_another_group_are_worth_nothing_here(js: Scene, command: str) -> None:
    other = await js.another_group()
    option = "activity" if command == "lead week retire" else "week"
    ids = [await id_of(js, 1), code(await js.activity(1)), code(2**62), code(0)]
    before = await state(js)
    for id in ids:
        given = {"group": code(other.id), option: id}
        told = await js.calls("fela", command, submitted=False, **given)
        assert told == UNKNOWN or told.startswith("“")
    assert await state(js) == before
    assert await js.reads(lambda uow: uow.outbox.of_group(other.id)) == []


@pytest.mark.parametrize("who", ["jill", "tomas", "olu", "gus"])
async def test_only_those_who_lead_open_or_change_weeks(js: Scene, who: str) -> None:
    before = await state(js)
    for command, given in (
        ("newweek", {}),
        ("newweek post", {"week": await id_of(js, 1)}),
        ("newweek undo", {"week": await id_of(js, 1)}),
        ("newweek schedule", {"number": "1", "when": "2027-02-01 18:00"}),
        ("lead week edit", {"number": "1", "title": "Mine"}),
        ("lead week material", {"number": "1", "url": "https://x.example"}),
        ("lead week unlist", {"number": "1", "place": "1"}),
        ("lead week activity", {"number": "1", "title": "Mine"}),
        ("lead week retire", {"activity": code(await js.activity(1))}),
    ):
        told = await js.calls(who, command, submitted=False, **given)
        assert told == "Only facilitators can do this. Here, that is Fela.", command
    assert await state(js) == before


async def test_a_posted_week_keeps_its_time(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    before = await state(js)
    for line in ("/newweek number:1 when:2027-02-01 18:00", "/lead week edit 1 when:2027-02-01 18:00"):
        await js.does("fela", line)
        assert await state(js) == before


@pytest.mark.parametrize("over", [GroupState.ARCHIVED, GroupState.CANCELLED])
async def test_a_group_that_is_over_gets_no_more_weeks(js: Scene, over: GroupState) -> None:
    await js.changes_group(state=over)
    before = await state(js)
    for line in ("/newweek", "/lead week edit 1 title:x", "/lead week activity 1 title:x"):
        assert (await js.does("fela", line)).startswith("JavaScript in three weeks is ")
    assert await state(js) == before


async def test_a_group_on_a_break_says_so(js: Scene) -> None:
    await js.changes_group(state=GroupState.BREAK)
    told = await js.calls("fela", "newweek post", week=await id_of(js, 1))
    if (await week(js, 1)).state is WeekState.PLANNED:
        assert told == "JavaScript in three weeks is not open for new weeks now: it is on a break."


async def test_a_frozen_group_says_so(js: Scene) -> None:
    await js.changes_group(state=GroupState.FROZEN)
    told = await js.calls("fela", "newweek post", week=await id_of(js, 1))
    assert told == "JavaScript in three weeks is not open for new weeks now: it is frozen."
    assert posted(js) == []
