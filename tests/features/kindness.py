"""Somebody who stands beside the platform and holds every reminder against the rules, from what they saw themselves.

They know what people did and agreed to because the test tells them, and never ask the bot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.local import LocalPlatform
from bot.cards import Card
from bot.chat import AccountRef, Address, ChannelRef, Direct, MessageRef, ThreadRef
from bot.errors import PersonRefuses
from bot.ports import Clock, Habits, Reacted, Tally
from tests.builders import plain

REMINDS = ("is still open: “", "I'll stop reminding you about this group.")
SUGGESTS = "a kind word may help"
DAY = timedelta(days=1)


@dataclass
class Life:
    """What is true of somebody in one group."""

    since: datetime
    missing: bool = True
    asked_at: datetime | None = None
    paused: bool = False
    steps: int = 0
    offered_at: datetime | None = None


@dataclass
class Soul:
    """What is true of somebody in all of them."""

    zone: ZoneInfo
    agrees: bool | None = None
    refused: bool = False
    reminded: list[datetime] = field(default_factory=list)
    written: list[datetime] = field(default_factory=list)


@dataclass
class Circle:
    """What is true of a group, by its title; `rests` are its breaks, the last days included."""

    zone: ZoneInfo
    small: bool
    rests: list[tuple[date, date]] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)

    def rests_on(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.rests)


class Beside:
    """A platform whose every direct message is looked at before it is taken; `broken` holds what was not kind."""

    def __init__(self, inner: LocalPlatform, clock: Clock) -> None:
        self.inner = inner
        self.clock = clock
        self.circles: dict[str, Circle] = {}
        self.souls: dict[str, Soul] = {}
        self.opened: dict[date, set[str]] = defaultdict(set)
        self.ever: set[str] = set()
        self.broken: list[str] = []
        self.reminders = 0

    @property
    def habits(self) -> Habits:
        return self.inner.habits

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        if not isinstance(to, Direct) or to.account.user not in self.souls:
            self._suggested(plain(card))
            return await self.inner.send(to, card, key=key)
        who, words = to.account.user, plain(card)
        soul, now = self.souls[who], self.clock.now()
        reminds = any(sign in words for sign in REMINDS)
        if reminds:
            self._look(who, words.splitlines()[0], soul, now)
        try:
            sent = await self.inner.send(to, card, key=key)
        except PersonRefuses:
            soul.refused = True
            raise
        if reminds:
            if who not in self.ever:
                self.opened[now.date()].add(who)
            soul.reminded.append(now)
            self.circles[words.splitlines()[0]].lives[who].steps += 1
            self.reminders += 1
        self.ever.add(who)
        soul.written.append(now)
        return sent

    def _look(self, who: str, title: str, soul: Soul, now: datetime) -> None:
        """Hold a reminder against every rule."""
        circle = self.circles[title]
        life = circle.lives[who]
        day = now.astimezone(circle.zone).date()
        silent = (day - self._counts_from(circle, life, now).astimezone(circle.zone).date()).days
        rules = {
            "without consent": not soul.agrees,
            "after it was refused": soul.refused,
            "to somebody who is up to date": not life.missing,
            "in a pause": life.paused,
            "in a break": circle.rests_on(day),
            "outside the sending hours": not 10 <= now.astimezone(soul.zone).hour < 18,
            "a second one within a week": any(now - at < 7 * DAY for at in soul.reminded),
            "within a day of another message": any(now - at < DAY for at in soul.written),
            "a fourth one": life.steps >= 3,
            "too early": life.steps < 3 and silent < (7, 14, 28)[life.steps],
            "to somebody who waits on others": life.asked_at is not None and now - life.asked_at >= DAY,
            "before those who lead": circle.small and (life.offered_at is None or now - life.offered_at < 2 * DAY),
        }
        self.broken += [f"{now} to {who} in {title}: {rule}" for rule, broken in rules.items() if broken]

    def _counts_from(self, circle: Circle, life: Life, now: datetime) -> datetime:
        ends = [datetime.combine(last + DAY, datetime.min.time(), circle.zone) for _, last in circle.rests]
        return max([life.since, *(end for end in ends if end <= now)])

    def _suggested(self, words: str) -> None:
        title, _, rest = words.partition(":")
        if SUGGESTS in rest.partition("\n")[0] and "in your own words" in words:
            who = words.split("It has been quiet around ")[1].split(".")[0].lower()
            self.circles[title].lives[who].offered_at = self.clock.now()

    # What the test tells

    def signal(self, title: str, who: str) -> None:
        """Take note that somebody was heard in a group."""
        life = self.circles[title].lives[who]
        life.since, life.steps, life.offered_at = self.clock.now(), 0, None

    # The rest of a platform

    async def edit(self, message: MessageRef, card: Card) -> None:
        await self.inner.edit(message, card)

    async def delete(self, message: MessageRef) -> None:
        await self.inner.delete(message)

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        return await self.inner.find(to, key=key, since=since)

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        return await self.inner.reactions(message)

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        return await self.inner.tallies(place, before=before)


def account(name: str) -> AccountRef:
    """Return the account of somebody on the local platform."""
    return AccountRef("local", name)
