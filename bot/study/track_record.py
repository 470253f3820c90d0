"""A facilitator's track record: computed from what their groups did, never typed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Protocol

from bot.ids import PersonId
from bot.study.groups import Group, Groups, GroupState
from bot.study.members import PRESENT, RUNS_GROUP, Members, MemberState, Role
from bot.study.questions import Questions
from bot.study.weeks import Week, Weeks, WeekState

ENOUGH = 5
"""Data points below which an average would say more about chance than about the person."""
ON_TIME = timedelta(hours=1)
"""How long after its hour a week still counts as posted on time."""
RUN = frozenset({GroupState.RUNNING, GroupState.BREAK, GroupState.FROZEN, GroupState.ENDED, GroupState.ARCHIVED})
"""States of groups that have started."""
FINISHED = frozenset({GroupState.ENDED, GroupState.ARCHIVED})
LOOKED_AT = 50
"""How many groups are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What somebody's groups came to; an average is None while there is too little to tell.

    `on_time` is the share of weeks posted within the hour, in per cent.
    """

    run: int = 0
    finished: int = 0
    learners: int = 0
    on_time: int | None = None
    first_answer: timedelta | None = None


class Books(Protocol):
    """What a track record is computed from."""

    groups: Groups
    members: Members
    weeks: Weeks
    questions: Questions


def track_record(uow: Books, person: PersonId, now: datetime) -> TrackRecord:
    """Return the track record of somebody over the groups that they lead or led to the end."""
    led = [member.group for member in uow.members.of_person(person) if member.role in RUNS_GROUP]
    groups = [group for group in uow.groups.many(led[:LOOKED_AT]).values() if group.state in RUN]
    learners = {
        member.person
        for group in groups
        for member in uow.members.in_group(group.id, PRESENT | {MemberState.LEFT}, [Role.LEARNER])
        if member.accepted_at is not None
    }
    weeks = [week for group in groups for week in uow.weeks.of_group(group.id)]
    return computed(groups, len(learners), weeks, uow.questions.waiting_times(group.id for group in groups), now)


def computed(
    groups: Sequence[Group], learners: int, weeks: Iterable[Week], waits: Sequence[timedelta], now: datetime
) -> TrackRecord:
    """Return the track record that these groups, weeks and waiting times make."""
    asked = (week for week in weeks if week.state is not WeekState.SKIPPED)
    opened = [week for week in asked if week.opens_at + ON_TIME <= now or week.state is WeekState.POSTED]
    punctual = [week for week in opened if week.posted_at is not None and week.posted_at - week.opens_at <= ON_TIME]
    return TrackRecord(
        run=len(groups),
        finished=sum(group.state in FINISHED for group in groups),
        learners=learners,
        on_time=round(100 * len(punctual) / len(opened)) if len(opened) >= ENOUGH else None,
        first_answer=typical(waits),
    )


def typical(waits: Sequence[timedelta]) -> timedelta | None:
    """Return the median waiting time, or None while there are too few to tell."""
    return timedelta(seconds=median(wait.total_seconds() for wait in waits)) if len(waits) >= ENOUGH else None
