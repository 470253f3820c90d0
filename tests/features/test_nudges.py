"""P8: one kind message at a time, and only to those who agreed to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.ports import UnitOfWork
from bot.study.groups import GroupState
from bot.study.members import MemberState
from tests.builders import MONDAY, Scene


@pytest.fixture
async def nadia(js: Scene) -> Scene:
    """Return the scene in which Nadia agreed to messages, the others did their part, and the group is a large one."""
    await js.agrees("nadia")
    await js.crowds(12)
    for name in ("jill", "priya"):
        await js.does(name, "/submit https://code.example/1 activity:1.1")
    await js.writes(lambda uow: uow.agenda.clear("end group", js.group.id))
    return js


async def test_whoever_agreed_gets_the_smallest_open_step_after_a_week(nadia: Scene) -> None:
    await nadia.passes(days=6, hours=20)
    assert nadia.inbox("nadia") == []

    await nadia.passes(hours=22)

    [reminder] = nadia.inbox("nadia")
    assert "Week 1, activity 1 is still open: “Practise values”. Most people need about 30 minutes." in reminder
    assert "[Show me the step] [I'm stuck] [Pause 1 week]" in reminder


async def test_the_end_of_the_week_is_told_where_it_is_ahead(nadia: Scene) -> None:
    """The next week opens two days after the reminder."""
    await nadia.writes(lambda uow: _opens(uow, nadia, 2, MONDAY + timedelta(days=10)))

    await nadia.passes(days=8)

    [reminder] = nadia.inbox("nadia")
    assert reminder.startswith("JavaScript in three weeks\nWeek 1 ends in 2 days. Week 1, activity 1 is still open")


def _opens(uow: UnitOfWork, scene: Scene, number: int, at: datetime) -> None:
    week = uow.weeks.at(scene.group.id, number)
    assert week is not None
    uow.weeks.save(replace(week, opens_at=at))


async def test_the_words_about_when_one_plans_to_study_come_back_once(nadia: Scene) -> None:
    await nadia.changes("nadia", plan="Sunday mornings, with coffee")

    await nadia.passes(days=15)

    first, second = nadia.inbox("nadia")
    assert "You said when you plan to study: “Sunday mornings, with coffee”." in first
    assert "coffee" not in second


async def test_the_third_reminder_is_the_last(nadia: Scene) -> None:
    await nadia.passes(days=60)

    assert len(nadia.inbox("nadia")) == 3
    assert nadia.inbox("nadia")[-1] == (
        "JavaScript in three weeks\n"
        "I'll stop reminding you about this group.\n"
        "You're still welcome any time: whatever you do there, everything goes on from where you left it.\n"
        "[Show me where it is] [Ask for help] [Keep reminding] [Leave the group]"
    )
    assert (await nadia.member("nadia")).state is MemberState.DORMANT


async def test_whoever_wants_to_be_reminded_after_that_is(nadia: Scene) -> None:
    await nadia.passes(days=60)

    told = await nadia.presses("nadia", "Keep reminding", nadia.person("nadia").inbox[-1])
    assert told.startswith("I'll go on reminding you, once a week at most.")
    assert (await nadia.member("nadia")).state is MemberState.ACTIVE
    await nadia.passes(days=9)
    assert len(nadia.inbox("nadia")) == 4


@pytest.mark.slow
async def test_an_old_button_does_not_begin_the_steps_anew(nadia: Scene) -> None:
    """Nadia is back, and has been reminded since: the button below the last words of then changes nothing."""
    await nadia.passes(days=60)
    old = nadia.person("nadia").inbox[-1]
    await nadia.does("nadia", "/note text:I am back")
    await nadia.passes(hours=1)
    await nadia.passes(days=9)
    assert (await nadia.member("nadia")).nudges == 1

    told = await nadia.presses("nadia", "Keep reminding", old)

    assert told.startswith("I'll go on reminding you, once a week at most.")
    assert (await nadia.member("nadia")).nudges == 1
    await nadia.passes(days=60)
    assert (await nadia.member("nadia")).state is MemberState.DORMANT


async def test_reminders_come_between_ten_and_six_in_the_persons_zone(nadia: Scene) -> None:
    await nadia.passes(days=60)

    hours = [(message.at + timedelta(hours=1)).hour for message in nadia.person("nadia").inbox]
    assert len(hours) == 3
    assert all(10 <= hour < 18 for hour in hours)


async def test_nothing_is_ever_said_in_public(nadia: Scene) -> None:
    before = len(nadia.home.messages)

    await nadia.passes(days=27)

    assert len(nadia.home.messages) == before


async def test_whoever_is_up_to_date_is_left_in_peace(nadia: Scene) -> None:
    await nadia.agrees("jill", "priya")

    await nadia.passes(days=27)

    assert nadia.inbox("jill") == []


async def test_a_sign_of_life_starts_the_ladder_anew(nadia: Scene) -> None:
    await nadia.passes(days=9)
    assert len(nadia.inbox("nadia")) == 1

    await nadia.does("nadia", "/note text:I am here")
    await nadia.passes(days=6)
    assert len(nadia.inbox("nadia")) == 1
    assert (await nadia.member("nadia")).nudges == 0

    await nadia.passes(days=2)
    assert len(nadia.inbox("nadia")) == 2


async def test_a_reply_in_any_thread_is_a_sign_of_life(nadia: Scene) -> None:
    await nadia.passes(days=3)
    await nadia.says("nadia", "Nice!", nadia.home.messages[0])

    assert (await nadia.member("nadia")).signal_at == nadia.clock.now()


async def test_whoever_waits_for_an_answer_is_not_reminded(nadia: Scene) -> None:
    await nadia.does("nadia", "/ask Why does my loop never end")

    await nadia.passes(days=20)

    assert nadia.inbox("nadia") == []


async def test_nobody_is_reminded_during_a_break_or_after_the_end(nadia: Scene) -> None:
    await nadia.changes_group(state=GroupState.BREAK)
    await nadia.passes(days=10)
    await nadia.changes_group(state=GroupState.ENDED)
    await nadia.passes(days=20)

    assert nadia.inbox("nadia") == []


async def test_whoever_paused_is_not_reminded(nadia: Scene) -> None:
    until = nadia.clock.now() + timedelta(days=14)
    await nadia.changes("nadia", state=MemberState.PAUSED, paused_until=until)

    await nadia.passes(days=13)

    assert nadia.inbox("nadia") == []


async def test_whoever_comes_back_is_welcomed_quietly(nadia: Scene) -> None:
    await nadia.passes(days=40)
    assert (await nadia.member("nadia")).state is MemberState.DORMANT
    before = len(nadia.home.messages)

    await nadia.does("nadia", "/note text:I am back")
    await nadia.passes(hours=1)

    assert (await nadia.member("nadia")).state is MemberState.ACTIVE
    assert nadia.inbox("nadia")[-1] == (
        "JavaScript in three weeks\nGood to see you again. Your place is as you left it.\n[My progress] [This week]"
    )
    assert len(nadia.home.messages) == before
    await nadia.passes(days=9)
    assert "is still open" in nadia.inbox("nadia")[-1]
