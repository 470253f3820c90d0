"""A scene with the features of the learner's daily life, each test with a store of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.features import (
    announcements,
    awards,
    endings,
    exports,
    home,
    likes,
    notes,
    nudges,
    points,
    portfolio,
    progress,
    pulse,
    questions,
    reviews,
    schedule,
    settings,
    submissions,
    thanks,
)
from tests.builders import Scene, scene
from tests.features import stage

DAILY = (
    announcements.feature,
    awards.feature,
    endings.feature,
    exports.feature,
    home.feature,
    likes.feature,
    notes.feature,
    nudges.feature,
    points.feature,
    portfolio.feature,
    progress.feature,
    pulse.feature,
    questions.feature,
    reviews.feature,
    schedule.feature,
    settings.feature,
    submissions.feature,
    thanks.feature,
)


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, with its first week out."""
    async with scene(sqlite_url, DAILY, tmp_path) as opened:
        await opened.open_week(1)
        yield opened


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[stage.Scene]:
    """Return a bot with all features, an empty store and a clock that stands, before any group is there."""
    async with stage.a_bot(tmp_path) as opened:
        yield opened
