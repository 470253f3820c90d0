"""The stories of `tests/adapters/scenarios.py` on the try-out page, clicked through in a browser.

From the list of groups to the next one: J5, J9, J13, J17, J19, J22, J24, J26, J27, J28 and what lies between.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.adapters import facilitators_story, learners_story
from tests.adapters.local.page.clicking import ClickedStage
from tests.adapters.local.page.conftest import Served

pytestmark = pytest.mark.slow


async def test_the_learners_story(empty: Served, window: Page) -> None:
    await learners_story.the_learners_story(ClickedStage(empty, window))


async def test_a_facilitators_first_group(empty: Served, window: Page) -> None:
    await facilitators_story.a_facilitators_first_group(ClickedStage(empty, window))
