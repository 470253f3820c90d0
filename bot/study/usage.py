"""How often something was done in a window of time, counted in the store so that all processes agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Usage(Protocol):
    """Where counts are kept."""

    def count(self, subject: str, what: str, since: datetime, lasts: timedelta = timedelta(days=1)) -> int:
        """Count one more in the window that began at `since`, and return how many there are in it now.

        A process whose clock is behind counts in the next window where that has begun already; a window still
        further ahead was begun by a clock that was set wrong, and counts no more.
        """

    def used(self, subject: str, what: str, since: datetime) -> int:
        """Return how many there are in the window that began at `since`."""

    def forget(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` counts of windows that began before an instant, and return how many there were."""
