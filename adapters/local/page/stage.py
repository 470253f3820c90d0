"""What the page needs from whoever sets it up: the people to be, the time, and how other platforms draw a card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from adapters.local.client import LocalPlatform
from adapters.local.page.keeping import Keeper
from adapters.local.rooms import Space
from bot.cards import Card
from bot.text import Text


@dataclass(frozen=True, slots=True)
class Guise:
    """Somebody whom a visitor can be: an account, and what they are in the story."""

    user: str
    part: Text


class Time(Protocol):
    """The time of the page: it goes by itself, and can be made to pass."""

    under_way: Text | None
    """What is being played at the moment."""
    watchers: list[Callable[[], None]]
    """Called back whenever time has passed."""
    peers: bool
    """Whether the others act by themselves while time passes."""

    def start(self, time: timedelta | None) -> None:
        """Begin to let time pass, or all weeks where none is named."""

    def stop(self) -> None:
        """Let no more time pass."""

    async def settle(self) -> None:
        """Do what is due now and deliver what can go out."""


Inspector = Callable[[Card], object]
"""Returns what a platform would be sent for a card, as JSON knows it."""


@dataclass(frozen=True)
class Stage:
    """Everything that the page shows and moves."""

    platform: LocalPlatform
    space: Space
    cast: tuple[Guise, ...]
    time: Time
    keeper: Keeper
    inspectors: Mapping[str, Inspector] = field(default_factory=dict)
    starter: str = ""
    """The account that starts new groups."""
