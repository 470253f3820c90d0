"""Spaces: a Discord server or Slack workspace, and who may start groups there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import ChannelRef, SpaceRef
from bot.ids import PersonId


@dataclass(frozen=True, slots=True)
class Space:
    """A space that has been set up; `facilitators` may start groups, `directory` shows the list of groups."""

    id: int
    ref: SpaceRef
    at: datetime
    facilitators: tuple[PersonId, ...] = ()
    directory: ChannelRef | None = None


class Spaces(Protocol):
    """Where spaces are kept."""

    def get(self, ref: SpaceRef) -> Space | None:
        """Return a space."""

    def with_directory(self) -> list[Space]:
        """Return the spaces that show a list of groups."""

    def add(self, space: Space) -> None:
        """Keep a new space."""

    def save(self, space: Space) -> None:
        """Keep a changed space."""
