"""What the core needs from outside: a unit of work over the store, a clock, and chat platforms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias, TypeVar, runtime_checkable

from bot.cards import Card, File
from bot.chat import AccountRef, Address, ChannelRef, MessageRef, RosterRef, ThreadRef
from bot.inbox import Inbox
from bot.leases import Leases
from bot.memos import Keepsakes, Memos
from bot.outbox import Outbox, Post
from bot.study.acts import Journal
from bot.study.agenda import Agenda
from bot.study.audit import Audit
from bot.study.badges import Badges
from bot.study.breaks import Breaks
from bot.study.codes import Codes
from bot.study.credit import Credit
from bot.study.drafts import Drafts
from bot.study.groups import Groups
from bot.study.likes import Likes
from bot.study.linked import Links as LinkedAccounts
from bot.study.members import Members
from bot.study.my_data import MyData
from bot.study.notes import Notes
from bot.study.occurrences import Occurrences
from bot.study.outline import Outline
from bot.study.people import People
from bot.study.publishing import Publications
from bot.study.questions import Questions
from bot.study.readings import Readings
from bot.study.records import Records
from bot.study.retention import Texts
from bot.study.reviews import Reviews
from bot.study.rosters import Rosters
from bot.study.spaces import Spaces
from bot.study.stories import Stories
from bot.study.submissions import Submissions
from bot.study.swaps import Swaps
from bot.study.usage import Usage
from bot.study.weeks import Weeks
from bot.study.zones import Zones

T = TypeVar("T")


class UnitOfWork(Protocol):
    """Everything that one transaction can read and write.

    `instance` names this installation's database; it is drawn when the database is created.
    """

    instance: str
    people: People
    groups: Groups
    members: Members
    weeks: Weeks
    submissions: Submissions
    notes: Notes
    questions: Questions
    likes: Likes
    journal: Journal
    publications: Publications
    readings: Readings
    records: Records
    reviews: Reviews
    rosters: Rosters
    spaces: Spaces
    swaps: Swaps
    drafts: Drafts
    codes: Codes
    links: LinkedAccounts
    agenda: Agenda
    breaks: Breaks
    zones: Zones
    occurrences: Occurrences
    usage: Usage
    audit: Audit
    outbox: Outbox
    inbox: Inbox
    leases: Leases
    memos: Memos
    my_data: MyData
    badges: Badges
    stories: Stories
    texts: Texts
    credit: Credit
    keepsakes: Keepsakes

    def attempt(self, part: Callable[[], T]) -> T:
        """Run a part of the work; what it raises undoes that part alone. CannotSave is raised where all is to go."""


class Store(Protocol):
    """Transactions over the database."""

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in one transaction and return its result after the commit; what it raises undoes it."""

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        """Run `view` on one snapshot that it cannot change."""


class Watch(Protocol):
    """Who is asked before a post goes out and told what came of it, in the transaction that keeps that.

    What either raises has undone its own part, or it would take the transaction with it.
    """

    def ready(self, uow: UnitOfWork, post: Post) -> Post:
        """Return a claimed post as it is to go out now, or in another state where it is to wait or not to go out."""

    def ended(self, uow: UnitOfWork, post: Post) -> bool:
        """Hear of a post that is sent, dead, unknown, expired or cancelled, which is kept already.

        Return whether other posts were laid down for that.
        """


class Outlines(Protocol):
    """Course outlines: those that come with this installation, and files that people hand in."""

    def names(self) -> Sequence[tuple[str, str]]:
        """Return the outlines at hand: a short name and a title each."""

    def get(self, name: str) -> Outline:
        """Return an outline at hand; raises UnknownItem."""

    def read(self, file: File) -> Outline:
        """Return the outline in a file; raises a Refusal that names the line where it cannot be read."""

    def write(self, outline: Outline) -> File:
        """Return an outline as a file that `read` takes."""


class Meter(Protocol):
    """Counts what happens, for whoever watches over an installation; told of no person and no text."""

    def called(self, command: str, outcome: str, seconds: float) -> None:
        """Count a call that was answered: `ok`, `refused` or `failed`, and how long it took."""

    def ended(self, state: str) -> None:
        """Count a post that came to an end, by its state."""


class Unmeasured:
    """Counts nothing."""

    def called(self, command: str, outcome: str, seconds: float) -> None:
        """Count nothing."""

    def ended(self, state: str) -> None:
        """Count nothing."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody's reaction as a platform shows it."""

    account: AccountRef
    emoji: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each reaction stand on a message, bots' included."""

    message: MessageRef
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Habits:
    """What the delivery has to know about a platform's ways.

    `same_key`: for how long after the first try a send under the same key is swallowed by the platform itself.
    `settles`: after this time a message that was taken can be found. `readings`: how often nothing has to be found,
    `apart` from each other, before it is sent again. `pace`: the time between two messages to one place.
    `per_second`: how many requests the platform takes from one bot.
    """

    same_key: timedelta = timedelta(0)
    settles: timedelta = timedelta(seconds=20)
    readings: int = 1
    apart: timedelta = timedelta(seconds=10)
    pace: timedelta = timedelta(0)
    per_second: float | None = None


Links: TypeAlias = Callable[[MessageRef], str | None]
"""Where a message can be looked at in a browser; None where its platform has no such addresses."""


@runtime_checkable
class Linking(Protocol):
    """A platform whose messages have addresses."""

    def link(self, message: MessageRef) -> str | None:
        """Return the web address of a message."""


@runtime_checkable
class Titling(Protocol):
    """A platform whose threads have titles."""

    async def rename(self, thread: ThreadRef, title: str) -> None:
        """Let a thread have another title; one that has it already, or is gone, is fine. May raise DeliveryError."""


@runtime_checkable
class Rostering(Protocol):
    """A platform whose spaces keep rosters; each call may raise DeliveryError, and does no harm when repeated."""

    async def enlist(self, roster: RosterRef, account: AccountRef) -> bool:
        """Put an account on a roster; return False where the account is not in that space."""

    async def strike(self, roster: RosterRef, account: AccountRef) -> None:
        """Take an account off a roster; one that is gone from it, or a roster that is gone, is fine."""


class Platform(Protocol):
    """A chat platform, as the outbox speaks to it; each call may raise DeliveryError.

    A send answers MessageGone where the message was taken under this key and deleted since, and PersonRefuses where
    somebody takes no direct messages; an edit answers MessageGone where its message is gone.
    """

    @property
    def habits(self) -> Habits:
        """The platform's ways."""

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card and return the message."""

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Show another card in a message."""

    async def delete(self, message: MessageRef) -> None:
        """Remove a message; one that is gone already is fine."""

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Return the messages that were sent under a key and can be seen, the oldest first."""

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        """Return people's reactions that stand on a message; those of bots are left out."""

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        """Return up to 100 messages of a channel or thread, the newest first, older than `before` if that is given.

        Those of others are there too, and those without reactions; nothing means that there are no older ones.
        """
