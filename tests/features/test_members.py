"""Who learns here, roles, and taking somebody out."""

from __future__ import annotations

import pytest

from bot.study.members import MemberState, Role
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, Scene, a_group, a_learner, button_ids


async def test_participants_show_only_what_people_wrote(school: Scene) -> None:
    """J12: goals, offers of help and zones, each as far as the person gave it."""
    await a_group(school, auto_accept=True)
    written = {"goal": "A page for my choir.", "offer": "CSS.", "zone": "Asia/Tokyo"}
    await school.call("jill", "enrol", written, submitted=True)
    await school.call("tom", "enrol", submitted=True, goal="Games.", zone="Europe/Paris")

    assert await school.says("jill", "participants") == (
        "# 3 people in JavaScript\n"
        "## Fela · owner\n"
        "## Jill · learner\n"
        "> A page for my choir.\n"
        "Can help with: CSS.\n"
        "Time zone: Asia/Tokyo\n"
        "## Tom · learner\n"
        "> Games."
    )


@pytest.mark.slow
async def test_many_participants_are_paged(school: Scene) -> None:
    await a_group(school, auto_accept=True)
    for who in ("ana", "ben", "cleo", "dan", "eve", "finn", "gia"):
        await a_learner(school, who)

    first = await school.call("ana", "participants")
    second = await school.press("ana", first, "Next")

    assert "(Page 1 of 2)" in plain(first)
    assert "## Gia · learner" in plain(second)


async def test_guests_do_not_see_the_participants(school: Scene) -> None:
    await a_group(school)

    assert await school.says("gus", "participants") == (
        "This is for members of JavaScript. Join with /enrol, and the facilitator will let you in."
    )


async def test_facilitators_decide_from_the_list(school: Scene) -> None:
    """J10: the list has the buttons too, for whoever gets no direct messages."""
    await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="To learn.")

    shown = await school.call("fela", "lead members list")
    assert plain(shown) == (
        "# Members of JavaScript\n"
        "## Jill applied on Monday 4 January 2027\n"
        "> To learn.\n"
        "## 1 person in the group\n"
        "Fela · owner\n"
        "[Accept Jill] [Decline Jill]"
    )
    await school.press("fela", shown, "Accept Jill")
    assert (await school.member("jill")).state is MemberState.ACTIVE


async def test_a_learner_becomes_a_mentor_and_learns_along(school: Scene) -> None:
    """J2: mentors are people of the group with a role; learning goes on beside it."""
    await a_group(school)
    await a_learner(school, "tom")

    answer = await school.says("fela", "lead members role", member="Tom", role="mentor")

    assert answer == "From now on Tom is here as mentor who learns along. I told them.\n[See the members]"
    tom = await school.member("tom")
    assert (tom.role, tom.learning) == (Role.MENTOR, True)
    assert plain((await school.told("tom"))[-1]) == (
        "From now on you are in JavaScript as mentor who learns along.\n/help shows what you can do.\n[See the group]"
    )


async def test_a_mentor_can_stop_learning_along(school: Scene) -> None:
    await a_group(school)
    await a_learner(school, "tom")
    await school.says("fela", "lead members role", member="Tom", role="mentor", learning="no")

    assert not (await school.member("tom")).learning


async def test_only_the_owner_names_facilitators(school: Scene) -> None:
    await a_group(school)
    for who in ("tom", "uma"):
        await a_learner(school, who)
    await school.says("fela", "lead members role", member="Tom", role="facilitator")

    assert await school.says("tom", "lead members role", member="Uma", role="facilitator") == (
        "Only the owner of JavaScript names or dismisses facilitators. "
        "Your own part goes over with /lead group hand-over."
    )


async def test_the_owner_is_not_demoted(school: Scene) -> None:
    await a_group(school)

    assert await school.says("fela", "lead members role", member="Fela", role="learner") == (
        "JavaScript needs somebody who leads it. Its owner hands it over first, with /lead group hand-over."
    )


async def test_a_new_learner_needs_a_free_place(school: Scene) -> None:
    await a_group(school, seats="1")
    await a_learner(school, "jill")
    await school.call("olu", "enrol follow")

    assert await school.says("fela", "lead members role", member="Olu", role="learner") == (
        "No place of JavaScript is free. Raise the number with /lead group enrolment, and the waiting list moves up."
    )


async def test_somebody_is_taken_out_after_a_second_press_and_reads_why(school: Scene) -> None:
    await a_group(school, seats="1")
    await a_learner(school, "jill")
    await school.call("tom", "enrol", submitted=True, goal="Me too.")
    asked = await school.call("fela", "lead members remove", member="Jill", reason="Please be kind to others.")
    assert (await school.member("jill")).state is MemberState.ACTIVE

    await school.press("fela", asked, "Take them out")
    await school.tick()

    assert (await school.member("jill")).state is MemberState.REMOVED
    assert plain((await school.told("jill"))[-1]) == (
        "You are no longer in JavaScript. What you made there stays yours: /portfolio shows it.\n"
        "Fela wrote:\n"
        "> Please be kind to others.\n"
        "[See other groups]"
    )
    assert (await school.member("tom")).state is MemberState.APPLIED


async def test_a_goodbye_of_somebody_else_cannot_be_pressed(school: Scene) -> None:
    await a_group(school)
    for who in ("jill", "tom"):
        await a_learner(school, who)
    await school.says("fela", "lead members role", member="Tom", role="facilitator")
    asked = await school.call("fela", "lead members remove", member="Jill")

    answer = await school.press("tom", asked, "Take them out")

    assert plain(answer).startswith("I can't find that any more.")
    assert (await school.member("jill")).state is MemberState.ACTIVE


async def test_applications_of_another_group_are_out_of_reach(school: Scene) -> None:
    await a_group(school)
    await a_group(school, "gus", channel=ELSEWHERE, title="Python")
    await school.call("jill", "enrol", submitted=True, goal="To learn.")
    [asked] = await school.told("fela")
    ids = button_ids(asked, "Accept")

    code = next(value for one in asked.buttons for name, value in one.arguments if name == "member")  # type: ignore[union-attr]
    answer = await school.call("gus", "lead members accept", channel=ELSEWHERE, member=code)

    assert ids["member"] == (await school.member("jill")).id
    assert plain(answer) == "I can't find that any more. It may have been removed, or it belongs to another group."
    assert (await school.member("jill")).state is MemberState.APPLIED


async def test_members_get_words_to_invite_others_with(school: Scene) -> None:
    await a_group(school)
    await a_learner(school, "jill")

    shown = await school.says("jill", "lead members invite")

    assert "We are starting a study group: JavaScript." in shown
    assert "type /enrol group:javascript where our group lives" in shown
