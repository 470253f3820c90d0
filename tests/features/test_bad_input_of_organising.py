"""What cannot be meant is refused in plain words, and leaves no trace: groups, enrolment, members, settings, spaces.

What goes for every option of every command is in tests/test_bad_input.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.cards import Tone
from bot.chat import ChannelRef
from bot.ids import code
from bot.ports import UnitOfWork
from bot.study.groups import GroupState
from bot.study.members import MemberState
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, FOREIGN, HERE, Scene, a_group, a_learner, account


def _trace(uow: UnitOfWork) -> Any:
    """Return everything that a call of these commands could have left."""
    found = [group for here in (HERE, ELSEWHERE, FOREIGN) if (group := uow.groups.in_channel(here))]
    return (
        found,
        [uow.members.in_group(group.id, tuple(MemberState)) for group in found],
        [uow.agenda.of_group(group.id) for group in found],
        [len(uow.outbox.of_group(group.id, 1000)) for group in found],
        [uow.people.by_account(account(who)) for who in ("fela", "jill")],
        uow.spaces.get(HERE.where),
        uow.groups.in_space(HERE.where, tuple(GroupState), 0, 100),
    )


@pytest.fixture
async def busy(school: Scene) -> Scene:
    """Return a school with a group of Fela's: Jill learns in it, Tom has applied; and the space is set up."""
    await school.call("ada", "study setup", admin=True)
    await a_group(school)
    await a_learner(school, "jill")
    await school.call("tom", "enrol", submitted=True, goal="Me too.")
    return school


async def _refused(busy: Scene, command: str, arguments: Mapping[str, str], channel: ChannelRef = HERE) -> str:
    """Call as Fela, or as Jill what only learners may; return the answer, sure that it refuses and left nothing."""
    before = await busy.read(_trace)
    who = "jill" if command in ("pause", "resume") else "fela"
    answer = await busy.call(who, command, arguments, channel=channel, admin=True, submitted=True)
    assert answer.form is None
    assert [card.tone for card in answer.cards] == [Tone.NEEDS_YOU]
    words = plain(answer)
    assert "Something went wrong" not in words
    assert await busy.read(_trace) == before
    return words


def _free(command: str) -> ChannelRef:
    return ELSEWHERE if command in ("lead group create", "lead group import") else HERE


@pytest.mark.parametrize(
    ("command", "given", "words"),
    [
        ("lead group create", {"outline": "js", "start": "2027-01-03 18:00"}, "has passed already"),
        ("lead group create", {"outline": "js", "start": "2031-01-03 18:00"}, "more than two years away"),
        (
            "lead group create",
            {"outline": "js", "start": "2027-02-01", "zone": "Mars/Base"},
            "I don't know the time zone",
        ),
        ("lead group create", {"outline": "js", "start": "2027-02-01", "seats": "0"}, "needs at least one place"),
        ("lead group create", {"outline": "js", "start": "2027-02-01", "seats": "-1"}, "needs at least one place"),
        ("lead group create", {"outline": "js", "start": "2027-02-01", "title": "!"}, "needs a title"),
        ("lead group create", {"outline": "empty", "start": "2027-02-01"}, "has no weeks yet"),
        ("lead group create", {"outline": "js"}, "is still empty"),
        ("lead group create", {}, "is still empty"),
        ("lead group import", {"start": "2027-02-01"}, "is still empty"),
        ("lead group edit", {"start": "2027-01-03 18:00"}, "has passed already"),
        ("lead group edit", {"zone": "Mars/Base"}, "I don't know the time zone"),
        ("lead group edit", {"title": "x" * 101}, "at most 100 characters"),
        ("lead group enrolment", {"seats": "0"}, "needs at least one place"),
        ("lead group enrolment", {"until": "2027-01-03"}, "today at the earliest"),
        ("lead group enrolment", {"until": "2037-01-03"}, "more than two years away"),
        ("lead group enrolment", {"seats": "3", "everyone": "yes"}, "Choose one of the two"),
        ("lead group hand-over", {}, "is still empty"),
        ("lead group hand-over", {"member": "Fela"}, "I don't know “Fela”"),
        ("lead members accept", {}, "is still empty"),
        ("enrol", {"goal": ""}, "You belong to JavaScript already"),
        ("resume", {}, "You are not on a pause"),
        ("study facilitators", {"add": "@nobody"}, "I haven't met “nobody”"),
        ("help", {"topic": "hlep"}, "Did you mean /help"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_next_step(
    busy: Scene, command: str, given: dict[str, str], words: str
) -> None:
    assert words in await _refused(busy, command, given, _free(command))


@pytest.mark.parametrize("weeks", ["0", "-1", "13", "999999999"])
async def test_a_pause_has_a_sensible_length(busy: Scene, weeks: str) -> None:
    assert plain(await busy.call("jill", "pause", weeks=weeks)) == (
        "A pause lasts from 1 to 12 weeks. Choose a number between them; you can come back earlier with /resume."
    )


@pytest.mark.parametrize("command", ["group", "group introduction", "enrol", "enrol follow"])
async def test_groups_of_another_space_are_unknown_here(busy: Scene, command: str) -> None:
    """The id of another space's group is worth nothing in this one."""
    foreign = await a_group(busy, "gus", channel=FOREIGN)

    words = await _refused(
        busy, command, {"group": code(foreign.id), **({"goal": "Me."} if command == "enrol" else {})}
    )

    assert words.startswith("I can't find that any more.")


@pytest.mark.parametrize("command", ["lead group edit", "lead group cancel", "lead members list", "participants"])
async def test_no_command_reaches_into_another_space(busy: Scene, command: str) -> None:
    foreign = await a_group(busy, "gus", channel=FOREIGN)

    assert (await _refused(busy, command, {"group": code(foreign.id)})).startswith("I can't find that any more.")


@pytest.mark.parametrize("command", ["lead members role", "lead members remove", "lead group hand-over"])
async def test_members_of_another_group_are_unknown_here(busy: Scene, command: str) -> None:
    await a_group(busy, "gus", channel=FOREIGN)
    theirs = await busy.member("gus", FOREIGN)

    given = {"member": code(theirs.id), **({"role": "mentor"} if command == "lead members role" else {})}
    assert (await _refused(busy, command, given)).startswith("I can't find that any more.")


@pytest.mark.parametrize("command", ["lead group cancel now", "lead members remove now"])
async def test_a_draft_that_is_not_there_confirms_nothing(busy: Scene, command: str) -> None:
    assert (await _refused(busy, command, {"draft": "zzzzzzzzzzzz"})).startswith("I can't find that any more.")


async def test_a_closed_enrolment_says_so_and_keeps_nothing(busy: Scene) -> None:
    busy.clock.move(days=20)
    await busy.tick()
    before = await busy.read(_trace)

    answer = await busy.says("uma", "enrol", goal="Me.")

    assert answer.startswith("Enrolment for JavaScript closed after")
    assert await busy.read(_trace) == before
    assert await busy.read(lambda uow: uow.people.by_account(account("uma"))) is None
