"""Readings: which places are looked at again for reactions, and when.

Events tell of most reactions. What was missed while nobody listened is found by reading the platform: a place (channel
or thread) is read in three steps, the newest messages first, and what is older less often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from bot.chat import ChannelRef, MessageRef, ThreadRef
from bot.outbox import Message
from bot.study.likes import LIKEABLE, allowed, spelled

RECENT = timedelta(days=7)
"""How long the messages of a place are read most often."""
WIDE = timedelta(days=28)
"""How long they are read daily; of older ones a part is read each time."""
OFTEN = timedelta(hours=6)
DAILY = timedelta(days=1)
FIRST_LOOK = timedelta(minutes=1)
"""When a new message is read first: somebody may have reacted before it was known."""
LEASE = timedelta(minutes=5)
"""How long a place that is being read belongs to whoever claimed it."""

PlaceRef: TypeAlias = ChannelRef | ThreadRef
Counts: TypeAlias = tuple[tuple[str, int], ...]


class Step(StrEnum):
    """Which messages of a place are read next."""

    RECENT = "recent"
    WIDE = "wide"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading of a place is.

    `reached` is the last message read in this round, `crawled` the last of the old ones, which go on from day to day.
    At `wide_at` the messages of more than a week are read too. `gap` counts the times that events may have been lost;
    `fence` grows with each claim and each wish to be read sooner.
    """

    place: PlaceRef
    platform: str
    space: str
    newest_at: datetime
    next_at: datetime
    wide_at: datetime
    step: Step = Step.RECENT
    reached: int | None = None
    crawled: int | None = None
    gap: int = 0
    fence: int = 0


@dataclass(frozen=True, slots=True)
class Likeable:
    """A message whose reactions can be likes, and what was read of it.

    `events` counts what was heard about it, so that a reading under way meanwhile is not taken for newer. `gap` is the
    last gap after which its reactions were read. `beside` are those that the platform counts and we do not, such as
    those of bots and of people outside the group: as long as they stay the same, nobody is asked whose they are.
    """

    id: int
    ref: MessageRef
    place: PlaceRef
    at: datetime
    events: int = 0
    gap: int = 0
    beside: Counts = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """The last place that was marked as read no more; the next ones follow it."""

    newest_at: datetime
    id: int


class Readings(Protocol):
    """Where it is kept which messages can be liked and when their places are read."""

    def watch(self, message: Likeable, first_look: datetime) -> None:
        """Read a new message with its place from now on, for the first time at `first_look`; known ones stay."""

    def forget(self, message: MessageRef) -> None:
        """Read a message no more."""

    def heard(self, message: MessageRef) -> bool:
        """Note that an event told of a message's reactions; return False where it is not read."""

    def get(self, message: MessageRef, *, lock: bool = False) -> Likeable | None:
        """Return what is known of a message; locked, nothing is heard of it until this unit of work ends."""

    def keep(self, message: Likeable) -> None:
        """Keep what was read of a locked message."""

    def mark(self, platform: str, space: str | None, now: datetime, after: Marked | None, limit: int) -> Marked | None:
        """Let places with messages of the last weeks be read now, since events there may have been lost.

        Up to `limit` are marked, those after `after`; return where to go on, or None when all are marked.
        """

    def claim(self, platform: str, now: datetime, limit: int) -> list[Reading]:
        """Return places that are to be read now, which nobody else reads before LEASE is over."""

    def finish(self, reading: Reading) -> bool:
        """Keep how far a claimed place is; return False, changing nothing, where it was claimed or wished for since."""

    def drop(self, reading: Reading) -> None:
        """Read a claimed place no more unless something was wished for since."""

    def of_place(self, place: PlaceRef) -> Reading | None:
        """Return how far the reading of a place is."""

    def messages(self, place: PlaceRef, below: int | None, limit: int) -> list[Likeable]:
        """Return messages of a place, the newest first, from before one."""

    def at(self, id: int) -> MessageRef | None:
        """Return the message of an id."""


def likeable(message: Message) -> bool:
    """Return whether reactions on a message can be likes."""
    return message.about.kind in LIKEABLE and message.group is not None and message.owner is not None


def read_from_now_on(
    readings: Readings, message: Message, place: PlaceRef, now: datetime, first_look: timedelta = FIRST_LOOK
) -> None:
    """Read the reactions on a message that stands in a place, where they can be likes, for the first time soon."""
    if likeable(message):
        readings.watch(Likeable(message.id, message.ref, place, now), now + first_look)


def counted(counts: Mapping[str, int]) -> Counter[str]:
    """Return the reactions that could be likes, by emoji as the store spells it."""
    found: Counter[str] = Counter()
    for emoji, number in counts.items():
        if number > 0 and allowed(emoji):
            found[spelled(emoji)] += number
    return found


def beside(shown: Mapping[str, int], held: Mapping[str, int]) -> Counts:
    """Return by how much what the platform shows differs from what the store holds."""
    differs = {emoji: shown.get(emoji, 0) - held.get(emoji, 0) for emoji in {*shown, *held}}
    return tuple(sorted((emoji, number) for emoji, number in differs.items() if number))


class Need(StrEnum):
    """Whether people have to be read: the counts differ, or they agree but one may have taken another's place."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


def need(message: Likeable, gap: int, shown: Mapping[str, int] | None, held: Mapping[str, int]) -> Need:
    """Return whether it has to be read who reacted to a message, by the counts that its place shows (None: none)."""
    if shown is None or beside(shown, held) != message.beside:
        return Need.YES
    return Need.MAYBE if message.gap < gap and (shown or held) else Need.NO


def span(reading: Reading, now: datetime) -> tuple[int | None, datetime | None]:
    """Return below which message this turn begins and how old its messages are at most."""
    match reading.step:
        case Step.RECENT:
            return reading.reached, now - RECENT
        case Step.WIDE:
            return reading.reached, now - WIDE
        case Step.OLD:
            return (reading.reached if reading.crawled is None else reading.crawled), None


def after(reading: Reading, read: Iterable[Likeable], more: bool, now: datetime) -> Reading:
    """Return how far a place is after a turn that read these messages; `more` says that its step has others left."""
    last = min((message.id for message in read), default=None)
    if reading.step is Step.OLD:
        newest = max(now - reading.newest_at, timedelta(0))
        wide_at = now + max(DAILY, newest / 28)  # a place in which nothing happens any more is read ever less often
        next_at = min(wide_at, now + OFTEN) if newest <= RECENT else wide_at
        crawled = last if more else None
        return replace(
            reading, step=Step.RECENT, reached=None, crawled=crawled, wide_at=wide_at, next_at=max(next_at, now)
        )
    reached = reading.reached if last is None else last
    if more:
        return replace(reading, reached=reached, next_at=now)
    if reading.step is Step.WIDE:
        return replace(reading, step=Step.OLD, reached=reached, next_at=now)
    if reading.wide_at <= now:
        return replace(reading, step=Step.WIDE, reached=reached, next_at=now)
    next_at = min(now + OFTEN, reading.wide_at) if now - reading.newest_at <= RECENT else reading.wide_at
    return replace(reading, reached=None, next_at=next_at)
