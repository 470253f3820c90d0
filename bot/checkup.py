"""What an examination of an installation finds: whether each thing is well, and what to do next where it is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Level(StrEnum):
    """How a thing is."""

    OK = "ok"
    LOOK = "look"
    """It works, and somebody should look at it."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, in words without secrets, and what to do next."""

    level: Level
    about: str
    what: str
    next: str = ""


Examination: TypeAlias = Callable[[], Awaitable[list[Finding]]]
"""Looks at one part of an installation; a platform brings one of its own."""
