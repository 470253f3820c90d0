"""Groups: a topic, a dated schedule, the channels it lives in, and the life it goes through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.cards import Block
from bot.chat import ChannelRef, RosterRef, SpaceRef
from bot.errors import Refusal
from bot.ids import GroupId
from bot.study.times import LocalTime
from bot.text import Text, say

ENROL_DAYS_AFTER_START = 7
"""How long after its start a group takes learners, unless it says otherwise."""


class GroupState(StrEnum):
    """Where a group is in its life."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    BREAK = "break"
    FROZEN = "frozen"
    ENDED = "ended"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"

    @property
    def label(self) -> Text:
        """The state in words, as in "it is running now"."""
        return _LABELS[self]


_S = GroupState
_LABELS = {
    _S.DRAFT: say("a draft"),
    _S.OPEN: say("open"),
    _S.RUNNING: say("running"),
    _S.BREAK: say("on a break"),
    _S.FROZEN: say("frozen"),
    _S.ENDED: say("ended"),
    _S.ARCHIVED: say("archived"),
    _S.CANCELLED: say("cancelled"),
}
MOVES: dict[GroupState, frozenset[GroupState]] = {
    _S.DRAFT: frozenset({_S.OPEN, _S.CANCELLED}),
    _S.OPEN: frozenset({_S.RUNNING, _S.FROZEN, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.BREAK, _S.FROZEN, _S.ENDED, _S.CANCELLED}),
    _S.BREAK: frozenset({_S.RUNNING, _S.FROZEN, _S.ENDED, _S.CANCELLED}),
    _S.FROZEN: frozenset({_S.OPEN, _S.RUNNING, _S.ENDED, _S.CANCELLED}),
    _S.ENDED: frozenset({_S.ARCHIVED}),
    _S.ARCHIVED: frozenset(),
    _S.CANCELLED: frozenset({_S.ARCHIVED}),
}
"""From which state a group can move to which."""

ALIVE = frozenset({_S.OPEN, _S.RUNNING, _S.BREAK})
"""States in which people can join and work."""

OVER = frozenset({_S.ENDED, _S.ARCHIVED, _S.CANCELLED})
"""States of groups whose time has passed; their channel is free for another."""


class CannotMove(Refusal):
    """{group} is {state} now, so it can't be {wanted} yet. /lead schedule show says what comes next."""


class NotStartedYet(CannotMove):
    """{group} has not started yet, so there is nothing to finish. To call it off, use /lead group cancel."""


class StillGoing(CannotMove):
    """{group} is {state} now. Finish it first, with /lead group finish, or call it off with /lead group cancel."""


class SoAlready(CannotMove):
    """{group} is {state} already, so nothing changed."""


class GroupIsOver(Refusal):
    """{group} is {state}: everything stays readable, but nothing new can be added."""


@dataclass(frozen=True, slots=True)
class Group:
    """A study group; `starts` is local to `zone`; `enrol_until` is the last local date of enrolment.

    `thanks` says that a weekly post names those who helped. `emptied_at` is when its texts went, long after its end.
    """

    id: GroupId
    title: str
    slug: str
    state: GroupState
    zone: str
    starts: LocalTime
    created_at: datetime
    enrol_until: date
    description: str = ""
    introduction: tuple[Block, ...] = ()
    source: str | None = None
    language: str = "en"
    seats: int | None = None
    auto_accept: bool = False
    responses_after_own: bool = False
    finish_percent: int = 80
    finish_help: int = 1
    ended_at: datetime | None = None
    thanks: bool = True
    emptied_at: datetime | None = None

    @property
    def where(self) -> ZoneInfo:
        """The zone that the group's clock shows."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Home:
    """A channel in which a group lives; `questions` is where its questions stand instead, such as a forum.

    `roster` is a role of that server, or its like elsewhere, that everybody in the group has.
    """

    id: int
    group: GroupId
    channel: ChannelRef
    questions: ChannelRef | None = None
    roster: RosterRef | None = None

    @property
    def asks_in(self) -> ChannelRef:
        """Where questions stand."""
        return self.questions or self.channel


class Groups(Protocol):
    """Where groups are kept."""

    def get(self, id: GroupId) -> Group | None:
        """Return a group."""

    def lock(self, id: GroupId) -> Group | None:
        """Return a group and let no other unit of work decide about it until this one ends."""

    def many(self, ids: Iterable[GroupId]) -> dict[GroupId, Group]:
        """Return groups by id; unknown ones are left out."""

    def add(self, group: Group) -> None:
        """Keep a new group."""

    def save(self, group: Group) -> None:
        """Keep a changed group."""

    def add_home(self, home: Home) -> None:
        """Let a group live in a channel."""

    def save_home(self, home: Home) -> None:
        """Keep a changed home."""

    def drop_home(self, id: int) -> None:
        """Let a group live in a channel no more."""

    def homes(self, group: GroupId) -> list[Home]:
        """Return the channels of a group, the first one first."""

    def in_channel(self, channel: ChannelRef) -> Group | None:
        """Return the group that lives or asks in a channel; of several, the one that is not over, then the newest."""

    def in_space(self, space: SpaceRef, states: Iterable[GroupState], offset: int, limit: int) -> list[Group]:
        """Return a space's groups in some states, by start."""

    def ids(self, after: int, limit: int) -> list[GroupId]:
        """Return the ids of groups that follow one, in their order."""

    def named(self, slug: str) -> Group | None:
        """Return the group with a short name."""

    def slug_taken(self, slug: str) -> bool:
        """Return whether a group has that short name."""


def holder(groups: Groups, channel: ChannelRef) -> Group | None:
    """Return the group that has a channel; one that is over has left it."""
    there = groups.in_channel(channel)
    return there if there is not None and there.state not in OVER else None


def moved(group: Group, to: GroupState) -> Group:
    """Return the group in another state; raises CannotMove where its life has no such step."""
    if to not in MOVES[group.state]:
        raise _refusal(group.state, to)(group=group.title, state=group.state.label, wanted=to.label)
    return replace(group, state=to)


def _refusal(state: GroupState, to: GroupState) -> type[CannotMove]:
    """Return why a group in that state can't move there."""
    if state is to:
        return SoAlready
    if to is GroupState.ENDED and state in (GroupState.DRAFT, GroupState.OPEN):
        return NotStartedYet
    if to is GroupState.ARCHIVED:
        return StillGoing
    return CannotMove


def changeable(group: Group) -> None:
    """Raise GroupIsOver where nothing can be added any more."""
    if group.state in (GroupState.ARCHIVED, GroupState.CANCELLED):
        raise GroupIsOver(group=group.title, state=group.state.label)
