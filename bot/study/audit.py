"""The audit log: who decided what over others, append-only, each line chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
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
    # As JSON, which quotes: no field can run into the next.
    line = json.dumps((previous, scope, number, instant, actor, action, items))
    return hashlib.sha256(line.encode()).hexdigest()


class Audit(Protocol):
    """Where the audit log is kept."""

    def add(self, scope: str, at: datetime, actor: PersonId, action: str, items: str) -> Entry:
        """Append a line to a chain, in the transaction of what it tells, and return it."""

    def scopes(self) -> list[tuple[str, int, str]]:
        """Return each chain's name, how many lines it should have and the hash that its last line should have.

        Lines of a chain that was never begun are there too, as a chain that should have none.
        """

    def last_at(self, scope: str) -> datetime | None:
        """Return when the last line of a chain was written."""

    def read(self, scope: str, after: int | None = None, limit: int = 1000) -> list[Entry]:
        """Return lines of a chain, the oldest first, from the one after a number if that is given."""


def verify(audit: Audit, scope: str, length: int, last: str, before: tuple[int, str] = (0, BEGINNING)) -> Iterator[str]:
    """Yield what is wrong with a chain, in words; nothing where it is whole and goes on from how it ended `before`."""
    previous, number = BEGINNING, 0
    try:
        lines = audit.read(scope)
        while lines:
            for line in lines:
                yield from _problems(line, number + 1, previous, before)
                previous, number = line.hash, line.number
            lines = audit.read(scope, number)
    except ValueError:
        yield f"a line after {number} cannot be read"
        return
    if number < max(length, before[0]):
        yield f"lines {number + 1} to {max(length, before[0])} are missing"
    elif (number, previous) != (length, last):
        yield f"its end was changed: line {length} should be the last"


def _problems(line: Entry, wanted: int, previous: str, before: tuple[int, str]) -> Iterator[str]:
    if line.number > wanted:
        yield f"lines {wanted} to {line.number - 1} are missing"
    if line.number < wanted:
        yield f"line {line.number} is one too many"
    if line.previous != previous:
        yield f"line {line.number} does not follow the one before it"
    if line.hash != digest(line.scope, line.number, line.at, line.actor, line.action, line.items, line.previous):
        yield f"line {line.number} was changed"
    if line.number == before[0] and line.hash != before[1]:
        yield f"line {line.number} is another than it was"
