"""What no platform lets people do."""

from __future__ import annotations


class Cannot(Exception):
    """The platform would not let somebody do this: there is no such command, button, entry, field, or right."""
