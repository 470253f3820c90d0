"""Taking an application back, leaving, and pausing."""

from __future__ import annotations

from bot.study.agenda import DueKind
from bot.study.members import MemberState
from tests.features.plain import plain
from tests.features.stage import Scene, a_group, a_learner


async def test_an_applicant_takes_the_application_back(school: Scene) -> None:
    await a_group(school)
    answer = await school.call("jill", "enrol", submitted=True, goal="Me.")

    assert plain(await school.press("jill", answer, "Take my application back")) == (
        "Taken back: you have no application in JavaScript any more.\n[Apply again]"
    )
    assert "Taken back by the applicant." in plain((await school.told("fela"))[-1])


async def test_whoever_leaves_is_asked_about_their_work(school: Scene) -> None:
    await a_group(school, auto_accept=True)
    await a_learner(school, "jill")

    assert plain(await school.call("jill", "withdraw")) == (
        "Would you like to leave JavaScript? Your place goes to the next person. "
        "Your answers to others stay in their threads; what happens to your own work is up to you.\n"
        "[Leave, my work stays] [Leave and take my work back] [Pause instead]"
    )
    assert (await school.member("jill")).state is MemberState.ACTIVE


async def test_work_goes_with_whoever_takes_it_back(school: Scene) -> None:
    group = await a_group(school, auto_accept=True)
    jill = await a_learner(school, "jill")
    school.clock.move(days=8)
    await school.tick()
    answer = await school.call("jill", "submit", activity="1", link="https://example.org/mine", submitted=True)
    assert "Saved" in plain(answer)

    asked = await school.call("jill", "withdraw")
    gone = await school.press("jill", asked, "Leave and take my work back")

    assert plain(gone).startswith("You have left JavaScript, and your work is taken back.")
    assert await school.read(lambda uow: uow.submissions.by_person(group.id, jill.person)) == []
    assert not any("Jill handed in" in plain(card) for card in await school.posted())


async def test_a_pause_keeps_the_place_and_ends_by_itself(school: Scene) -> None:
    await a_group(school, auto_accept=True, seats="1")
    jill = await a_learner(school, "jill")
    asked = await school.call("jill", "pause")

    assert plain(await school.press("jill", asked, "2 weeks")) == (
        "You pause until Monday 18 January 2027, and your place is kept. Come back whenever you like.\n[I'm back]"
    )
    assert (await school.says("tom", "enrol", goal="Me too.")).startswith("All places")
    assert await school.read(lambda uow: uow.agenda.at(DueKind.NUDGE, jill.id)) is None

    school.clock.move(days=14)
    await school.tick()
    jill = await school.member("jill")
    assert (jill.state, jill.paused_until) == (MemberState.ACTIVE, None)
    assert plain((await school.told("jill"))[-1]) == (
        "Your pause in JavaScript is over. Start with this week whenever it suits you.\n"
        "[This week] [Pause two more weeks]"
    )


async def test_one_comes_back_earlier_with_resume(school: Scene) -> None:
    await a_group(school, auto_accept=True)
    await a_learner(school, "jill")
    await school.call("jill", "pause", weeks="4")

    assert (await school.says("jill", "resume")).startswith("Good to have you back.")
    assert await school.says("jill", "resume") == (
        "You are not on a pause, so nothing changed. /week shows where the group is."
    )
