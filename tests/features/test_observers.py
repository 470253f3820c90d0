"""Observers who want to take part: nothing of what they see is lost while they wait, or when they are not let in."""

from __future__ import annotations

import pytest

from bot.study.members import MemberState, Role
from tests.features.plain import plain
from tests.features.stage import Scene, a_group


@pytest.fixture
async def olu(school: Scene) -> Scene:
    """Return a school where Olu follows the group and has applied to take part."""
    await a_group(school)
    await school.call("olu", "enrol follow")
    await school.call("olu", "enrol", submitted=True, goal="Take part.")
    return school


async def test_an_observer_who_applies_sees_everything_meanwhile(olu: Scene) -> None:
    """P1: asking to take part takes nothing away."""
    assert (await olu.member("olu")).state is MemberState.APPLIED
    assert "in JavaScript" in plain(await olu.call("olu", "participants"))
    assert plain(await olu.call("olu", "submit", activity="1")).startswith("You follow JavaScript, so you can read")


async def test_an_observer_who_is_declined_goes_on_following(olu: Scene) -> None:
    await olu.press("fela", (await olu.told("fela"))[-1], "Decline")

    member = await olu.member("olu")
    assert (member.state, member.role, member.learning) == (MemberState.ACTIVE, Role.OBSERVER, False)
    assert plain((await olu.told("olu"))[-1]) == (
        "JavaScript can't take you in this time.\n"
        "You still follow along as before, and can apply again while enrolment is open.\n"
        "[See other groups]"
    )


async def test_an_observer_who_takes_the_application_back_goes_on_following(olu: Scene) -> None:
    answer = await olu.call("olu", "withdraw")

    assert plain(answer).startswith("Taken back: you have no application in JavaScript any more.")
    assert (await olu.member("olu")).role is Role.OBSERVER
    assert "Taken back by the applicant." in plain((await olu.told("fela"))[-1])


async def test_an_observer_who_is_accepted_learns(olu: Scene) -> None:
    await olu.press("fela", (await olu.told("fela"))[-1], "Accept")

    member = await olu.member("olu")
    assert (member.state, member.role, member.learning) == (MemberState.ACTIVE, Role.LEARNER, True)


async def test_whoever_left_and_applies_again_waits_outside(school: Scene) -> None:
    await a_group(school)
    await school.call("olu", "enrol follow")
    await school.call("olu", "withdraw", work="keep")
    await school.call("olu", "enrol", submitted=True, goal="Take part.")

    assert plain(await school.call("olu", "participants")).startswith("This is for members of JavaScript.")


async def test_a_refusal_offers_an_observer_to_take_part(school: Scene) -> None:
    await a_group(school)
    await school.call("olu", "enrol follow")
    refused = await school.call("olu", "ask", question="How?")

    assert plain(await school.press("olu", refused, "Take part")).startswith("Form: Enrol in a study group")
