"""A role for everybody in a group, where a platform's spaces have roles; the rest stands in the tests of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.local.page.suggesting import offers
from bot.bootstrap import FEATURES
from tests.builders import Scene, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group with all features and its first week out."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        yield opened


async def _offered(js: Scene) -> list[str]:
    fela = js.person("fela")
    return [one.label for one in await offers(js.chat.world, fela._profile, js.home, "/lead group")]


@pytest.mark.parametrize("typed", ["/lead group role", "/lead group role role:local:acme/members"])
async def test_where_there_are_no_roles_none_can_be_chosen(js: Scene, typed: str) -> None:
    js.bot.rosters = lambda platform: False
    told = await js.does("fela", typed)
    assert told.startswith("Local has no roles that I could give people. Who is in the group, /participants says.")
    [home] = await js.reads(lambda uow: uow.groups.homes(js.group.id))
    assert home.roster is None


async def test_where_there_are_no_roles_the_command_is_not_offered(js: Scene) -> None:
    assert "/lead group role" in await js.does("fela", "/help")
    assert "/lead group role" in await _offered(js)
    js.bot.rosters = lambda platform: False
    assert "/lead group role" not in await js.does("fela", "/help")
    assert "/lead group role" not in await _offered(js)
