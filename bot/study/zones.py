"""Which time-zone data the plans were computed with, so that a change of the data is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.ids import GroupId
from bot.study.groups import Group


class Zones(Protocol):
    """Where the fingerprints of zones are kept, and the groups of a zone are found."""

    def in_use(self) -> list[str]:
        """Return the zones that groups have."""

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprints that were kept, by zone."""

    def keep(self, zone: str, fingerprint: str) -> None:
        """Keep the fingerprint of a zone, instead of what was there."""

    def groups(self, zone: str, after: GroupId, limit: int) -> list[Group]:
        """Return groups of a zone that are not over, by id, those after one of them."""
