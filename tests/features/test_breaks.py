"""Breaks and weeks that move, as facilitators and their group see them (J28)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.features import endings, schedule
from bot.ports import UnitOfWork
from bot.study.agenda import DueKind
from bot.study.audit import scope_of
from bot.study.breaks import Break
from bot.study.groups import GroupState
from bot.study.weeks import WeekState
from tests.builders import Scene, scene
from tests.features.weekly import FEATURES, posted, week
from tests.features.weekly import schedule as let_come

TAKE = "/lead schedule break first:2027-01-15 weeks:2"


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, which runs; its first week is out, the others come by themselves."""
    async with scene(sqlite_url, (*FEATURES, schedule.feature, endings.feature), tmp_path) as opened:
        await opened.changes_group(state=GroupState.RUNNING)
        for number in (1, 2, 3):
            await let_come(opened, number)
        await opened.passes(minutes=1)
        yield opened


async def opens(on: Scene) -> list[str]:
    return [f"{(await week(on, number)).opens:%m-%d}" for number in (1, 2, 3)]


async def breaks(on: Scene) -> list[Break]:
    return await on.reads(lambda uow: uow.breaks.of_group(on.group.id))


async def state_of(on: Scene) -> GroupState:
    group = await on.reads(lambda uow: uow.groups.get(on.group.id))
    assert group is not None
    return group.state


# Taking one


async def test_a_break_is_previewed_and_changes_nothing_until_it_is_taken(js: Scene) -> None:
    told = await js.does("fela", TAKE)

    assert told == (
        "A break from Friday 15 January 2027 to Thursday 28 January 2027: this is what changes.\n"
        "• Week 2: Monday 18 January 2027 → Monday 1 February 2027, 18:00 (Europe/Berlin)\n"
        "• Week 3: Monday 25 January 2027 → Monday 8 February 2027, 18:00 (Europe/Berlin)\n"
        "Nobody is reminded of anything in this time.\n"
        "Nothing has changed yet. The group is told once you press the button.\n"
        "[Take this break] [Choose other days]\n"
        "Only you can see this"
    )
    assert await opens(js) == ["01-11", "01-18", "01-25"]
    assert (await breaks(js), len(posted(js))) == ([], 1)


async def test_a_break_moves_the_later_weeks_and_the_group_has_one_notice(js: Scene) -> None:
    await js.does("fela", TAKE)
    told = await js.presses("fela", "Take this break")

    assert told.startswith("Done: the break is planned, and the group is told.")
    assert await opens(js) == ["01-11", "02-01", "02-08"]
    [rest] = await breaks(js)
    assert (rest.first, rest.last, rest.shifts, rest.days) == (date(2027, 1, 15), date(2027, 1, 28), True, 14)
    assert len(posted(js)) == 2
    assert posted(js)[1].startswith("A break\nWe rest from Friday 15 January 2027 to Thursday 28 January 2027.\n")


async def test_the_posted_week_names_the_new_date_of_the_next_one(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.passes(minutes=1)

    assert posted(js)[0].endswith("Next: week 2, Monday 1 February 2027, 17:00 (UTC)")


async def test_pressing_twice_takes_one_break(js: Scene) -> None:
    preview = await js.person("fela").types(TAKE, js.home)
    await js.presses("fela", "Take this break", preview)
    told = await js.presses("fela", "Take this break", preview)

    assert told.startswith("This is done already, or more than a day old.")
    assert (len(await breaks(js)), await opens(js)) == (1, ["01-11", "02-01", "02-08"])


async def test_a_plan_that_changed_since_the_preview_is_looked_at_again(js: Scene) -> None:
    preview = await js.person("fela").types(TAKE, js.home)
    await js.does("fela", "/lead week edit number:3 when:2027-01-27")
    told = await js.presses("fela", "Take this break", preview)

    assert told.startswith("The schedule has changed since you looked. Look again:\n")
    assert await breaks(js) == []


@pytest.mark.slow
async def test_weeks_in_a_break_can_be_left_out_instead(js: Scene) -> None:
    assert "Week 2, planned for Monday 18 January 2027" in await js.does("fela", f"{TAKE} later:leave out")
    await js.presses("fela", "Take this break")
    await js.passes(days=18)

    assert await opens(js) == ["01-11", "01-18", "01-25"]
    assert [(await week(js, number)).state for number in (1, 2, 3)] == [
        WeekState.POSTED,
        WeekState.SKIPPED,
        WeekState.SKIPPED,
    ]
    assert len(posted(js)) == 2
    required = await js.reads(lambda uow: uow.weeks.versions(js.group.id)[-1].required)
    assert required == (await js.activity(1),)
    shown = await js.does("fela", "/lead schedule show")
    assert "Week 2: functions: Monday 18 January 2027, 18:00 (Europe/Berlin): its time fell into a break" in shown


# While it lasts


@pytest.mark.slow
async def test_a_group_rests_on_the_days_of_its_break_and_then_goes_on(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.passes(days=3)
    assert await state_of(js) is GroupState.RUNNING
    await js.passes(days=1)
    assert await state_of(js) is GroupState.BREAK
    await js.passes(days=12)
    assert await state_of(js) is GroupState.BREAK
    await js.passes(days=2)
    assert await state_of(js) is GroupState.RUNNING
    await js.passes(days=4)

    assert posted(js)[-1].startswith("Week 2: functions")
    assert "Planned for" not in posted(js)[-1]


async def test_a_break_that_was_slept_through_leaves_the_group_running(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.passes(minutes=1)
    js.clock.move_to(js.clock.now().replace(month=2, day=1, hour=20))
    while await js.bot.tick():
        pass
    await js.settle()

    assert await state_of(js) is GroupState.RUNNING
    assert posted(js)[-1].startswith("Week 2: functions")


@pytest.mark.slow
async def test_a_group_does_not_end_in_its_break(js: Scene) -> None:
    await js.does("fela", "/lead schedule break first:2027-01-30 weeks:2 later:leave out")
    await js.presses("fela", "Take this break")
    await js.passes(days=32)
    assert await state_of(js) is GroupState.BREAK

    await js.passes(days=3)
    assert await state_of(js) is GroupState.ENDED


@pytest.mark.slow
async def test_two_breaks_in_a_row_are_one_rest(js: Scene) -> None:
    """The end of the first falls on the instant at which the second begins, whichever was planned first."""
    for days in ("first:2027-01-22 until:2027-01-28", "first:2027-01-15 until:2027-01-21"):
        await js.does("fela", f"/lead schedule break {days}")
        await js.presses("fela", "Take this break")
    await js.passes(days=5)
    assert await state_of(js) is GroupState.BREAK
    await js.passes(days=7)
    assert await state_of(js) is GroupState.BREAK
    await js.passes(days=7)
    assert await state_of(js) is GroupState.RUNNING


async def test_a_week_whose_time_was_set_into_a_break_comes_when_the_group_goes_on(js: Scene) -> None:
    """What is due while a group rests is lost for nobody, and waits no longer than the rest does."""
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.does("fela", "/lead week edit number:2 when:2027-01-16 20:00")
    await js.passes(days=6)
    assert len(posted(js)) == 2
    await js.does("fela", "/lead schedule break")
    await js.presses("fela", "End the break now")
    await js.passes(minutes=1)

    assert posted(js)[-1].startswith("Week 2: functions")


@pytest.mark.slow
async def test_a_week_that_waited_is_not_left_a_day_longer_when_the_break_ends_by_itself(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.does("fela", "/lead week edit number:2 when:2027-01-28 20:00")
    await js.passes(days=17, hours=3)  # it is due in the evening of the last day
    await js.writes(lambda uow: _looked_at_just_before_the_break_was_over(uow, js))
    await js.passes(hours=3)

    assert posted(js)[-1].startswith("Week 2: functions")


def _looked_at_just_before_the_break_was_over(uow: UnitOfWork, on: Scene) -> None:
    """Let a week be due only a day later, as where another process looked between midnight and the break's end."""
    found = uow.weeks.at(on.group.id, 2)
    assert found is not None
    uow.agenda.set(DueKind.PUBLISH_WEEK, found.id, on.clock.now() + timedelta(days=1), on.group.id)


# Changing and ending it


@pytest.mark.slow
async def test_a_break_that_is_ended_early_lets_the_weeks_come_as_early_as_they_can(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.passes(days=8)
    assert await state_of(js) is GroupState.BREAK
    await js.does("fela", "/lead schedule break")
    told = await js.presses("fela", "End the break now")

    assert told.startswith("Done: the break is over, and the group is told.")
    assert await state_of(js) is GroupState.RUNNING
    assert await opens(js) == ["01-11", "01-25", "02-01"]
    assert [one.last for one in await breaks(js)] == [date(2027, 1, 18)]
    assert len(posted(js)) == 2  # the notice of the break gave way to this one
    assert posted(js)[1].startswith("The break is over, we go on\n")
    await js.passes(days=7)
    assert posted(js)[-1].startswith("Week 2: functions")


@pytest.mark.slow
async def test_a_break_that_is_called_off_is_as_if_it_had_never_been(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.does("fela", "/lead schedule break")
    await js.presses("fela", "Call break 1 off")

    assert (await opens(js), await breaks(js)) == (["01-11", "01-18", "01-25"], [])
    await js.passes(days=8)
    assert await state_of(js) is GroupState.RUNNING
    assert posted(js)[-1].startswith("Week 2: functions")


async def test_a_group_that_is_over_has_no_breaks_to_end_or_take(js: Scene) -> None:
    """Buttons stay where they are: pressed late, they change nothing and tell the group nothing."""
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.passes(days=6)
    shown = await js.person("fela").types("/lead schedule break", js.home)
    await js.changes_group(state=GroupState.ENDED)
    before = posted(js), await opens(js)

    told = await js.presses("fela", "End the break now", shown)
    assert told.startswith("JavaScript in three weeks is ended, so it needs no break.")
    assert (await js.does("fela", "/lead schedule break")).startswith("JavaScript in three weeks is ended,")
    assert (posted(js), await opens(js)) == before
    assert "[Take a break]" not in await js.does("fela", "/lead schedule show")


async def test_a_break_on_other_days_takes_the_place_of_the_old_one_with_one_notice(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    preview = await js.does("fela", "/lead schedule break first:2027-01-20 until:2027-01-24")
    assert "It takes the place of the break from Friday 15 January 2027 to Thursday 28 January 2027." in preview
    await js.presses("fela", "Take this break")

    assert [(one.first, one.last) for one in await breaks(js)] == [(date(2027, 1, 20), date(2027, 1, 24))]
    assert await opens(js) == ["01-11", "01-18", "02-01"]
    notices = [text for text in posted(js) if text.startswith("A break\n")]
    assert len(notices) == 1
    await js.passes(days=6)
    assert await state_of(js) is GroupState.RUNNING


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/lead schedule break first:2027-01-15 weeks:2 until:2027-01-20", "Say one of the two: how many weeks"),
        ("/lead schedule break first:2027-01-15 weeks:0", "A break takes 1 to 26 weeks, so 0 does not fit."),
        ("/lead schedule break first:2027-01-15 until:2027-01-14", "The last day of the break comes before"),
        ("/lead schedule shift number:2 days:7 to:2027-02-01", "Say one of the two: by how many days"),
        ("/lead schedule shift number:2 days:0", "That is the day on which week 2 opens already."),
        ("/lead schedule shift number:1 days:7", "Week 1 is not ahead any more, so it stays."),
        ("/lead schedule shift number:9 days:7", "There is no week 9 in JavaScript in three weeks."),
        ("/lead schedule shift number:3 days:-7", "Week 3 would open before week 2, which opens on Monday 18 January"),
        ("/lead schedule shift number:2 to:2027-01-05", "Week 2 would open before week 1, which opens on Monday"),
        (
            "/lead schedule shift number:2 to:2032-07-10",
            "Weeks move by two years at most, so 2,000 days does not fit.",
        ),
        ("/lead schedule shift number:2 days:730", "Wednesday 17 January 2029, 18:00 (Europe/Berlin) is more"),
        ("/lead schedule shift number:2 days:999999999", "so 999,999,999 days does not fit."),
        ("/lead schedule shift number:2 days:-999999999", "so -999,999,999 days does not fit."),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(js: Scene, line: str, told: str) -> None:
    assert told in await js.does("fela", line)
    assert (await opens(js), await breaks(js), len(posted(js))) == (["01-11", "01-18", "01-25"], [], 1)


async def test_only_those_who_lead_take_breaks_and_move_weeks(js: Scene) -> None:
    for line in (TAKE, "/lead schedule shift number:2 days:7"):
        assert (await js.does("jill", line)).startswith("Only ")


async def test_the_audit_log_says_which_break_was_taken_and_which_week_moved(js: Scene) -> None:
    await js.does("fela", TAKE)
    await js.presses("fela", "Take this break")
    await js.does("fela", "/lead schedule shift number:2 days:3")
    await js.presses("fela", "Move them")

    [rest], moved = await breaks(js), await week(js, 2)
    lines = await js.reads(lambda uow: uow.audit.read(scope_of(js.group.id)))
    noted = {line.action: line.items.partition(" ")[2] for line in lines}
    assert noted["lead schedule break now"] == f"break={rest.id}"
    assert noted["lead schedule shift now"] == f"week={moved.id} days=3"


# Moving weeks


async def test_weeks_move_together_once_the_button_is_pressed(js: Scene) -> None:
    preview = await js.person("fela").types("/lead schedule shift number:2 days:3", js.home)
    assert preview.text.startswith(
        "This is how the weeks move:\n"
        "• Week 2: Monday 18 January 2027 → Thursday 21 January 2027, 18:00 (Europe/Berlin)\n"
        "• Week 3: Monday 25 January 2027 → Thursday 28 January 2027, 18:00 (Europe/Berlin)\n"
    )
    assert await opens(js) == ["01-11", "01-18", "01-25"]
    await js.presses("fela", "Move them", preview)
    await js.presses("fela", "Move them", preview)

    assert await opens(js) == ["01-11", "01-21", "01-28"]
    assert len([text for text in posted(js) if text.startswith("Other dates\nThe coming weeks move:")]) == 1
    await js.passes(days=9, hours=23)
    assert len(posted(js)) == 2
    await js.passes(hours=2)
    assert posted(js)[-1].startswith("Week 2: functions")


async def test_weeks_move_to_a_date_with_their_own_time_of_day(js: Scene) -> None:
    await js.does("fela", "/lead week edit number:2 when:2027-01-18 09:30")
    await js.does("fela", "/lead schedule shift number:2 to:2027-01-19")
    await js.presses("fela", "Move them")

    assert [f"{(await week(js, number)).opens:%m-%d %H:%M}" for number in (2, 3)] == ["01-19 09:30", "01-26 18:00"]


async def test_weeks_that_move_go_past_a_break(js: Scene) -> None:
    await js.does("fela", "/lead schedule break first:2027-02-01 until:2027-02-07")
    await js.presses("fela", "Take this break")
    await js.does("fela", "/lead schedule shift number:2 days:7")
    await js.presses("fela", "Move them")

    assert await opens(js) == ["01-11", "01-25", "02-08"]


async def test_the_end_of_the_group_moves_along(js: Scene) -> None:
    await js.does("fela", "/lead schedule shift number:3 days:14")
    await js.presses("fela", "Move them")

    assert "The group ends: Monday 15 February 2027, 18:00" in await js.does("fela", "/lead schedule show")


# The ledger


async def test_the_ledger_lists_breaks_and_what_waits_for_an_answer_with_what_can_be_done(js: Scene) -> None:
    await js.does("fela", "/lead schedule break first:2027-01-25 weeks:1")
    await js.presses("fela", "Take this break")
    js.clock.move_to(js.clock.now().replace(day=22, hour=20))
    while await js.bot.tick():
        pass
    await js.settle()

    shown = await js.does("fela", "/lead schedule show")

    assert "• A break begins: 7 days: Monday 25 January 2027, 00:00 (Europe/Berlin)\n" in shown
    assert "• The break is over: Monday 1 February 2027, 00:00 (Europe/Berlin)\n" in shown
    assert (
        "Waits for your answer\n• Week 2: functions: Monday 18 January 2027, 18:00 (Europe/Berlin): "
        "it was late by more than three days\n" in shown
    )
    assert "[Post week 2 now] [Leave week 2 out]" in shown
    await js.presses("fela", "Post week 2 now")
    assert posted(js)[-1].startswith("Week 2: functions")
    again = await js.does("fela", "/lead schedule show")
    assert "Waits for your answer" not in again
    assert "[Take week 2 back]" in again


async def test_the_ledger_links_to_what_was_posted(js: Scene) -> None:
    js.bot.link = js.chat.link
    shown = await js.does("fela", "/lead schedule show")

    [message] = js.home.messages
    assert "Posted last\n• Week 1: Monday 11 January 2027" in shown
    assert f" · Open it ({js.chat.link(message.ref)})\n" in shown
