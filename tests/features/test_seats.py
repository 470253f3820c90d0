"""Places and the waiting list, whatever people do at the same time."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards import Button
from bot.ports import UnitOfWork
from bot.study.groups import Group
from bot.study.members import PRESENT, WAITING, Member, MemberState, Role
from tests.features.stage import Scene, a_bot, a_group

PEOPLE = ("ana", "ben", "cleo", "dan", "eve")
DEEDS = ("enrol", "enrol", "leave", "follow", "accept", "decline", "remove")
ACTIONS = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(DEEDS))
ROUNDS = st.lists(st.lists(st.one_of(ACTIONS, st.integers(1, 4)), min_size=1, max_size=6), min_size=1, max_size=5)


async def _does(scene: Scene, action: tuple[str, str] | int) -> None:
    if isinstance(action, int):
        await scene.call("fela", "lead group enrolment", seats=str(action))
        return
    who, what = action
    match what:
        case "enrol":
            await scene.call(who, "enrol", submitted=True, goal="To learn.")
        case "leave":
            await scene.call(who, "withdraw", work="keep")
        case "follow":
            await scene.call(who, "enrol follow")
        case "remove":
            asked = await scene.call("fela", "lead members remove", member=who.capitalize())
            for one in asked.cards[0].buttons:
                if isinstance(one, Button):
                    await scene.call("fela", one.command, dict(one.arguments))
        case _:
            await scene.call("fela", f"lead members {what}", member=who.capitalize())


def _stands(uow: UnitOfWork, group: Group) -> tuple[Group, list[Member], list[Member]]:
    now = uow.groups.get(group.id)
    assert now is not None
    learners = uow.members.in_group(group.id, PRESENT | WAITING, [Role.LEARNER])
    holding = [member for member in learners if member.state is not MemberState.WAITLISTED]
    return now, holding, [member for member in learners if member.state is MemberState.WAITLISTED]


async def _play(rounds: list[list[tuple[str, str] | int]], auto_accept: bool, folder: Path) -> None:
    async with a_bot(folder) as scene:
        group = await a_group(scene, seats="2", auto_accept=auto_accept)
        before: set[int] = set()
        places = 2
        for actions in rounds:
            await asyncio.gather(*(_does(scene, action) for action in actions))
            scene.clock.move(minutes=1)
            await scene.tick()
            now, holding, waiting = await scene.read(lambda uow: _stands(uow, group))
            assert now.seats is not None
            came = [member for member in holding if member.id not in before]
            most = max(places, *(action for action in actions if isinstance(action, int)), 0)
            assert len(holding) <= most or not came, "more people were let in than there were places"
            assert not waiting or len(holding) >= now.seats, "a place is free and somebody waits for it"
            assert waiting == sorted(waiting, key=lambda member: (member.applied_at, member.id))
            before, places = {member.id for member in holding}, now.seats


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROUNDS, st.booleans())
def test_places_are_never_given_twice_and_never_stay_empty_while_somebody_waits(
    rounds: list[list[tuple[str, str] | int]], auto_accept: bool
) -> None:
    """Whatever people and facilitators do at the same time, and whether or not they are let in at once."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(rounds, auto_accept, Path(folder)))


async def test_the_last_place_goes_to_one_of_many_who_press_at_once(database_url: str, tmp_path: Path) -> None:
    """On both databases: the group is locked before its places are counted."""
    async with a_bot(tmp_path, url=database_url) as scene:
        group = await a_group(scene, seats="3", auto_accept=True)
        crowd = [f"person{number}" for number in range(12)]
        await asyncio.gather(*(scene.call(who, "enrol", submitted=True, goal="Me!") for who in crowd))
        _, holding, waiting = await scene.read(lambda uow: _stands(uow, group))

        assert (len(holding), len(waiting)) == (3, 9)

        await asyncio.gather(*(_leave(scene, member) for member in holding))
        await scene.tick()
        _, now_holding, _ = await scene.read(lambda uow: _stands(uow, group))

    assert [member.id for member in now_holding] == [member.id for member in waiting[:3]]


async def _leave(scene: Scene, member: Member) -> None:
    person = await scene.read(lambda uow: uow.people.get(member.person))
    assert person is not None
    await scene.call(person.name.lower(), "withdraw", work="keep")
