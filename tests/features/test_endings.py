"""The end of a group: a record for everyone, and what comes next."""

from __future__ import annotations

import pytest

from bot.study.groups import GroupState
from bot.study.members import MemberState, Role
from bot.study.records import ParticipationRecord
from tests.builders import Scene


async def record(js: Scene, name: str) -> ParticipationRecord | None:
    return await js.reads(lambda uow: uow.records.of(js.group.id, js.ids[name]))


async def all_that_is_asked(js: Scene, name: str) -> None:
    """Let somebody do every required activity and answer a question."""
    for number in (1, 2, 3):
        await js.open_week(number)
        await js.does(name, f"/submit https://code.example/{number} activity:{number}.1")
    await js.does("priya", "/ask Why does my loop never end")
    await js.says(name, "Look at i++", js.home.last)


async def test_everyone_who_learned_gets_a_record(js: Scene) -> None:
    """J3: recognition at the end, for those who finished and those who took part."""
    await all_that_is_asked(js, "jill")
    await js.passes(days=21)

    jill, nadia = await record(js, "jill"), await record(js, "nadia")
    assert jill is not None
    assert nadia is not None
    assert (jill.finished, jill.done, jill.required, jill.helped) == (True, 3, 3, 1)
    assert (nadia.finished, nadia.done, nadia.required, nadia.helped) == (False, 0, 3, 0)
    assert jill.criteria == "80 % of the required activities and help with 1 question or response of others"
    assert await record(js, "tomas") is None
    assert await record(js, "olu") is None


@pytest.mark.slow
async def test_whoever_finished_is_finished_and_the_others_stay_what_they_were(js: Scene) -> None:
    await all_that_is_asked(js, "jill")
    await js.passes(days=21)

    assert (await js.member("jill")).state is MemberState.FINISHED
    assert (await js.member("priya")).state is not MemberState.FINISHED
    history = await js.reads(lambda uow: uow.members.history(js.members["jill"]))
    assert history[-1].became is MemberState.FINISHED


async def test_whoever_left_gets_a_record_too(js: Scene) -> None:
    await js.changes("nadia", state=MemberState.LEFT)
    await js.passes(days=21)

    assert await record(js, "nadia") is not None
    assert (await js.member("nadia")).state is MemberState.LEFT


async def test_a_facilitator_who_learns_along_gets_a_record(js: Scene) -> None:
    await js.changes("fela", learning=True)
    await js.passes(days=21)

    assert await record(js, "fela") is not None
    assert (await js.member("fela")).role is Role.OWNER


async def test_the_group_says_goodbye_and_what_is_next(js: Scene) -> None:
    """J30: she wants the next group afterwards."""
    await js.another_group()
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    await js.passes(days=13)
    await js.writes(lambda uow: uow.agenda.set("end group", js.group.id, js.clock.now(), js.group.id))
    await js.passes(hours=1)

    assert js.home.last.text == (
        "JavaScript in three weeks has come to its end\n"
        "Thank you for learning together.\n"
        "• 3 people learned here.\n"
        "• 1 response was handed in.\n"
        "Everyone who learned here has a participation record. It is in your portfolio, which only you can see.\n"
        "\n"
        "What next\n"
        "• Python together, from Monday 25 January 2027\n"
        "[My portfolio] [Join Python together] [All groups]\n"
        "Everything stays readable here."
    )


async def test_without_another_group_the_directory_is_named(js: Scene) -> None:
    """J30: also where nothing is open right now."""
    await js.passes(days=21)

    assert "No other group is open right now. /groups shows when one is." in js.home.last.text


@pytest.mark.slow
async def test_nothing_is_due_afterwards(js: Scene) -> None:
    await js.does("jill", "/ask Why does my loop never end")
    await js.passes(days=21)

    assert (await js.reads(lambda uow: uow.groups.get(js.group.id))).state is GroupState.ENDED  # type: ignore[union-attr]
    assert await js.reads(lambda uow: uow.agenda.of_group(js.group.id)) == []


async def test_the_criteria_of_the_record_stay_what_they_were(js: Scene) -> None:
    await js.passes(days=21)
    group = await js.reads(lambda uow: uow.groups.get(js.group.id))
    assert group is not None
    js.group = group
    await js.changes_group(finish_percent=10, finish_help=5)

    read = await js.does("jill", "/portfolio")

    assert "Finishing takes 80 % of the required activities and help with 1 question or response of" in read


async def test_the_portfolio_stays_readable(js: Scene) -> None:
    """P13: old groups keep working."""
    await js.does("jill", "/note text:About loops")
    await js.passes(days=21)

    read = await js.does("jill", "/portfolio")
    assert "> About loops" in read
    assert "From Monday 11 January 2027 to Monday 1 February 2027" in read


async def test_a_frozen_group_does_not_end_by_itself(js: Scene) -> None:
    await js.changes_group(state=GroupState.FROZEN)
    await js.passes(days=30)

    assert await record(js, "jill") is None
    assert js.home.messages == []


async def test_an_applicant_whom_nobody_decided_about_is_told(js: Scene) -> None:
    """J10: the applicant is always told."""
    await js.changes("nadia", state=MemberState.APPLIED, accepted_at=None)
    await js.passes(days=21)

    assert "JavaScript in three weeks has ended, so your application is closed." in js.inbox("nadia")[-1]
    assert (await js.member("nadia")).state is MemberState.DECLINED
