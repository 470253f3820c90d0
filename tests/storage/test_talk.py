"""Questions, likes, the journal, drafts and the agenda in the store, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.util import await_only

from bot.chat import About, MessageRef
from bot.ids import AnswerId, DraftId, GroupId, PersonId, QuestionId
from bot.ports import UnitOfWork
from bot.study.acts import Act, ActKind
from bot.study.agenda import Due
from bot.study.drafts import Draft
from bot.study.questions import QuestionState
from storage.database import Store
from tests.fresh import open_fresh
from tests.storage.samples import (
    ANN,
    BEN,
    CHANNEL,
    CLEO,
    DAY,
    GROUP,
    HOUR,
    NOW,
    answer,
    found_group,
    group,
    like,
    message,
    question,
    reaction,
)

Opened = Store[UnitOfWork]


async def test_questions_are_found_by_state_and_by_person(store: Opened) -> None:
    late = question(1, ANN, "Why?", NOW + HOUR)
    early = question(2, BEN, "How?", state=QuestionState.ANSWERED, answered_at=NOW + HOUR)
    gone = question(3, ANN, "Never mind", state=QuestionState.WITHDRAWN)

    def ask(uow: UnitOfWork) -> None:
        found_group(uow)
        for one in (late, early, gone):
            uow.questions.add(one)

    def view(uow: UnitOfWork) -> None:
        assert uow.questions.get(late.id) == late
        assert uow.questions.get(QuestionId(99)) is None
        assert uow.questions.in_group(GROUP) == [early, late]
        assert uow.questions.in_group(GROUP, offset=1, limit=1) == [late]
        assert uow.questions.in_group(GROUP, [QuestionState.OPEN]) == [late]
        assert uow.questions.count(GROUP) == 2
        assert uow.questions.count(GROUP, {QuestionState.WITHDRAWN}) == 1
        assert uow.questions.by_person(GROUP, ANN) == [late]
        assert uow.questions.waiting_times([GROUP, GroupId(99)]) == [HOUR]
        assert uow.questions.waiting_times([]) == []

    await store.write(ask)
    await store.read(view)


async def test_two_who_like_each_other_at_the_same_moment_do_not_hold_each_other_up(postgres_url: str) -> None:
    """Each is locked while a like that names the other is added; nothing has to be run again."""
    both_are_locked, runs = asyncio.Barrier(2), []
    store = await open_fresh(postgres_url)

    def likes(id: int, who: PersonId, owner: PersonId) -> Callable[[UnitOfWork], None]:
        def work(uow: UnitOfWork) -> None:
            runs.append(who)
            uow.people.lock(who)
            if len(runs) <= 2:
                await_only(both_are_locked.wait())
            assert uow.likes.like(like(id, who, item=id, owner=owner))

        return work

    try:
        await store.write(found_group)
        await asyncio.gather(store.write(likes(1, ANN, BEN)), store.write(likes(2, BEN, ANN)))
    finally:
        await store.close()
    assert sorted(runs) == sorted([ANN, BEN])


async def test_a_locked_question_can_be_decided_about(store: Opened) -> None:
    accepted = question(1, ANN, "Why?", state=QuestionState.ACCEPTED, accepted=AnswerId(5))

    def accept(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.questions.add(question(1, ANN, "Why?"))
        assert uow.questions.lock(accepted.id) == question(1, ANN, "Why?")
        uow.questions.save(accepted)

    await store.write(accept)
    assert await store.read(lambda uow: uow.questions.get(accepted.id)) == accepted


async def test_answers_are_found_by_question_and_by_person(store: Opened) -> None:
    late = answer(5, 1, BEN, NOW + DAY)
    early = answer(6, 1, CLEO)
    helped = replace(early, also_helped=True, message="local:space/maths#9")

    def reply(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.questions.add(question(1, ANN, "Why?"))
        uow.questions.add_answer(late)
        uow.questions.add_answer(early)
        uow.questions.save_answer(helped)

    def view(uow: UnitOfWork) -> None:
        assert uow.questions.answers(QuestionId(1)) == [helped, late]
        assert uow.questions.answers_by(GROUP, BEN) == [late]
        assert uow.questions.answer(early.id) == helped
        assert uow.questions.answer(AnswerId(99)) is None

    await store.write(reply)
    await store.read(view)


async def test_similar_questions_share_words_and_the_most_alike_come_first(store: Opened) -> None:
    def ask(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.groups.add(group(GroupId(22)))
        uow.questions.add(question(1, ANN, "How do closures keep variables?"))
        uow.questions.add(question(2, BEN, "Where do I hand in?", details="The button is gone"))
        uow.questions.add(question(3, BEN, "Closures", state=QuestionState.WITHDRAWN))
        uow.questions.add(question(4, CLEO, "Closures and variables", group=GroupId(22)))
        uow.questions.add(question(5, CLEO, "What is a loop"))
        uow.questions.save(question(5, CLEO, "What are variables"))

    async def alike(words: str, limit: int = 3) -> list[int]:
        found = await store.read(lambda uow: uow.questions.similar(GROUP, words, limit))
        return [one.id for one in found]

    await store.write(ask)
    assert await alike("Why: CLOSURES remember variables") == [1, 5]
    assert await alike("closures variables", 1) == [1]
    assert await alike("a Button") == [2]
    assert await alike("loop") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\"'`",
        'say "closures"',
        "closures AND NOT OR NEAR(x) words:",
        "closures* ^closures -closures !closures & | <-> (",
        "') closures'; DROP TABLE question; --",
        "closures\x00closures",
        "🙂 closures 👩🏽‍💻",
        "closures " * 440,
        " ".join(f"word{number}" for number in range(440)) + " closures",
        "C++ und Schließungen: closures_2 x-closures https://example.org/?a=1&b=2",
        "\ud800 closures",
    ],
)
async def test_no_text_of_theirs_is_read_as_a_query(store: Opened, text: str) -> None:
    def ask(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.questions.add(
            question(
                1,
                ANN,
                "What do closures close over?",
                details=text.encode("ascii", "ignore").decode().replace("\x00", ""),
            )
        )

    await store.write(ask)
    found = await store.read(lambda uow: uow.questions.similar(GROUP, text))
    assert [one.id for one in found] in ([1], [])


async def test_one_reaction_counts_once_and_can_be_taken_back(store: Opened) -> None:
    def react(uow: UnitOfWork) -> None:
        found_group(uow)
        assert uow.likes.react(reaction(1, BEN))
        assert not uow.likes.react(reaction(2, BEN))
        assert uow.likes.react(reaction(3, BEN, "🎉"))
        assert uow.likes.unreact(message(), BEN, "👍") == reaction(1, BEN)
        assert uow.likes.reacts(About("submission", 1), BEN)
        assert uow.likes.unreact(message(), BEN, "🎉") == reaction(3, BEN, "🎉")
        assert not uow.likes.reacts(About("submission", 1), BEN)
        assert uow.likes.unreact(message(), BEN, "🎉") is None

    await store.write(react)


async def test_a_message_is_cleared_of_one_emoji_or_of_all(store: Opened) -> None:
    mine, party, elsewhere = reaction(1, BEN), reaction(2, CLEO, "🎉"), reaction(3, BEN, on=message("2"))

    def clear(uow: UnitOfWork) -> None:
        found_group(uow)
        for one in (mine, party, elsewhere):
            uow.likes.react(one)
        assert uow.likes.clear(message(), "🎉") == [party]
        assert uow.likes.clear(MessageRef(CHANNEL, "1", "thread"), None) == [mine]
        assert uow.likes.clear(message(), None) == []
        assert uow.likes.reacts(About("submission", 1), BEN)

    await store.write(clear)


async def test_likes_are_one_per_person_and_item_and_counted_by_item(store: Opened) -> None:
    first, second, other = like(3, BEN), like(2, CLEO, at=NOW + HOUR), like(4, BEN, item=2, at=NOW + DAY)

    def give(uow: UnitOfWork) -> None:
        found_group(uow)
        assert [uow.likes.like(one) for one in (second, first, other)] == [True, True, True]
        assert not uow.likes.like(like(9, BEN))
        assert uow.likes.counts("submission", [1, 1, 2, 3]) == {1: 2, 2: 1}
        assert uow.likes.counts("note", [1]) == uow.likes.counts("submission", []) == {}
        assert uow.likes.received(GROUP, ANN) == [first, second, other]
        assert uow.likes.given(GROUP, BEN) == [first, other]
        assert uow.likes.unlike(About("submission", 1), BEN) == first
        assert uow.likes.unlike(About("submission", 1), BEN) is None
        assert uow.likes.received(GROUP, ANN) == [second, other]

    await store.write(give)


async def test_the_journal_is_read_oldest_first(store: Opened) -> None:
    late = Act(1, GROUP, ANN, ActKind.ASKED, "question", 7, ANN, NOW + HOUR)
    early = Act(2, GROUP, BEN, ActKind.LIKED, "note", 8, ANN, NOW)

    def act(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.journal.add(late)
        uow.journal.add(early)

    def view(uow: UnitOfWork) -> None:
        assert uow.journal.of_group(GROUP) == [early, late]
        assert uow.journal.of_group(GROUP, NOW + HOUR) == [late]
        assert uow.journal.by_person(GROUP, BEN) == [early]

    await store.write(act)
    await store.read(view)


async def test_a_draft_is_its_writers_and_used_once(store: Opened) -> None:
    draft = Draft(DraftId(1), ANN, GROUP, "ask", (("question", "Why? 🙂"), ("details", "")), NOW)

    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.drafts.add(draft)
        uow.drafts.add(replace(draft, id=DraftId(2), group=None, at=NOW - DAY))
        assert uow.drafts.get(draft.id, ANN) == draft
        assert uow.drafts.get(draft.id, BEN) is None
        assert uow.drafts.take(draft.id, BEN) is None
        assert uow.drafts.take(draft.id, ANN) == draft
        assert uow.drafts.take(draft.id, ANN) is None
        uow.drafts.forget(NOW - DAY)
        assert uow.drafts.get(DraftId(2), ANN) is not None
        uow.drafts.forget(NOW)
        assert uow.drafts.get(DraftId(2), ANN) is None

    await store.write(work)


async def test_a_draft_that_nobody_finished_is_forgotten_after_a_day(store: Opened) -> None:
    drafts = [Draft(DraftId(id), ANN, None, "note", (), NOW + id * HOUR) for id in (1, 2, 26)]

    def work(uow: UnitOfWork) -> list[bool]:
        found_group(uow)
        for draft in drafts:
            uow.drafts.add(draft)
        return [uow.drafts.get(draft.id, ANN) is not None for draft in drafts]

    assert await store.write(work) == [False, True, True]


async def test_the_agenda_holds_one_time_for_each_thing(store: Opened) -> None:
    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.agenda.set("nudge", 1, NOW + DAY, GROUP)
        uow.agenda.set("nudge", 2, NOW + HOUR, None)
        uow.agenda.set("nudge", 1, NOW, GROUP)
        assert uow.agenda.at("nudge", 1) == NOW
        assert uow.agenda.at("week", 1) is None
        assert [(due.item, due.group) for due in uow.agenda.due(NOW + HOUR, 10)] == [(1, GROUP), (2, None)]
        assert [due.item for due in uow.agenda.due(NOW + HOUR, 1)] == [1]
        assert uow.agenda.due(NOW - HOUR, 10) == []
        assert uow.agenda.next_at(NOW) == NOW + HOUR
        assert uow.agenda.next_at(NOW + HOUR) is None
        assert [due.item for due in uow.agenda.of_group(GROUP)] == [1]
        uow.agenda.clear("nudge", 2)
        uow.agenda.clear_group(GROUP)
        assert uow.agenda.due(NOW + DAY, 10) == []

    await store.write(work)


async def test_a_line_of_the_agenda_is_taken_only_as_it_was_read(store: Opened) -> None:
    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.agenda.set("nudge", 1, NOW, GROUP)
        (read,) = uow.agenda.due(NOW, 1)
        uow.agenda.set("nudge", 1, NOW + HOUR, GROUP)
        assert not uow.agenda.take(read)
        (read,) = uow.agenda.due(NOW + HOUR, 1)
        uow.agenda.put_off(read, NOW + DAY)
        assert not uow.agenda.take(read)
        (again,) = uow.agenda.due(NOW + DAY, 1)
        assert again == Due(read.id, "nudge", 1, GROUP, NOW + DAY, 1)
        assert uow.agenda.take(again)
        assert not uow.agenda.take(again)

    await store.write(work)


async def test_instants_come_back_in_utc_whatever_zone_they_came_in(store: Opened) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))

    def work(uow: UnitOfWork) -> datetime | None:
        found_group(uow)
        uow.agenda.set("nudge", 1, tokyo, GROUP)
        return uow.agenda.at("nudge", 1)

    kept = await store.write(work)
    assert kept == NOW
    assert kept is not None
    assert kept.utcoffset() == timedelta()


async def test_a_time_without_a_zone_is_refused(store: Opened) -> None:
    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.agenda.set("nudge", 1, NOW.replace(tzinfo=None), GROUP)

    with pytest.raises(Exception, match="has no time zone"):
        await store.write(work)


async def test_what_points_at_nothing_is_refused(store: Opened) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await store.write(lambda uow: uow.questions.add(question(1, PersonId(99), "Why?")))
