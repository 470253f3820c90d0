"""Spaces: a Discord server or Slack workspace, and who may start groups there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import ChannelRef, SpaceRef
from bot.errors import Refusal
from bot.ids import PersonId


class NotInASpace(Refusal):
    """Run this in a channel of your server or workspace, not in a direct conversation."""


class NotSetUp(Refusal):
    """I am not set up here yet. /study setup does it, in one step."""


@dataclass(frozen=True, slots=True)
class Space:
    """A space that has been set up; `facilitators` may start groups, `directory` shows the list of groups.

    `keep_months` is for how many months after a group's end its texts are kept, None for good.
    """

    id: int
    ref: SpaceRef
    at: datetime
    facilitators: tuple[PersonId, ...] = ()
    directory: ChannelRef | None = None
    keep_months: int | None = None


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


def here(spaces: Spaces, channel: ChannelRef | None) -> Space:
    """Return the space of a channel; raises NotInASpace or NotSetUp."""
    if channel is None:
        raise NotInASpace
    found = spaces.get(channel.where)
    if found is None:
        raise NotSetUp
    return found
