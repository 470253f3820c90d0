"""The stories on Discord: the unmodified discord.py, over the wire, on real storage."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters import facilitators_story, learners_story
from tests.adapters.discord.stage import DiscordStage, opened
from tests.fakes.discord import openapi


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[DiscordStage]:
    async with opened(database_url) as stage:
        yield stage
        assert openapi.problems(stage.fake.recorder.asked) == []


@pytest.mark.slow
async def test_the_learners_story(stage: DiscordStage) -> None:
    await learners_story.the_learners_story(stage)


@pytest.mark.slow
async def test_a_facilitators_first_group(stage: DiscordStage) -> None:
    await facilitators_story.a_facilitators_first_group(stage)
