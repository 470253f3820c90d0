"""Memos: a word under a name, which an edge of the program has to know again after a restart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Memos(Protocol):
    """Where memos are kept."""

    def get(self, name: str) -> str | None:
        """Return what was last kept under a name."""

    def keep(self, name: str, word: str) -> None:
        """Keep a word under a name, instead of what was there."""


class Keepsakes(Protocol):
    """Where the platform on this machine keeps its messages and people, as a real one keeps them elsewhere."""

    def all(self) -> Mapping[str, str]:
        """Return every document by its name."""

    def keep(self, documents: Mapping[str, str]) -> None:
        """Keep documents under their names, instead of what was there."""

    def drop(self, names: Collection[str]) -> None:
        """Forget the documents of these names."""
