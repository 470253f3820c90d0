"""Many units of work at once on one store, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.chat import About
from bot.ids import PersonId
from bot.ports import UnitOfWork
from storage.database import Store
from tests.storage.samples import (
    ANN,
    BEN,
    GROUP,
    NOW,
    account,
    found_group,
    group,
    like,
    member,
    message,
    person,
    post,
    question,
    reaction,
)

Opened = Store[UnitOfWork]


async def test_twenty_who_want_five_seats_get_five(store: Opened) -> None:
    people = [PersonId(100 + number) for number in range(20)]

    def found(uow: UnitOfWork) -> None:
        uow.groups.add(group(seats=5))
        for id in people:
            uow.people.add(person(id, f"P{id}"), account(id, id, f"p{id}"))

    def join(uow: UnitOfWork, who: PersonId) -> bool:
        seats = uow.groups.lock(GROUP)
        assert seats is not None
        if uow.members.count(GROUP) >= (seats.seats or 0):
            return False
        uow.members.add(member(who, who))
        return True

    await store.write(found)
    taken = await asyncio.gather(*(store.write(lambda uow, id=id: join(uow, id)) for id in people))  # type: ignore[misc]
    assert taken.count(True) == 5
    assert await store.read(lambda uow: uow.members.count(GROUP)) == 5


async def test_no_post_is_handed_to_two(store: Opened) -> None:
    posts = [post(1 + 5 * place + number, f"place{place}") for place in range(10) for number in range(5)]
    sent: list[int] = []

    async def work() -> None:
        for _ in range(30):
            for claimed in await store.write(lambda uow: uow.outbox.claim(NOW, 3)):
                sent.append(claimed.id)
                done = replace(claimed, state=claimed.state.SENT, message=message(str(claimed.id)))
                assert await store.write(lambda uow, done=done: uow.outbox.finish(done))  # type: ignore[misc]

    await store.write(lambda uow: [uow.outbox.add(one) for one in posts])
    await asyncio.gather(*(work() for _ in range(6)))
    assert sorted(sent) == [one.id for one in posts]
    for place in range(10):
        of_place = [id for id in sent if (id - 1) // 5 == place]
        assert of_place == sorted(of_place)


async def test_a_line_of_the_agenda_is_taken_by_one(store: Opened) -> None:
    await store.write(lambda uow: uow.agenda.set("nudge", 1, NOW, None))
    (due,) = await store.read(lambda uow: uow.agenda.due(NOW, 1))
    taken = await asyncio.gather(*(store.write(lambda uow: uow.agenda.take(due)) for _ in range(12)))
    assert taken.count(True) == 1


async def test_one_agenda_line_set_by_many_stands_once(store: Opened) -> None:
    await asyncio.gather(*(store.write(lambda uow: uow.agenda.set("nudge", 1, NOW, None)) for _ in range(12)))
    assert len(await store.read(lambda uow: uow.agenda.due(NOW, 10))) == 1


async def test_a_like_that_arrives_many_times_at_once_is_one(store: Opened) -> None:
    def give(uow: UnitOfWork, id: int) -> tuple[bool, bool]:
        return uow.likes.react(reaction(id, BEN)), uow.likes.like(like(id, BEN))

    await store.write(found_group)
    kept = await asyncio.gather(*(store.write(lambda uow, id=id: give(uow, id)) for id in range(1, 13)))  # type: ignore[misc]
    assert sorted(kept) == [(False, False)] * 11 + [(True, True)]
    assert await store.read(lambda uow: uow.likes.counts("submission", [1])) == {1: 1}


async def test_a_like_that_is_taken_back_many_times_is_taken_back_once(store: Opened) -> None:
    def found(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.likes.like(like(1, BEN))

    await store.write(found)
    gone = await asyncio.gather(
        *(store.write(lambda uow: uow.likes.unlike(About("submission", 1), BEN)) for _ in range(12))
    )
    assert [one for one in gone if one] == [like(1, BEN)]


async def test_reputation_that_many_give_at_once_all_count(store: Opened) -> None:
    def found(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.members.add(member(1, ANN))

    await store.write(found)
    await asyncio.gather(*(store.write(lambda uow: uow.members.add_eighths(GROUP, ANN, 3)) for _ in range(20)))
    kept = await store.read(lambda uow: uow.members.of(GROUP, ANN))
    assert kept is not None
    assert kept.eighths == 60


async def test_one_question_is_decided_about_by_one_at_a_time(store: Opened) -> None:
    asked = question(1, ANN, "Why?", details="0")

    def found(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.questions.add(asked)

    def count(uow: UnitOfWork) -> None:
        now = uow.questions.lock(asked.id)
        assert now is not None
        uow.questions.save(replace(now, details=str(int(now.details) + 1)))

    await store.write(found)
    await asyncio.gather(*(store.write(count) for _ in range(12)))
    kept = await store.read(lambda uow: uow.questions.get(asked.id))
    assert kept is not None
    assert kept.details == "12"
