"""What is kept of somebody, to be taken along or to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.ids import PersonId
from bot.outbox import Post

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"
"""What JSON knows."""
Row: TypeAlias = Mapping[str, Value]


class MyData(Protocol):
    """Where everything of a person is found, whatever it is: the storage knows whose each of its columns is."""

    def export(self, person: PersonId) -> Mapping[str, Sequence[Row]]:
        """Return every row that is somebody's, by its table."""

    def posts(self, person: PersonId) -> list[Post]:
        """Return the standing posts that show what is somebody's, or tell others about them."""

    def headed(self, person: PersonId) -> list[Post]:
        """Return the posts of somebody's below which a thread with a title may hang, also those taken back since."""

    def naming(self, person: PersonId) -> list[Post]:
        """Return all other posts whose card names somebody."""

    def erase(self, person: PersonId, now: datetime) -> bool:
        """Forget somebody: what is theirs goes, and what others lean on stays without their words and name.

        Their badges are revoked.

        Return False where nobody is to be forgotten.
        """

    def erased(self) -> list[PersonId]:
        """Return everyone who was forgotten."""
