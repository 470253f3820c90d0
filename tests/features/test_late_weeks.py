"""Weeks that come late because nobody was there to post them, and weeks that were taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.context import Context
from bot.features import endings, leading, nudges
from bot.features import schedule as schedules
from bot.features.weeks import coming
from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from bot.study.occurrences import Outcome, What, Why
from bot.study.weeks import WeekState
from tests.builders import Scene, scene
from tests.features.weekly import FEATURES as WEEKLY
from tests.features.weekly import due_at, id_of, posted, schedule, week

FEATURES = (*WEEKLY, schedules.feature, endings.feature, leading.feature, nudges.feature)


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group on the day it starts, with all weeks due when they open."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        for number in (1, 2, 3):
            await schedule(opened, number)
        yield opened


async def sleeps(on: Scene, days: int) -> None:
    """Let the bot be down for some days and then do what is due."""
    on.clock.move_by(timedelta(days=days))
    while await on.bot.tick():
        pass
    await on.settle()


async def test_of_several_late_weeks_only_the_newest_is_posted_and_names_the_others(js: Scene) -> None:
    """J28: after sixteen days asleep people find one message, and a way to each week before it."""
    await sleeps(js, 16)

    [one] = posted(js)
    assert one.startswith("Week 3: objects\nI was away, and these opened too: Week 1: values, Week 2: functions.\n")
    assert "[See week 1] [See week 2] [Submit work]" in one
    assert {(await week(js, number)).state for number in (1, 2, 3)} == {WeekState.POSTED}
    assert (await js.presses("jill", "See week 1", js.home.last)).startswith("Week 1: values")


async def test_one_late_week_is_posted_as_it_is(js: Scene) -> None:
    await sleeps(js, 3)

    [one] = posted(js)
    assert one.startswith("Week 1: values\n")
    assert "I was away" not in one


async def test_a_change_of_a_week_that_was_passed_over_posts_nothing(js: Scene) -> None:
    await sleeps(js, 16)
    await js.does("fela", "/lead week edit number:1 note:Welcome")

    assert len(posted(js)) == 1
    assert "Welcome" in await js.does("jill", "/week 1")


async def test_a_week_that_is_taken_back_before_its_time_still_comes_then(js: Scene) -> None:
    """Whoever posts a week too early by mistake loses nothing by taking it back."""
    await js.calls("fela", "newweek post", week=await id_of(js, 2))
    told = await js.calls("fela", "newweek undo", week=await id_of(js, 2))

    assert told.startswith("Taken back: Week 2: functions opens on Monday 18 January 2027, ")
    assert await due_at(js, 2) == (await week(js, 2)).opens_at


async def test_the_time_of_a_week_that_is_out_stays(js: Scene) -> None:
    await js.calls("fela", "newweek post", week=await id_of(js, 1))

    assert (await js.does("fela", "/lead week edit number:1 when:2027-05-01")).startswith("Week 1 is out since ")


# How late a week may come by itself


async def asked(on: Scene) -> str:
    """Return the question that is in the facilitator's direct messages."""
    [question] = on.inbox("fela")
    return question


async def outcome(on: Scene, number: int) -> tuple[Outcome, str] | None:
    found = await on.reads(lambda uow: uow.occurrences.get(on.group.id, What.WEEK, str(number)))
    return (found.outcome, found.reason) if found else None


async def test_a_week_within_the_hour_is_on_time(js: Scene) -> None:
    js.clock.move_by(timedelta(hours=1))
    await sleeps(js, 0)

    assert "Planned for" not in posted(js)[0]
    assert await outcome(js, 1) == (Outcome.POSTED, "")


async def test_two_days_asleep_is_one_late_post_that_says_so_without_blame(js: Scene) -> None:
    """J28: issue 3, time."""
    await sleeps(js, 2)

    [one] = posted(js)
    assert one.endswith(
        "Planned for Monday 11 January 2027, 17:00 (UTC). Next: week 2, Monday 18 January 2027, 17:00 (UTC)"
    )
    assert js.inbox("fela") == []


async def test_four_days_asleep_the_facilitator_is_asked_and_nothing_is_posted(js: Scene) -> None:
    """J28: issue 3, time."""
    await sleeps(js, 4)

    assert posted(js) == []
    assert await asked(js) == (
        "Post week 1 of JavaScript in three weeks now?\n"
        "Week 1: values was planned for Monday 11 January 2027, 18:00 (Europe/Berlin). I was away.\n"
        "Without an answer I leave it out on Friday 22 January 2027, 18:00 (Europe/Berlin), and tell you.\n"
        "[Post now] [Leave it out] [See the schedule]"
    )
    assert await outcome(js, 1) == (Outcome.ASKED, Why.LATE)
    assert (await week(js, 1)).state is WeekState.PLANNED


async def test_the_facilitator_says_yes_and_it_is_posted_once(js: Scene) -> None:
    await sleeps(js, 4)
    await js.presses("fela", "Post now", js.person("fela").inbox[0])
    told = await js.calls("fela", "newweek post", week=await id_of(js, 1))

    assert len(posted(js)) == 1
    assert told.startswith("Week 1 is open already, since ")
    assert "Fela posted Week 1: values." in await asked(js)
    await sleeps(js, 1)
    assert len(posted(js)) == 1


async def test_the_facilitator_says_no_and_nothing_in_the_week_is_asked_of_anybody(js: Scene) -> None:
    await sleeps(js, 4)
    told = await js.presses("fela", "Leave it out", js.person("fela").inbox[0])

    assert told.startswith("Left out: Week 1: values. Nothing in there is asked of anybody.")
    assert (await week(js, 1)).state is WeekState.SKIPPED
    assert await outcome(js, 1) == (Outcome.SKIPPED, Why.BY_HAND)
    assert posted(js) == []
    required = await js.reads(lambda uow: uow.weeks.versions(js.group.id)[-1].required)
    assert await js.activity(1) not in required
    assert await js.activity(2) in required
    assert (await js.does("jill", "/week 1")).startswith("Week 1: values\nThis week was left out")


async def test_a_week_that_was_left_out_can_still_be_posted_and_counts_again(js: Scene) -> None:
    await sleeps(js, 4)
    await js.presses("fela", "Leave it out", js.person("fela").inbox[0])
    await js.presses("fela", "Post it after all")

    assert len(posted(js)) == 1
    assert await outcome(js, 1) == (Outcome.POSTED, "")
    assert await js.activity(1) in await js.reads(lambda uow: uow.weeks.versions(js.group.id)[-1].required)


async def test_nobody_answers_and_the_last_week_is_left_out_and_the_facilitator_told(js: Scene) -> None:
    await sleeps(js, 18)  # week 3 opened 4 days ago; the others came before it
    assert posted(js) == []
    assert "It would name Week 1: values, Week 2: functions, which did not open either." in await asked(js)

    await js.passes(days=7)

    question, told = js.inbox("fela")
    assert question.startswith("Nobody answered in time.")
    assert told.startswith(
        "I left Week 1: values, Week 2: functions, Week 3: objects of JavaScript in three weeks out:"
    )
    assert [await outcome(js, number) for number in (1, 2, 3)] == [(Outcome.SKIPPED, Why.UNANSWERED) for _ in range(3)]
    assert posted(js) == []


async def test_the_news_of_a_last_week_that_was_left_out_offers_nothing_that_is_refused_later(js: Scene) -> None:
    """The group ends in the same moment, since its last week had its seven days."""
    await js.changes_group(state=GroupState.RUNNING)
    await sleeps(js, 18)
    await js.passes(days=7)

    assert js.inbox("fela")[1].endswith(
        "nobody answered me.\nNothing in there is asked of anybody.\nIt was the last one, so the group ends now.\n"
        "[See the schedule]"
    )
    assert await state_of(js) is GroupState.ENDED


async def test_a_last_week_that_is_left_out_by_hand_after_its_time_ends_the_group_and_says_so(js: Scene) -> None:
    await js.changes_group(state=GroupState.RUNNING)
    await sleeps(js, 23)
    told = await js.presses("fela", "Leave it out", js.person("fela").inbox[0])

    assert told.endswith("It was the last one, so the group ends now.\nOnly you can see this")


async def test_the_next_week_comes_on_time_and_names_the_one_nobody_answered_about(js: Scene) -> None:
    await sleeps(js, 4)
    await js.passes(days=3, hours=1)

    [one] = posted(js)
    assert one.startswith("Week 2: functions\nI was away, and this opened too: Week 1: values.")
    assert (await asked(js)).startswith("Week 2: functions opened, and its message names Week 1: values.")
    assert await outcome(js, 1) == (Outcome.SKIPPED, Why.NEWER)


async def test_yes_to_the_newest_names_the_ones_before_it(js: Scene) -> None:
    """J28: three weeks overdue, the newest only, naming the others."""
    await sleeps(js, 21)
    await js.presses("fela", "Post now", js.person("fela").inbox[0])

    [one] = posted(js)
    assert one.startswith("Week 3: objects\nI was away, and these opened too: Week 1: values, Week 2: functions.\n")


async def test_a_question_that_was_answered_before_it_went_out_is_not_asked(js: Scene) -> None:
    js.clock.move_by(timedelta(days=4))
    while await js.bot.tick():
        pass
    await js.calls("fela", "newweek post", week=await id_of(js, 1))

    assert not any("Post week 1" in words for words in js.inbox("fela"))


async def test_an_asked_week_that_is_given_another_time_is_not_asked_about_any_more(js: Scene) -> None:
    await sleeps(js, 4)
    await js.does("fela", "/newweek number:1 when:2027-01-16")

    assert (await asked(js)).startswith("Week 1: values opens on Saturday 16 January 2027")
    assert await outcome(js, 1) is None
    await js.passes(days=2)
    assert len(posted(js)) == 1


async def test_a_week_of_a_group_that_is_over_is_given_no_other_time(js: Scene) -> None:
    await js.changes_group(state=GroupState.ENDED)
    told = await js.does("fela", "/lead week edit number:3 when:2027-03-01 title:Things")

    assert told.startswith("JavaScript in three weeks is over, so its dates stay as they were.")
    assert (await week(js, 3)).title == "objects"


# The end waits


async def state_of(on: Scene) -> GroupState:
    group = await on.reads(lambda uow: uow.groups.get(on.group.id))
    assert group is not None
    return group.state


async def test_a_group_does_not_end_in_the_moment_in_which_its_last_week_comes_late(js: Scene) -> None:
    await js.changes_group(state=GroupState.RUNNING)
    await sleeps(js, 16)
    await js.passes(days=6)
    assert await state_of(js) is GroupState.RUNNING

    await js.passes(days=1)
    assert await state_of(js) is GroupState.ENDED


async def test_a_group_does_not_end_while_its_facilitator_is_asked_about_a_week(js: Scene) -> None:
    await js.changes_group(state=GroupState.RUNNING)
    await sleeps(js, 26)
    assert await state_of(js) is GroupState.RUNNING
    await js.presses("fela", "Post now", js.person("fela").inbox[0])
    await js.passes(days=6)
    assert await state_of(js) is GroupState.RUNNING

    await js.passes(days=2)
    assert await state_of(js) is GroupState.ENDED


async def test_a_group_that_is_finished_by_hand_ends_at_once(js: Scene) -> None:
    await js.changes_group(state=GroupState.RUNNING)
    await js.calls("fela", "newweek post", week=await id_of(js, 1))
    await js.calls("fela", "lead group finish", sure="yes")
    await js.passes(minutes=1)

    assert await state_of(js) is GroupState.ENDED


# Clocks that jump


async def test_a_clock_that_goes_back_an_hour_makes_nothing_twice(js: Scene) -> None:
    """J28: clock back one hour, nothing twice."""
    await js.changes_group(state=GroupState.RUNNING)
    await js.passes(minutes=1)
    for _ in range(3):
        js.clock.move_by(timedelta(hours=-1))
        await sleeps(js, 0)
        await js.passes(hours=1, minutes=1)

    assert len(posted(js)) == 1


async def test_a_clock_that_leaps_ahead_and_back_loses_no_week(js: Scene) -> None:
    await js.changes_group(state=GroupState.RUNNING)
    line = await js.reads(lambda uow: uow.agenda.due(js.clock.now() + timedelta(days=7), 100))
    [due] = [one for one in line if one.kind == DueKind.PUBLISH_WEEK and one.at > js.clock.now()]
    await js.bot.perform(lambda ctx: publish(ctx, js, due.item))  # as if it had been read before the clock went back

    assert (await week(js, 2)).state is WeekState.PLANNED
    assert await due_at(js, 2) == (await week(js, 2)).opens_at
    assert posted(js) == []


def publish(ctx: Context, on: Scene, item: int) -> None:
    ctx.uow.agenda.clear(DueKind.PUBLISH_WEEK, item)
    coming.publish_week(ctx.within(on.group), item)


# A group that is still


async def test_a_week_that_was_due_while_a_group_was_frozen_is_decided_when_it_goes_on(js: Scene) -> None:
    await js.changes_group(state=GroupState.FROZEN)
    await sleeps(js, 1)
    assert posted(js) == []
    await js.changes_group(state=GroupState.RUNNING)
    await js.passes(days=1)

    [one] = posted(js)
    assert one.startswith("Week 1: values")
    assert "Planned for Monday 11 January" in one
