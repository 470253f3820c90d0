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
    """Somebody who learns, helps or looks on; `reminders` is their consent, None while not asked.

    `named` says that they may be thanked by name in front of their groups, `credited` that the portfolios of others may
    name them, where they helped or were helped.
    """

    id: PersonId
    name: str
    created_at: datetime
    zone: str | None = None
    language: str | None = None
    reminders: bool | None = None
    named: bool = True
    credited: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on one platform, with the name shown there.

    `opened_at` is when the first direct message arrived there, `refused_at` when one came back since. `own` is whose it
    was before it was linked with the accounts of `person`, None while it is not.
    """

    id: int
    ref: AccountRef
    person: PersonId
    name: str
    seen_at: datetime
    opened_at: datetime | None = None
    refused_at: datetime | None = None
    own: PersonId | None = None


class People(Protocol):
    """Where people are kept."""

    def get(self, id: PersonId) -> Person | None:
        """Return a person."""

    def many(self, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Return people by id; unknown ones are left out."""

    def lock(self, id: PersonId) -> Person | None:
        """Return a person and let no other unit of work decide about what they do until this one ends."""

    def by_account(self, ref: AccountRef) -> Person | None:
        """Return the person behind an account."""

    def acting(self, ref: AccountRef, now: datetime, *, lock: bool = False) -> Person | None:
        """Return the person behind an account who does something now, locked if wished.

        Until this unit of work ends, nobody links the account; what it adds of the person's is that account's own.
        """

    def own(self, ref: AccountRef) -> PersonId | None:
        """Return whose an account is by itself, however it is linked; None where the bot has not met it."""

    def now_is(self, own: PersonId) -> PersonId:
        """Return who somebody is by now, as their account may have been linked with others."""

    def aliases(self, id: PersonId) -> list[PersonId]:
        """Return whom else a person was before their accounts were linked."""

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
    """Return the person as a span: by account where the platform knows it, else by name; pinged where last seen."""
    by_platform: dict[str, str] = {}
    for account in accounts:
        by_platform.setdefault(account.ref.platform, str(account.ref))
    known = tuple(by_platform.values())
    return Mention(person.name, known[:1] if ping else known, ping)
