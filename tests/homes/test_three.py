"""S4: more than two accounts, and what comes between linking and unlinking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.local import Person
from bot.ids import PersonId
from bot.study.members import MemberState
from bot.study.submissions import Submission
from tests.homes.stage import Two, founded


async def opened(both: Two) -> tuple[Person, Person]:
    """Let a group live in both places, with its first week open."""
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    return fela, adam


async def works(both: Two, *people: Person) -> list[list[Submission]]:
    """Return what the persons behind accounts have handed in."""
    assert both.group is not None
    group, ids = both.group.id, [await both.person(who.account) for who in people]
    return await both.app.store.read(lambda uow: [uow.submissions.by_person(group, id) for id in ids])


@pytest.mark.slow
async def test_of_three_accounts_each_gets_back_its_place_and_work(both: Two) -> None:
    """What the youngest brought along rests when the eldest has such a thing too, and is the youngest's in the end."""
    await opened(both)
    ann, ben, cat = both.left.person("ann"), both.right.person("ben"), both.right.person("cat")
    await both.enrols(ann)
    await both.types(ben, "/settings name:Ben")
    await both.enrols(cat)
    await both.passes(hours=1)
    await both.types(ann, '/submit note:"Of Ann."')
    await both.types(cat, '/submit note:"Of Cat."')
    place = await both.member(cat)
    await both.links(ben, cat)
    await both.links(ann, ben)
    await both.unlinks(ben)
    assert await both.member(cat) == place
    assert await both.member(ben) is None
    assert [[one.note for one in some] for some in await works(both, ann, ben, cat)] == [["Of Ann."], [], ["Of Cat."]]


@pytest.mark.slow
async def test_likes_of_work_that_rests_follow_the_person_through_every_link(both: Two) -> None:
    """J26: of three accounts too, nobody likes their own, and each gets back the thanks for what it made."""
    await opened(both)
    ann, ben, cat = both.left.person("ann"), both.right.person("ben"), both.right.person("cat")
    ray = both.left.person("ray")
    await both.enrols(ann, ben, cat, ray)
    await both.passes(hours=1)
    for who in (ann, ben, cat):
        await both.types(who, f'/submit note:"Of {who.name}."')
    work = both.channel(both.left).message("Of Cat.")
    await both.reacts(ray, "👍", work)

    async def owners() -> list[PersonId]:
        group = both.group.id  # type: ignore[union-attr]
        return [like.owner for like in await both.app.store.read(lambda uow: uow.likes.in_group(group))]

    own = await both.person(cat.account)
    assert await owners() == [own]
    await both.links(ben, cat)
    await both.links(ann, ben)
    assert await owners() == [await both.person(ann.account)]
    await both.reacts(ann, "🎉", work)
    assert len(await owners()) == 1
    await ann.unreacts("🎉", work)
    await both.unlinks(ben)
    assert await owners() == [own]


@pytest.mark.slow
async def test_whoever_was_taken_out_does_not_come_back_by_applying_and_unlinking(both: Two) -> None:
    fela, _ = await opened(both)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill, jay)
    await both.links(jill, jay)
    await both.types(fela, "/lead group enrolment auto_accept:no")
    await both.types(fela, "/lead members remove member:Jill")
    await both.presses(fela, "Take them out")
    await both.enrols(jill)
    await both.unlinks(jay)
    mine, theirs = await both.member(jill), await both.member(jay)
    assert mine is not None
    assert theirs is not None
    assert mine.state is MemberState.APPLIED
    assert theirs.state not in (MemberState.ACTIVE, MemberState.APPLIED)


@pytest.mark.slow
async def test_a_pause_of_the_younger_account_ends_while_both_are_one(both: Two) -> None:
    """J9: the better state of a silent member and one on a pause is the pause, which has an end."""
    await opened(both)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill, jay)
    await both.passes(hours=1)
    await both.types(jay, "/pause weeks:1")
    silent = await both.member(jill)
    assert silent is not None
    from dataclasses import replace

    asleep = replace(silent, state=MemberState.DORMANT)
    await both.app.store.write(lambda uow: uow.members.save(asleep))
    await both.links(jill, jay)
    together = await both.member(jay)
    assert together is not None
    assert together.state is MemberState.PAUSED
    await both.passes(days=8)
    together = await both.member(jay)
    assert together is not None
    assert together.state is MemberState.ACTIVE


@pytest.mark.slow
async def test_a_pause_that_ran_out_meanwhile_is_over_after_unlinking(both: Two) -> None:
    """J9."""
    await opened(both)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill, jay)
    await both.passes(hours=1)
    await both.types(jay, "/pause weeks:1")
    await both.links(jill, jay)
    await both.passes(days=8)
    await both.unlinks(jay)
    await both.passes(minutes=1)
    theirs = await both.member(jay)
    assert theirs is not None
    assert theirs.state is MemberState.ACTIVE


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
async def test_a_no_to_being_named_holds_for_all_accounts(both: Two, first: bool) -> None:
    jill, jay = both.left.person("jill"), both.right.person("jay")
    for who, no in ((jill, first), (jay, not first)):
        await both.types(who, "/settings thanks:no" if no else "/settings zone:Europe/Berlin")
    await both.links(jill, jay)
    person = await both.app.store.read(lambda uow: uow.people.by_account(jill.account))
    assert person is not None
    assert not person.named


@pytest.mark.slow
async def test_a_no_to_being_named_that_was_said_meanwhile_holds_for_both(both: Two) -> None:
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.types(jill, "/settings zone:Europe/Berlin")
    await both.links(jill, jay)
    await both.types(jay, "/settings thanks:no")
    await both.unlinks(jay)
    person = await both.app.store.read(lambda uow: uow.people.by_account(jay.account))
    assert person is not None
    assert not person.named
    assert timedelta(0) <= both.clock.now() - person.created_at
