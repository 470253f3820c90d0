"""The ledger of a group: what comes, what waits for an answer, what was posted, and what was not and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import Direct, MessageRef
from bot.ids import BreakId, QuestionId, WeekId
from bot.outbox import Outbox, Post, PostState, Verb
from bot.study import schedule
from bot.study.agenda import Agenda, Due, DueKind
from bot.study.breaks import Breaks
from bot.study.groups import Group
from bot.study.occurrences import Occurrence, Occurrences, Outcome, What, Why
from bot.study.questions import Questions
from bot.study.weeks import Week, Weeks
from bot.text import EMPTY, Moment, Text, say, to_text

READ = 200
"""Posts that are looked through, the newest first."""
FAILED = frozenset({PostState.DEAD, PostState.UNKNOWN, PostState.EXPIRED})
ON_THE_WAY = frozenset({PostState.DUE, PostState.SENDING})
SHOWN = frozenset(
    {
        DueKind.START_GROUP,
        DueKind.PUBLISH_WEEK,
        DueKind.START_BREAK,
        DueKind.END_BREAK,
        DueKind.END_GROUP,
        DueKind.REMIND_APPLICATION,
        DueKind.RESUME_MEMBER,
        DueKind.RAISE_QUESTION,
        DueKind.ASK_MENTORS,
        DueKind.ASK_LEADERS,
        DueKind.CHECK_ANSWERED,
    }
)
"""What of the agenda concerns the group; that somebody is looked after is between them and the bot."""


class Sources(Protocol):
    """Where the ledger is read from: that part of a unit of work."""

    weeks: Weeks
    agenda: Agenda
    breaks: Breaks
    occurrences: Occurrences
    outbox: Outbox
    questions: Questions


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger: what, when, and why not; the message it became, the post or the week that it is about."""

    what: Text
    at: datetime
    why: Text = EMPTY
    message: MessageRef | None = None
    post: Post | None = None
    week: Week | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What lies ahead of a group and behind it: the next first, the newest first."""

    next: Sequence[Line]
    asked: Sequence[Line]
    waiting: Sequence[Line]
    failed: Sequence[Line]
    sent: Sequence[Line]
    skipped: Sequence[Line]


def ledger(uow: Sources, group: Group, now: datetime) -> Ledger:
    """Return a group's ledger."""
    occurrences = uow.occurrences.of_group(group.id)
    asked = [one for one in occurrences if one.outcome is Outcome.ASKED]
    undecided = {week.id for week in schedule.overdue(uow, group, now)} if asked else set()
    posts = _of_all(uow.outbox.of_group(group.id, READ))
    expired = [post for post in posts if post.state is PostState.EXPIRED]
    failed = sorted([*_of_all(uow.outbox.stuck(group.id)), *expired], key=lambda post: -post.id)
    return Ledger(
        next=[
            Line(what_comes(uow, line), line.at)
            for line in uow.agenda.of_group(group.id)
            if line.kind in SHOWN and not (line.kind == DueKind.PUBLISH_WEEK and line.item in undecided)
        ],
        asked=[_decided(uow, one) for one in asked],
        waiting=[_posted(uow, post) for post in posts if post.state in ON_THE_WAY],
        failed=[_posted(uow, post) for post in failed],
        sent=[
            _posted(uow, post)
            for post in posts
            if post.state is PostState.SENT and post.verb is Verb.SEND and not post.under
        ],
        skipped=[_decided(uow, one) for one in occurrences if one.outcome is Outcome.SKIPPED],
    )


def _of_all(posts: Iterable[Post]) -> list[Post]:
    """Return posts without those to one person alone, which are nobody else's business."""
    return [post for post in posts if not isinstance(post.to, Direct)]


# What comes


def what_comes(uow: Sources, line: Due) -> Text:
    """Return what a line of the agenda is about."""
    named = _COMING.get(line.kind)
    return named(uow, line.item) if named is not None else say("Something else")


def _week_opens(uow: Sources, id: int) -> Text:
    week = uow.weeks.get(WeekId(id))
    if week is None:
        return say("A week opens")
    return say("Week {number} opens: {title}", number=week.ordinal, title=week.title[:80])


def _break_begins(uow: Sources, id: int) -> Text:
    rest = uow.breaks.get(BreakId(id))
    return say("A break begins: {n} days", n=(rest.last - rest.first).days + 1) if rest else say("A break begins")


def _question(uow: Sources, id: int) -> str:
    found = uow.questions.get(QuestionId(id))
    return found.text[:80] if found else "?"


_COMING: dict[str, Callable[[Sources, int], Text]] = {
    DueKind.START_GROUP: lambda uow, id: say("The group starts"),
    DueKind.END_GROUP: lambda uow, id: say("The group ends"),
    DueKind.PUBLISH_WEEK: _week_opens,
    DueKind.START_BREAK: _break_begins,
    DueKind.END_BREAK: lambda uow, id: say("The break is over"),
    DueKind.REMIND_APPLICATION: lambda uow, id: say("Reminder of an application"),
    DueKind.RESUME_MEMBER: lambda uow, id: say("A pause ends"),
    DueKind.RAISE_QUESTION: lambda uow, id: say("Raised if unanswered: {question}", question=_question(uow, id)),
    DueKind.ASK_MENTORS: lambda uow, id: say("Mentors asked if unanswered: {question}", question=_question(uow, id)),
    DueKind.ASK_LEADERS: lambda uow, id: say("You are asked if unanswered: {question}", question=_question(uow, id)),
    DueKind.CHECK_ANSWERED: lambda uow, id: say("Asked whether it is solved: {question}", question=_question(uow, id)),
}


# What was decided


def _decided(uow: Sources, one: Occurrence) -> Line:
    week = uow.weeks.at(one.group, int(one.name)) if one.kind == What.WEEK else None
    what = say("Week {number}: {title}", number=week.ordinal, title=week.title[:80]) if week else say("Something else")
    return Line(what, one.due_at, Why(one.reason).label if one.reason else EMPTY, week=week)


# What was posted


def _posted(uow: Sources, post: Post) -> Line:
    why = _why(post) if post.state in FAILED else EMPTY
    return Line(_subject(uow, post), post.sent_at or post.not_before, why, post.message, post)


def _why(post: Post) -> Text:
    match post.state:
        case PostState.EXPIRED:
            return say("its time had passed")
        case PostState.UNKNOWN:
            return say("I can't see whether it arrived")
        case _:
            return to_text(post.reason[:150]) if post.reason else say("the platform refused it")


def _subject(uow: Sources, post: Post) -> Text:
    """Return what a post shows, in a few words."""
    what = _named(uow, post)
    match post.verb:
        case Verb.EDIT:
            return say("Change of: {what}", what=what)
        case Verb.DELETE:
            return say("Removal of: {what}", what=what)
        case Verb.RENAME:
            return say("New title of: {what}", what=what)
        case _:
            return what


def _named(uow: Sources, post: Post) -> Text:
    if post.about.kind == "week":
        week = uow.weeks.get(WeekId(post.about.id))
        return say("Week {number}", number=week.ordinal) if week else say("A week")
    if post.about.kind == "question":
        return say("Question: {question}", question=_question(uow, post.about.id))
    return _NAMES.get(post.about.kind, say("A message"))


_NAMES = {
    "submission": say("Handed-in work"),
    "answer": say("An answer"),
    "note": say("A note"),
    "announcement": say("An announcement"),
    "break": say("News of a break"),
    "shift": say("News of other dates"),
    "group": say("The group's card"),
    "member": say("A message about a membership"),
}


def shown(line: Line) -> Text:
    """Return a line in words: what, when, and why not."""
    text = say("{what}: {when}", what=line.what, when=Moment(line.at))
    return say("{what}: {reason}", what=text, reason=line.why) if line.why else text
