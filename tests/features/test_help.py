"""Help, and where somebody finds the way who is in no group's channel."""

from __future__ import annotations

import pytest

from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, HERE, Scene, a_group, a_learner


@pytest.fixture
async def group(school: Scene) -> Scene:
    """Return a school with a group in which Jill learns."""
    await a_group(school, auto_accept=True)
    await a_learner(school, "jill")
    return school


@pytest.mark.parametrize("channel", [None, ELSEWHERE, HERE])
async def test_a_learner_finds_the_learners_commands_everywhere(group: Scene, channel: object) -> None:
    read = plain(await group.call("jill", "help", channel=channel))  # type: ignore[arg-type]

    assert "/submit" in read
    assert "/lead group edit" not in read


async def test_a_newcomer_finds_how_to_join(group: Scene) -> None:
    read = plain(await group.call("gus", "help", channel=None))

    assert "/enrol" in read
    assert "/submit" not in read


async def test_the_beginning_of_several_commands_lists_them(group: Scene) -> None:
    read = plain(await group.call("fela", "help", topic="lead group"))

    assert read.startswith("# /lead group …\n- /lead group edit · ")
    assert "/lead week" not in read


async def test_somebody_in_no_group_is_told_where_groups_are_to_be_found(group: Scene) -> None:
    assert plain(await group.call("gus", "groups", channel=None)).endswith(
        "Type /groups in a channel of your server or workspace, and you see all that there are."
    )
    assert plain(await group.call("gus", "week", channel=None)).startswith("I can't tell which study group you mean.")
    assert plain(await group.call("gus", "enrol", channel=None)).startswith("Here I can't see which groups there are.")


async def test_starting_a_group_in_a_direct_conversation_says_where_to_do_it(group: Scene) -> None:
    read = plain(await group.call("fela", "lead group create", channel=None))

    assert read.startswith("Type this in a channel of your server or workspace")


async def test_an_applicant_takes_the_application_back_in_a_direct_conversation(school: Scene) -> None:
    """The words “/withdraw takes it back” are read there."""
    await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="Me.")

    assert plain(await school.call("jill", "withdraw", channel=None)).startswith("Taken back")
