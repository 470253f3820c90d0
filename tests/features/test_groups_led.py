"""Creating, changing, ending and handing over a group."""

from __future__ import annotations

import pytest

from bot.cards import File
from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from bot.study.members import MemberState, Role
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, HERE, Scene, a_group, a_learner


async def test_a_new_group_asks_for_five_things(school: Scene) -> None:
    """J1, P1: outline, title, start, zone, seats; the rest has defaults. A Monday in a week or two is suggested."""
    assert plain(await school.call("fela", "lead group create", admin=True, zone="Europe/Berlin")) == (
        "Form: Start a study group here\n"
        "Course outline*: \n"
        "Title (the outline's if you leave it empty): \n"
        "First day and time, like 2027-01-11 18:00*: 2027-01-11 18:00\n"
        "Time zone of the group, like Europe/Berlin: Europe/Berlin\n"
        "Places (everyone can come if you leave it empty): "
    )


@pytest.mark.parametrize(("later", "monday"), [(0, "2027-01-11"), (1, "2027-01-18"), (6, "2027-01-18")])
async def test_a_start_is_suggested_that_leaves_time_to_find_people(school: Scene, later: int, monday: str) -> None:
    school.clock.move(days=later)
    asked = await school.call("fela", "lead group create", admin=True, zone="Europe/Berlin")
    assert asked.form is not None
    assert {one.name: one.value for one in asked.form.fields}["start"] == f"{monday} 18:00"
    kept = await school.call("fela", "lead group create", admin=True, start="2027-03-01 20:00")
    assert kept.form is not None
    assert {one.name: one.value for one in kept.form.fields}["start"] == "2027-03-01 20:00", "what was given stays"


async def test_a_new_group_stands_in_its_channel_with_an_enrol_button(school: Scene) -> None:
    """J5, J9: whoever passes by sees when it starts and how to join."""
    await a_group(school)

    assert [plain(card) for card in await school.posted()] == [
        "# Study group: JavaScript\n"
        "Starts on Monday 11 January 2027, 17:00 (UTC) · 3 weeks · enrolment until Monday 18 January 2027\n"
        "Learn the language of the web.\n"
        "[Enrol] [See weeks and people]"
    ]
    owner = await school.member("fela")
    assert (owner.role, owner.state) == (Role.OWNER, MemberState.ACTIVE)


@pytest.mark.slow
async def test_an_outline_can_be_brought_as_a_file(school: Scene) -> None:
    """P4: built on a course that exists."""
    file = File("garden.md", "text/markdown", b"Gardening\nSoil\nSeeds")
    shown = await school.call(
        "fela", "lead group import", admin=True, files={"file": file}, start="2027-02-01", submitted=True
    )
    answer = await school.press("fela", shown, "Start the group", admin=True)

    assert plain(answer).startswith("Gardening is open for enrolment.")
    group = await school.group()
    weeks = await school.read(lambda uow: uow.weeks.of_group(group.id))
    assert [week.title for week in weeks] == ["Soil", "Seeds"]


async def test_a_file_that_cannot_be_read_creates_nothing(school: Scene) -> None:
    file = File("photo.md", "text/markdown", b"\xff\xfe\x00")
    answer = await school.call(
        "fela", "lead group import", admin=True, files={"file": file}, start="2027-02-01", submitted=True
    )

    assert plain(answer) == "I can't read “photo.md” as a course."
    assert await school.read(lambda uow: uow.groups.in_channel(HERE)) is None


async def test_only_admins_and_those_they_named_start_groups(school: Scene) -> None:
    answer = await school.says("gus", "lead group create")

    assert answer == (
        "Only admins of this server or workspace or people whom an admin named with /study facilitators can do this."
    )


async def test_a_channel_with_a_group_takes_no_second_one(school: Scene) -> None:
    await a_group(school)

    assert plain(await school.call("gus", "lead group create", admin=True)) == (
        "JavaScript lives in this channel already. Go to a channel that is free and create the new group there."
    )


async def test_a_new_start_moves_the_weeks_and_tells_the_group(school: Scene) -> None:
    group = await a_group(school)

    answer = await school.says("fela", "lead group edit", start="2027-01-13 19:00")

    assert answer == (
        "JavaScript starts on Wednesday 13 January 2027, 18:00 (UTC) now, and all weeks moved along. "
        "I told the group.\n[See the group]"
    )
    [opening, moved] = [plain(card) for card in await school.posted()]
    assert "Starts on Wednesday 13 January 2027, 18:00 (UTC)" in opening
    assert moved.startswith("JavaScript starts at another time: Wednesday 13 January 2027, 18:00 (UTC).")
    weeks = await school.read(lambda uow: uow.weeks.of_group(group.id))
    assert [f"{week.opens_at:%m-%d %H}" for week in weeks] == ["01-13 18", "01-20 18", "01-27 18"]
    ahead = await school.read(lambda uow: uow.agenda.at(DueKind.START_GROUP, group.id))
    assert ahead == weeks[0].opens_at


async def test_sending_the_form_unchanged_changes_nothing(school: Scene) -> None:
    await a_group(school)
    form = (await school.call("fela", "lead group edit")).form
    assert form is not None
    filled = {one.name: one.value for one in form.fields}

    answer = plain(await school.call("fela", "lead group edit", filled, submitted=True))

    assert answer == "Nothing changed: everything was like that already."


async def test_a_group_that_runs_keeps_its_start(school: Scene) -> None:
    await a_group(school)
    school.clock.move(days=8)
    await school.tick()

    assert await school.says("fela", "lead group edit", start="2027-01-20 18:00") == (
        "JavaScript has started, so its first day stays as it was. Move the coming weeks with /lead schedule shift."
    )


async def test_places_can_be_limited_and_freed_again(school: Scene) -> None:
    await a_group(school)
    await school.says("fela", "lead group enrolment", seats="4")
    assert (await school.group()).seats == 4

    await school.says("fela", "lead group enrolment", everyone="yes")
    assert (await school.group()).seats is None


async def test_cancelling_tells_everyone_who_is_in_or_has_applied(school: Scene) -> None:
    """J10: the applicant is always told, also of the end of it all."""
    await a_group(school)
    await a_learner(school, "jill")
    await school.says("tom", "enrol", goal="Me too.")
    asked = await school.call("fela", "lead group cancel", reason="I am moving house.")

    done = await school.press("fela", asked, "Cancel the group")

    assert plain(done) == "JavaScript is cancelled. Everyone who was in it or had applied is told.\n[See all groups]"
    for who in ("jill", "tom"):
        assert plain((await school.told(who))[-1]) == (
            "JavaScript is cancelled, so nothing more comes from it.\n"
            "Fela wrote:\n"
            "> I am moving house.\n"
            "[See other groups]"
        )
    group = await school.group()
    assert group.state is GroupState.CANCELLED
    assert (await school.member("tom")).state is MemberState.DECLINED
    assert await school.read(lambda uow: uow.agenda.of_group(group.id)) == []


async def test_a_group_is_cancelled_by_the_button_only(school: Scene) -> None:
    await a_group(school)
    await school.call("fela", "lead group cancel", reason="No.")

    assert (await school.group()).state is GroupState.OPEN


async def test_finishing_a_group_early_needs_a_second_press(school: Scene) -> None:
    await a_group(school)
    school.clock.move(days=8)
    await school.tick()
    asked = await school.call("fela", "lead group finish")
    assert (await school.group()).state is GroupState.RUNNING

    await school.press("fela", asked, "Finish it")
    await school.tick()

    group = await school.group()
    assert group.state is GroupState.ENDED
    assert await school.read(lambda uow: uow.agenda.of_group(group.id)) == []


async def test_an_archived_group_frees_its_channel(school: Scene) -> None:
    await a_group(school)
    for _ in range(6):
        school.clock.move(days=7)
        await school.tick()
    asked = await school.call("fela", "lead group archive")
    await school.press("fela", asked, "Archive it")
    assert (await school.group()).state is GroupState.ARCHIVED

    await a_group(school, "gus", title="Python", start="2027-04-05 18:00")
    assert (await school.group()).title == "Python"


async def test_a_group_that_runs_is_not_archived(school: Scene) -> None:
    await a_group(school)

    assert await school.says("fela", "lead group archive", sure="yes") == (
        "JavaScript is open now. Finish it first, with /lead group finish, or call it off with /lead group cancel."
    )


async def test_only_the_owner_cancels(school: Scene) -> None:
    await a_group(school)
    await a_learner(school, "tom")
    await school.says("fela", "lead members role", member="Tom", role="facilitator")

    assert await school.says("tom", "lead group cancel") == "Only the group's owner can do this. Here, that is Fela."


async def test_the_owner_leaves_after_handing_over(school: Scene) -> None:
    """P9: a group always has somebody who leads it."""
    await a_group(school)
    await a_learner(school, "tom")
    assert await school.says("fela", "withdraw") == (
        "JavaScript needs somebody who leads it. Its owner hands it over first, with /lead group hand-over."
    )

    asked = await school.call("fela", "lead group hand-over", member="Tom")
    assert plain(asked) == "Make Tom owner of JavaScript? You stay as facilitator.\n[Hand it over]"
    await school.press("fela", asked, "Hand it over")

    assert (await school.member("tom")).role is Role.OWNER
    assert (await school.member("fela")).role is Role.FACILITATOR
    assert "Fela has handed JavaScript over to you: you are its owner now." in plain((await school.told("tom"))[-1])
    assert (await school.says("fela", "withdraw", work="keep")).startswith("You have left JavaScript.")


async def test_a_group_is_not_led_from_another_one(school: Scene) -> None:
    await a_group(school)
    await a_group(school, "gus", channel=ELSEWHERE, title="Python")

    assert await school.says("gus", "lead group edit", title="Mine now") == (
        "Only facilitators can do this. Here, that is Fela."
    )
