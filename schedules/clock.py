"""The time: the system's, or one that tests and the demo move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """A clock that stands still until it is moved, forwards or back."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """Return the instant at which the clock stands, in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Let it be another instant."""
        self._now = _aware(instant)

    def move_by(self, time: timedelta) -> None:
        """Let some time pass, or step back."""
        self._now += time


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} names no zone")
    return instant.astimezone(UTC)
