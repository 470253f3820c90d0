"""The pulse of a group: who is quiet, what waits for an answer, and whose voice nobody has responded to."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.ids import PersonId, SubmissionId
from bot.study import progress, quiet, reputation
from bot.study.acts import Act, ActKind, Journal
from bot.study.breaks import Breaks
from bot.study.deeds import deeds_of
from bot.study.groups import Group
from bot.study.likes import Likes
from bot.study.members import Member, Members
from bot.study.questions import Question, Questions, QuestionState
from bot.study.reviews import Reviews
from bot.study.submissions import Submission, Submissions
from bot.study.weeks import Weeks, checked_tasks, tasks

LOOKS_BACK = timedelta(days=28)
"""How far back unheard contributions are looked for."""

PATIENCE = timedelta(days=2)
"""How long work may wait before it counts as waiting for feedback."""
LISTED = 1_000

GIVES = frozenset({ActKind.SUBMITTED, ActKind.ASKED, ActKind.ANSWERED, ActKind.NOTED})
"""Acts by which somebody raises their voice."""
RESPONDS = frozenset(
    {ActKind.LIKED, ActKind.ANSWERED, ActKind.REPLIED, ActKind.REVIEWED, ActKind.ACCEPTED, ActKind.THANKED}
)
"""Acts by which somebody else's voice is heard."""


class Sources(Protocol):
    """Where the pulse is read from: that part of a unit of work."""

    members: Members
    weeks: Weeks
    submissions: Submissions
    questions: Questions
    journal: Journal
    breaks: Breaks
    likes: Likes
    reviews: Reviews


@dataclass(frozen=True, slots=True)
class Pulse:
    """Who and what needs attention, what has waited longest first."""

    quiet: tuple[Member, ...]
    unanswered: tuple[Question, ...]
    unreacted: tuple[Submission, ...]
    unheard: tuple[PersonId, ...]
    unreviewed: tuple[Submission, ...] = ()
    mutual: tuple[tuple[PersonId, PersonId], ...] = ()
    unchecked: int = 0


def pulse(sources: Sources, group: Group, *, now: datetime) -> Pulse:
    """Return the pulse of a group."""
    acts = sources.journal.of_group(group.id, since=now - LOOKS_BACK)
    unanswered = sources.questions.in_group(group.id, (QuestionState.OPEN,))
    waiting = {one.person for one in unanswered if quiet.waits_on_others([one], now)}
    return Pulse(
        tuple(_quiet(sources, group, waiting, now)),
        tuple(unanswered),
        tuple(_unreacted(sources, acts)),
        tuple(unheard(acts)),
        tuple(sources.reviews.unreviewed(group.id, now - PATIENCE, LISTED)),
        tuple(_mutual(sources, group)),
        sources.submissions.unchecked_count(checked_tasks(sources.weeks, group.id)),
    )


def _mutual(sources: Sources, group: Group) -> list[tuple[PersonId, PersonId]]:
    """Return who mostly like each other's, each two once."""
    found = reputation.reckoned(sources.likes.in_group(group.id), ())
    return sorted({(min(pair), max(pair)) for pair in found.mutual})


def _quiet(sources: Sources, group: Group, waiting: Set[PersonId], now: datetime) -> list[Member]:
    """Return the members who are quiet, those who have been for longest first."""
    members = [member for member in sources.members.in_group(group.id) if quiet.is_expected(member)]
    asked, versions = tasks(sources.weeks, group.id), sources.weeks.versions(group.id)
    deeds = deeds_of(sources, group, [member.person for member in members], asked, versions)
    opened_at = quiet.first_opening(sources.weeks.of_group(group.id))
    rests = tuple((one.begins_at(group.where), one.ends_at(group.where)) for one in sources.breaks.of_group(group.id))
    found: list[tuple[datetime, Member]] = []
    for member in members:
        state = progress.judged(group, member, asked, versions, deeds[member.person], progress.Help())
        paused = member.paused_until if member.paused_until and member.paused_until <= now else None
        waits = member.person in waiting
        known = quiet.Known(
            member, group.state, group.where, group.where, opened_at, len(state.open), paused, waits=waits, rests=rests
        )
        since = quiet.quiet_since(known, now)
        if since is not None and quiet.is_quiet(known, now):
            found.append((since, member))
    return [member for _, member in sorted(found, key=lambda pair: (pair[0], pair[1].id))]


def _unreacted(sources: Sources, acts: Sequence[Act]) -> list[Submission]:
    """Return the work that nobody has liked or written about, the oldest first."""
    heard = {act.item for act in acts if act.item_kind == "submission" and responds(act)}
    handed_in = dict.fromkeys(act.item for act in acts if act.kind is ActKind.SUBMITTED)
    found = [sources.submissions.get(SubmissionId(item)) for item in handed_in if item not in heard]
    return [work for work in found if work is not None and work.withdrawn_at is None]


def responds(act: Act) -> bool:
    """Return whether an act responds to what somebody else contributed."""
    return act.kind in RESPONDS and act.actor != act.owner


def unheard(acts: Sequence[Act]) -> list[PersonId]:
    """Return who contributed something while nobody responded to anything of theirs, those who waited longest first."""
    heard = {act.owner for act in acts if responds(act)}
    spoke = dict.fromkeys(act.actor for act in acts if act.kind in GIVES)
    return [person for person in spoke if person not in heard]
