"""The audit log: who decided what over others, append-only, each line chained to the one before by its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.ids import GroupId, PersonId

BEGINNING = "0" * 64
"""What stands for the hash before the first line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a chain: `scope` is `group:ID` or `instance`, `number` counts from 1; no words of people in it."""

    scope: str
    number: int
    at: datetime
    actor: PersonId
    action: str
    items: str
    previous: str
    hash: str


def scope_of(group: GroupId | None) -> str:
    """Return the name of the chain that a group's decisions are in, or the installation's own."""
    return "instance" if group is None else f"group:{group}"


def digest(scope: str, number: int, at: datetime, actor: PersonId, action: str, items: str, previous: str) -> str:
    """Return the hash that chains a line to the one before."""
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    line = "\x00".join((previous, scope, str(number), instant, str(actor), action, items))
    return hashlib.sha256(line.encode()).hexdigest()


class Audit(Protocol):
    """Where the audit log is kept."""

    def add(self, scope: str, at: datetime, actor: PersonId, action: str, items: str) -> Entry:
        """Append a line to a chain, in the transaction of what it tells, and return it."""

    def scopes(self) -> list[tuple[str, int, str]]:
        """Return each chain's name, how many lines it should have and the hash that its last line should have."""

    def read(self, scope: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Return lines of a chain, the oldest first."""


def verify(audit: Audit, scope: str, length: int, last: str) -> Iterator[str]:
    """Yield what is wrong with a chain, in words; nothing where it is whole."""
    previous, number = BEGINNING, 0
    while lines := audit.read(scope, number):
        for line in lines:
            number += 1
            if line.number != number:
                yield f"{scope}: line {number} is missing"
                number = line.number
            made = digest(scope, line.number, line.at, line.actor, line.action, line.items, line.previous)
            if line.previous != previous:
                yield f"{scope}: line {number} does not follow the one before"
            if line.hash != made:
                yield f"{scope}: line {number} was changed"
            previous = line.hash
    if number < length:
        yield f"{scope}: {length - number} lines at the end are missing"
    elif number > length or previous != last:
        yield f"{scope}: the end was changed"
