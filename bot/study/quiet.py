"""Quiet members: who is quiet, and when a reminder may be sent. Pure functions of what is known about somebody.

Nobody who is up to date, who waits on others, who looks on or who paused is ever reminded, and nobody in a break.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.study.groups import OVER, GroupState
from bot.study.members import Member, MemberState, Role, Transition
from bot.study.questions import UNANSWERED_FIRST_STEP, Question, QuestionState
from bot.study.times import SEND_UNTIL, at_clock, local_days, next_sending
from bot.study.weeks import Task, Week, WeekState

LADDER = (7, 14, 28)
"""Days of silence after which somebody is reminded; after the last one, no more."""
ONE_IN = timedelta(days=7)
"""No more than one reminder to a person in this time, over all groups and platforms."""
APART = timedelta(hours=24)
"""No reminder within this time of any other direct message."""
FRESH = timedelta(days=3)
"""How long work has been out before anybody is reminded of it."""
LOOK_AGAIN = timedelta(days=1)
LOOK_AT_LEAST = timedelta(days=7)
"""How long somebody who is up to date is left alone, unless a week opens before."""
SMALL = 15
"""Members up to which those who lead can write first."""
HUMAN_FIRST = timedelta(hours=48)
"""How long those who lead have before the bot writes."""

Rest = tuple[datetime, datetime]
"""When a group rests: from an instant until another."""


class Step(StrEnum):
    """What is to be done about somebody now."""

    NOTHING = "nothing"
    LATER = "later"
    OFFER = "offer"
    REMIND = "remind"
    PASS = "pass"  # nosec B105  # no password: a step of the ladder at which nobody writes


class Why(StrEnum):
    """Why nobody is reminded now."""

    SOON = "soon"
    UP_TO_DATE = "up to date"
    WAITS = "waits"
    PAUSED = "paused"
    RESTS = "rests"
    NOT_YET = "not yet"
    SPENT = "spent"
    NOT_EXPECTED = "not expected"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a member: `opened_at` is when week 1 came out, `missing` what is required, out and undone.

    `missing_since` is when the oldest of that came out, `next_opening` when the next week does, `rests` are the group's
    breaks. `nudged_at` is their last reminder in any group, `written_at` the last direct message of any kind, `writing`
    whether one is on its way, `waits` whether others owe them an answer. `may_write` says that they agreed to messages
    and that those arrive, `led` that somebody else leads the group, `small` that there are few enough to know everyone.
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
    missing_since: datetime | None = None
    next_opening: datetime | None = None
    rests: tuple[Rest, ...] = ()
    writing: bool = False
    may_write: bool = True
    led: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done: REMIND now, OFFER it to those who lead, let a step PASS, look LATER at `at`, or NOTHING."""

    step: Step
    at: datetime | None = None
    why: Why | None = None


def is_expected(member: Member) -> bool:
    """Return whether somebody's silence says anything: they learn and have not paused."""
    here = member.state in (MemberState.ACTIVE, MemberState.DORMANT)
    return member.learning and member.role is not Role.OBSERVER and here


def may_be_reminded(member: Member) -> bool:
    """Return whether somebody is of those who are reminded at all: not once they have fallen silent for good."""
    return is_expected(member) and member.state is MemberState.ACTIVE


def quiet_since(known: Known, now: datetime) -> datetime | None:
    """Return from when somebody's silence counts: the last of signal, acceptance, first week, end of a rest."""
    if known.opened_at is None:
        return None
    heard = last_heard(known.member, known.opened_at, known.active_since)
    return max([heard, *(end for _, end in known.rests if end <= now)])


def last_heard(member: Member, opened_at: datetime | None, active_since: datetime | None) -> datetime:
    """Return when somebody's silence began, whatever rests of the group are in it."""
    moments = (member.signal_at, member.accepted_at or member.applied_at, opened_at, active_since)
    return max(moment for moment in moments if moment is not None)


def rests_until(known: Known, now: datetime) -> datetime | None:
    """Return when the break that the group is in ends."""
    return max((end for begin, end in known.rests if begin <= now < end), default=None)


def is_quiet(known: Known, now: datetime) -> bool:
    """Return whether somebody is quiet: silent for seven days of the group's calendar, with something open for them."""
    since = quiet_since(known, now)
    if since is None or known.missing == 0 or known.waits or not is_expected(known.member):
        return False
    return rests_until(known, now) is None and local_days(since, now, known.group_zone) >= LADDER[0]


def decide(known: Known, now: datetime) -> Decision:
    """Return what is to be done about somebody now."""
    member = known.member
    if known.group_state in OVER:
        return Decision(Step.NOTHING, why=Why.OVER)
    if member.state is MemberState.PAUSED:
        return _later(known, max(now, member.paused_until or now) + timedelta(days=LADDER[0]), Why.PAUSED)
    if not may_be_reminded(member) or member.nudges >= len(LADDER):
        return Decision(Step.NOTHING, why=Why.SPENT if is_expected(member) else Why.NOT_EXPECTED)
    rest = rests_until(known, now)
    if rest is not None or known.group_state is not GroupState.RUNNING:
        return _later(known, (rest or now) + timedelta(days=LADDER[0]), Why.RESTS)
    since = quiet_since(known, now)
    if since is None:
        return _later(known, now + timedelta(days=LADDER[0]), Why.NOT_YET)
    allowed = earliest(known, since, now)
    if known.missing == 0:
        return _later(known, max(allowed, _something_new(known, now)), Why.UP_TO_DATE)
    if known.waits:
        return _later(known, max(allowed, now + LOOK_AGAIN), Why.WAITS)
    if allowed > now:
        return Decision(Step.LATER, allowed, Why.SOON)
    return _at_this_step(known, now)


def _at_this_step(known: Known, now: datetime) -> Decision:
    """Return what comes of a step whose time has come: those who lead go first where they know everyone."""
    offered = known.member.offered_until
    if offered is None and known.led and (known.small or not known.may_write):
        return Decision(Step.OFFER)
    if offered is not None and now < offered:
        return _later(known, offered, Why.SOON)
    return Decision(Step.REMIND if known.may_write else Step.PASS)


def earliest(known: Known, since: datetime, now: datetime) -> datetime:
    """Return the first instant from now on at which the next step is allowed, within the person's sending hours."""
    days = LADDER[min(known.member.nudges, len(LADDER) - 1)]
    day = since.astimezone(known.group_zone).date() + timedelta(days=days)
    at = max(now, at_clock(day, datetime.min.time(), known.group_zone))
    if known.missing_since is not None:
        at = max(at, known.missing_since + FRESH)
    if known.nudged_at is not None:
        at = max(at, known.nudged_at + ONE_IN)
    if known.written_at is not None:
        at = max(at, known.written_at + APART)
    if known.writing:
        at = max(at, now + APART)
    return next_sending(at, known.zone)


def _something_new(known: Known, now: datetime) -> datetime:
    """Return when somebody who is up to date may not be any more."""
    if known.next_opening is None or known.next_opening <= now:
        return now + LOOK_AT_LEAST
    return min(known.next_opening + FRESH, now + LOOK_AT_LEAST)


def _later(known: Known, at: datetime, why: Why) -> Decision:
    return Decision(Step.LATER, next_sending(at, known.zone), why)


def sending_ends(now: datetime, where: ZoneInfo) -> datetime:
    """Return when today's hours for personal messages are over in a zone."""
    return at_clock(now.astimezone(where).date(), SEND_UNTIL, where)


def active_since(history: Sequence[Transition], member: Member, now: datetime) -> datetime | None:
    """Return when somebody last became active or a pause of theirs ended."""
    began = [one.at for one in history if one.became is MemberState.ACTIVE]
    ended = [member.paused_until] if member.paused_until and member.paused_until <= now else []
    return max([*began, *ended], default=None)


def first_opening(weeks: Sequence[Week]) -> datetime | None:
    """Return when the first week came out."""
    return min((came_out(week) for week in weeks if week.state is WeekState.POSTED), default=None)


def came_out(week: Week) -> datetime:
    """Return when a week that is out came out."""
    return week.posted_at or week.opens_at


def next_opening(weeks: Sequence[Week]) -> datetime | None:
    """Return when the next week comes out."""
    return min((week.opens_at for week in weeks if week.state is WeekState.PLANNED), default=None)


def waits_on_others(questions: Sequence[Question], now: datetime) -> bool:
    """Return whether somebody's question has waited for an answer for a day."""
    return any(one.state is QuestionState.OPEN and now - one.asked_at >= UNANSWERED_FIRST_STEP for one in questions)


def ends_at(task: Task, weeks: Sequence[Week]) -> datetime | None:
    """Return when the week of an activity gives way to the next one, or None where it is the last."""
    later = [one.opens_at for one in weeks if one.ordinal > task.week.ordinal and one.state is not WeekState.SKIPPED]
    return min(later, default=None)
