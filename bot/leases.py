"""Leases: which of several processes does what only one may do at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one process to do something until an instant; `fence` grows with each change of hands."""

    name: str
    holder: str
    until: datetime
    fence: int


class Leases(Protocol):
    """Where leases are kept."""

    def acquire(self, name: str, holder: str, now: datetime, lasts: timedelta) -> Lease | None:
        """Take a lease that is free or over, or prolong one's own; return None where another holds it."""

    def release(self, name: str, holder: str) -> None:
        """Give a lease of one's own back."""

    def get(self, name: str) -> Lease | None:
        """Return a lease as it stands."""
