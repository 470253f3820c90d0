"""The inbox: which events were taken in, so that one delivered again has no second effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

KEPT = timedelta(days=7)
"""How long an event that comes again is known."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An inbound event, as one listener took it in; `key` is the platform's own id of it, unique within the space."""

    space: str
    kind: str
    key: str
    listener: str
    at: datetime


class Inbox(Protocol):
    """Where events that were taken in are noted, in the transaction of their effect."""

    def take(self, event: Taken) -> bool:
        """Note an event; return False where it was noted before."""

    def forget(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` events taken in before an instant, and return how many there were."""
