"""A group from which nothing is heard: who is asked how it shall go on, and who can take it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.errors import Refusal
from bot.ids import new_id
from bot.study import quiet
from bot.study.acts import Journal
from bot.study.audit import Audit, scope_of
from bot.study.breaks import Breaks
from bot.study.groups import Group, GroupState
from bot.study.members import RUNS_GROUP, Member, Members, Role
from bot.study.occurrences import Occurrence, Occurrences, Outcome
from bot.study.times import SEND_FROM, at_clock, local_days, next_sending
from bot.study.weeks import Weeks

KIND = "silence"
"""What the occurrences of a silence are called; each is named by the day from which it counts, and its step."""
APART = timedelta(days=7)
"""How long each step has before the next one comes."""
LOOK_AGAIN = timedelta(days=7)


class Step(StrEnum):
    """Who is turned to."""

    LEADER = "leader"
    OTHER_LEADERS = "other leaders"
    MEMBERS = "members"


AFTER = {Step.LEADER: 14, Step.OTHER_LEADERS: 21, Step.MEMBERS: 28}
"""Days of the group's calendar without any signal after which each step comes."""


class GoesOn(Refusal):
    """{group} has gone on since then, so nothing changed. To lead along, ask those who lead it now: {people}."""


class Books(Protocol):
    """What the silence of a group is read from and written to."""

    members: Members
    weeks: Weeks
    journal: Journal
    breaks: Breaks
    occurrences: Occurrences
    audit: Audit


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a group has been silent: `since` when, `days` of its calendar, and the step that is due, if one is."""

    since: datetime
    days: int
    step: Step | None
    next_at: datetime


def silence_of(uow: Books, group: Group, now: datetime) -> Silence | None:
    """Return how silent a group is; None where it does not run, or rests."""
    opened = quiet.first_opening(uow.weeks.of_group(group.id))
    rests = [(one.begins_at(group.where), one.ends_at(group.where)) for one in uow.breaks.of_group(group.id)]
    if group.state is not GroupState.RUNNING or opened is None or any(begin <= now < end for begin, end in rests):
        return None
    since = max([opened, uow.journal.last_signal(group.id) or opened, *(end for _, end in rests if end <= now)])
    days = local_days(since, now, group.where)
    begun = _day(since, group)
    taken = [uow.occurrences.get(group.id, KIND, _name(begun, step)) for step in Step]
    first = next((step for step, one in zip(Step, taken, strict=True) if one is None), None)
    if first is None:
        return Silence(since, days, None, next_sending(now + LOOK_AGAIN, group.where))
    due = at_clock(begun + timedelta(days=AFTER[first]), SEND_FROM, group.where)
    # After a long sleep too, each step has its time: whoever was asked yesterday is not passed over today. Nor is
    # whoever decided something about the group since, say a break to come or a lighter week.
    been = [one.at for one in taken if one is not None]
    decided = uow.audit.last_at(scope_of(group.id)) if been else None
    due = max([due, *(at + APART for at in [*been, decided] if at is not None)])
    due = next_sending(max(due, now), group.where)
    return Silence(since, days, first if due <= now else None, due)


def _day(since: datetime, group: Group) -> date:
    return since.astimezone(group.where).date()


def _name(begun: date, step: Step) -> str:
    return f"{begun} {step}"


def note(uow: Books, group: Group, silence: Silence, step: Step, now: datetime) -> bool:
    """Keep that a step was taken; return False where it was before."""
    name = _name(_day(silence.since, group), step)
    due = at_clock(_day(silence.since, group) + timedelta(days=AFTER[step]), SEND_FROM, group.where)
    return uow.occurrences.add(Occurrence(new_id(now), group.id, KIND, name, due, now, Outcome.POSTED))


def is_offered(uow: Books, group: Group, member: Member, now: datetime) -> bool:
    """Return whether somebody can take up the lead: the group is silent still, and it was their turn to be asked."""
    silence = silence_of(uow, group, now)
    if silence is None or member.role is Role.OWNER:
        return False
    step = Step.OTHER_LEADERS if member.role in RUNS_GROUP else Step.MEMBERS
    return uow.occurrences.get(group.id, KIND, _name(_day(silence.since, group), step)) is not None


def leader_of(leading: Sequence[Member]) -> Member | None:
    """Return who is asked first: the owner, or else whoever has led longest."""
    return min(leading, key=lambda member: (member.role is not Role.OWNER, member.applied_at, member.id), default=None)
