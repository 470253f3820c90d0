"""Texts of a group that is over go after the term that its place set, and what was done stays (J27, P13, S7)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ids import MemberId, new_id
from bot.ports import UnitOfWork
from bot.study import helping, notes, publishing, reputation, retention, submissions
from bot.study.agenda import DueKind
from bot.study.groups import Group, GroupState
from bot.study.members import Member, MemberState, Role
from bot.study.publishing import Kind
from bot.study.questions import QuestionState
from bot.study.submissions import Submission
from storage import forgotten
from tests.builders import Scene
from tests.features.terms import CANARY, a_busy_week, ends, group, left, on_each_database, on_sqlite, sets, shown

js, quick = on_each_database, on_sqlite


@pytest.mark.slow
async def test_a_year_after_the_end_texts_are_gone_and_what_was_done_is_still_known(js: Scene) -> None:
    await a_busy_week(js)
    before = await js.does("jill", "/portfolio")
    await ends(js)
    there = {"submission.note", "submission_version.note", "note.text", "question.text", "answer.text", "post.card"}
    assert await left(js) >= there | {"review.works", "member.goal"}
    await sets(js, 12)
    since = (await group(js)).ended_at
    assert since is not None

    await js.passes(days=350)
    assert await left(js) >= there
    assert CANARY in shown(js)
    await js.passes(days=17)

    assert await left(js) == set()
    assert (await group(js)).state is GroupState.ARCHIVED
    assert CANARY not in shown(js)
    assert "What was written in JavaScript in three weeks is gone" in js.person("priya").reads(js.home.last)
    after = await js.does("jill", "/portfolio")
    for line in ("Likes: 1 received", "Feedback: 0 given, 1 received", "Practise values", "1 of 3 required"):
        assert line in before, before
        assert line in after, after
    assert await js.reads(lambda uow: reputation.rebuild(uow, js.group.id, check=True)) == []
    record = await js.reads(lambda uow: uow.records.of(js.group.id, js.ids["jill"]))
    assert record is not None
    assert (record.done, record.helped) == (1, 1)


@pytest.mark.slow
async def test_what_people_show_on_the_web_stays_and_what_they_hide_goes(js: Scene) -> None:
    """P13: what somebody published is theirs to take down."""
    await a_busy_week(js)

    def publishes(uow: UnitOfWork) -> None:
        jill = js.ids["jill"]
        publishing.publish(uow.publications, jill, listed=False, now=js.clock.now())
        [question] = uow.questions.by_person(js.group.id, jill)
        publishing.choose(uow.publications, jill, (Kind.QUESTION, question.id), shown=False, now=js.clock.now())
        nadia = js.ids["nadia"]
        publishing.publish(uow.publications, nadia, listed=False, now=js.clock.now())
        publishing.choose(uow.publications, nadia, (Kind.GOAL, js.group.id), shown=True, now=js.clock.now())
        priya = js.ids["priya"]
        publishing.publish(uow.publications, priya, listed=False, now=js.clock.now())
        [review] = uow.reviews.by_person(js.group.id, priya)
        publishing.choose(uow.publications, priya, (Kind.REVIEW, review.id), shown=True, now=js.clock.now())

    await js.writes(publishes)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)

    kept = {"submission.note", "submission.link", "submission_version.note", "submission_version.link", "note.text"}
    kept |= {"note.link", "answer.text", "question.text", "member.goal", "review.works", "review.suggestion"}
    assert await left(js) == kept
    shown = await js.does("jill", "/portfolio")
    assert "CANARY newer" in shown
    assert "CANARY on loops" in shown
    assert "never end" not in shown
    versions = await js.reads(lambda uow: [uow.submissions.versions(one.id) for one in works(uow, js)])
    assert [[one.number for one in found] for found in versions] == [[2]]


def works(uow: UnitOfWork, js: Scene) -> list[Submission]:
    return uow.submissions.by_person(js.group.id, js.ids["jill"])


@pytest.mark.slow
async def test_what_was_taken_back_is_on_no_page_so_it_goes(quick: Scene) -> None:
    js = quick
    await js.does("jill", "/submit https://code.example/CANARY-link note:CANARY work")
    await js.fills("jill", activity="Week 1, activity 1: Practise values")
    await js.does("jill", "/note https://blog.example/CANARY text:CANARY on loops share:yes")
    await js.does("jill", "/ask Why does the loopCANARY never end details:CANARY details")
    await js.does("jill", "/ask Somebody said this: otherCANARY")

    def takes_back(uow: UnitOfWork) -> None:
        jill, now = js.ids["jill"], js.clock.now()
        [work] = uow.submissions.by_person(js.group.id, jill)
        submissions.withdraw(uow.submissions, work.id, jill, now=now)
        [note] = uow.notes.by_person(js.group.id, jill)
        notes.delete(uow.notes, note, jill, now=now)
        asked, brought = uow.questions.by_person(js.group.id, jill)
        uow.questions.save(replace(asked, state=QuestionState.WITHDRAWN))
        uow.questions.save(replace(brought, details=helping.quoted("CANARY said in the chat", "Nadia")))
        publishing.publish(uow.publications, jill, listed=False, now=now)

    await js.writes(takes_back)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)

    assert await left(js) == set()


@pytest.mark.slow
async def test_a_group_that_somebody_hides_is_not_shown_so_its_texts_go(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)

    def publishes(uow: UnitOfWork) -> None:
        publishing.publish(uow.publications, js.ids["jill"], listed=False, now=js.clock.now())
        publishing.choose(uow.publications, js.ids["jill"], (Kind.GROUP, js.group.id), shown=False, now=js.clock.now())
        publishing.preview(uow.publications, js.ids["priya"], now=js.clock.now())

    await js.writes(publishes)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)

    assert await left(js) == set()


@pytest.mark.slow
async def test_likes_stay_also_where_somebody_reacts_while_the_messages_go(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    work = next(message for message in js.home.messages if "handed in" in js.person("priya").reads(message))
    await ends(js)
    await sets(js, 1)
    await js.passes(days=20)
    due = await js.reads(lambda uow: uow.agenda.at(DueKind.EMPTY_TEXTS, js.group.id))
    assert due is not None
    js.clock.move_to(due)
    while await js.bot.tick():
        pass
    js.clock.move_by(retention.SETTLES)
    while await js.bot.tick():
        pass

    await js.person("priya").reacts("❤️", work)
    await js.passes(days=1)

    assert work not in js.home.messages
    likes = await js.reads(lambda uow: uow.likes.received(js.group.id, js.ids["jill"]))
    assert [(one.item_kind, one.person) for one in likes] == [("submission", js.ids["priya"])]


@pytest.mark.slow
async def test_a_thread_that_never_came_to_be_keeps_no_title(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)

    def dies(uow: UnitOfWork) -> None:
        uow._db.exec_driver_sql(  # type: ignore[attr-defined]
            "UPDATE post SET state = 'cancelled', once = NULL, message = NULL "
            "WHERE verb = 'send' AND about LIKE 'question:%'"
        )

    await js.writes(dies)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)

    assert await left(js) == set()


@pytest.mark.slow
async def test_nothing_that_is_said_after_the_texts_went_is_kept(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    head = next(message for message in js.home.messages if "never end" in js.person("priya").reads(message))
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)
    assert await left(js) == set()
    assert "A question stood here" in js.person("priya").reads(head)

    await js.says("nadia", "CANARY by the way", head)

    assert await left(js) == set()
    assert "archived" in await js.does("jill", "/note text:CANARY again")
    for line in (
        "/responses 1.1",
        "/questions all",
        "/portfolio",
        "/notes",
        "/progress",
        "/group",
        "/submission history",
    ):
        assert "wrong on my side" not in await js.does("jill", line)
    assert "Nothing" not in await js.does("jill", "/settings export")


@pytest.mark.slow
async def test_no_byte_of_a_group_that_ended_is_left_in_the_file_and_those_of_another_stay(
    quick: Scene, tmp_path: Path
) -> None:
    """What SQLite frees is overwritten; the platform on this machine, which keeps its own messages, is not asked."""
    js = quick
    await a_busy_week(js)
    other = await js.another_group()
    await js.writes(lambda uow: uow.members.add(_learner(js, other)))
    python = js.chat.space("acme").channel("python")
    await js.person("jill").types("/note text:STAYS in Python", python)
    await ends(js)
    await sets(js, 1)
    place = tmp_path / "test.db"
    assert forgotten.cleared(place)
    assert CANARY.encode() in place.read_bytes()
    await js.passes(days=60)

    assert forgotten.cleared(place)
    content = place.read_bytes()
    assert b"STAYS in Python" in content
    assert CANARY.encode() not in content


def _learner(js: Scene, other: Group) -> Member:
    now = js.clock.now()
    id = MemberId(new_id(now))
    return Member(id, other.id, js.ids["jill"], Role.LEARNER, MemberState.ACTIVE, now, learning=True, accepted_at=now)
