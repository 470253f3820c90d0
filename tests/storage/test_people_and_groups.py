"""People, spaces, groups and memberships in the store, on both engines."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import AccountRef, ChannelRef, SpaceRef
from bot.ids import GroupId, MemberId, PersonId
from bot.ports import UnitOfWork
from bot.study.groups import GroupState, Home
from bot.study.members import MemberState, Role, Transition
from bot.study.spaces import Space
from storage.database import Store
from tests.storage.samples import (
    ANN,
    BEN,
    CHANNEL,
    CLEO,
    DAY,
    GROUP,
    HOUR,
    NOW,
    account,
    found_group,
    group,
    member,
    person,
)

Opened = Store[UnitOfWork]


async def test_a_person_is_known_by_id_and_by_account(store: Opened) -> None:
    def view(uow: UnitOfWork) -> None:
        assert uow.people.get(ANN) == person(ANN, "Ann")
        assert uow.people.by_account(AccountRef("local", "ben")) == person(BEN, "Ben")
        assert uow.people.get(PersonId(99)) is None
        assert uow.people.by_account(AccountRef("local", "nobody")) is None

    await store.write(found_group)
    await store.read(view)


async def test_people_are_found_by_id_and_unknown_ones_left_out(store: Opened) -> None:
    await store.write(found_group)
    found = await store.read(lambda uow: uow.people.many([ANN, ANN, CLEO, PersonId(99)]))
    assert found == {ANN: person(ANN, "Ann"), CLEO: person(CLEO, "Cleo")}


async def test_a_changed_person_is_kept(store: Opened) -> None:
    changed = replace(person(ANN, "Änne 🙂"), zone="Europe/Berlin", language="de", reminders=False)
    await store.write(found_group)
    await store.write(lambda uow: uow.people.save(changed))
    assert await store.read(lambda uow: uow.people.get(ANN)) == changed


async def test_accounts_come_with_the_one_seen_last_first(store: Opened) -> None:
    def meet(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.people.add(person(PersonId(14), "Dan"), account(71, PersonId(14), "dan", NOW - DAY))

    await store.write(meet)
    found = await store.read(lambda uow: uow.people.accounts([ANN, PersonId(14), PersonId(99)]))
    assert found == {ANN: (account(51, ANN, "ann"),), PersonId(14): (account(71, PersonId(14), "dan", NOW - DAY),)}


async def test_nobody_asked_for_is_nobody_found(store: Opened) -> None:
    def view(uow: UnitOfWork) -> None:
        assert uow.people.many([]) == {}
        assert uow.people.accounts([]) == {}
        assert uow.groups.many([]) == {}

    await store.read(view)


async def test_a_space_keeps_who_may_start_groups(store: Opened) -> None:
    space = Space(1, SpaceRef("local", "space"), NOW)
    grown = replace(space, facilitators=(ANN, BEN), directory=CHANNEL)

    def work(uow: UnitOfWork) -> None:
        uow.spaces.add(space)
        assert uow.spaces.get(space.ref) == space
        assert uow.spaces.with_directory() == []
        uow.spaces.save(grown)
        assert uow.spaces.with_directory() == [grown]

    await store.write(work)
    assert await store.read(lambda uow: uow.spaces.get(space.ref)) == grown
    assert await store.read(lambda uow: uow.spaces.get(SpaceRef("slack", "space"))) is None


async def test_a_changed_group_is_kept(store: Opened) -> None:
    changed = group(state=GroupState.ENDED, seats=12, ended_at=NOW, description="All of it", finish_percent=50)
    await store.write(found_group)
    await store.write(lambda uow: uow.groups.save(changed))
    assert await store.read(lambda uow: uow.groups.get(GROUP)) == changed
    assert await store.read(lambda uow: uow.groups.many([GROUP, GroupId(99)])) == {GROUP: changed}


async def test_a_groups_first_channel_comes_first(store: Opened) -> None:
    second = Home(62, GROUP, ChannelRef("slack", "T1", "C1"))
    await store.write(found_group)
    await store.write(lambda uow: uow.groups.add_home(second))
    assert await store.read(lambda uow: uow.groups.homes(GROUP)) == [Home(61, GROUP, CHANNEL), second]


async def test_a_channel_belongs_to_the_group_that_is_not_over_then_to_the_newest(store: Opened) -> None:
    async def found(older: GroupState, newer: GroupState) -> GroupId | None:
        def change(uow: UnitOfWork) -> GroupId | None:
            uow.groups.save(group(state=older))
            uow.groups.save(group(GroupId(22), state=newer))
            here = uow.groups.in_channel(CHANNEL)
            return here.id if here else None

        return await store.write(change)

    def two(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.groups.add(group(GroupId(22)))
        uow.groups.add_home(Home(62, GroupId(22), CHANNEL))

    await store.write(two)
    assert await found(GroupState.RUNNING, GroupState.RUNNING) == 22
    assert await found(GroupState.FROZEN, GroupState.ARCHIVED) == 21
    assert await found(GroupState.ENDED, GroupState.CANCELLED) == 22
    assert await store.read(lambda uow: uow.groups.in_channel(ChannelRef("local", "space", "math"))) is None


async def test_a_group_is_found_in_the_channel_where_it_asks_too(store: Opened) -> None:
    forum = ChannelRef("local", "space", "forum")
    await store.write(found_group)
    assert await store.read(lambda uow: uow.groups.in_channel(forum)) is None
    await store.write(lambda uow: uow.groups.save_home(Home(61, GROUP, CHANNEL, forum)))
    here, there = await store.read(lambda uow: (uow.groups.in_channel(CHANNEL), uow.groups.in_channel(forum)))
    assert here is not None
    assert here.id == GROUP
    assert there == here
    assert await store.read(lambda uow: uow.groups.homes(GROUP)) == [Home(61, GROUP, CHANNEL, forum)]


async def test_a_space_lists_its_own_groups_by_start(store: Opened) -> None:
    def three(uow: UnitOfWork) -> None:
        found_group(uow)
        later = group(GroupId(20), starts=group().starts + DAY)
        uow.groups.add(later)
        uow.groups.add_home(Home(62, later.id, ChannelRef("local", "space", "late")))
        uow.groups.add_home(Home(63, later.id, ChannelRef("local", "space", "late too")))
        elsewhere = group(GroupId(23))
        uow.groups.add(elsewhere)
        uow.groups.add_home(Home(64, elsewhere.id, ChannelRef("local", "space2", "maths")))

    def view(uow: UnitOfWork) -> None:
        here = SpaceRef("local", "space")
        alive = [GroupState.RUNNING, GroupState.OPEN]
        assert [found.id for found in uow.groups.in_space(here, alive, 0, 10)] == [21, 20]
        assert [found.id for found in uow.groups.in_space(here, alive, 1, 1)] == [20]
        assert uow.groups.in_space(here, [GroupState.ENDED], 0, 10) == []
        assert uow.groups.in_space(here, [], 0, 10) == []

    await store.write(three)
    await store.read(view)


async def test_a_short_name_is_taken_once_a_group_has_it(store: Opened) -> None:
    await store.write(found_group)
    assert await store.read(lambda uow: uow.groups.slug_taken("maths-21"))
    assert not await store.read(lambda uow: uow.groups.slug_taken("maths"))


async def test_members_are_chosen_by_state_and_role_those_who_came_first_first(store: Opened) -> None:
    ann = member(1, ANN, role=Role.FACILITATOR, applied_at=NOW + HOUR)
    ben = member(2, BEN, applied_at=NOW)
    cleo = member(3, CLEO, state=MemberState.WAITLISTED, applied_at=NOW)

    def join(uow: UnitOfWork) -> None:
        found_group(uow)
        for one in (ann, ben, cleo):
            uow.members.add(one)

    def view(uow: UnitOfWork) -> None:
        assert uow.members.in_group(GROUP) == [ben, ann]
        assert uow.members.in_group(GROUP, offset=1, limit=1) == [ann]
        assert uow.members.in_group(GROUP, roles=[Role.FACILITATOR]) == [ann]
        assert uow.members.in_group(GROUP, {MemberState.WAITLISTED}) == [cleo]
        assert uow.members.count(GROUP) == 2
        assert uow.members.count(GROUP, frozenset(MemberState), (Role.LEARNER,)) == 2
        assert uow.members.count(GroupId(99)) == 0
        assert uow.members.of(GROUP, BEN) == uow.members.get(ben.id) == ben
        assert uow.members.of(GROUP, PersonId(99)) is None
        assert uow.members.of_person(CLEO) == []
        assert uow.members.of_person(CLEO, [MemberState.WAITLISTED]) == [cleo]

    await store.write(join)
    await store.read(view)


async def test_reputation_is_added_in_the_database(store: Opened) -> None:
    def gain(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.members.add(member(1, ANN, eighths=3))
        uow.members.add(member(2, BEN))
        uow.members.add_eighths(GROUP, ANN, 4)
        uow.members.add_eighths(GROUP, ANN, -2)

    await store.write(gain)
    found = await store.read(lambda uow: [one.eighths for one in uow.members.in_group(GROUP)])
    assert found == [5, 0]


async def test_saving_a_member_as_it_was_read_earlier_loses_no_reputation_and_no_signal(store: Opened) -> None:
    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.members.add(member(1, ANN))
        uow.members.add_eighths(GROUP, ANN, 4)
        uow.members.signal(GROUP, ANN, NOW)
        uow.members.save(member(1, ANN, goal="Closures"))

    await store.write(work)
    assert await store.read(lambda uow: uow.members.of(GROUP, ANN)) == member(
        1, ANN, goal="Closures", eighths=4, signal_at=NOW
    )


async def test_a_first_like_is_noted_once_and_not_lost_to_a_save_of_what_was_read_before(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[bool]:
        found_group(uow)
        uow.members.add(member(1, ANN))
        noted = [uow.members.first_liked(MemberId(1), at) for at in (NOW, NOW + HOUR)]
        uow.members.save(member(1, ANN, state=MemberState.LEFT))
        return noted

    assert await store.write(work) == [True, False]
    assert await store.read(lambda uow: uow.members.get(MemberId(1))) == member(
        1, ANN, state=MemberState.LEFT, first_like_at=NOW
    )


async def test_a_signal_wakes_whoever_was_dormant_and_starts_reminders_anew(store: Opened) -> None:
    def signal(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.members.add(member(1, ANN, state=MemberState.DORMANT, nudges=3))
        uow.members.add(member(2, BEN, state=MemberState.PAUSED, signal_at=NOW + HOUR))
        uow.members.signal(GROUP, ANN, NOW)
        uow.members.signal(GROUP, BEN, NOW)

    await store.write(signal)
    assert await store.read(lambda uow: uow.members.in_group(GROUP)) == [
        member(1, ANN, signal_at=NOW),
        member(2, BEN, state=MemberState.PAUSED, signal_at=NOW + HOUR),
    ]


async def test_the_history_of_a_membership_is_kept_oldest_first(store: Opened) -> None:
    one = member(1, ANN)
    accepted = Transition(72, one.id, NOW + HOUR, BEN, MemberState.ACTIVE, Role.LEARNER, "welcome")
    applied = Transition(73, one.id, NOW, PersonId(0), MemberState.APPLIED, Role.LEARNER)

    def change(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.members.add(one)
        uow.members.save(replace(one, goal="Understand closures"))
        uow.members.record(accepted)
        uow.members.record(applied)

    await store.write(change)
    assert await store.read(lambda uow: uow.members.history(one.id)) == [applied, accepted]
    assert (await store.read(lambda uow: uow.members.of(GROUP, ANN))) == replace(one, goal="Understand closures")
