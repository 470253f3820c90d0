"""What looking after people reads and writes: the ladder, where messages arrive, who can help, and who was heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, event

from bot.chat import About, AccountRef, Direct
from bot.ids import ActivityId, MemberId, PersonId
from bot.outbox import PostState, place_of
from bot.ports import UnitOfWork
from bot.study.acts import Act, ActKind
from bot.study.members import Member, MemberState, Role
from bot.study.people import Account
from storage.database import Store
from storage.journal import SqlJournal
from storage.members import SqlMembers
from storage.outbox import SqlOutbox
from tests.storage.samples import (
    ACTIVITY,
    ANN,
    BEN,
    CLEO,
    DAY,
    GROUP,
    HOUR,
    NOW,
    account,
    activity,
    found_group,
    member,
    person,
    post,
    submission,
)

Opened = Store[UnitOfWork]
ANNS = AccountRef("local", "ann")
LATER = AccountRef("other", "ann")


async def test_a_step_of_the_ladder_is_noted_and_when_the_bot_wrote(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[Member | None]:
        found_group(uow)
        uow.members.add(member(1, ANN))
        uow.members.offered(MemberId(1), NOW + HOUR)
        offered = uow.members.get(MemberId(1))
        return [
            offered,
            uow.members.stepped(MemberId(1), 1, None),
            uow.members.stepped(MemberId(1), 1, NOW + HOUR),
            uow.members.stepped(MemberId(1), 2, NOW + DAY),
            uow.members.stepped(MemberId(1), 3, None),
            uow.members.stepped(MemberId(2), 1, None),
        ]

    assert await store.write(work) == [
        member(1, ANN, offered_until=NOW + HOUR),
        member(1, ANN, nudges=1),
        member(1, ANN, nudges=1, nudged_at=NOW + HOUR),
        member(1, ANN, nudges=2, nudged_at=NOW + DAY),
        member(1, ANN, nudges=3, nudged_at=NOW + DAY),
        None,
    ]


async def test_saving_a_member_as_it_was_read_earlier_changes_nothing_of_the_ladder(store: Opened) -> None:
    """A pause that was begun before a reminder went out must not make room for a second one."""

    def work(uow: UnitOfWork) -> Member | None:
        found_group(uow)
        uow.members.add(member(1, ANN))
        before = member(1, ANN)
        uow.members.stepped(MemberId(1), 1, NOW)
        uow.members.offered(MemberId(1), NOW + HOUR)
        uow.members.save(replace(before, state=MemberState.PAUSED))
        return uow.members.get(MemberId(1))

    assert await store.write(work) == member(
        1, ANN, state=MemberState.PAUSED, nudges=1, nudged_at=NOW, offered_until=NOW + HOUR
    )


async def test_the_ladder_begins_anew_with_a_signal_or_when_it_is_told_to(store: Opened) -> None:
    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.members.add(member(1, ANN, nudges=2, nudged_at=NOW, offered_until=NOW + HOUR))
        uow.members.add(member(2, BEN, nudges=2, nudged_at=NOW, offered_until=NOW + HOUR))
        assert uow.members.signal(GROUP, ANN, NOW + HOUR) is None
        uow.members.start_over(MemberId(2))

    await store.write(work)
    assert await store.read(lambda uow: uow.members.in_group(GROUP)) == [
        member(1, ANN, nudged_at=NOW, signal_at=NOW + HOUR),
        member(2, BEN, nudged_at=NOW),
    ]


async def test_only_an_active_member_falls_silent_and_a_signal_tells_who_is_back(store: Opened) -> None:
    def work(uow: UnitOfWork) -> tuple[list[bool], list[Member | None]]:
        found_group(uow)
        uow.members.add(member(1, ANN))
        uow.members.add(member(2, BEN, state=MemberState.PAUSED))
        silent = [uow.members.fell_silent(MemberId(number)) for number in (1, 2, 1)]
        return silent, [uow.members.signal(GROUP, who, NOW) for who in (ANN, BEN, ANN, CLEO)]

    silent, back = await store.write(work)
    assert silent == [True, False, False]
    assert back == [member(1, ANN, signal_at=NOW), None, None, None]


async def test_who_can_help_has_done_it_offered_help_and_is_there_the_last_seen_first(store: Opened) -> None:
    others = [PersonId(number) for number in range(101, 109)]

    def work(uow: UnitOfWork) -> tuple[list[PersonId], list[PersonId]]:
        found_group(uow)
        for who in others:
            uow.people.add(person(who, "Other"), account(who, who, f"u{who}"))
        uow.weeks.add_activity(activity(ActivityId(42), ordinal=2))
        helps = {"offer": "Loops", "signal_at": NOW}
        people = [
            member(1, others[0], **helps),
            member(2, others[1], signal_at=NOW),
            member(3, others[2], **helps, state=MemberState.PAUSED),
            member(4, others[3], **helps, role=Role.OBSERVER),
            member(5, others[4], offer="Loops", signal_at=NOW + HOUR),
            member(6, others[5], **helps, state=MemberState.FINISHED),
            member(7, others[6], **helps),
            member(8, others[7], offer="Loops"),
        ]
        for number, one in enumerate(people):
            uow.members.add(one)
            if number != 6:
                uow.submissions.add(submission(700 + number, one.person))
        taken_back = submission(900, others[6])
        uow.submissions.add(replace(taken_back, withdrawn_at=NOW))
        asked = uow.members.able(GROUP, ACTIVITY, others[5], 2)
        elsewhere = uow.members.able(GROUP, ActivityId(42), others[5], 2)
        return [one.person for one in asked], [one.person for one in elsewhere]

    assert await store.write(work) == ([others[4], others[0]], [])


def test_what_is_asked_often_walks_an_index_and_ends_early(sqlite_template: Path) -> None:
    """However many members, posts and acts there are: nothing is scanned, and nothing sorted."""
    engine = create_engine(f"sqlite:///{sqlite_template}", poolclass=NullPool)
    seen: list[tuple[str, Any]] = []
    with engine.connect() as db:
        event.listen(db, "before_cursor_execute", lambda _, __, sql, given, *more: seen.append((sql, given)))
        SqlMembers(db).able(GROUP, ACTIVITY, ANN, 2)
        SqlOutbox(db).waits("@local:ann")
        SqlJournal(db).last_signal(GROUP)
        SqlJournal(db).accepted_by(About("answer", 5))
        plans = [[row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)] for sql, given in seen[:4]]
    indexes = ("ix_member_able", "ix_post_line", "ix_act_group_at", "ix_act_accepted")
    for steps, index in zip(plans, indexes, strict=True):
        assert any(f"INDEX {index} " in step for step in steps), steps
        assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in steps), steps


async def test_a_group_is_small_or_it_is_not(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[bool]:
        found_group(uow)
        for number, who in enumerate((ANN, BEN), 1):
            uow.members.add(member(number, who))
        uow.members.add(member(3, CLEO, state=MemberState.LEFT))
        return [uow.members.are_few(GROUP, number) for number in range(4)]

    assert await store.write(work) == [False, False, True, True]


async def test_those_who_lead_are_found_without_looking_at_the_others(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[Member]:
        found_group(uow)
        uow.members.add(member(1, ANN, role=Role.FACILITATOR, applied_at=NOW + HOUR))
        uow.members.add(member(2, BEN, role=Role.OWNER))
        uow.members.add(member(3, CLEO, role=Role.MENTOR))
        return uow.members.leading(GROUP)

    assert [one.person for one in await store.write(work)] == [BEN, ANN]


async def test_where_messages_arrive_and_where_they_come_back_is_known(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[object]:
        found_group(uow)
        steps: list[object] = [uow.people.reached(ANNS, NOW), uow.people.reached(ANNS, NOW + HOUR)]
        steps.append(uow.people.account(ANNS))
        uow.people.refused(ANNS, NOW + DAY)
        steps.append(uow.people.account(ANNS))
        uow.people.takes_messages(BEN)
        steps.append(uow.people.account(ANNS))
        uow.people.takes_messages(ANN)
        steps.append(uow.people.account(ANNS))
        uow.people.refused(ANNS, NOW + DAY)
        steps += [uow.people.reached(ANNS, NOW + 2 * DAY), uow.people.account(ANNS)]
        return [*steps, uow.people.account(LATER)]

    first, second, arrived, refused, still, again, third, reached, nobody = await store.write(work)
    assert (first, second, third) == (True, False, False)
    assert isinstance(arrived, Account)
    assert (arrived.opened_at, arrived.refused_at) == (NOW, None)
    assert refused == still == replace(arrived, refused_at=NOW + DAY)
    assert again == reached == arrived
    assert nobody is None


async def test_an_account_that_refused_comes_after_the_others(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[AccountRef]:
        found_group(uow)
        uow.people.refused(ANNS, NOW)
        return [one.ref for one in uow.people.accounts([ANN])[ANN]]

    assert (await store.write(work))[-1] == ANNS


@pytest.mark.parametrize("state", list(PostState))
async def test_a_post_waits_while_it_is_due_or_on_its_way(store: Opened, state: PostState) -> None:
    place = place_of(Direct(ANNS))

    def work(uow: UnitOfWork) -> tuple[bool, bool, bool]:
        found_group(uow)
        uow.outbox.add(replace(post(61), to=Direct(ANNS), place=place, state=state))
        return uow.outbox.waits(place), uow.outbox.waits(place, besides=61), uow.outbox.waits("@local:ben")

    waits = state in (PostState.DUE, PostState.SENDING)
    assert await store.write(work) == (waits, False, False)


async def test_who_marked_an_answer_last_is_known(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[object]:
        found_group(uow)
        found: list[object] = [uow.journal.accepted_by(About("answer", 5))]
        marks = [
            (ActKind.ACCEPTED, 5, ANN, HOUR),
            (ActKind.THANKED, 5, BEN, DAY),
            (ActKind.ACCEPTED, 6, BEN, DAY),
            (ActKind.ACCEPTED, 5, BEN, DAY),
        ]
        for number, (kind, item, actor, after) in enumerate(marks):
            uow.journal.add(Act(800 + number, GROUP, actor, kind, "answer", item, ANN, NOW + after))
            found.append(uow.journal.accepted_by(About("answer", 5)))
        return found

    assert await store.write(work) == [None, ANN, ANN, ANN, BEN]


async def test_the_last_signal_of_a_group_is_the_newest_act_that_is_one(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[object]:
        found_group(uow)
        found: list[object] = [uow.journal.last_signal(GROUP)]
        for number, (kind, after) in enumerate(
            [(ActKind.ASKED, HOUR), (ActKind.ANSWERED, DAY), (ActKind.LIKED, 2 * HOUR), (ActKind.JOINED, 2 * DAY)]
        ):
            about = About("question", 1)
            uow.journal.add(Act(800 + number, GROUP, ANN, kind, about.kind, about.id, ANN, NOW + after))
            found.append(uow.journal.last_signal(GROUP))
        return found

    assert await store.write(work) == [None, NOW + HOUR, NOW + DAY, NOW + DAY, NOW + DAY]
