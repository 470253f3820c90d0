"""Starting a group: what will happen is looked over first, and nothing is founded before the last tap (P1, P2, J1)."""

from __future__ import annotations

import pytest

from bot.cards import File, Reply
from bot.chat import ChannelRef
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, FOREIGN, HERE, Scene

GIVEN = {"outline": "js", "start": "2027-01-11 18:00", "zone": "Europe/Berlin", "seats": "12"}
GONE = "This group has started already, or you began more than a day ago.\n[Start a group]"


async def looks_over(school: Scene, channel: ChannelRef = HERE, **more: str) -> Reply:
    return await school.call(
        "fela", "lead group create", {**GIVEN, **more}, admin=True, submitted=True, channel=channel
    )


async def starts(school: Scene, shown: Reply, channel: ChannelRef = HERE) -> str:
    return plain(await school.press("fela", shown, "Start the group", admin=True, channel=channel))


async def lives(school: Scene, channel: ChannelRef = HERE) -> bool:
    return await school.read(lambda uow: uow.groups.in_channel(channel)) is not None


async def test_weeks_dates_and_what_will_be_posted_are_shown_before_anything_is_founded(school: Scene) -> None:
    """P1: a facilitator sees what a form leads to."""
    shown = await looks_over(school)

    assert plain(shown) == (
        "# Look it over: JavaScript\n"
        "Nobody sees anything yet. This is what happens when you press “Start the group”.\n"
        "First week: Monday 11 January 2027, 17:00 (UTC)\n"
        "Last week: Monday 25 January 2027, 17:00 (UTC)\n"
        "On the group's clock: 18:00 in Europe/Berlin\n"
        "Enrolment until: Monday 18 January 2027\n"
        "Places: 12\n"
        "## What I post in this channel\n"
        "- now: what the group is about, with a button to enrol\n"
        "- each week on time: what there is to read and to do; you can change a week or hold it back\n"
        "- what people hand in and ask, each with a thread to talk about it\n"
        "## Week by week\n"
        "1. Part 1 · Monday 11 January 2027 · 1 material · 2 activities\n"
        "2. Part 2 · Monday 18 January 2027 · 1 material · 2 activities\n"
        "3. Part 3 · Monday 25 January 2027 · 1 material · 2 activities\n"
        "[Start the group] [Change something] [Take another course]"
    )
    assert not await lives(school)
    assert await school.store.write(lambda uow: uow.outbox.claim(school.clock.now(), 10)) == []

    assert (await starts(school, shown)).startswith("JavaScript is open for enrolment.")
    assert await lives(school)
    assert len(await school.posted()) == 1


async def test_what_was_announced_is_what_happens(school: Scene) -> None:
    """Also where the clocks change between two weeks."""
    shown = await looks_over(school, start="2027-03-22 18:00")
    await starts(school, shown)

    group = await school.group()
    weeks = await school.read(lambda uow: uow.weeks.of_group(group.id))
    assert "Last week: Monday 5 April 2027, 16:00 (UTC)" in plain(shown)
    assert [f"{week.opens_at:%m-%d %H}" for week in weeks] == ["03-22 17", "03-29 16", "04-05 16"]
    assert f"Enrolment until: Monday {group.enrol_until.day} March 2027" in plain(shown)


async def test_a_group_is_changed_before_it_starts(school: Scene) -> None:
    shown = await looks_over(school)

    form = (await school.press("fela", shown, "Change something", admin=True)).form
    assert form is not None
    filled = {one.name: one.value for one in form.fields}
    assert filled == {"title": "", "start": "2027-01-11 18:00", "zone": "Europe/Berlin", "seats": "12"}
    changed = {**dict(form.preset), **filled, "title": "Scripts", "start": "2027-01-12 19:00", "seats": ""}
    again = await school.call("fela", form.command, changed, admin=True, submitted=True)

    assert plain(again).startswith("# Look it over: Scripts\n")
    assert "First week: Tuesday 12 January 2027, 18:00 (UTC)" in plain(again)
    assert "Places: everyone can come" in plain(again)
    assert await starts(school, shown) == GONE
    assert (await starts(school, again)).startswith("Scripts is open for enrolment.")
    assert (await school.group()).seats is None


async def test_a_change_that_cannot_be_leaves_the_plan_as_it_was(school: Scene) -> None:
    shown = await looks_over(school)
    form = (await school.press("fela", shown, "Change something", admin=True)).form
    assert form is not None
    wrong = {**dict(form.preset), "start": "2020-01-01"}

    assert "has passed already" in plain(await school.call("fela", form.command, wrong, admin=True, submitted=True))
    assert (await starts(school, shown)).startswith("JavaScript is open for enrolment.")


async def test_two_taps_found_one_group(school: Scene) -> None:
    shown = await looks_over(school)

    assert (await starts(school, shown)).startswith("JavaScript is open for enrolment.")
    assert await starts(school, shown) == GONE
    assert len(await school.posted()) == 1


async def test_a_plan_is_kept_for_a_day(school: Scene) -> None:
    shown = await looks_over(school)
    school.clock.move(days=1, minutes=1)
    await looks_over(school, channel=ELSEWHERE)

    assert await starts(school, shown) == GONE


async def test_a_plan_founds_its_group_where_it_was_made(school: Scene) -> None:
    """However the conversation moved on, and nowhere in another space."""
    shown = await looks_over(school)

    assert (await starts(school, shown, FOREIGN)).startswith("I can't find that any more.")
    assert (await starts(school, shown, ELSEWHERE)).startswith("JavaScript is open for enrolment.")
    assert await lives(school, HERE)
    assert not await lives(school, ELSEWHERE)


async def test_a_plan_is_its_makers_alone(school: Scene) -> None:
    shown = await looks_over(school)

    assert plain(await school.press("gus", shown, "Start the group", admin=True)) == GONE
    assert plain(await school.press("gus", shown, "Change something", admin=True)) == GONE
    assert plain(await school.press("fela", shown, "Start the group")).startswith("Only admins")
    assert not await lives(school)


async def test_a_channel_that_was_taken_meanwhile_stays_with_who_came_first(school: Scene) -> None:
    shown = await looks_over(school)
    await starts(school, await looks_over(school, title="First"))

    assert await starts(school, shown) == (
        "First lives in this channel already. Go to a channel that is free and create the new group there."
    )


@pytest.mark.parametrize(
    ("label", "title"), [("Take another course", "Start a study group from a file"), ("Change something", "Change")]
)
async def test_a_file_is_kept_with_its_plan(school: Scene, label: str, title: str) -> None:
    """P4: the course of a file waits for the last tap too."""
    file = File("garden.md", "text/markdown", b"Gardening\nSoil\nSeeds")
    given = {"start": "2027-02-01", "title": "Our garden"}
    shown = await school.call("fela", "lead group import", given, admin=True, files={"file": file}, submitted=True)

    assert "1. Soil · Monday 1 February 2027 · 0 materials · 0 activities" in plain(shown)
    assert plain(await school.press("fela", shown, label, admin=True)).startswith(f"Form: {title}")
    assert (await starts(school, shown)).startswith("Our garden is open for enrolment.")
    group = await school.group()
    weeks = await school.read(lambda uow: uow.weeks.of_group(group.id))
    assert [week.title for week in weeks] == ["Soil", "Seeds"]
