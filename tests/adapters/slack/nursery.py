"""`python -m tests.adapters.slack.nursery`: bots on Slack that are killed, one after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from adapters.slack.platform import SlackPlatform  # before the first fork
from bot.ports import Habits
from tests.adapters.discord import nursery

APART = timedelta(seconds=0.5)
"""Between the two looks that it takes until something is sent again; the fake's history does not lag."""

_habits = SlackPlatform.habits


def _quick(platform: SlackPlatform) -> Habits:
    """Return Slack's ways, with looks that follow each other soon."""
    habits: Habits = _habits.__get__(platform)
    return replace(habits, apart=APART)


if __name__ == "__main__":
    with patch.object(SlackPlatform, "habits", property(_quick)):
        nursery.main()
