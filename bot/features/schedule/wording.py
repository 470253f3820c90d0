"""How changes of a schedule look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from bot.cards import Block, bullets
from bot.study.breaks import Break
from bot.study.groups import Group
from bot.study.times import at_clock
from bot.study.weeks import Week
from bot.text import Moment, MomentStyle, Text, say


def day(group: Group, on: date) -> Moment:
    """Return a local date of a group as people read it."""
    return Moment(at_clock(on, time(12), group.where), MomentStyle.DATE)


def days_of(group: Group, rest: Break) -> Text:
    """Return from when to when a break is."""
    if rest.first == rest.last:
        return say("on {first}", first=day(group, rest.first))
    return say("from {first} to {last}", first=day(group, rest.first), last=day(group, rest.last))


def from_to(changes: Iterable[tuple[Week, Week]]) -> list[Block]:
    """Return weeks with the date that each had and the one that it has now; nothing where none moved."""
    lines = [
        say(
            "Week {number}: {before} → {after}",
            number=to.ordinal,
            before=Moment(was.opens_at, MomentStyle.DATE),
            after=Moment(to.opens_at),
        )
        if was.opens != to.opens
        else say("Week {number}: {after}", number=to.ordinal, after=Moment(to.opens_at))
        for was, to in changes
    ]
    return [bullets(lines)] if lines else []


def plan_of(changes: Iterable[tuple[Week, Week]]) -> str:
    """Return what a change makes of the weeks, by which it is known again."""
    return " ".join(f"{to.ordinal}:{was.opens:%Y%m%dT%H%M}:{to.opens:%Y%m%dT%H%M}:{to.state}" for was, to in changes)
