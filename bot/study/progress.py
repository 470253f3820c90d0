"""Progress: what is required of somebody, what is done and open, and the help they gave and got.

A member is judged by the version of the syllabus that is most favourable to them since they joined, so that an edit
never takes anything back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from bot.ids import ActivityId, AnswerId, PersonId, QuestionId
from bot.study.deeds import Deeds, deeds_of
from bot.study.groups import Group
from bot.study.likes import Likes
from bot.study.members import Member
from bot.study.questions import Questions
from bot.study.reviews import Reviews
from bot.study.submissions import Submissions
from bot.study.weeks import Needs, SyllabusVersion, Task, Weeks, WeekState, tasks
from bot.text import Text, join, say, say_n


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
    """How far somebody is: `required` is what they are judged by, `open` what of it can be done now, smallest first.

    `waits` is what was handed in and waits for others, `needs` what some activities take besides handing in.
    """

    required: frozenset[ActivityId]
    done: frozenset[ActivityId]
    tasks: tuple[Task, ...]
    open: tuple[Task, ...]
    help: Help
    percent: int
    helps: int
    waits: tuple[Task, ...] = ()
    deeds: Deeds = field(default_factory=Deeds)
    needs: Mapping[ActivityId, Needs] = field(default_factory=dict)

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


def most_favourable(versions: Sequence[SyllabusVersion], deeds: Deeds, since: datetime) -> SyllabusVersion | None:
    """Return the version under which the greatest share is done, of equals the newest; None where there is none."""
    # The last of those that are equal is the newest, as max returns the first.
    newest_first = reversed(in_force(versions, since))
    return max(newest_first, key=lambda version: share_under(version, deeds), default=None)


def share_under(version: SyllabusVersion, deeds: Deeds) -> float:
    """Return the share that is done of what a version requires, by what it took then."""
    return share_of(frozenset(version.required), done_of(deeds, needs_of(version.needs)))


def needs_of(needs: Iterable[Needs]) -> dict[ActivityId, Needs]:
    """Return by activity what it takes besides handing in; those that take no more are left out."""
    return {one.activity: one for one in needs if one}


def done_of(deeds: Deeds, needs: Mapping[ActivityId, Needs]) -> frozenset[ActivityId]:
    """Return the activities that are done."""
    if not needs:
        return deeds.handed_in
    return frozenset(one for one in deeds.handed_in if one not in needs or deeds.is_done(needs[one]))


def share_of(required: frozenset[ActivityId], done: frozenset[ActivityId]) -> float:
    """Return the share of the required activities that is done; all of it where nothing is required."""
    return len(required & done) / len(required) if required else 1.0


def enough(required: int, done: int, percent: int) -> bool:
    """Return whether enough of what is required is done."""
    return done * 100 >= percent * required


def of_member(sources: Sources, group: Group, member: Member) -> Progress:
    """Return how far a member is."""
    return replace(of_work(sources, group, member), help=helped(sources, group, member.person))


def of_work(sources: Sources, group: Group, member: Member) -> Progress:
    """Return how far a member is with the work, without the help that they gave and got."""
    asked, versions = tasks(sources.weeks, group.id), sources.weeks.versions(group.id)
    deeds = deeds_of(sources, group, [member.person], asked, versions)[member.person]
    return judged(group, member, asked, versions, deeds, Help())


def judged(
    group: Group,
    member: Member,
    asked: Sequence[Task],
    versions: Sequence[SyllabusVersion],
    deeds: Deeds,
    help: Help,
) -> Progress:
    """Return how far a member is, from what was read already."""
    best = most_favourable(versions, deeds, member.accepted_at or member.applied_at)
    if best is not None:
        required, needs = frozenset(best.required), needs_of(best.needs)
    else:
        required = frozenset(task.activity.id for task in asked if task.activity.required)
        needs = needs_of(task.activity.needs for task in asked)
    done = done_of(deeds, needs)
    still = [task for task in asked if _open(task) and task.activity.id in required - done]
    now = [task for task in still if deeds.can_go_on(needs.get(task.activity.id, Needs(task.activity.id)))]
    return Progress(
        required,
        done,
        tuple(asked),
        tuple(smallest_first(now)),
        help,
        group.finish_percent,
        group.finish_help,
        tuple(task for task in still if task not in now),
        deeds,
        needs,
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


def criteria(group: Group, state: Progress) -> Text:
    """Return what it takes to finish a group, in words, by the version of the syllabus that somebody is judged by."""
    work = say("{percent} % of the required activities", percent=group.finish_percent)
    if more := _besides([needs for activity, needs in state.needs.items() if activity in state.required]):
        work = say("{work} ({more})", work=work, more=join(more))
    if not group.finish_help:
        return work
    help = say_n(
        "help with {n} question or response of others",
        "help with {n} questions or responses of others",
        group.finish_help,
    )
    return say("{work} and {help}", work=work, help=help)


def _besides(needs: Sequence[Needs]) -> list[Text]:
    """Return in words how many activities take more than handing in, and what that is."""
    often = Counter(one.reviews for one in needs if one.reviews)
    found = [
        say_n(
            "{n} with feedback on {responses}",
            "{n} with feedback on {responses} each",
            times,
            responses=say_n("{n} response of others", "{n} responses of others", reviews),
        )
        for reviews, times in sorted(often.items())
    ]
    checks = sum(one.check for one in needs)
    if checks:
        found.append(say("{n} checked by a facilitator", n=checks))
    return found
