"""Taking a break: what it does to the weeks ahead, how it is changed, and how it ends early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.errors import Refusal
from bot.ids import PersonId
from bot.study import schedule
from bot.study.agenda import DueKind
from bot.study.breaks import Break
from bot.study.groups import ALIVE, Group, GroupState, moved
from bot.study.occurrences import Why
from bot.study.rescheduling import Books, ahead, flowed, in_order
from bot.study.times import LocalTime, instant, local_time
from bot.study.weeks import Week, WeekState

LONGEST = timedelta(weeks=26)
"""How long a break can be; for more, a group is better ended and started again."""


class EndsBeforeItBegins(Refusal):
    """The last day of the break comes before its first day. Choose a later last day, or say how many weeks."""


class BreakIsOver(Refusal):
    """These days have passed already. Choose a break that is still to come."""


class BreakTooLong(Refusal):
    """A break takes half a year at most. For longer, finish the group and start another one later."""


class BreakTooFar(Refusal):
    """That is more than two years away. Check the year."""


class BeforeTheStart(Refusal):
    """{group} has not started by then. To start later, use /lead group edit."""


class NoBreaksNow(Refusal):
    """{group} is {state}, so it needs no break. /lead schedule show says what comes next."""


class TwoBreaks(Refusal):
    """This would reach over two breaks at once. End one of them first: /lead schedule break shows them."""


class NoSuchBreak(Refusal):
    """That break is over, or it was called off. /lead schedule show says what comes next."""


@dataclass(frozen=True, slots=True)
class Change:
    """A break that comes, changes or goes, and the weeks that follow it: each as it was and as it is to be."""

    rest: Break | None
    before: Break | None
    weeks: tuple[tuple[Week, Week], ...]

    @property
    def moved(self) -> list[tuple[Week, Week]]:
        """The weeks that open at another time, or open again."""
        return [(was, to) for was, to in self.weeks if to.state is WeekState.PLANNED]

    @property
    def left_out(self) -> list[Week]:
        """The weeks that are left out from now on."""
        return [to for _, to in self.weeks if to.state is WeekState.SKIPPED]


def alive(group: Group) -> None:
    """Raise NoBreaksNow where a group has no use for breaks any more."""
    if group.state not in ALIVE:
        raise NoBreaksNow(group=group.title, state=group.state.label)


def check(group: Group, rest: Break, *, now: datetime) -> None:
    """Raise a Refusal where a group cannot rest on these days."""
    alive(group)
    if rest.last < rest.first:
        raise EndsBeforeItBegins
    if rest.last < local_time(now, group.where).date():
        raise BreakIsOver
    if rest.last - rest.first >= LONGEST:
        raise BreakTooLong
    if rest.last - local_time(now, group.where).date() > schedule.FURTHEST:
        raise BreakTooFar
    if rest.first <= group.starts.date():
        raise BeforeTheStart(group=group.title)


def planned(weeks: Sequence[Week], breaks: Sequence[Break], group: Group, wish: Break, *, now: datetime) -> Change:
    """Return what a break does; it takes the place of one that shares days with it, which began then if it has begun.

    The weeks ahead are put back to where they would be without the old one, and follow the new one. Raises a Refusal.
    """
    before = next((one for one in breaks if one.first <= wish.last and wish.first <= one.last), None)
    today = local_time(now, group.where).date()
    if before is not None and before.first <= today:
        wish = replace(wish, first=before.first)
    check(group, wish, now=now)
    others = [one for one in breaks if one is not before]
    if any(one.first <= wish.last and wish.first <= one.last for one in others):
        raise TwoBreaks
    bare = _without(weeks, before, group, now)
    days = 7 * -(-((wish.last - wish.first).days + 1) // 7) if wish.shifts else 0
    rest = replace(wish, days=days)
    if rest.shifts:
        to = _moved([week for week in bare if week.opens.date() >= rest.first], days, [*others, rest], group)
    else:
        to = [replace(week, state=WeekState.SKIPPED) for week in bare if rest.covers(week.opens.date())]
    return Change(rest, before, _differing(weeks, [*bare, *to]))


def ended(weeks: Sequence[Week], breaks: Sequence[Break], group: Group, rest: Break, *, now: datetime) -> Change:
    """Return what it does to end a break before today, or to call it off; weeks come as early as they still can."""
    others = [one for one in breaks if one.id != rest.id]
    bare = _without(weeks, rest, group, now)
    days, later = 0, [week for week in bare if week.opens.date() >= rest.first]
    goes = later
    while rest.shifts and any(week.opens_at <= now for week in goes):
        days += 7
        goes = _moved(later, days, others, group)
    last = local_time(now, group.where).date() - timedelta(days=1)
    kept = replace(rest, last=last, days=days) if last >= rest.first else None
    return Change(kept, rest, _differing(weeks, [*bare, *goes]))


def _without(weeks: Iterable[Week], rest: Break | None, group: Group, now: datetime) -> list[Week]:
    """Return the weeks ahead as they would be without a break, in order."""
    if rest is None:
        return in_order(week for week in weeks if ahead(week, now))
    bare = []
    for week in weeks:
        back = LocalTime(week.opens - timedelta(days=rest.days))
        if ahead(week, now) and back.date() >= rest.first:
            bare.append(replace(week, opens=back, opens_at=instant(back, group.where)))
        elif ahead(week, now):
            bare.append(week)
        elif not rest.shifts and _left_out_by(week, rest):
            again = replace(week, state=WeekState.PLANNED, opens_at=instant(week.opens, group.where))
            bare += [again] if ahead(again, now) else []
    return in_order(bare)


def _left_out_by(week: Week, rest: Break) -> bool:
    return week.state is WeekState.SKIPPED and rest.covers(week.opens.date())


def _moved(weeks: Sequence[Week], days: int, breaks: Iterable[Break], group: Group) -> list[Week]:
    """Return weeks as they open some days later, past breaks."""
    goes = flowed([week.opens for week in weeks], timedelta(days=days), breaks)
    return [
        replace(week, opens=opens, opens_at=instant(opens, group.where))
        for week, opens in zip(weeks, goes, strict=True)
    ]


def _differing(weeks: Sequence[Week], to: Iterable[Week]) -> tuple[tuple[Week, Week], ...]:
    last = {week.id: week for week in to}
    pairs = ((week, last.get(week.id, week)) for week in weeks)
    return tuple((was, becomes) for was, becomes in pairs if was != becomes)


def keep(uow: Books, group: Group, change: Change, actor: PersonId, *, now: datetime) -> None:
    """Keep a change of a break with all that follows from it; a group whose break is gone runs on."""
    before, rest = change.before, change.rest
    if before is not None:
        uow.agenda.clear(DueKind.START_BREAK, before.id)
        uow.agenda.clear(DueKind.END_BREAK, before.id)
        uow.breaks.remove(before.id)
    if rest is not None:
        uow.breaks.add(rest)
        if rest.ends_at(group.where) > now:
            uow.agenda.set(DueKind.START_BREAK, rest.id, rest.begins_at(group.where), group.id)
            uow.agenda.set(DueKind.END_BREAK, rest.id, rest.ends_at(group.where), group.id)
    resting = rest is not None and rest.covers(local_time(now, group.where).date())
    if group.state is GroupState.BREAK and not resting:
        uow.groups.save(moved(group, GroupState.RUNNING))
        schedule.look_at_once(uow, group, now=now)
    for _, week in change.weeks:
        if week.state is WeekState.SKIPPED:
            schedule.leave_out(uow, group, week, Why.BREAK, now=now)
        else:
            schedule.put(uow, group, week)
    schedule.after_change(uow, group, actor, now=now)


def coming(breaks: Iterable[Break], today: date) -> list[Break]:
    """Return the breaks that are not over, earliest first."""
    return [one for one in breaks if one.last >= today]
