"""Who is to be seen to on a roster, on both engines: found by looking at who takes part now (P12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import AccountRef, RosterRef
from bot.ids import GroupId, before
from bot.ports import UnitOfWork
from bot.study.groups import GroupState, Home
from bot.study.members import MemberState, Role, Transition
from bot.study.rosters import Entry
from storage.database import Store
from tests.storage.samples import ANN, BEN, CHANNEL, CLEO, DAY, GROUP, HOUR, NOW, account, group, member, person

ROSTER = RosterRef("local", "space", "bakers")
OTHER = GroupId(22)


@pytest.fixture(autouse=True)
async def furnished(store: Store[UnitOfWork]) -> None:
    """Let Ann own a group with a roster in which Ben learns, and Cleo look on."""

    def fill(uow: UnitOfWork) -> None:
        for number, (who, name) in enumerate(((ANN, "ann"), (BEN, "ben"), (CLEO, "cleo"))):
            uow.people.add(person(who, name.title()), account(number + 1, who, name))
        uow.groups.add(group())
        uow.groups.add_home(Home(1, GROUP, CHANNEL, roster=ROSTER))
        uow.members.add(member(61, ANN, role=Role.OWNER))
        uow.members.add(member(62, BEN))
        uow.members.add(member(63, CLEO, role=Role.OBSERVER))

    await store.write(fill)


def names(entries: list[Entry]) -> list[str]:
    return [entry.account.user for entry in entries]


def due(uow: UnitOfWork) -> list[str]:
    return names(uow.rosters.due("local", NOW, 10))


def done(uow: UnitOfWork) -> None:
    """Let all that is due be done."""
    for entry in uow.rosters.due("local", NOW, 10):
        uow.rosters.keep(replace(entry, due_at=None))


async def test_who_takes_part_is_missing_until_they_are_on_it(store: Store[UnitOfWork]) -> None:
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    assert sorted(await store.read(due)) == ["ann", "ben"]
    await store.write(done)
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    assert await store.read(due) == []
    assert await store.read(lambda uow: (uow.rosters.on(ROSTER), uow.rosters.waiting(ROSTER))) == (2, 0)


@pytest.mark.parametrize("state", [MemberState.LEFT, MemberState.REMOVED, MemberState.LINKED])
async def test_who_takes_part_no_more_is_one_too_many(store: Store[UnitOfWork], state: MemberState) -> None:
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    await store.write(done)
    await store.write(lambda uow: uow.members.save(member(62, BEN, state=state)))
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    assert await store.read(due) == ["ben"]
    assert await store.read(lambda uow: uow.rosters.wanted(ROSTER, [AccountRef("local", "ben")])) == set()
    await store.write(lambda uow: uow.rosters.drop(uow.rosters.due("local", NOW, 1)[0]))
    assert await store.read(lambda uow: uow.rosters.on(ROSTER)) == 1


@pytest.mark.parametrize("state", [MemberState.PAUSED, MemberState.DORMANT, MemberState.FINISHED])
async def test_who_rests_or_has_finished_stays_on_it(store: Store[UnitOfWork], state: MemberState) -> None:
    await store.write(lambda uow: uow.members.save(member(62, BEN, state=state)))
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    assert sorted(await store.read(due)) == ["ann", "ben"]


@pytest.mark.parametrize(
    ("state", "there"),
    [(GroupState.ENDED, 2), (GroupState.FROZEN, 2), (GroupState.ARCHIVED, 0), (GroupState.CANCELLED, 0)],
)
async def test_a_group_keeps_its_roster_until_it_is_put_away(
    store: Store[UnitOfWork], state: GroupState, there: int
) -> None:
    await store.write(lambda uow: uow.groups.save(group(state=state)))
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    assert len(await store.read(due)) == there


async def test_two_groups_on_one_roster_are_one_list(store: Store[UnitOfWork]) -> None:
    def both(uow: UnitOfWork) -> None:
        uow.groups.add(group(OTHER))
        uow.groups.add_home(Home(2, OTHER, replace(CHANNEL, channel="rye"), roster=ROSTER))
        uow.members.add(member(71, BEN, group=OTHER))
        uow.members.add(member(72, CLEO, group=OTHER))
        uow.members.save(member(62, BEN, state=MemberState.LEFT))
        uow.rosters.settle(ROSTER, NOW)

    await store.write(both)
    assert sorted(await store.read(due)) == ["ann", "ben", "cleo"]
    assert await store.read(lambda uow: uow.rosters.groups(ROSTER)) == [GROUP, OTHER]
    assert await store.read(lambda uow: uow.rosters.all("local")) == [ROSTER]
    assert await store.read(lambda uow: uow.rosters.all("discord")) == []


async def test_what_is_put_off_waits_and_a_renewal_brings_everybody_back(store: Store[UnitOfWork]) -> None:
    await store.write(lambda uow: uow.rosters.settle(ROSTER, NOW))
    await store.write(lambda uow: uow.rosters.put_off(ROSTER, NOW, NOW + DAY))
    assert await store.read(due) == []
    assert len(await store.read(lambda uow: uow.rosters.due("local", NOW + DAY, 10))) == 2
    await store.write(lambda uow: uow.rosters.renew(ROSTER, NOW))
    assert sorted(await store.read(due)) == ["ann", "ben"]


async def test_only_accounts_of_that_platform_are_meant(store: Store[UnitOfWork]) -> None:
    def elsewhere(uow: UnitOfWork) -> None:
        uow.groups.save_home(Home(1, GROUP, CHANNEL, roster=RosterRef("discord", "1", "2")))
        uow.rosters.settle(RosterRef("discord", "1", "2"), NOW)

    await store.write(elsewhere)
    assert await store.read(lambda uow: uow.rosters.due("discord", NOW, 10)) == []


async def test_changes_are_found_by_when_they_were_made(store: Store[UnitOfWork]) -> None:
    old, new = before(NOW - HOUR) + 1, before(NOW) + 1

    def change(uow: UnitOfWork) -> None:
        for id, at in ((old, NOW - HOUR), (new, NOW)):
            uow.members.record(Transition(id, member(62, BEN).id, at, BEN, MemberState.ACTIVE, Role.LEARNER))

    await store.write(change)
    since = before(NOW - timedelta(minutes=3))
    assert await store.read(lambda uow: uow.rosters.changed("local", since)) == [(new, ROSTER)]
    assert await store.read(lambda uow: uow.rosters.changed("discord", since)) == []
