"""Memos: a word under a name, which an edge of the program has to know again after a restart."""

from __future__ import annotations

from typing import Protocol


class Memos(Protocol):
    """Where memos are kept."""

    def get(self, name: str) -> str | None:
        """Return what was last kept under a name."""

    def keep(self, name: str, word: str) -> None:
        """Keep a word under a name, instead of what was there."""
