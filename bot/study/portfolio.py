"""A portfolio: what one person contributed to a group, and what came of it.

It holds the person's own words. Others appear as counts, by name only where they agreed; the facilitators by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from operator import is_
from typing import Protocol

from bot.ids import ActivityId, GroupId, PersonId, WeekId
from bot.study import progress
from bot.study.credit import NOBODY, Credit, Named, named
from bot.study.groups import Group
from bot.study.helping import is_quoted
from bot.study.likes import Likes
from bot.study.members import Member, Members, MemberState, Role
from bot.study.notes import Note, Notes
from bot.study.people import People
from bot.study.pieces import Answered, Asked, Kept, Part, Reviewed, Work, kind_of, only, things, with_wishes
from bot.study.progress import Help
from bot.study.publishing import Item, Publications
from bot.study.questions import Answer, Question, Questions
from bot.study.records import Records
from bot.study.reviews import Review, Reviews
from bot.study.stories import Stories
from bot.study.submissions import Submission, Submissions
from bot.study.weeks import Task, Week, Weeks, tasks
from bot.text import Text, to_text

BELONGED = frozenset(MemberState) - {MemberState.APPLIED, MemberState.WAITLISTED, MemberState.DECLINED}
"""States of people who may have something to show for a group, if they were ever accepted."""


class Sources(Protocol):
    """Where a portfolio is read from: the part of a unit of work that it needs."""

    people: People
    members: Members
    weeks: Weeks
    submissions: Submissions
    notes: Notes
    questions: Questions
    likes: Likes
    records: Records
    reviews: Reviews
    stories: Stories
    publications: Publications
    credit: Credit


@dataclass(frozen=True, slots=True)
class Chapter:
    """One group in somebody's portfolio; `criteria` are the words that `finished` is judged by.

    While the group goes on, `done` and `finished` are as of now; afterwards they are those of the participation record.
    """

    title: str
    source: str | None
    starts: datetime
    ended_at: datetime | None
    facilitators: tuple[str, ...]
    role: Role
    joined_at: datetime
    learning: bool
    goal: str
    finished: bool
    done: int
    required: int
    criteria: Text
    recorded_at: datetime | None
    help: Help
    points: int
    parts: tuple[Part, ...]
    group: GroupId
    helped: Named = NOBODY
    helpers: Named = NOBODY


def chapters_of(members: Members, person: PersonId) -> list[Member]:
    """Return the memberships that are chapters of somebody's portfolio, the newest first."""
    return [member for member in members.of_person(person, BELONGED) if member.accepted_at is not None]


def chapter(sources: Sources, group: Group, member: Member) -> Chapter:
    """Return what somebody contributed to a group."""
    state = progress.of_member(sources, group, member)
    record = sources.records.of(group.id, member.person)
    weeks = sources.weeks.of_group(group.id)
    return Chapter(
        title=group.title,
        source=group.source,
        starts=weeks[0].opens_at if weeks else group.created_at,
        ended_at=group.ended_at,
        facilitators=_facilitators(sources, group.id),
        role=member.role,
        joined_at=member.accepted_at or member.applied_at,
        learning=member.learning,
        goal=member.goal,
        finished=record.recognised if record else state.finished,
        done=record.done if record else state.counted,
        required=record.required if record else len(state.required),
        criteria=to_text(record.criteria) if record else progress.criteria(group, state),
        recorded_at=record.at if record else None,
        help=state.help,
        points=member.points,
        parts=tuple(part for part in _parts(sources, group, member.person, weeks) if part),
        group=group.id,
        helped=named(sources.people, sources.credit.helped(group.id, member.person)),
        helpers=named(sources.people, sources.credit.helpers(group.id, member.person)),
    )


def _facilitators(sources: Sources, group: GroupId) -> tuple[str, ...]:
    leading = sources.members.in_group(group, roles=(Role.OWNER, Role.FACILITATOR))
    people = sources.people.many(member.person for member in leading)
    return tuple(people[member.person].name for member in leading if member.person in people)


def _parts(sources: Sources, group: Group, person: PersonId, weeks: Sequence[Week]) -> Iterable[Part]:
    """Yield what somebody contributed, week by week."""
    placed = _Placed(weeks, tasks(sources.weeks, group.id, retired=True))
    work = sources.submissions.by_person(group.id, person)
    notes = sources.notes.by_person(group.id, person)
    questions = sources.questions.by_person(group.id, person)
    answers = sources.questions.answers_by(group.id, person)
    replies = sources.questions.answer_counts(one.id for one in questions)
    answered = sources.questions.many(answer.question for answer in answers)
    reviews = sources.reviews.by_person(group.id, person)
    counts = sources.likes.counts
    likes = {
        "submission": counts("submission", [one.id for one in work]),
        "note": counts("note", [one.id for one in notes]),
        "question": counts("question", [one.id for one in questions]),
        "answer": counts("answer", [one.id for one in answers]),
        "review": counts("review", [one.id for one in reviews]),
    }
    by_week: dict[WeekId | None, list[object]] = defaultdict(list)
    for one in work:
        by_week[placed.by_activity(one.activity, one.submitted_at)].append(
            _work(one, placed.title(one.activity), likes["submission"])
        )
    for note in notes:
        by_week[note.week or placed.by_date(note.at)].append(_kept(note, likes["note"]))
    for question in questions:
        by_week[placed.by_activity(question.activity, question.asked_at)].append(
            _asked(question, replies.get(question.id, 0), likes["question"])
        )
    for answer in answers:
        by_week[placed.by_date(answer.at)].append(_answered(answered.get(answer.question), answer, likes["answer"]))
    for review in reviews:
        by_week[placed.by_activity(review.activity, review.given_at)].append(
            _reviewed(review, placed.title(review.activity), likes["review"])
        )
    told = sources.stories.of_person(person)
    parts = [_part(None, by_week[None]), *(_part(week, by_week[week.id]) for week in weeks)]
    first = _ranked(sources.publications.first(person), parts)
    yield from (with_wishes(part, told, first) for part in parts)


def _ranked(places: Mapping[Item, int], parts: Iterable[Part]) -> dict[tuple[str, int], int]:
    """Return what of a chapter comes first, by kind and id, from 1 on."""
    here = {(kind_of(thing), thing.id) for part in parts for thing in things(part)}
    wanted = sorted(places, key=lambda item: -places[item])
    return {(kind.value, id): rank for rank, (kind, id) in enumerate((one for one in wanted if one in here), 1)}


def arranged(one: Chapter) -> list[Part]:
    """Return a chapter's parts as its owner wants them read: one by one what comes first, then the rest by week."""
    first = [(thing, part) for part in one.parts for thing in things(part) if thing.place]
    first.sort(key=lambda found: found[0].place or 0)
    alone = [replace(only(part, partial(is_, thing)), first=True) for thing, part in first]
    rest = (only(part, lambda one: one.place is None) for part in one.parts)
    return alone + [part for part in rest if part]


def _part(week: Week | None, items: Sequence[object]) -> Part:
    return Part(
        week.ordinal if week else None,
        week.title if week else "",
        tuple(item for item in items if isinstance(item, Work)),
        tuple(item for item in items if isinstance(item, Kept)),
        tuple(item for item in items if isinstance(item, Asked)),
        tuple(item for item in items if isinstance(item, Answered)),
        reviews=tuple(item for item in items if isinstance(item, Reviewed)),
    )


class _Placed:
    """Which week something belongs to: its activity's, else the newest that was out by then."""

    def __init__(self, weeks: Sequence[Week], all_tasks: Sequence[Task]) -> None:
        self._weeks = weeks
        self._tasks = {task.activity.id: task for task in all_tasks}

    def title(self, activity: ActivityId) -> str:
        return self._tasks[activity].activity.title if activity in self._tasks else ""

    def by_activity(self, activity: ActivityId | None, at: datetime) -> WeekId | None:
        return self._tasks[activity].week.id if activity in self._tasks else self.by_date(at)

    def by_date(self, at: datetime) -> WeekId | None:
        out = [week for week in self._weeks if week.posted_at and week.posted_at <= at]
        return out[-1].id if out else None


def _work(one: Submission, title: str, likes: dict[int, int]) -> Work:
    return Work(title, one.link, one.note, one.submitted_at, one.version, likes.get(one.id, 0), one.id)


def _kept(note: Note, likes: dict[int, int]) -> Kept:
    return Kept(
        note.link,
        note.text,
        note.at,
        note.shared,
        likes.get(note.id, 0),
        note.id,
        kind=note.kind,
        featured=note.featured,
    )


def _asked(one: Question, answers: int, likes: dict[int, int]) -> Asked:
    text, details = ("", "") if is_quoted(one) else (one.text, one.details)
    return Asked(text, details, one.asked_at, one.state, answers, likes.get(one.id, 0), one.id)


def _answered(question: Question | None, answer: Answer, likes: dict[int, int]) -> Answered:
    accepted = question is not None and question.accepted == answer.id
    return Answered(answer.text, answer.at, accepted, answer.also_helped, likes.get(answer.id, 0), answer.id)


def _reviewed(one: Review, title: str, likes: dict[int, int]) -> Reviewed:
    helped = one.helped_at is not None
    return Reviewed(title, one.works, one.suggestion, one.given_at, helped, likes.get(one.id, 0), one.id)
