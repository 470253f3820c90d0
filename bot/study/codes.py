"""Codes that are read on one screen and typed on another: short-lived, used once, and kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.chat import AccountRef
from bot.errors import Refusal
from bot.ids import CodeId, GroupId, PersonId, new_id
from bot.study.limits import LaterOn, subject_of, subject_of_account
from bot.study.usage import Usage
from bot.text import Moment

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What codes are made of: nothing that looks like something else."""
LENGTH = 8
HALF = LENGTH // 2
HOUR = timedelta(hours=1)
MADE_AN_HOUR = 6
"""Codes that one person may be shown in an hour."""
TRIES_AN_HOUR = 6
"""Codes that one person may try in an hour."""
WRONG_OF_A_SPACE = 60
"""Codes that all people of a space together may try in vain in an hour."""


class Purpose(StrEnum):
    """What a code is good for; it is good for nothing else."""

    PERSON = "person"
    HOME = "home"


LASTS = {Purpose.PERSON: timedelta(minutes=10), Purpose.HOME: timedelta(hours=24)}
"""How long a code can be used."""
PLACE_LASTS = timedelta(days=30)
"""How long a code can be used with which a member comes after a group that moved."""


class EnoughCodes(LaterOn):
    """You have made {n} codes within an hour, and that is as much as I give. You can make the next one {when}."""


class WrongCode(Refusal):
    """This code does not work here: it is used, its time is over, or it is your own. Check each letter, or ask anew."""


class EnoughTries(LaterOn):
    """That were a lot of codes within an hour. For everybody's safety, try again {when}."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was shown: of a person whose accounts it joins, or of a group that it gives a home.

    `account` is where it was shown, None where whoever runs the installation made it; `taken_by` has typed it, and
    nobody else can use it from then on.
    """

    id: CodeId
    purpose: Purpose
    hash: str
    item: int
    expires_at: datetime
    account: AccountRef | None = None
    taken_by: AccountRef | None = None


class Codes(Protocol):
    """Where codes are kept."""

    def add(self, code: Code, now: datetime) -> None:
        """Keep a code, and forget those whose time is over."""

    def drop(self, purpose: Purpose, item: int) -> None:
        """Forget the codes of a person or group that nobody has typed."""

    def take(self, hash: str, by: AccountRef, now: datetime, besides: int) -> Code | None:
        """Let a code that is valid be one account's; return None where it is not, is another's, or of `besides`."""

    def spend(self, id: CodeId, by: AccountRef, now: datetime) -> Code | None:
        """Return a code that an account has taken, and forget it: it is used once."""


class Books(Protocol):
    """What codes are made and tried with."""

    instance: str
    codes: Codes
    usage: Usage


def made(
    uow: Books,
    purpose: Purpose,
    item: GroupId | PersonId,
    account: AccountRef | None,
    now: datetime,
    lasts: timedelta | None = None,
) -> str:
    """Return a new code as people read it, instead of those of the same item that nobody has typed."""
    uow.codes.drop(purpose, item)
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    expires_at = now + (lasts or LASTS[purpose])
    uow.codes.add(
        Code(CodeId(new_id(now)), purpose, _hash(uow.instance, purpose, drawn), item, expires_at, account), now
    )
    return f"{drawn[:HALF]}-{drawn[HALF:]}"


def count_made(uow: Books, person: PersonId, now: datetime) -> None:
    """Count a code that somebody makes; raises EnoughCodes."""
    if uow.usage.count(subject_of(person), "codes made", _since(now), HOUR) > MADE_AN_HOUR:
        raise EnoughCodes(n=MADE_AN_HOUR, when=Moment(_since(now) + HOUR))


def tried(
    uow: Books, purpose: Purpose, typed: str, person: PersonId, by: AccountRef, space: str, now: datetime
) -> Code | Refusal:
    """Return the code that somebody typed, or why not; it is returned, as a refusal that is raised counts nothing.

    What it is of cannot be the person who types it.
    """
    since, together = _since(now), f"space:{space}" if space else f"direct:{by.platform}"
    own = uow.usage.count(subject_of_account(by), "codes tried", since, HOUR)
    if own > TRIES_AN_HOUR or uow.usage.used(together, "codes tried", since) >= WRONG_OF_A_SPACE:
        return EnoughTries(when=Moment(since + HOUR))
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    found = None
    if len(letters) == LENGTH:
        found = uow.codes.take(_hash(uow.instance, purpose, letters), by, now, besides=person)
    if found is None:  # a group that moves has many right codes in one hour
        uow.usage.count(together, "codes tried", since, HOUR)
    return found or WrongCode()


def _hash(instance: str, purpose: Purpose, letters: str) -> str:
    return hashlib.sha256("\x00".join((instance, purpose, letters)).encode()).hexdigest()


def _since(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
