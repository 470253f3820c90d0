"""Threads below messages, and posts of forums."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import discord
from discord.http import Route

from adapters.discord import errors
from adapters.discord.marks import Json
from adapters.discord.refs import Place, PlaceKind, Places
from adapters.discord.tags import Tags
from adapters.discord.wire import Wire
from bot.cards import Label
from bot.errors import DeliveryError

log = logging.getLogger(__name__)

TITLE = 100
"""Characters of a thread's title."""
_WEEK = 10_080
"""Minutes without a word after which Discord puts a thread away."""


class Threads:
    """Opens threads and posts."""

    def __init__(self, client: discord.Client, wire: Wire, places: Places) -> None:
        self._client = client
        self._wire = wire
        self._places = places
        self._tags = Tags(client, wire)

    async def below(self, sent: Json, title: str) -> int | None:
        """Return the thread below a message, opened if need be; None where there can be none."""
        if there := sent.get("thread"):
            return int(there["id"])
        channel, id = int(sent["channel_id"]), int(sent["id"])
        route = Route("POST", "/channels/{channel_id}/messages/{message_id}/threads", channel_id=channel, message_id=id)
        try:
            opened = await self._wire.request(route, {"name": _title(title), "auto_archive_duration": _WEEK})
        except discord.HTTPException as error:
            if error.code == errors.HAS_THREAD:
                return id  # Discord gives a thread the id of the message that it hangs below
            if errors.may_pass(error):
                raise
            # The message stands, and what answers it will stand beside it.
            log.warning("no thread below a message: %s", errors.missing_in(self._client.get_channel(channel)) or error)
            return None
        return int(opened["id"])

    async def post(self, forum: Place, title: str, labels: Sequence[Label], body: Json) -> int:
        """Open a post in a forum, with its labels as tags, and return its thread."""
        wanted = {
            "name": _title(title),
            "auto_archive_duration": _WEEK,
            "applied_tags": await self._tags.of(forum, labels),
            "message": body,
        }
        opened = await self._wire.request(Route("POST", "/channels/{channel_id}/threads", channel_id=forum.id), wanted)
        return int(opened["id"])

    async def rename(self, thread: int, title: str) -> None:
        """Let a thread have another title; one that was put away is opened for that, and one that is gone is fine.

        Discord lets a thread be renamed twice in ten minutes, so what it is called is asked first.
        """
        change = Route("PATCH", "/channels/{channel_id}", channel_id=thread)
        state: Json = {}
        try:
            found = await self._wire.request(Route("GET", "/channels/{channel_id}", channel_id=thread))
            if found.get("name") == _title(title):
                return
            state = found.get("thread_metadata") or {}
            away = {"archived": False} if state.get("archived") else {}
            await self._wire.request(change, {"name": _title(title), **away})
        except discord.NotFound:
            return
        except discord.Forbidden:
            if state.get("locked"):
                raise DeliveryError(errors.LOCKED, permanent=True) from None
            raise

    async def label(self, post: int, labels: Sequence[Label]) -> None:
        """Let the tags of a forum's post say its labels; where we may not, they stay as they are."""
        route = Route("GET", "/channels/{channel_id}", channel_id=post)
        change = Route("PATCH", "/channels/{channel_id}", channel_id=post)
        try:
            thread = await self._wire.request(route)
            forum = await self._places.get(int(thread.get("parent_id") or 0))
            if forum.kind is not PlaceKind.FORUM:
                return
            given = [str(one) for one in thread.get("applied_tags") or ()]
            wanted = await self._tags.of(forum, labels, given)
            if wanted != given:
                await self._wire.request(change, {"applied_tags": wanted})
        except discord.HTTPException as error:
            if errors.may_pass(error):
                raise
            log.info("the tags of a post stay as they are: %s", error)


def _title(title: str) -> str:
    return (title.strip() or "…")[:TITLE]
