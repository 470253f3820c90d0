"""People and their accounts: one person may be known on several platforms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import AccountRef
from bot.ids import PersonId
from bot.text import Mention

GUEST = PersonId(0)
"""The id of somebody whom the bot has not met."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who learns, helps or looks on; `reminders` is their consent, None while not asked."""

    id: PersonId
    name: str
    created_at: datetime
    zone: str | None = None
    language: str | None = None
    reminders: bool | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on one platform, with the name shown there.

    `opened_at` is when the first direct message arrived there, `refused_at` when one came back since.
    """

    id: int
    ref: AccountRef
    person: PersonId
    name: str
    seen_at: datetime
    opened_at: datetime | None = None
    refused_at: datetime | None = None


class People(Protocol):
    """Where people are kept."""

    def get(self, id: PersonId) -> Person | None:
        """Return a person."""

    def many(self, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Return people by id; unknown ones are left out."""

    def lock(self, id: PersonId) -> Person | None:
        """Return a person and let no other unit of work decide about what they do until this one ends."""

    def by_account(self, ref: AccountRef, *, lock: bool = False) -> Person | None:
        """Return the person behind an account, locked if wished."""

    def add(self, person: Person, account: Account) -> None:
        """Keep a new person with their first account."""

    def save(self, person: Person) -> None:
        """Keep a changed person."""

    def accounts(self, ids: Iterable[PersonId]) -> dict[PersonId, tuple[Account, ...]]:
        """Return people's accounts, the one seen last first; those that refused a message come after the others."""

    def account(self, ref: AccountRef) -> Account | None:
        """Return an account."""

    def reached(self, ref: AccountRef, at: datetime) -> bool:
        """Note that a direct message arrived; return whether it was the first."""

    def refused(self, ref: AccountRef, at: datetime) -> None:
        """Note that an account takes no direct messages."""

    def takes_messages(self, id: PersonId) -> None:
        """Forget that somebody's accounts refused messages: they say that they want some."""


def mention(person: Person, accounts: Iterable[Account] = (), *, ping: bool = False) -> Mention:
    """Return the person as a span: by account where the platform knows it, else by name."""
    return Mention(person.name, tuple(str(account.ref) for account in accounts), ping)
