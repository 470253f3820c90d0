"""What the core needs from outside: a unit of work over the store, a clock, and chat platforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bot.cards import Card, File
from bot.chat import AccountRef, Address, MessageRef
from bot.outbox import Outbox
from bot.study.acts import Journal
from bot.study.agenda import Agenda
from bot.study.drafts import Drafts
from bot.study.groups import Groups
from bot.study.likes import Likes
from bot.study.members import Members
from bot.study.notes import Notes
from bot.study.outline import Outline
from bot.study.people import People
from bot.study.questions import Questions
from bot.study.records import Records
from bot.study.spaces import Spaces
from bot.study.submissions import Submissions
from bot.study.weeks import Weeks

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
    records: Records
    spaces: Spaces
    drafts: Drafts
    agenda: Agenda
    outbox: Outbox


class Store(Protocol):
    """Transactions over the database."""

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in one transaction and return its result after the commit; what it raises undoes it."""

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        """Run `view` on one snapshot that it cannot change."""


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


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody's reaction as a platform shows it."""

    account: AccountRef
    emoji: str


class Platform(Protocol):
    """A chat platform, as the outbox speaks to it; each call may raise DeliveryError."""

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card and return the message."""

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Show another card in a message."""

    async def delete(self, message: MessageRef) -> None:
        """Remove a message; one that is gone already is fine."""

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Return the messages that were sent under a key."""

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        """Return the reactions that stand on a message."""
