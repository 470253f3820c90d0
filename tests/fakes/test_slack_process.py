"""The fake Slack as a process of its own, played from another one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.process import Remote, started
from tests.fakes.slack import Cannot

pytestmark = pytest.mark.slow


@pytest.fixture
async def where(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """Return where a fake serves."""
    async with started("tests.fakes.slack", tmp_path) as where:
        yield where


async def test_a_story_is_played_from_another_process(where: dict[str, str]) -> None:
    remote = Remote(where["site"])
    client = AsyncWebClient(where["token"], base_url=where["api_url"])
    app = AsyncApp(client=client)

    @app.action("go")
    async def go(ack: Any, respond: Any) -> None:
        await ack()
        await respond("gone")

    handler: Any = AsyncSocketModeHandler(app, where["app_token"])
    await handler.connect_async()
    try:
        assert await remote.do("connected") == 1
        await remote.do("enters", who="jill")
        [channel] = (await client.conversations_list())["channels"]
        button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        row = [{"type": "actions", "elements": [button]}]
        await client.chat_postMessage(channel=channel["id"], text="Ready?", blocks=row)
        [shown] = await remote.do("messages", place="javascript")
        assert (shown["buttons"], shown["private"]) == (["Go"], False)
        told = await remote.do("presses", who="jill", label="Go", on=shown["ts"])
        assert (told["answered"], told["messages"][0]["text"], told["messages"][0]["private"]) == (True, "gone", True)
        with pytest.raises(Cannot, match="no button"):
            await remote.do("presses", who="jill", label="Stop", on=shown["ts"])
        await remote.do("fails", way="refuse", where="users.info", how={"error": "fatal_error"})
        with pytest.raises(SlackApiError):
            await client.users_info(user="U1")
        assert [one["error"] for one in await remote.do("recorded") if one["method"] == "users.info"] == ["fatal_error"]
        await remote.do("sockets", act="drop")
        assert await remote.do("connected", starts=2) == 2
    finally:
        await handler.close_async()
