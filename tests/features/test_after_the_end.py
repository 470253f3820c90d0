"""Groups that are over: what their card says, and what can no longer be changed."""

from __future__ import annotations

import pytest

from tests.features.plain import plain
from tests.features.stage import Scene, a_group, a_learner


@pytest.fixture
async def over(school: Scene) -> Scene:
    """Return a school whose group was finished in its first week."""
    await a_group(school, auto_accept=True)
    await a_learner(school, "jill")
    school.clock.move(days=8)
    await school.tick()
    await school.call("fela", "lead group finish", sure="yes")
    await school.tick()
    return school


async def test_the_card_of_a_group_that_is_over_says_so_and_offers_no_place(over: Scene) -> None:
    read = await over.says("gus", "group")

    assert "Now: ended\nBegan: Monday 11 January 2027" in read
    assert "Places" not in read
    assert "Enrolment" not in read


async def test_closed_enrolment_is_called_closed(school: Scene) -> None:
    await a_group(school)
    school.clock.move(days=16)
    await school.tick()

    read = await school.says("gus", "group")
    assert "Enrolment: closed after Monday 18 January 2027" in read
    assert "Places" not in read


async def test_the_dates_of_a_group_that_is_over_stay(over: Scene) -> None:
    before = len(await over.posted())

    assert (await over.says("fela", "lead group edit", zone="America/New_York")).startswith("JavaScript is over")
    assert len(await over.posted()) == before
    assert "Nothing is planned." in await over.says("fela", "lead schedule show")


async def test_no_week_can_be_prepared_in_a_group_that_is_over(over: Scene) -> None:
    assert await over.says("fela", "newweek") == "JavaScript is not open for new weeks now: it is ended."


async def test_another_zone_of_a_running_group_moves_what_is_to_come(school: Scene) -> None:
    await a_group(school)
    school.clock.move(days=8)
    await school.tick()

    told = await school.says("fela", "lead group edit", zone="America/New_York")
    assert told.startswith("JavaScript goes by the clocks of America/New_York now, and the weeks to come moved along.")


async def test_what_a_group_cannot_become_is_said_with_what_to_do(school: Scene) -> None:
    await a_group(school)
    assert (await school.says("fela", "lead group finish")).startswith("JavaScript has not started yet")


async def test_finishing_or_archiving_twice_changes_nothing(over: Scene) -> None:
    assert await over.says("fela", "lead group finish", sure="yes") == (
        "JavaScript is ended already, so nothing changed."
    )
    await over.call("fela", "lead group archive", {"sure": "yes"})
    assert "[Enrol]" not in plain((await over.posted())[0])
    assert (await over.says("jill", "note", text="Late")).startswith("JavaScript is archived: everything stays")
