"""Credit: whom somebody helped, and who helped them, by name where these people agreed, else as a number (S7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from bot.ids import GroupId, PersonId
from bot.study.people import People


@dataclass(frozen=True, slots=True)
class Named:
    """People: how many they are, and the names of those among them who agreed to be named."""

    count: int = 0
    names: tuple[str, ...] = ()

    @property
    def others(self) -> int:
        """How many of them have no name here."""
        return self.count - len(self.names)


NOBODY = Named()
"""Nobody at all."""


class Credit(Protocol):
    """Where it is found who helped whom: by answers to questions, and by feedback on work."""

    def helped(self, group: GroupId, person: PersonId) -> Collection[PersonId]:
        """Return whom somebody helped in a group."""

    def helpers(self, group: GroupId, person: PersonId) -> Collection[PersonId]:
        """Return who helped somebody in a group."""


def named(people: People, found: Collection[PersonId]) -> Named:
    """Return people by number, and by name where they agreed; whoever was forgotten is a number."""
    known = people.many(found)
    return Named(len(found), tuple(sorted(one.name for one in known.values() if one.credited)))
