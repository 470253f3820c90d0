"""Weeks: opened on schedule or by hand, changed in place, and read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from bot.study.outline import MaterialKind
from bot.study.weeks import WeekState
from tests.builders import Scene, scene
from tests.features.weekly import FEATURES, due_at, id_of, posted, schedule, week

WEEK_1 = (
    "Week 1: values\n\nMaterial\n• Read: Reading values (https://js.example/read) · about 20 min\n\nActivities\n"
    "1. Practise values · Practise, about 30 min\n2. Reflect on values · Reflect, about 10 min, if you like\n"
)
BUTTONS = "[Submit work] [See responses] [Ask a question] [My progress]"


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the group on the evening it starts; no week is out yet."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.changes_group(state=GroupState.RUNNING)
        yield opened


# J8, J13: a week comes by itself


async def test_a_week_is_posted_when_its_time_comes(js: Scene) -> None:
    """J8, J13."""
    await schedule(js, 1)
    await js.passes(minutes=1)
    assert posted(js) == [f"{WEEK_1}{BUTTONS}\nNext: week 2, Monday 18 January 2027, 17:00 (UTC)"]
    assert ((await week(js, 1)).state, (await week(js, 1)).posted_by) == (WeekState.POSTED, None)


async def test_a_week_is_posted_once_however_often_the_clock_looks(js: Scene) -> None:
    await schedule(js, 1)
    for _ in range(3):
        await js.passes(minutes=1)
        await schedule(js, 1)
    assert len(posted(js)) == 1


async def test_a_week_scheduled_before_the_group_starts_comes_as_promised(js: Scene) -> None:
    await js.changes_group(state=GroupState.OPEN)
    await js.does("fela", "/newweek when:2027-01-11 20:00")
    await js.passes(hours=3)
    assert posted(js)[0].startswith("Week 1: values")


@pytest.mark.parametrize("still", [GroupState.BREAK, GroupState.FROZEN, GroupState.ENDED, GroupState.CANCELLED])
async def test_no_week_comes_while_a_group_is_still(js: Scene, still: GroupState) -> None:
    await schedule(js, 1)
    await js.changes_group(state=still)
    await js.passes(minutes=1)
    assert posted(js) == []
    assert (await week(js, 1)).state is WeekState.PLANNED


# J13, J14: a facilitator opens one


async def test_the_next_week_is_previewed_to_the_facilitator_alone(js: Scene) -> None:
    """J14."""
    await schedule(js, 1)
    told = await js.does("fela", "/newweek")
    assert told.startswith(WEEK_1)
    assert told.endswith(
        "Preview: only you can see this\n"
        "Week 1 is planned for Monday 11 January 2027, 18:00 (Europe/Berlin).\n"
        "Post it now, choose another time, or change it first.\n"
        "[Post now] [Schedule] [Edit]\nOnly you can see this"
    )
    assert posted(js) == []


async def test_a_preview_does_not_promise_a_week_for_which_nothing_is_scheduled(js: Scene) -> None:
    told = await js.does("fela", "/newweek")
    assert "\nWeek 1 is in the plan, and nothing is scheduled for it.\n" in told


async def test_it_is_posted_with_one_tap_and_once(js: Scene) -> None:
    """J13."""
    await js.does("fela", "/newweek")
    preview = js.person("fela").answers[-1]
    assert (await js.presses("fela", "Post now")).startswith(
        "Week 1: values is out. You can take it back for 10 minutes."
    )
    assert len(posted(js)) == 1
    assert (await week(js, 1)).posted_by == js.ids["fela"]
    again = await js.presses("fela", "Post now", preview)
    assert again.startswith("Week 1 is open already, since Monday 11 January 2027, 18:00 (Europe/Berlin).")
    assert len(posted(js)) == 1


async def test_a_week_posted_by_hand_is_not_posted_again_when_its_time_comes(js: Scene) -> None:
    await schedule(js, 2)
    await js.calls("fela", "newweek post", week=await id_of(js, 2))
    assert await due_at(js, 2) is None
    await js.passes(days=8)
    assert len(posted(js)) == 1


async def test_it_can_be_taken_back_for_ten_minutes(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    js.clock.move_by(timedelta(minutes=10))
    told = await js.calls("fela", "newweek undo", week=await id_of(js, 1))
    assert (
        told
        == "Taken back: Week 1: values is in the plan again, and nothing is scheduled for it.\n[Post now] [Schedule]"
    )
    assert posted(js) == []
    assert (await week(js, 1)).posted_at is None
    assert await js.calls("fela", "newweek undo", week=await id_of(js, 1)) == "Week 1: values is not posted."
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    assert len(posted(js)) == 1


async def test_after_ten_minutes_it_stays(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    js.clock.move_by(timedelta(minutes=10, seconds=1))
    told = await js.calls("fela", "newweek undo", week=await id_of(js, 1))
    assert told == "Ten minutes have passed, so week 1 stays. Change it with /lead week edit."
    assert len(posted(js)) == 1


async def test_another_time_can_be_chosen_and_is_kept_in_the_groups_zone(js: Scene) -> None:
    await js.does("fela", "/newweek")
    assert (await js.presses("fela", "Schedule")).startswith("When does the week open?")
    told = await js.fills("fela", when="2027-01-13 09:30")
    assert told.startswith(
        "Week 1: values opens on Wednesday 13 January 2027, 09:30 (Europe/Berlin). I'll post it then."
    )
    assert await due_at(js, 1) == datetime(2027, 1, 13, 8, 30, tzinfo=UTC)
    await js.passes(days=1)
    assert posted(js) == []
    await js.passes(days=1)
    assert len(posted(js)) == 1


async def test_a_week_that_is_not_in_the_plan_gets_a_title_first(js: Scene) -> None:
    assert (await js.does("fela", "/newweek number:4")).startswith("Open a week\n")
    assert (await js.fills("fela", text="All of it\n\nat once")).startswith("Week 4 is new: give it a title")
    told = await js.does("fela", '/newweek number:4 title:"Everything" text:"All of it"')
    assert told.startswith("Week 4: Everything\nAll of it\n")
    assert "Week 4 is planned for Monday 1 February 2027, 18:00 (Europe/Berlin)." in told
    assert await due_at(js, 4) == (await week(js, 4)).opens_at
    assert await js.reads(lambda uow: uow.agenda.at(DueKind.END_GROUP, js.group.id)) == datetime(
        2027, 2, 8, 17, tzinfo=UTC
    )


@pytest.mark.slow
async def test_a_week_that_is_added_late_opens_on_the_weekday_of_the_others_to_come(js: Scene) -> None:
    """A date that has passed would be none: nothing would come of what the card says."""
    await js.passes(days=40)
    told = await js.does("fela", "/newweek number:4 title:Everything")
    assert "Week 4 is planned for Monday 22 February 2027, 18:00 (Europe/Berlin)." in told


async def test_a_personal_note_stands_on_top(js: Scene) -> None:
    await js.does("fela", "/newweek note:I loved this one. **Fela** {who}")
    await js.presses("fela", "Post now")
    assert posted(js)[0].startswith("Week 1: values\nI loved this one. **Fela** {who}\n\nMaterial")


# J16, J28: changed in place


async def test_a_posted_week_is_changed_in_place(js: Scene) -> None:
    """J16."""
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    told = await js.does("fela", '/lead week edit 1 title:"Values & types" text:"Read slowly."')
    assert told.startswith("Week 1: Values & types is changed.\n")
    assert "Everyone sees the change in the posted message." in told
    [message] = js.home.messages
    assert message.edited
    assert message.text.startswith("Week 1: Values & types\nRead slowly.\n\nMaterial")


async def test_a_change_that_changes_nothing_says_so(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    assert (await js.does("fela", "/lead week edit 1 title:values")).startswith(
        "Nothing changed: Week 1: values is as it was."
    )
    assert not js.home.messages[0].edited


async def test_an_empty_edit_opens_a_form_with_what_is_there(js: Scene) -> None:
    assert "New title: = values" in await js.does("fela", "/lead week edit 1")


async def test_material_is_added_changed_and_taken_out(js: Scene) -> None:
    """J16."""
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    told = await js.does("fela", "/lead week material 1 https://video.example/v kind:video minutes:12 title:A talk")
    assert "• Material 2: A talk" in told
    assert "• Watch: A talk (https://video.example/v) · about 12 min" in posted(js)[0]
    await js.does("fela", "/lead week material 1 https://video.example/v minutes:15")
    assert "• Watch: A talk (https://video.example/v) · about 15 min" in posted(js)[0]
    await js.does("fela", "/lead week material 1 https://www.plain.example/page")
    assert "• Visit: plain.example (https://www.plain.example/page)" in posted(js)[0]
    await js.presses("fela", "Remove material 1")
    assert [one.kind for one in (await week(js, 1)).materials] == [MaterialKind.VIDEO, MaterialKind.LINK]
    assert "Reading values" not in posted(js)[0]
    assert len(posted(js)) == 1


async def test_activities_are_added_changed_and_retired_and_each_change_is_a_version(js: Scene) -> None:
    """J28: whoever did what was asked then keeps it."""
    first = await js.activity(1)
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    await js.does("jill", "/submit activity:1 done")
    told = await js.does("fela", "/lead week activity 1 title:Write a test kind:build required:yes text:With pytest.")
    assert "• Activity 3: Write a test" in told
    assert "3. Write a test · Build\nWith pytest." in posted_week(js)
    await js.does("fela", "/lead week activity 1 title:write a TEST required:no")
    assert "3. Write a test · Build, if you like" in posted_week(js)
    await js.presses("fela", "Retire activity 1")
    assert "Practise values" not in posted_week(js)
    assert "2. Reflect on values" in posted_week(js)  # as the cards of what was handed in call it
    versions = await js.reads(lambda uow: uow.weeks.versions(js.group.id))
    assert [version.number for version in versions] == [1, 2, 3, 4]
    assert [first in version.required for version in versions] == [True, True, True, False]
    assert [len(version.required) for version in versions] == [3, 4, 3, 2]
    assert await js.reads(lambda uow: uow.submissions.of(first, js.ids["jill"])) is not None


def posted_week(on: Scene) -> str:
    """Return the message of the week that is out, the only one of its kind."""
    [text] = [text for text in posted(on) if text.startswith("Week ")]
    return text


async def test_a_change_that_asks_for_the_same_is_no_version(js: Scene) -> None:
    await js.does("fela", "/lead week activity 1 title:Practise values text:Twice.")
    await js.does("fela", "/lead week edit 1 title:Types")
    assert len(await js.reads(lambda uow: uow.weeks.versions(js.group.id))) == 1


async def test_a_long_week_goes_on_over_several_messages_and_shrinks_again(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    await js.calls("fela", "lead week edit", number="1", text="A long story, & more. " * 170)
    parts = posted(js)
    assert len(parts) > 1
    assert parts[1].startswith("Week 1: values, continued\n")
    assert "".join(parts).count("story") == 170
    assert [BUTTONS in part for part in parts] == [False] * (len(parts) - 1) + [True]
    await js.calls("fela", "lead week edit", number="1", text="Short.")
    assert posted(js) == [
        f"{WEEK_1.replace('values', 'values', 1)}".replace("\n\nMaterial", "\nShort.\n\nMaterial", 1)
        + f"{BUTTONS}\nNext: week 2, Monday 18 January 2027, 17:00 (UTC)"
    ]


async def test_a_week_with_very_much_in_it_can_still_be_changed(js: Scene) -> None:
    for number in range(25):
        await js.calls(
            "fela", "lead week material", number="1", url=f"https://x.example/{number}", title="*[A_title]*" * 25
        )
    told = await js.calls("fela", "lead week edit", number="1", title="Much")
    assert told.startswith("Week 1: Much is changed.")
    assert "Material 26" in told


# Reading


async def test_everyone_reads_the_newest_week_and_learners_what_is_open_for_them(js: Scene) -> None:
    """J8."""
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    await js.does("jill", "/submit activity:1 done")
    told = await js.does("jill", "/week")
    assert told.startswith(WEEK_1)
    assert "\n\nWhere you are\n• Done: Practise values\n• Open: Reflect on values\n" in told
    assert "Next: week 2, Monday 18 January 2027, 18:00 (Europe/Berlin)" in told
    assert "Where you are" not in await js.does("gus", "/week")


async def test_before_the_first_week_people_read_when_it_comes(js: Scene) -> None:
    told = await js.does("jill", "/week")
    assert "It starts with week 1, “values”, on Monday 11 January 2027, 18:00 (Europe/Berlin)." in told


async def test_a_week_that_is_not_out_is_seen_by_those_who_lead_alone(js: Scene) -> None:
    for who in ("jill", "tomas", "olu", "gus"):
        assert (await js.does(who, "/week 2")).startswith("Week 2 is not open yet. It opens on Monday 18 January 2027")
    assert (await js.does("fela", "/week 2")).startswith("Week 2: functions")
