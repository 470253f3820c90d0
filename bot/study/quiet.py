"""Quiet members: who is quiet, and when a reminder may be sent. Pure functions of what is known about somebody.

Nobody who is up to date, who waits on others, who looks on or who paused is ever reminded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.study.groups import GroupState
from bot.study.members import Member, MemberState, Role, Transition
from bot.study.questions import UNANSWERED_FIRST_STEP, Question, QuestionState
from bot.study.times import at_clock, local_days, next_sending
from bot.study.weeks import Task, Week, WeekState

LADDER = (7, 14, 28)
"""Days of silence after which somebody is reminded; after the last one, no more."""
ONE_IN = timedelta(days=7)
"""No more than one reminder to a person in this time, over all groups and platforms."""
APART = timedelta(hours=24)
"""No reminder within this time of any other direct message."""
LOOK_AGAIN = timedelta(days=1)


class Step(StrEnum):
    """What is to be done about somebody now."""

    NOTHING = "nothing"
    LATER = "later"
    REMIND = "remind"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a member: `opened_at` is when week 1 came out, `missing` what is required, out and undone.

    `nudged_at` is their last reminder in any group, `written_at` the last direct message of any kind, `waits` whether
    others owe them an answer.
    """

    member: Member
    group_state: GroupState
    group_zone: ZoneInfo
    zone: ZoneInfo
    opened_at: datetime | None
    missing: int
    active_since: datetime | None = None
    nudged_at: datetime | None = None
    written_at: datetime | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done: REMIND now, look again LATER at `at`, or NOTHING any more."""

    step: Step
    at: datetime | None = None


def is_expected(member: Member) -> bool:
    """Return whether somebody's silence says anything: they learn and have not paused."""
    here = member.state in (MemberState.ACTIVE, MemberState.DORMANT)
    return member.learning and member.role is not Role.OBSERVER and here


def may_be_reminded(member: Member) -> bool:
    """Return whether somebody is of those who are reminded at all: not once they have fallen silent for good."""
    return is_expected(member) and member.state is MemberState.ACTIVE


def quiet_since(known: Known) -> datetime | None:
    """Return from when somebody's silence counts: the last of signal, acceptance, first week, end of a pause."""
    if known.opened_at is None:
        return None
    member = known.member
    moments = (member.signal_at, member.accepted_at or member.applied_at, known.opened_at, known.active_since)
    return max(moment for moment in moments if moment is not None)


def is_quiet(known: Known, now: datetime) -> bool:
    """Return whether somebody is quiet: silent for seven days of the group's calendar, with something open for them."""
    since = quiet_since(known)
    if since is None or known.missing == 0 or known.waits or not is_expected(known.member):
        return False
    return local_days(since, now, known.group_zone) >= LADDER[0]


def decide(known: Known, now: datetime) -> Decision:
    """Return what is to be done about somebody now."""
    member = known.member
    if known.group_state in (GroupState.ENDED, GroupState.ARCHIVED, GroupState.CANCELLED):
        return Decision(Step.NOTHING)
    if member.state is MemberState.PAUSED:
        return _later(known, max(now, member.paused_until or now) + timedelta(days=LADDER[0]))
    if not may_be_reminded(member) or member.nudges >= len(LADDER):
        return Decision(Step.NOTHING)
    since = quiet_since(known)
    if since is None or known.group_state is not GroupState.RUNNING:
        return _later(known, now + timedelta(days=LADDER[0]))
    allowed = earliest(known, since, now)
    if allowed > now:
        return Decision(Step.LATER, allowed)
    if known.missing == 0 or known.waits:
        return _later(known, now + LOOK_AGAIN)
    return Decision(Step.REMIND)


def earliest(known: Known, since: datetime, now: datetime) -> datetime:
    """Return the first instant from now on at which the next step is allowed, within the person's sending hours."""
    days = LADDER[min(known.member.nudges, len(LADDER) - 1)]
    day = since.astimezone(known.group_zone).date() + timedelta(days=days)
    at = at_clock(day, datetime.min.time(), known.group_zone)
    if known.nudged_at is not None:
        at = max(at, known.nudged_at + ONE_IN)
    if known.written_at is not None:
        at = max(at, known.written_at + APART)
    return next_sending(max(at, now), known.zone)


def _later(known: Known, at: datetime) -> Decision:
    return Decision(Step.LATER, next_sending(at, known.zone))


def active_since(history: Sequence[Transition], member: Member, now: datetime) -> datetime | None:
    """Return when somebody last became active or a pause of theirs ended."""
    began = [one.at for one in history if one.became is MemberState.ACTIVE]
    ended = [member.paused_until] if member.paused_until and member.paused_until <= now else []
    return max([*began, *ended], default=None)


def returned(history: Sequence[Transition], member: Member) -> bool:
    """Return whether somebody who had fallen silent for good is back, and nobody has noted it yet."""
    return bool(history) and history[-1].became is MemberState.DORMANT and member.state is MemberState.ACTIVE


def first_opening(weeks: Sequence[Week]) -> datetime | None:
    """Return when the first week came out."""
    return min((week.posted_at or week.opens_at for week in weeks if week.state is WeekState.POSTED), default=None)


def waits_on_others(questions: Sequence[Question], now: datetime) -> bool:
    """Return whether somebody's question has waited for an answer for a day."""
    return any(one.state is QuestionState.OPEN and now - one.asked_at >= UNANSWERED_FIRST_STEP for one in questions)


def ends_at(task: Task, weeks: Sequence[Week]) -> datetime | None:
    """Return when the week of an activity gives way to the next one, or None where it is the last."""
    later = [week.opens_at for week in weeks if week.ordinal > task.week.ordinal]
    return min(later, default=None)
