"""Every request that an app made, as it came, and what it was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.things import Json


@dataclass(slots=True)
class Asked:
    """One request over a connection (`peer`); `method` is `chat.postMessage`, `respond` or `download`."""

    method: str
    args: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    at: float = 0.0
    peer: Any = None
    done: bool = False
    status: int = 0
    answer: Any = None

    @property
    def error(self) -> str | None:
        """By which name Slack refused it."""
        return self.answer.get("error") if isinstance(self.answer, dict) else None


class Recorder:
    """The requests, the oldest first."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.told: Callable[[], None] = lambda: None
        """What is called after each request."""

    def to(self, method: str) -> list[Asked]:
        """Return the requests to a method."""
        return [one for one in self.asked if one.method == method]

    @property
    def methods(self) -> list[str]:
        """The methods in the order in which they were asked."""
        return [one.method for one in self.asked]

    def clear(self) -> None:
        """Forget what was asked so far."""
        self.asked.clear()
