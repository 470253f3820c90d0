"""One's own story: a line of one's own to what one made, asked or answered, so that others see why it mattered (S5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.ids import PersonId

LONGEST = 500
"""Characters of a line."""


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody says of one thing of theirs."""

    id: int
    person: PersonId
    item_kind: str
    item: int
    text: str


class Stories(Protocol):
    """Where people's own lines are kept."""

    def of_person(self, person: PersonId) -> Mapping[tuple[str, int], str]:
        """Return what somebody says, by the kind and id of the thing."""

    def tell(self, story: Story) -> None:
        """Keep a line instead of whatever was said of that thing before; an empty one is forgotten."""
