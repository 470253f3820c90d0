"""The term of texts: an admin sets it, everybody can read it, and a group is told two weeks before (P13, S6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.ids import new_id
from bot.ports import UnitOfWork
from bot.study import retention
from bot.study.agenda import DueKind
from bot.study.groups import Home
from bot.study.spaces import Space
from tests.builders import Scene
from tests.features.terms import a_busy_week, ends, group, left, on_each_database, on_sqlite, sets, shown

js, quick = on_each_database, on_sqlite


@pytest.mark.slow
async def test_two_weeks_before_the_group_and_its_leaders_are_told(js: Scene) -> None:
    await a_busy_week(js)
    await ends(js)
    await sets(js, 12)
    since = (await group(js)).ended_at
    assert since is not None

    await js.passes(days=days_of_term(since) - 15)
    assert "goes soon" not in shown(js)
    await js.passes(days=2)

    assert js.person("priya").reads(js.home.last) == (
        "What was written in JavaScript in three weeks goes soon\n"
        "The group is long over, and its server or workspace keeps texts for a while only. "
        "They go on Tuesday 11 January 2028.\n"
        "Your record, badge and likes stay, and so does what your published portfolio shows.\n"
        "Whatever else you would like to keep, take it along before:\n"
        "[Download my portfolio] [Download everything]"
    )
    assert "Is there something to keep for the next group?" in js.inbox("fela")[-1]
    assert "CANARY" in await js.does("jill", "/portfolio")


def days_of_term(since: datetime, months: int = 12) -> float:
    return (retention.after(since, months) - since) / timedelta(days=1)


@pytest.mark.slow
async def test_a_group_that_goes_on_keeps_its_texts_however_old_they_are(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    await js.writes(lambda uow: uow.agenda.clear(DueKind.END_GROUP, js.group.id))
    await sets(js, 1)

    await js.passes(days=200)

    assert "submission.note" in await left(js)
    assert (await group(js)).emptied_at is None


@pytest.mark.slow
async def test_what_is_kept_for_good_after_all_stays_and_the_notice_goes(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=25)
    assert "goes soon" in shown(js)
    assert "goes soon" in js.inbox("fela")[-1]

    assert "stays until they erase it" in await js.does("addy", "/study privacy months:0")
    assert "goes soon" not in shown(js)
    assert "goes soon" not in "".join(js.inbox("fela"))
    await js.passes(days=400)

    assert "submission.note" in await left(js)
    assert "is gone" not in shown(js)


async def test_whoever_leads_is_not_told_at_night_and_not_of_what_is_off_by_the_morning(quick: Scene) -> None:
    js = quick
    await ends(js)
    await js.passes(days=300, hours=6)
    await sets(js, 1)
    await js.passes(minutes=1)
    assert "goes soon" in shown(js)
    assert "goes soon" not in "".join(js.inbox("fela"))

    await sets(js, 0)
    await js.passes(days=1)

    assert "goes soon" not in "".join(js.inbox("fela"))


@pytest.mark.slow
async def test_a_group_that_is_archived_meanwhile_goes_when_it_was_told_and_is_told_once(quick: Scene) -> None:
    js = quick
    await ends(js)
    await sets(js, 1)
    await js.passes(days=25)
    due = await js.reads(lambda uow: uow.agenda.at(DueKind.EMPTY_TEXTS, js.group.id))
    assert due is not None

    await js.does("fela", "/lead group archive")
    await js.presses("fela", "Archive it")
    await js.passes(minutes=5)

    assert await js.reads(lambda uow: uow.agenda.at(DueKind.EMPTY_TEXTS, js.group.id)) == due
    assert "".join(js.inbox("fela")).count("goes soon") == 1


async def test_a_term_that_is_over_already_leaves_two_weeks_and_says_so(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    await ends(js)
    await js.passes(days=300)

    asked = await js.does("addy", "/study privacy months:6")
    assert "1 group has been over for as long already" in asked
    assert (await js.reads(lambda uow: uow.spaces.get(js.home.ref.where))).keep_months is None  # type: ignore[union-attr]
    await js.presses("addy", "Yes, after 6 months")
    await js.passes(minutes=1)
    await js.passes(days=13)
    assert "submission.note" in await left(js)
    await js.passes(days=2)
    assert await left(js) == set()


async def test_where_a_group_lives_in_two_places_the_shorter_term_holds(quick: Scene) -> None:
    js = quick
    await ends(js)
    await sets(js, 24)
    other = js.chat.space("uni").channel("javascript")

    def second(uow: UnitOfWork) -> None:
        uow.spaces.add(Space(new_id(js.clock.now()), other.ref.where, js.clock.now(), keep_months=6))
        uow.groups.add_home(Home(new_id(js.clock.now()), js.group.id, other.ref))

    await js.writes(second)
    found = await group(js)
    assert found.ended_at is not None
    assert await js.reads(lambda uow: retention.goes_at(uow, found)) == retention.after(found.ended_at, 6)


async def test_the_term_is_said_to_everybody_and_at_the_end(quick: Scene) -> None:
    js = quick
    assert "stays until they erase it" in await js.does("jill", "/study about")
    await sets(js, 12)
    assert "What people write in a group goes 12 months after its end." in await js.does("jill", "/study about")
    assert "12 months after its end" in (await js.person("jill").types("/study about", None)).text
    await ends(js)
    assert "Everything stays readable here until Tuesday 11 January 2028." in shown(js)
    assert "The words here stay until Tuesday 11 January 2028; downloaded, for good." in await js.does(
        "jill", "/portfolio"
    )


@pytest.mark.parametrize("months", [-1, 121])
async def test_a_term_has_sensible_bounds(quick: Scene, months: int) -> None:
    assert await sets(quick, months) == (
        "Choose between 1 and 120 months, or 0 to keep everything for good.\nOnly you can see this"
    )


async def test_only_admins_set_a_term(quick: Scene) -> None:
    assert "Only admins" in await quick.does("fela", "/study privacy months:1")


@pytest.mark.slow
async def test_a_line_on_the_agenda_is_only_when_to_look(quick: Scene) -> None:
    """S6: the line may be that of a backup, and the term another one by now."""
    js = quick
    await a_busy_week(js)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=25)
    due = await js.reads(lambda uow: uow.agenda.at(DueKind.EMPTY_TEXTS, js.group.id))
    assert due is not None
    space = await js.reads(lambda uow: uow.spaces.get(js.home.ref.where))
    assert space is not None
    await js.writes(lambda uow: uow.spaces.save(replace(space, keep_months=24)))  # as if that was changed elsewhere
    await js.passes(days=30)

    assert "submission.note" in await left(js)
    again = await js.reads(lambda uow: uow.agenda.at(DueKind.TELL_OF_TERM, js.group.id))
    found = await group(js)
    assert found.ended_at is not None
    assert again == retention.after(found.ended_at, 24) - retention.NOTICE
    assert "goes soon" not in shown(js)


@pytest.mark.parametrize(
    ("at", "months", "then"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2027-03-15", 120, "2037-03-15"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_months_are_those_of_the_calendar(at: str, months: int, then: str) -> None:
    begins = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert retention.after(begins, months) == datetime.fromisoformat(then).replace(tzinfo=UTC)
