"""Weeks, submissions, notes and records in the store, on both engines."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import CodeBlock, Paragraph
from bot.ids import ActivityId, GroupId, NoteId, PersonId, ReviewId, SubmissionId, WeekId
from bot.ports import UnitOfWork
from bot.study.notes import Note
from bot.study.outline import Material, MaterialKind
from bot.study.records import ParticipationRecord
from bot.study.reviews import Review
from bot.study.submissions import SubmissionVersion
from bot.study.weeks import Needs, SyllabusVersion, WeekState
from bot.text import say
from storage.database import Store
from tests.storage.samples import (
    ACTIVITY,
    ANN,
    BEN,
    CLEO,
    DAY,
    GROUP,
    HOUR,
    NOW,
    WEEK,
    activity,
    found_group,
    submission,
    week,
)

Opened = Store[UnitOfWork]


async def test_weeks_and_activities_come_in_order(store: Opened) -> None:
    second = week(WeekId(30), 2)
    of_second = activity(ActivityId(40), second.id)
    also_of_first = replace(activity(ActivityId(39), WEEK, 2), retired=True)

    def plan(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.weeks.add(second)
        uow.weeks.add_activity(of_second)
        uow.weeks.add_activity(also_of_first)

    def view(uow: UnitOfWork) -> None:
        assert uow.weeks.of_group(GROUP) == [week(), second]
        assert uow.weeks.at(GROUP, 2) == uow.weeks.get(second.id) == second
        assert uow.weeks.at(GROUP, 3) is None
        assert uow.weeks.activities(GROUP) == [activity(), also_of_first, of_second]
        assert uow.weeks.activity(of_second.id) == of_second

    await store.write(plan)
    await store.read(view)


async def test_a_changed_week_keeps_its_text_and_materials(store: Opened) -> None:
    changed = replace(
        week(),
        text=(Paragraph(say("Hello {who}", who="<@everyone>")), CodeBlock("x = 1\n", "python")),
        materials=(Material(MaterialKind.VIDEO, "Closures 🎬", "https://example.org/v", 12),),
        state=WeekState.POSTED,
        posted_at=NOW,
        posted_by=ANN,
    )
    renamed = replace(activity(), title="Build it", minutes=30, required=False)

    def change(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.weeks.save(changed)
        uow.weeks.save_activity(renamed)

    await store.write(change)
    assert await store.read(lambda uow: uow.weeks.get(WEEK)) == replace(changed, revision=1), "calendars hear of it"
    assert await store.read(lambda uow: uow.weeks.activity(ACTIVITY)) == renamed


async def test_versions_of_the_syllabus_are_kept_in_order(store: Opened) -> None:
    first = SyllabusVersion(2, GROUP, 1, NOW, ANN, (ACTIVITY,), (Needs(ACTIVITY, 2, check=True),))
    second = SyllabusVersion(1, GROUP, 2, NOW + DAY, ANN, ())

    def change(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.weeks.add_version(second)
        uow.weeks.add_version(first)

    await store.write(change)
    assert await store.read(lambda uow: uow.weeks.versions(GROUP)) == [first, second]


async def test_work_is_found_by_activity_and_by_person_and_withdrawn_work_is_left_out(store: Opened) -> None:
    ann = submission(3, ANN, at=NOW + HOUR)
    ben = submission(2, BEN, at=NOW)
    gone = replace(submission(1, CLEO), withdrawn_at=NOW)

    def hand_in(uow: UnitOfWork) -> None:
        found_group(uow)
        for work in (ann, ben, gone):
            uow.submissions.add(work)

    def view(uow: UnitOfWork) -> None:
        assert uow.submissions.for_activity(ACTIVITY) == [ben, ann]
        assert uow.submissions.for_activity(ACTIVITY, 1, 5) == [ann]
        assert uow.submissions.of(ACTIVITY, CLEO) == uow.submissions.get(gone.id) == gone
        assert uow.submissions.count(ACTIVITY) == 2
        assert uow.submissions.counts(GROUP) == {ACTIVITY: 2}
        assert uow.submissions.counts(GroupId(99)) == {}
        assert uow.submissions.by_person(GROUP, ANN) == [ann]
        assert uow.submissions.by_person(GROUP, CLEO) == []
        assert uow.submissions.done_by(GROUP, [ANN, CLEO]) == {ANN: frozenset({ACTIVITY}), CLEO: frozenset()}
        assert uow.submissions.done_by(GROUP, []) == {}
        assert uow.submissions.counts(GROUP, NOW) == {ACTIVITY: 1}, "what came later is not among it"
        assert uow.submissions.done_by(GROUP, [ANN, BEN], NOW) == {ANN: frozenset(), BEN: frozenset({ACTIVITY})}

    await store.write(hand_in)
    await store.read(view)


async def test_work_waits_for_a_check_until_somebody_has_looked_at_it(store: Opened) -> None:
    ann, ben = submission(1, ANN, at=NOW + HOUR), submission(2, BEN)
    gone = replace(submission(3, CLEO), withdrawn_at=NOW)

    def hand_in(uow: UnitOfWork) -> None:
        found_group(uow)
        for work in (ann, ben, gone):
            uow.submissions.add(work)

    def look(uow: UnitOfWork) -> None:
        assert uow.submissions.unchecked([ACTIVITY]) == [ben, ann]
        assert uow.submissions.unchecked([ACTIVITY], 1, 1) == [ann]
        assert uow.submissions.unchecked_count([ACTIVITY]) == 2
        assert uow.submissions.unchecked([]) == []
        assert uow.submissions.unchecked_count([]) == 0
        assert uow.submissions.checked_of(GROUP, [ANN, BEN]) == {}
        uow.submissions.save(replace(ben, checked_at=NOW, checked_by=ANN))

    def view(uow: UnitOfWork) -> None:
        assert uow.submissions.unchecked([ACTIVITY]) == [ann]
        assert uow.submissions.checked_of(GROUP, [ANN, BEN]) == {BEN: frozenset({ACTIVITY})}
        assert uow.submissions.checked_of(GROUP, []) == {}

    await store.write(hand_in)
    await store.write(look)
    await store.read(view)


async def test_feedback_is_counted_by_person_and_activity(store: Opened) -> None:
    def give(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.submissions.add(submission(1, ANN))
        other = activity(ActivityId(77), WEEK, 2)
        uow.weeks.add_activity(other)
        given = ((1, BEN, ACTIVITY, None), (2, BEN, ACTIVITY, None), (3, BEN, other.id, None), (4, CLEO, ACTIVITY, NOW))
        to_themselves = (5, ANN, ACTIVITY, None)  # with another account, before the two were linked
        for id, person, of, withdrawn in (*given, to_themselves):
            uow.reviews.add(
                Review(ReviewId(id), GROUP, of, SubmissionId(id), 1, person, ANN, "", "", NOW, NOW, withdrawn)
            )

    await store.write(give)
    assert await store.read(lambda uow: uow.reviews.given_by(GROUP, [ANN, BEN, CLEO])) == {
        BEN: {ACTIVITY: (2, 1), 77: (1, 0)}
    }
    assert await store.read(lambda uow: uow.reviews.given_by(GROUP, [])) == {}
    assert await store.read(lambda uow: uow.reviews.given_by(GroupId(99), [BEN])) == {}


async def test_every_version_of_work_is_kept(store: Opened) -> None:
    first = SubmissionVersion(9, submission(1, ANN).id, 1, "https://example.org/work", "", NOW)
    second = SubmissionVersion(8, first.submission, 2, None, "Now as text: ' \" 🙂", NOW + HOUR)
    now = replace(submission(1, ANN), link=None, note=second.note, version=2, changed_at=NOW + HOUR)

    def hand_in(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.submissions.add(submission(1, ANN))
        uow.submissions.add_version(first)
        uow.submissions.save(now)
        uow.submissions.add_version(second)

    await store.write(hand_in)
    assert await store.read(lambda uow: uow.submissions.versions(first.submission)) == [first, second]
    assert await store.read(lambda uow: uow.submissions.of(ACTIVITY, ANN)) == now


async def test_notes_are_ones_own_unless_shared_and_deleted_ones_are_left_out(store: Opened) -> None:
    first = Note(NoteId(2), GROUP, ANN, None, "A closure remembers", NOW, WEEK, shared=True)
    second = Note(NoteId(1), GROUP, ANN, "https://example.org", "", NOW + HOUR)
    third = Note(NoteId(3), GROUP, BEN, None, "Also this", NOW + DAY, shared=True)
    gone = Note(NoteId(4), GROUP, ANN, None, "Never mind", NOW, shared=True, deleted_at=NOW)

    def write(uow: UnitOfWork) -> None:
        found_group(uow)
        for note in (first, second, third, replace(gone, deleted_at=None)):
            uow.notes.add(note)
        uow.notes.save(gone)

    def view(uow: UnitOfWork) -> None:
        assert uow.notes.get(gone.id) == gone
        assert uow.notes.by_person(GROUP, ANN) == [first, second]
        assert uow.notes.shared(GROUP) == [third, first]
        assert uow.notes.shared(GROUP, 1, 1) == [first]

    await store.write(write)
    await store.read(view)


async def test_a_record_is_written_once(store: Opened) -> None:
    record = ParticipationRecord(1, GROUP, ANN, True, 4, 5, 2, "80 % and one act of help", NOW)

    def end(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.records.add(record)
        uow.records.add(replace(record, id=2, finished=False))

    await store.write(end)
    assert await store.read(lambda uow: uow.records.in_group(GROUP)) == [record]
    assert await store.read(lambda uow: uow.records.of(GROUP, ANN)) == record
    assert await store.read(lambda uow: uow.records.of(GROUP, PersonId(99))) is None
