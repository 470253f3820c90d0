"""Breaks: days on which a group rests, and the port that keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.chat import About
from bot.ids import BreakId, GroupId
from bot.study.times import at_clock


@dataclass(frozen=True, slots=True)
class Break:
    """Days on which a group rests: local dates of its zone, the last one included.

    `shifts` says that later weeks move, by `days`; without it, those whose time falls inside are left out.
    """

    id: BreakId
    group: GroupId
    first: date
    last: date
    shifts: bool
    days: int
    made_at: datetime

    @property
    def about(self) -> About:
        """The break as the subject of messages."""
        return About("break", self.id)

    def covers(self, day: date) -> bool:
        """Return whether a local date lies in the break."""
        return self.first <= day <= self.last

    def begins_at(self, where: ZoneInfo) -> datetime:
        """Return the instant of the first midnight."""
        return at_clock(self.first, time(0), where)

    def ends_at(self, where: ZoneInfo) -> datetime:
        """Return the instant after the last day."""
        return at_clock(self.last + timedelta(days=1), time(0), where)


class Breaks(Protocol):
    """Where breaks are kept."""

    def get(self, id: BreakId) -> Break | None:
        """Return a break."""

    def of_group(self, group: GroupId) -> list[Break]:
        """Return a group's breaks, past ones too, earliest first; no two share a day."""

    def add(self, one: Break) -> None:
        """Keep a new break."""

    def save(self, one: Break) -> None:
        """Keep a changed break."""

    def remove(self, id: BreakId) -> None:
        """Forget a break that never was."""


def break_on(breaks: Iterable[Break], day: date) -> Break | None:
    """Return the break that a local date lies in."""
    return next((one for one in breaks if one.covers(day)), None)
