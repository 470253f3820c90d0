"""Progress: what is required of somebody, what is done and open, and the help they gave and got.

A member is judged by the version of the syllabus that is most favourable to them since they joined, so that an edit
never takes anything back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ids import ActivityId, AnswerId, PersonId, QuestionId
from bot.study.groups import Group
from bot.study.likes import Likes
from bot.study.members import Member
from bot.study.questions import Questions
from bot.study.reviews import Reviews
from bot.study.submissions import Submissions
from bot.study.weeks import SyllabusVersion, Task, Weeks, WeekState, tasks
from bot.text import Text, say, say_n


class Sources(Protocol):
    """Where progress is read from: the part of a unit of work that it needs."""

    weeks: Weeks
    submissions: Submissions
    questions: Questions
    likes: Likes
    reviews: Reviews


@dataclass(frozen=True, slots=True)
class Help:
    """Help that somebody gave (others' questions answered, answers marked) and got (own questions answered)."""

    answered: int = 0
    accepted: int = 0
    also_helped: int = 0
    likes_given: int = 0
    likes_received: int = 0
    got_answers: int = 0
    reviewed: int = 0
    reviews_helped: int = 0
    got_reviews: int = 0

    @property
    def given(self) -> int:
        """The acts of help that count for finishing: questions of others answered, and work of others reviewed."""
        return self.answered + self.reviewed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is: `required` is what they are judged by, `open` what of it can be done now, smallest first."""

    required: frozenset[ActivityId]
    done: frozenset[ActivityId]
    tasks: tuple[Task, ...]
    open: tuple[Task, ...]
    help: Help
    percent: int
    helps: int

    @property
    def counted(self) -> int:
        """How many of the required activities are done."""
        return len(self.required & self.done)

    @property
    def finished(self) -> bool:
        """Whether the criteria of the group are met."""
        return enough(len(self.required), self.counted, self.percent) and self.help.given >= self.helps


def in_force(versions: Sequence[SyllabusVersion], since: datetime) -> list[SyllabusVersion]:
    """Return the versions that were in force at any time since an instant: the last one before it, and all later."""
    ordered = sorted(versions, key=lambda version: (version.at, version.number))
    before = [version for version in ordered if version.at <= since]
    return before[-1:] + [version for version in ordered if version.at > since]


def most_favourable(
    versions: Sequence[SyllabusVersion], done: frozenset[ActivityId], since: datetime
) -> frozenset[ActivityId]:
    """Return what is required by the version under which the greatest share is done; of equals, the newest."""
    best: frozenset[ActivityId] = frozenset()
    share = -1.0
    for version in in_force(versions, since):
        required = frozenset(version.required)
        if share_of(required, done) >= share:
            best, share = required, share_of(required, done)
    return best


def share_of(required: frozenset[ActivityId], done: frozenset[ActivityId]) -> float:
    """Return the share of the required activities that is done; all of it where nothing is required."""
    return len(required & done) / len(required) if required else 1.0


def enough(required: int, done: int, percent: int) -> bool:
    """Return whether enough of what is required is done."""
    return done * 100 >= percent * required


def of_member(sources: Sources, group: Group, member: Member) -> Progress:
    """Return how far a member is."""
    asked = tasks(sources.weeks, group.id)
    done = sources.submissions.done_by(group.id, [member.person]).get(member.person, frozenset())
    return judged(group, member, asked, sources.weeks.versions(group.id), done, helped(sources, group, member.person))


def judged(
    group: Group,
    member: Member,
    asked: Sequence[Task],
    versions: Sequence[SyllabusVersion],
    done: frozenset[ActivityId],
    help: Help,
) -> Progress:
    """Return how far a member is, from what was read already."""
    if versions:
        required = most_favourable(versions, done, member.accepted_at or member.applied_at)
    else:
        required = frozenset(task.activity.id for task in asked if task.activity.required)
    still = [task for task in asked if _open(task) and task.activity.id in required - done]
    return Progress(
        required, done, tuple(asked), tuple(smallest_first(still)), help, group.finish_percent, group.finish_help
    )


def _open(task: Task) -> bool:
    return task.week.state is WeekState.POSTED


def smallest_first(still: Iterable[Task]) -> list[Task]:
    """Return activities with the one that takes least time first; unknown times last, then in order."""
    return sorted(still, key=lambda task: (task.activity.minutes or 10_000, task.week.ordinal, task.number))


def helped(sources: Sources, group: Group, person: PersonId) -> Help:
    """Return the help that somebody gave and got in a group."""
    answers = sources.questions.answers_by(group.id, person)
    marked = [answer for answer in answers if _accepted(sources, answer.question) == answer.id]
    own = sources.questions.by_person(group.id, person)
    reviews = sources.reviews.by_person(group.id, person)
    handed_in = sources.submissions.by_person(group.id, person)
    return Help(
        answered=len({answer.question for answer in answers}),
        accepted=len(marked),
        also_helped=sum(answer.also_helped for answer in answers),
        likes_given=len(sources.likes.given(group.id, person)),
        likes_received=len(sources.likes.received(group.id, person)),
        got_answers=sum(question.answered_at is not None for question in own),
        reviewed=len(reviews),
        reviews_helped=sum(review.helped_at is not None for review in reviews),
        got_reviews=sum(sources.reviews.counts(work.id for work in handed_in).values()),
    )


def _accepted(sources: Sources, question: QuestionId) -> AnswerId | None:
    found = sources.questions.get(question)
    return found.accepted if found else None


def criteria(group: Group) -> Text:
    """Return what it takes to finish a group, in words."""
    work = say("{percent} % of the required activities", percent=group.finish_percent)
    if not group.finish_help:
        return work
    help = say_n(
        "help with {n} question or response of others",
        "help with {n} questions or responses of others",
        group.finish_help,
    )
    return say("{work} and {help}", work=work, help=help)
