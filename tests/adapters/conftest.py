"""What the tests of platforms share: the stories say how they differ from what was read."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.adapters.learners_story", "tests.adapters.facilitators_story")
