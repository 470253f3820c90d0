"""Labels of threads as the tags of a forum's posts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import discord
from discord.http import Route

from adapters.discord import errors
from adapters.discord.cards import label as words_of
from adapters.discord.refs import Place, Tag, read_place
from adapters.discord.wire import Wire
from bot.cards import Label

log = logging.getLogger(__name__)

APPLIED = 5
"""Tags of a forum's post."""
AVAILABLE = 20
"""Tags of a forum."""
NAME = 20
"""Characters of a tag."""


class Tags:
    """Finds the tags of forums, and makes those that are missing where the bot may change the forum."""

    def __init__(self, client: discord.Client, wire: Wire) -> None:
        self._client = client
        self._wire = wire
        self._making = asyncio.Lock()

    async def of(self, forum: Place, labels: Sequence[Label], given: Sequence[str] = ()) -> list[str]:
        """Return the tags that a post with labels is to have: beside its own, those that people gave it stay.

        A label without a tag is left out; where each post has to have one, any will do.
        """
        names = [words_of(one.text, NAME) for one in labels if not one.off]
        gone = {words_of(one.text, NAME).casefold() for one in labels if one.off}
        tags = await self._made(forum, names)
        ours = _named([tag for tag in tags if not tag.moderated or self._may(forum, "manage_threads")])
        lost = {str(tag.id) for tag in tags if tag.name.casefold() in gone}
        found = [str(ours[name.casefold()].id) for name in names if name.casefold() in ours]
        wanted = list(dict.fromkeys([*(id for id in given if id not in lost), *found]))[:APPLIED]
        if not wanted and forum.needs_tag:
            wanted = list(given) or [str(tag.id) for tag in tags if not tag.moderated][:1]
        return wanted

    async def _made(self, forum: Place, names: Sequence[str]) -> Sequence[Tag]:
        """Return a forum's tags, with those of these names that were missing where there is room for them."""
        there = _named(forum.tags)
        enough = len(forum.tags) >= AVAILABLE or all(name.casefold() in there for name in names)
        if enough or not self._may(forum, "manage_channels"):
            return forum.tags
        read = Route("GET", "/channels/{channel_id}", channel_id=forum.id)
        change = Route("PATCH", "/channels/{channel_id}", channel_id=forum.id)
        async with self._making:
            try:
                # Read anew: all tags are written at once, and one that is not among them would be gone.
                now = await self._wire.request(read)
                tags = list(now.get("available_tags") or ())
                known = {str(tag["name"]).casefold() for tag in tags}
                new = [{"name": name} for name in names if name.casefold() not in known]
                if new:
                    now = await self._wire.request(change, {"available_tags": [*tags, *new][:AVAILABLE]})
                return read_place(now).tags
            except discord.HTTPException as error:
                if errors.may_pass(error):
                    raise
                log.info("the tags of a forum stay as they are: %s", error)
                return forum.tags

    def _may(self, forum: Place, permission: str) -> bool:
        """Return whether we surely have a permission in a forum."""
        channel = self._client.get_channel(forum.id)
        if not isinstance(channel, discord.ForumChannel) or channel.guild.me is None:
            return False
        return bool(getattr(channel.permissions_for(channel.guild.me), permission))


def _named(tags: Sequence[Tag]) -> dict[str, Tag]:
    return {tag.name.casefold(): tag for tag in tags}
