"""How long what people write in a group is kept once the group is over: as long as the place where it lives says.

Of several places the shortest term holds. Nothing goes that was not announced two weeks before.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from bot.cards import Card
from bot.chat import SpaceRef
from bot.errors import Refusal
from bot.ids import GroupId
from bot.outbox import Post
from bot.study.agenda import Agenda, DueKind
from bot.study.groups import OVER, Group, Groups
from bot.study.spaces import Spaces
from bot.text import Text, say, say_n

LONGEST = 120
"""Months that a term can have."""
NOTICE = timedelta(days=14)
"""How long before the texts of a group go its people are told."""
SETTLES = timedelta(minutes=10)
"""How long after a group was closed everything has arrived that was on its way to it."""
PAGE = 200
"""Groups that are looked through at once."""


class NotATerm(Refusal):
    """Choose between 1 and {longest} months, or 0 to keep everything for good."""


class Places(Protocol):
    """What says how long a group's texts are kept."""

    groups: Groups
    spaces: Spaces


class Books(Places, Protocol):
    """What planning the end of a group's texts reads and writes."""

    agenda: Agenda


class Texts(Protocol):
    """Where the texts of a group are found, whatever they are: the storage knows which of its columns hold them."""

    def shown(self, group: GroupId, instead: Card, title: str, limit: int) -> list[Post]:
        """Return posts that show in a group's channels what members wrote, oldest first.

        Left out are those that show a card `instead` and, if they head a thread, have a `title` that says nothing.
        """

    def empty(self, group: GroupId, instead: Card, now: datetime) -> None:
        """Let all texts of a group be gone, but for what their authors show on the web; what happened is kept."""


def term_of(uow: Places, group: Group) -> int | None:
    """Return for how many months after its end a group's texts are kept; None where they stay."""
    there = {home.channel.where for home in uow.groups.homes(group.id)}
    spaces = (uow.spaces.get(ref) for ref in there)
    return min((one.keep_months for one in spaces if one is not None and one.keep_months is not None), default=None)


def goes_at(uow: Places, group: Group) -> datetime | None:
    """Return when the term of a group that has ended is over; None where its texts stay, or are gone."""
    if group.state not in OVER or group.ended_at is None or group.emptied_at is not None:
        return None
    months = term_of(uow, group)
    return None if months is None else after(group.ended_at, months)


def after(at: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, or the last day of a month that is shorter."""
    years, month = divmod(at.month - 1 + months, 12)
    last = monthrange(at.year + years, month + 1)[1]
    return at.replace(year=at.year + years, month=month + 1, day=min(at.day, last))


def plan(uow: Books, group: Group, now: datetime) -> None:
    """Let a group be told of the end of its texts in time, whatever was planned before."""
    uow.agenda.clear(DueKind.EMPTY_TEXTS, group.id)
    at = goes_at(uow, group)
    if at is None:
        uow.agenda.clear(DueKind.TELL_OF_TERM, group.id)
    else:
        uow.agenda.set(DueKind.TELL_OF_TERM, group.id, max(at - NOTICE, now), group.id)


def nothing_else_ahead(uow: Books, group: Group, now: datetime) -> None:
    """Let nothing happen any more to a group that is over but the end of its texts; what was told of that holds."""
    told = uow.agenda.at(DueKind.EMPTY_TEXTS, group.id)
    uow.agenda.clear_group(group.id)
    if told is None:
        plan(uow, group, now)
    else:
        uow.agenda.set(DueKind.EMPTY_TEXTS, group.id, told, group.id)


def over_in(groups: Groups, space: SpaceRef) -> Iterator[Group]:
    """Yield the groups of a space that are over and still have their texts."""
    offset = 0
    while found := groups.in_space(space, OVER, offset, PAGE):
        offset += len(found)
        yield from (group for group in found if group.emptied_at is None)


def months(number: int) -> Text:
    """Return a number of months in words."""
    return say_n("{n} month", "{n} months", number)


def in_words(term: int | None) -> Text:
    """Return in a sentence how long texts are kept."""
    if term is None:
        return say("What people write in a group stays until they erase it; nothing goes by time alone.")
    return say(
        "What people write in a group goes {months} after its end. Records, badges, likes, and what somebody shows on "
        "their published portfolio stay.",
        months=months(term),
    )
