"""J28: a group from which nothing is heard: whoever leads it is asked first, then others can take it up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.features import announcements, leading, members, notes, nudges, progress, pulse, silence, weeks
from bot.ids import BreakId
from bot.study.agenda import DueKind
from bot.study.breaks import Break
from bot.study.groups import GroupState
from bot.study.members import Role
from tests.builders import Scene, scene

FEATURES = (
    announcements.feature,
    leading.feature,
    members.feature,
    notes.feature,
    nudges.feature,
    progress.feature,
    pulse.feature,
    silence.feature,
    weeks.feature,
)
OFFER = "Who would like to carry this group on?"


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, with its first week out and nothing else to come."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        await opened.writes(lambda uow: uow.agenda.clear("end group", opened.group.id))
        for name in ("jill", "priya", "nadia"):
            await opened.changes(name, learning=False)
        group = opened.group.id
        await opened.writes(lambda uow: uow.agenda.set(DueKind.HEAR_FROM_GROUP, group, opened.clock.now(), group))
        yield opened


async def signals(js: Scene) -> None:
    """Let somebody show that they are there."""
    await js.does("jill", "/note text:I am here")


async def test_after_two_weeks_without_a_signal_the_owner_is_asked_how_to_go_on(js: Scene) -> None:
    await js.passes(days=13)
    assert js.inbox("fela") == []

    await js.passes(days=2)

    assert js.inbox("fela") == [
        "How shall JavaScript in three weeks go on?\n"
        "It has been quiet there for two weeks. That happens, and there is more than one good way on:\n"
        "• make the next week lighter\n"
        "• take a break together\n"
        "• hand the group over to somebody who has time\n"
        "• end it here, with a record for everyone\n"
        "[We go on] [Make a week lighter] [Take a break] [Hand it over] [End the group]\n"
        "If I hear nothing for a week, I ask others whether they would like to take it up."
    ]
    assert js.home.messages == []


async def test_a_signal_in_time_and_nobody_is_asked(js: Scene) -> None:
    await js.passes(days=13)
    await signals(js)

    await js.passes(days=13)
    assert js.inbox("fela") == []
    await js.passes(days=2)
    assert len(js.inbox("fela")) == 1


async def test_a_week_later_those_who_lead_along_are_asked(js: Scene) -> None:
    await js.changes("tomas", role=Role.FACILITATOR)

    await js.passes(days=22)

    assert js.inbox("tomas") == [
        "Would you like to carry JavaScript in three weeks on?\n"
        "It has been quiet there for three weeks. You lead along; you could take the first chair.\n"
        "[I'll carry it on] [How it is doing]"
    ]
    assert all(OFFER not in message.text for message in js.home.messages)


async def test_whoever_leads_along_takes_the_owners_place(js: Scene) -> None:
    await js.changes("tomas", role=Role.FACILITATOR)
    await js.passes(days=22)

    told = await js.presses("tomas", "I'll carry it on", js.person("tomas").inbox[-1])

    assert told.startswith("Thank you. You are owner of JavaScript in three weeks now.")
    assert (await js.member("tomas")).role is Role.OWNER
    assert (await js.member("fela")).role is Role.FACILITATOR
    assert js.inbox("fela")[-1].startswith("Tomas carries JavaScript in three weeks on: they are its owner now.")


async def test_then_everyone_in_the_group_is_asked_and_whoever_is_first_leads(js: Scene) -> None:
    await js.passes(days=22)

    [asked] = [message for message in js.home.messages if OFFER in message.text]
    told = await js.presses("jill", "I'll carry it on", asked)

    assert told.startswith("Thank you. You are facilitator of JavaScript in three weeks now.")
    assert (await js.member("jill")).role is Role.FACILITATOR
    assert (await js.member("fela")).role is Role.OWNER
    assert all(OFFER not in message.text for message in js.home.messages)
    late = await js.calls("priya", "take the lead")
    assert late.startswith("JavaScript in three weeks has gone on since then, so nothing changed.")
    assert (await js.member("priya")).role is Role.LEARNER


async def test_the_others_have_a_week_before_everyone_is_asked(js: Scene) -> None:
    await js.changes("tomas", role=Role.FACILITATOR)

    await js.passes(days=27)
    assert all(OFFER not in message.text for message in js.home.messages)
    await js.passes(days=2)
    assert any(OFFER in message.text for message in js.home.messages)

    await js.passes(days=60)
    assert len(js.inbox("fela")) == 1
    assert len(js.inbox("tomas")) == 1


async def test_saying_that_it_goes_on_is_enough(js: Scene) -> None:
    await js.passes(days=15)

    told = await js.presses("fela", "We go on", js.person("fela").inbox[-1])
    assert told.startswith("Good. I ask nobody else.")
    await js.passes(days=12)

    assert all(OFFER not in message.text for message in js.home.messages)
    await js.passes(days=3)
    assert len(js.inbox("fela")) == 2


async def test_whoever_decides_something_about_the_group_has_been_heard(js: Scene) -> None:
    """A lighter week or a break to come is an answer too, though no sign of life of a learner."""
    await js.passes(days=20)
    assert "Values, at your own pace" in await js.does("fela", "/lead week edit 1 title:Values, at your own pace")

    await js.passes(days=6)
    assert all(OFFER not in message.text for message in js.home.messages)
    await js.passes(days=2)
    assert any(OFFER in message.text for message in js.home.messages)


async def test_the_card_for_everyone_goes_once_the_group_rests(js: Scene) -> None:
    await js.passes(days=22)
    assert any(OFFER in message.text for message in js.home.messages)
    rest = Break(BreakId(7), js.group.id, date(2027, 2, 3), date(2027, 3, 5), False, 0, js.clock.now())
    await js.writes(lambda uow: uow.breaks.add(rest))

    await js.passes(days=8)

    assert all(OFFER not in message.text for message in js.home.messages)


async def test_nobody_takes_the_lead_of_a_group_that_is_heard(js: Scene) -> None:
    await js.passes(days=15)
    assert "has gone on" in await js.calls("jill", "take the lead")

    await js.passes(days=7)
    await signals(js)
    assert "has gone on" in await js.calls("jill", "take the lead")

    assert (await js.member("jill")).role is Role.LEARNER


async def test_the_card_for_everyone_goes_once_the_group_is_heard(js: Scene) -> None:
    await js.passes(days=22)
    await signals(js)

    await js.passes(days=8)

    assert all(OFFER not in message.text for message in js.home.messages)


async def test_a_group_that_rests_is_not_silent(js: Scene) -> None:
    """The days count from the end of the break."""
    rest = Break(BreakId(7), js.group.id, date(2027, 1, 15), date(2027, 2, 5), False, 0, js.clock.now())
    await js.writes(lambda uow: uow.breaks.add(rest))

    await js.passes(days=38)
    assert js.inbox("fela") == []
    await js.passes(days=10)
    assert len(js.inbox("fela")) == 1


async def test_after_a_long_sleep_the_steps_still_come_one_by_one(js: Scene) -> None:
    await js.changes("tomas", role=Role.FACILITATOR)
    js.clock.move_by(timedelta(days=60, hours=20))

    await js.passes(hours=1)
    assert (len(js.inbox("fela")), len(js.inbox("tomas"))) == (1, 0)
    await js.passes(days=8)
    assert (len(js.inbox("fela")), len(js.inbox("tomas"))) == (1, 1)
    assert all(OFFER not in message.text for message in js.home.messages)


async def test_nobody_is_asked_about_a_group_that_is_over(js: Scene) -> None:
    await js.changes_group(state=GroupState.ENDED)

    await js.passes(days=40)

    assert js.inbox("fela") == []
    assert await js.reads(lambda uow: uow.agenda.at(DueKind.HEAR_FROM_GROUP, js.group.id)) is None
