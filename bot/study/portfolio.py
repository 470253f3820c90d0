"""A portfolio: what one person contributed to a group, and what came of it.

It holds the person's own words. Others appear as counts, and the facilitators by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ids import ActivityId, GroupId, PersonId, WeekId
from bot.study import progress
from bot.study.groups import Group
from bot.study.helping import is_quoted
from bot.study.likes import Likes
from bot.study.members import Member, Members, MemberState, Role
from bot.study.notes import Note, Notes
from bot.study.people import People
from bot.study.progress import Help
from bot.study.questions import Answer, Question, Questions, QuestionState
from bot.study.records import ParticipationRecord, Records
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


@dataclass(frozen=True, slots=True)
class Work:
    """Something handed in: the activity's title, the link or text, when, and its likes."""

    activity: str
    link: str | None
    text: str
    at: datetime
    versions: int
    likes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A note: its link or text, when, whether the group can see it, and its likes."""

    link: str | None
    text: str
    at: datetime
    shared: bool
    likes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its words (none where it quotes somebody else's), when, how it stands, answers and likes."""

    text: str
    details: str
    at: datetime
    state: QuestionState
    answers: int
    likes: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to somebody else's question: its words, when, what the asker said of it, and its likes."""

    text: str
    at: datetime
    accepted: bool
    also_helped: bool
    likes: int


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs to one week; `ordinal` is None for what came before the first."""

    ordinal: int | None
    title: str
    work: tuple[Work, ...] = ()
    notes: tuple[Kept, ...] = ()
    questions: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.work or self.notes or self.questions or self.answers)


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
        finished=record.finished if record else state.finished,
        done=record.done if record else state.counted,
        required=record.required if record else len(state.required),
        criteria=_criteria(record, group),
        recorded_at=record.at if record else None,
        help=state.help,
        points=member.points,
        parts=tuple(part for part in _parts(sources, group, member.person, weeks) if part),
    )


def _criteria(record: ParticipationRecord | None, group: Group) -> Text:
    return to_text(record.criteria) if record else progress.criteria(group)


def _facilitators(sources: Sources, group: GroupId) -> tuple[str, ...]:
    leading = sources.members.in_group(group, roles=(Role.OWNER, Role.FACILITATOR))
    people = sources.people.many(member.person for member in leading)
    return tuple(people[member.person].name for member in leading if member.person in people)


def _parts(sources: Sources, group: Group, person: PersonId, weeks: Sequence[Week]) -> Iterable[Part]:
    """Yield what somebody contributed, week by week."""
    placed = _Placed(weeks, tasks(sources.weeks, group.id), sources.weeks)
    work = sources.submissions.by_person(group.id, person)
    notes = sources.notes.by_person(group.id, person)
    questions = sources.questions.by_person(group.id, person)
    answers = sources.questions.answers_by(group.id, person)
    counts = sources.likes.counts
    likes = {
        "submission": counts("submission", [one.id for one in work]),
        "note": counts("note", [one.id for one in notes]),
        "question": counts("question", [one.id for one in questions]),
        "answer": counts("answer", [one.id for one in answers]),
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
            _asked(question, len(sources.questions.answers(question.id)), likes["question"])
        )
    for answer in answers:
        by_week[placed.by_date(answer.at)].append(_answered(sources, answer, likes["answer"]))
    yield _part(None, by_week[None])
    for week in weeks:
        yield _part(week, by_week[week.id])


def _part(week: Week | None, items: Sequence[object]) -> Part:
    return Part(
        week.ordinal if week else None,
        week.title if week else "",
        tuple(item for item in items if isinstance(item, Work)),
        tuple(item for item in items if isinstance(item, Kept)),
        tuple(item for item in items if isinstance(item, Asked)),
        tuple(item for item in items if isinstance(item, Answered)),
    )


class _Placed:
    """Which week something belongs to: its activity's, else the newest that was out by then."""

    def __init__(self, weeks: Sequence[Week], asked: Sequence[Task], port: Weeks) -> None:
        self._weeks = weeks
        self._tasks = {task.activity.id: task for task in asked}
        self._port = port

    def title(self, activity: ActivityId) -> str:
        found = self._port.activity(activity)
        return found.title if found else ""

    def by_activity(self, activity: ActivityId | None, at: datetime) -> WeekId | None:
        if activity in self._tasks:
            return self._tasks[activity].week.id
        retired = self._port.activity(activity) if activity else None
        return retired.week if retired else self.by_date(at)

    def by_date(self, at: datetime) -> WeekId | None:
        out = [week for week in self._weeks if week.posted_at and week.posted_at <= at]
        return out[-1].id if out else None


def _work(one: Submission, title: str, likes: dict[int, int]) -> Work:
    return Work(title, one.link, one.note, one.submitted_at, one.version, likes.get(one.id, 0))


def _kept(note: Note, likes: dict[int, int]) -> Kept:
    return Kept(note.link, note.text, note.at, note.shared, likes.get(note.id, 0))


def _asked(one: Question, answers: int, likes: dict[int, int]) -> Asked:
    text, details = ("", "") if is_quoted(one) else (one.text, one.details)
    return Asked(text, details, one.asked_at, one.state, answers, likes.get(one.id, 0))


def _answered(sources: Sources, answer: Answer, likes: dict[int, int]) -> Answered:
    question = sources.questions.get(answer.question)
    accepted = question is not None and question.accepted == answer.id
    return Answered(answer.text, answer.at, accepted, answer.also_helped, likes.get(answer.id, 0))
