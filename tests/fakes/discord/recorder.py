"""Every request that a bot made, as it came, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord.things import Json, Upload


@dataclass(slots=True)
class Asked:
    """One request: `template` is its path as Discord's documentation writes it; without an answer `status` is 0."""

    method: str
    path: str
    template: str
    at: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: list[Upload] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    done: bool = False
    status: int = 0
    answer: Any = None

    @property
    def route(self) -> str:
        """Method and template."""
        return f"{self.method} {self.template}"

    @property
    def json(self) -> Json:
        """The body, where it is an object."""
        return self.body if isinstance(self.body, dict) else {}

    def id(self, name: str) -> int:
        """Return an id in the path."""
        written = self.at[name]
        return int(written) if written.isascii() and written.isdigit() else 0


class Recorder:
    """The requests, the oldest first."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.told: Callable[[], None] = lambda: None
        """What is called after each request."""

    def to(self, route: str) -> list[Asked]:
        """Return the requests to a route, `POST /channels/{channel_id}/messages`."""
        return [one for one in self.asked if one.route == route]

    @property
    def routes(self) -> list[str]:
        """Return the routes in the order in which they were asked."""
        return [one.route for one in self.asked]

    def clear(self) -> None:
        """Forget what was asked so far."""
        self.asked.clear()
