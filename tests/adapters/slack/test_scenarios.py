"""The stories on Slack: the unmodified libraries, over a socket and over HTTP, on real storage."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters import facilitators_story, learners_story
from tests.adapters.slack.checking import problems
from tests.adapters.slack.stage import SlackStage, opened

pytestmark = pytest.mark.slow


@pytest.fixture(params=["socket sqlite", "http sqlite", "http postgres"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    mode, store = request.param.split()
    async with opened(request.getfixturevalue(f"{store}_url"), mode) as stage:
        yield stage
        assert problems(stage.fake.recorder.asked) == []


async def test_the_learners_story(stage: SlackStage) -> None:
    await learners_story.the_learners_story(stage)


async def test_a_facilitators_first_group(stage: SlackStage) -> None:
    await facilitators_story.a_facilitators_first_group(stage)
