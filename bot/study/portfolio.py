"""A portfolio: what one person contributed to a group, and what came of it.

It holds the person's own words. Others appear as counts, by name only where they agreed; the facilitators by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from operator import is_
from typing import Protocol, TypeAlias, TypeVar

from bot.ids import ActivityId, GroupId, PersonId, WeekId
from bot.study import progress
from bot.study.credit import NOBODY, Credit, Named, named
from bot.study.groups import Group
from bot.study.helping import is_quoted
from bot.study.likes import Likes
from bot.study.members import Member, Members, MemberState, Role
from bot.study.notes import Note, NoteKind, Notes
from bot.study.people import People
from bot.study.progress import Help
from bot.study.publishing import Item, Kind, Publications
from bot.study.questions import Answer, Question, Questions, QuestionState
from bot.study.records import ParticipationRecord, Records
from bot.study.reviews import Reviews
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
class Work:
    """Something handed in: the activity's title, the link or text, when, its likes, and its owner's own line.

    `place` is 1 for what its owner shows before everything else, None for what stands in its week.
    """

    activity: str
    link: str | None
    text: str
    at: datetime
    versions: int
    likes: int
    id: int
    story: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A note: its link or text, when, whether the group can see it, its likes, its kind, and whether it is featured."""

    link: str | None
    text: str
    at: datetime
    shared: bool
    likes: int
    id: int
    story: str = ""
    place: int | None = None
    kind: NoteKind = NoteKind.NOTE
    featured: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its words (none where it quotes somebody else's), when, how it stands, answers and likes."""

    text: str
    details: str
    at: datetime
    state: QuestionState
    answers: int
    likes: int
    id: int
    story: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to somebody else's question: its words, when, what the asker said of it, and its likes."""

    text: str
    at: datetime
    accepted: bool
    also_helped: bool
    likes: int
    id: int
    story: str = ""
    place: int | None = None


T = TypeVar("T", Work, Kept, Asked, Answered)
Thing: TypeAlias = Work | Kept | Asked | Answered
"""One thing in a portfolio."""


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs to one week, or one thing of it that its owner shows `first`.

    `ordinal` is None for what came before the first week.
    """

    ordinal: int | None
    title: str
    work: tuple[Work, ...] = ()
    notes: tuple[Kept, ...] = ()
    questions: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()
    first: bool = False

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
        criteria=_criteria(record, group),
        recorded_at=record.at if record else None,
        help=state.help,
        points=member.points,
        parts=tuple(part for part in _parts(sources, group, member.person, weeks) if part),
        group=group.id,
        helped=named(sources.people, sources.credit.helped(group.id, member.person)),
        helpers=named(sources.people, sources.credit.helpers(group.id, member.person)),
    )


def _criteria(record: ParticipationRecord | None, group: Group) -> Text:
    return to_text(record.criteria) if record else progress.criteria(group)


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
            _asked(question, replies.get(question.id, 0), likes["question"])
        )
    for answer in answers:
        by_week[placed.by_date(answer.at)].append(_answered(answered.get(answer.question), answer, likes["answer"]))
    told = sources.stories.of_person(person)
    parts = [_part(None, by_week[None]), *(_part(week, by_week[week.id]) for week in weeks)]
    first = _ranked(sources.publications.first(person), parts)
    yield from (_with_wishes(part, told, first) for part in parts)


def _ranked(places: Mapping[Item, int], parts: Iterable[Part]) -> dict[tuple[str, int], int]:
    """Return what of a chapter comes first, by kind and id, from 1 on."""
    here = {(kind, thing.id) for part in parts for kind, things in by_kind(part) for thing in things}
    wanted = sorted(places, key=lambda item: -places[item])
    return {(kind.value, id): rank for rank, (kind, id) in enumerate((one for one in wanted if one in here), 1)}


def arranged(one: Chapter) -> list[Part]:
    """Return a chapter's parts as its owner wants them read: one by one what comes first, then the rest by week."""
    first = [(thing, part) for part in one.parts for _, things in by_kind(part) for thing in things if thing.place]
    first.sort(key=lambda found: found[0].place or 0)
    alone = [replace(_only(part, partial(is_, thing)), first=True) for thing, part in first]
    rest = (_only(part, lambda one: one.place is None) for part in one.parts)
    return alone + [part for part in rest if part]


def _only(part: Part, wanted: Callable[[Thing], bool]) -> Part:
    """Return a part with some of its things."""
    return replace(
        part,
        work=tuple(filter(wanted, part.work)),
        notes=tuple(filter(wanted, part.notes)),
        questions=tuple(filter(wanted, part.questions)),
        answers=tuple(filter(wanted, part.answers)),
    )


def by_kind(part: Part) -> tuple[tuple[Kind, Sequence[Thing]], ...]:
    """Return what belongs to a week, by the kind under which it is known elsewhere."""
    return (
        (Kind.SUBMISSION, part.work),
        (Kind.NOTE, part.notes),
        (Kind.QUESTION, part.questions),
        (Kind.ANSWER, part.answers),
    )


def _with_wishes(part: Part, told: Mapping[tuple[str, int], str], first: Mapping[tuple[str, int], int]) -> Part:
    """Return a part with what its owner says of each thing, and where they want it."""

    def wished(kind: Kind, things: Sequence[T]) -> tuple[T, ...]:
        return tuple(
            replace(thing, story=told.get((kind, thing.id), ""), place=first.get((kind, thing.id))) for thing in things
        )

    return replace(
        part,
        work=wished(Kind.SUBMISSION, part.work),
        notes=wished(Kind.NOTE, part.notes),
        questions=wished(Kind.QUESTION, part.questions),
        answers=wished(Kind.ANSWER, part.answers),
    )


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
