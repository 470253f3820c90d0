"""Fault points: the steps between which a crash must lose nothing and repeat nothing.

In production they do nothing. Tests arm them, and find their names in the sources.
"""

from __future__ import annotations

from collections.abc import Callable

_armed: Callable[[str], None] | None = None


def faultpoint(name: str) -> None:
    """Mark a step that can be interrupted; `name` is a literal, so that tests can list them all."""
    if _armed is not None:
        _armed(name)


def arm(callback: Callable[[str], None] | None) -> None:
    """Call back at each fault point from now on, or no more."""
    global _armed
    _armed = callback
