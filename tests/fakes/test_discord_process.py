"""The fake Discord as a process of its own, played from another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord import Cannot
from tests.fakes.process import Remote, started

pytestmark = pytest.mark.slow


@pytest.fixture
async def where(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """Return where a fake serves."""
    async with started("tests.fakes.discord", tmp_path) as where:
        yield where


class Echo(discord.Client):
    """A client that answers each button with its id."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data
        await interaction.response.send_message(str(data["custom_id"]), ephemeral=True)


async def test_a_story_is_played_from_another_process(where: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", where["api_url"])
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(where["gateway_url"]))
    remote = Remote(where["site"])
    client = Echo(intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
    running = asyncio.create_task(client.start(where["token"]))
    try:
        assert await remote.do("connected") == 1
        await client.wait_until_ready()
        row: Any = discord.ui.View()
        row.add_item(discord.ui.Button(label="Go", custom_id="go"))
        [place] = client.guilds[0].text_channels
        await place.send("Ready?", view=row)
        [shown] = await remote.do("messages", place="javascript")
        assert (shown["text"], shown["buttons"], shown["private"]) == ("Ready?", ["Go"], False)
        await remote.do("enters", who="jill", open=False)
        told = await remote.do("presses", who="jill", label="Go", on=shown["id"])
        assert (told["answered"], told["messages"][0]["text"], told["messages"][0]["private"]) == (True, "go", True)
        with pytest.raises(Cannot, match="no button"):
            await remote.do("presses", who="jill", label="Stop", on=shown["id"])
        await remote.do("fails", way="refuse", where="GET /users/{user_id}", how={"status": 404, "code": 10013})
        with pytest.raises(discord.NotFound):
            await client.fetch_user(1)
        assert [one["status"] for one in await remote.do("recorded") if one["path"] == "/users/1"] == [404]
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
