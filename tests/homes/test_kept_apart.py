"""S4, J30: work, records and pages of somebody whose accounts are one, and whose they are afterwards."""

from __future__ import annotations

import pytest

from adapters.local import Person
from bot.ids import GroupId, PersonId, new_id
from bot.ports import UnitOfWork
from bot.study import publishing
from bot.study.records import ParticipationRecord
from tests.homes.stage import Two, founded


async def opened(both: Two) -> tuple[Person, Person, GroupId]:
    """Let Jill and Jay, who are the same, learn in a group that lives on both sides."""
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill, jay)
    await both.passes(hours=1)
    assert both.group is not None
    return jill, jay, both.group.id


async def work(both: Two, who: Person) -> list[str]:
    assert both.group is not None
    group, id = both.group.id, await both.person(who.account)
    return [one.note for one in await both.app.store.read(lambda uow: uow.submissions.by_person(group, id))]


@pytest.mark.slow
async def test_work_that_stands_counts_rather_than_what_was_taken_back(both: Two) -> None:
    jill, jay, _ = await opened(both)
    await both.types(jill, '/submit note:"A draft."')
    await both.presses(jill, "Undo")
    await both.types(jay, '/submit note:"Done."')
    await both.links(jill, jay)
    assert await work(both, jill) == ["Done."]
    await both.unlinks(jill)
    assert (await work(both, jill), await work(both, jay)) == ([], ["Done."])


@pytest.mark.slow
async def test_who_finished_with_one_account_has_finished(both: Two) -> None:
    jill, jay, group = await opened(both)
    ids = [await both.person(who.account) for who in (jill, jay)]

    def records(uow: UnitOfWork) -> None:
        for person, finished in zip(ids, (False, True), strict=True):
            now = both.clock.now()
            uow.records.add(ParticipationRecord(new_id(now), group, person, finished, 2, 2, 1, "all", now))

    await both.app.store.write(records)

    async def recognised(person: PersonId) -> bool:
        record = await both.app.store.read(lambda uow: uow.records.of(group, person))
        assert record is not None
        return record.recognised

    await both.links(jill, jay)
    assert await recognised(await both.person(jill.account))
    await both.unlinks(jill)
    assert [await recognised(await both.person(who.account)) for who in (jill, jay)] == [False, True]


@pytest.mark.slow
async def test_a_public_portfolio_shows_no_work_of_another_account_unasked(both: Two) -> None:
    """J30: nothing is public until its owner publishes it."""
    jill, jay, _ = await opened(both)
    id, now = await both.person(jay.account), both.clock.now()
    await both.app.store.write(lambda uow: publishing.publish(uow.publications, id, listed=None, now=now))
    done = await both.links(jill, jay)
    person = await both.person(jay.account)
    assert "portfolio is private now" in done
    found = await both.app.store.read(lambda uow: publishing.published(uow.publications, person))
    assert found is None
    assert await both.app.store.read(lambda uow: uow.publications.portfolios()) == []
