"""What people publish and decide to show, how weeks count their changes, and the outbox in figures, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ids import GroupId, QuestionId
from bot.outbox import Figures, PostState
from bot.ports import UnitOfWork
from bot.study import publishing
from bot.study.publishing import Kind, Standing
from bot.study.weeks import WeekState
from storage.database import Store
from tests.storage.samples import ANN, BEN, DAY, GROUP, HOUR, NOW, WEEK, answer, found_group, post, question, week

Opened = Store[UnitOfWork]


async def test_a_portfolio_keeps_its_address_and_its_older_ones_stay_empty(store: Opened) -> None:
    await store.write(found_group)
    first = await store.write(lambda uow: publishing.publish(uow.publications, ANN, listed=True, now=NOW))
    moved = await store.write(lambda uow: publishing.new_address(uow.publications, ANN, now=NOW + HOUR))
    look = await store.write(lambda uow: publishing.preview(uow.publications, ANN, now=NOW + DAY))
    assert len({first.slug, moved.slug, look.slug}) == 3
    old, new, of_person, before = await store.read(
        lambda uow: (
            uow.publications.at(first.slug),
            uow.publications.at(moved.slug),
            uow.publications.of_person(ANN),
            uow.publications.preview_of(ANN),
        )
    )
    assert (new, of_person, before) == (moved, moved, look)
    assert old is not None
    assert (old.standing(NOW), moved.standing(NOW), look.standing(NOW)) == (Standing.GONE, Standing.OPEN, Standing.OPEN)
    assert look.standing(NOW + 2 * DAY) is Standing.UNKNOWN
    assert await store.read(lambda uow: uow.publications.portfolios()) == [moved]
    assert await store.read(lambda uow: uow.publications.portfolios_of([ANN, BEN])) == {ANN: moved}


@pytest.mark.slow
async def test_a_group_has_one_page(store: Opened) -> None:
    await store.write(found_group)

    def publish(uow: UnitOfWork) -> publishing.Publication:
        group = uow.groups.get(GROUP)
        assert group is not None
        return publishing.publish_group(uow.publications, group, ANN, listed=None, join_link=None, now=NOW)

    made = await store.write(publish)
    assert await store.write(publish) == made
    assert await store.read(lambda uow: uow.publications.groups()) == [made]
    gone = await store.write(lambda uow: publishing.withdraw(uow.publications, made, now=NOW + HOUR))
    assert await store.read(lambda uow: (uow.publications.groups(), uow.publications.of_group(GROUP))) == ([], gone)
    assert (await store.write(publish)).withdrawn_at is None


async def test_the_last_decision_about_a_thing_counts(store: Opened) -> None:
    await store.write(found_group)
    for shown in (True, False, False, True):
        item = (Kind.NAME, int(GROUP))
        await store.write(
            lambda uow, shown=shown, item=item: publishing.choose(  # type: ignore[misc]
                uow.publications, ANN, item, shown=shown, now=NOW
            )
        )
        found = await store.read(lambda uow: (uow.publications.choices(ANN), uow.publications.named(GROUP)))
        assert found == ({(Kind.NAME, GROUP): shown}, {ANN} if shown else set())
    assert await store.read(lambda uow: uow.publications.named(GroupId(99))) == set()


async def test_a_week_counts_what_calendars_show_of_it_and_nothing_else(store: Opened) -> None:
    await store.write(found_group)
    counted = []
    changes: tuple[dict[str, object], ...] = (
        {"note": "Tea"},
        {"title": "Numbers"},
        {"title": "Numbers"},
        {"state": WeekState.SKIPPED},
        {},
    )
    for change in changes:

        def work(uow: UnitOfWork, change: dict[str, object] = change) -> int:
            found = uow.weeks.get(WEEK) or week(WEEK, 1)
            uow.weeks.save(replace(found, **change))  # type: ignore[arg-type]
            kept = uow.weeks.get(WEEK)
            assert kept is not None
            return kept.revision

        counted.append(await store.write(work))
    assert counted == [0, 1, 1, 2, 2]


async def test_questions_and_how_often_they_were_answered_come_at_once(store: Opened) -> None:
    await store.write(found_group)

    def work(uow: UnitOfWork) -> None:
        for id in (1, 2):
            uow.questions.add(question(id, ANN, f"Why {id}?"))
        for id in (5, 6):
            uow.questions.add_answer(answer(id, 1, BEN))

    await store.write(work)
    wanted = [QuestionId(1), QuestionId(2), QuestionId(3)]
    found, counts = await store.read(lambda uow: (uow.questions.many(wanted), uow.questions.answer_counts(wanted)))
    assert (set(found), counts) == ({1, 2}, {1: 2})
    assert await store.read(lambda uow: (uow.questions.many([]), uow.questions.answer_counts([]))) == ({}, {})


async def test_the_outbox_says_how_it_is(store: Opened) -> None:
    await store.write(found_group)
    states = [PostState.DUE, PostState.DUE, PostState.SENDING, PostState.DEAD, PostState.UNKNOWN, PostState.SENT]

    def work(uow: UnitOfWork) -> None:
        for id, state in enumerate(states, 1):
            uow.outbox.add(replace(post(id), state=state, not_before=NOW + (id - 1) * HOUR, healed=id % 2))

    await store.write(work)
    assert await store.read(lambda uow: uow.outbox.figures(NOW)) == Figures(1, NOW, 1, 1, 1, 3)
    assert await store.read(lambda uow: uow.outbox.figures(NOW - HOUR)) == Figures(0, None, 1, 1, 1, 3)
