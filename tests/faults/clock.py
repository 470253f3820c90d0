"""A clock that runs fast, and alike in every process, so that a lease of a minute is over in two seconds."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

SPEED = 30.0
"""Seconds on the fast clock in one second of ours."""
BUSY = 8.0
"""Tasks that want to run on a core, up to which the clock keeps its speed; the crash tests alone bring about 7."""


@dataclass(frozen=True, slots=True)
class FastClock:
    """Shows `start` (seconds since 1970) at `began` on the machine's monotonic clock, which its processes share."""

    start: float
    began: float
    speed: float = SPEED

    @classmethod
    def from_now(cls, start: datetime, speed: float = SPEED) -> FastClock:
        """Return a clock that shows `start` now; where the machine is so busy that all would time out, it is slower."""
        crowd = os.getloadavg()[0] / (os.cpu_count() or 1)
        return cls(start.timestamp(), time.monotonic(), speed * BUSY / max(crowd, BUSY))

    def now(self) -> datetime:
        """Return the instant that it shows, in UTC."""
        return datetime.fromtimestamp(self.start + (time.monotonic() - self.began) * self.speed, UTC)

    def real(self, shown: timedelta) -> float:
        """Return how many of our seconds a time on this clock takes."""
        return shown.total_seconds() / self.speed

    def told(self) -> dict[str, Any]:
        """Return what another process needs to make the same clock of."""
        return asdict(self)
