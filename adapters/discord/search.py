"""Messages of ours that are looked for by the key under which they were sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import discord
from discord.http import Route

from adapters.discord.marks import Json, Mark, read_mark
from adapters.discord.refs import Place
from adapters.discord.wire import PAGE, Wire
from bot.errors import DeliveryError

PAGES = 20
"""How many pages of a place are looked through."""
_AHEAD = timedelta(seconds=30)
"""How far our clock may be ahead of Discord's."""


class Search:
    """Looks for messages of ours."""

    def __init__(self, client: discord.Client, wire: Wire) -> None:
        self._client = client
        self._wire = wire

    async def ours(self, channel: int, mark: Mark, since: datetime) -> AsyncIterator[Json]:
        """Yield our messages with a mark since an instant, the oldest first; of too many, none can be told."""
        after = discord.utils.time_snowflake(since - _AHEAD)
        for _ in range(PAGES):
            page = await self._wire.history(channel, {"limit": PAGE, "after": after})
            for one in sorted(page, key=lambda each: int(each["id"])):
                if self._is_ours(one, mark):
                    yield one
            if len(page) < PAGE:
                return
            after = max(int(one["id"]) for one in page)
        raise DeliveryError("too much was written since, so I can't tell whether it is there", permanent=True)

    async def posts(self, forum: Place, mark: Mark, since: datetime) -> list[Json]:
        """Return the first messages of our posts in a forum that carry a mark, closed or not, the oldest first."""
        active = Route("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.guild)
        # Those that were closed last come first, so one that was opened since is among them.
        closed = Route("GET", "/channels/{channel_id}/threads/archived/public", channel_id=forum.id)
        after = (since - _AHEAD).astimezone(UTC)
        inside = {
            int(one["id"])
            for route in (active, closed)
            for one in (await self._wire.request(route)).get("threads") or ()
            if int(one.get("parent_id") or 0) == forum.id and self._is_us(one.get("owner_id"))
        }
        found = []
        for id in sorted(one for one in inside if discord.utils.snowflake_time(one) >= after):
            try:
                first = await self._wire.message(id, id)
            except discord.NotFound:  # somebody deleted it
                continue
            if self._is_ours(first, mark):
                found.append({**first, "channel_id": id})
        return found

    def _is_ours(self, one: Json, mark: Mark) -> bool:
        read = read_mark(one.get("components") or ())
        return self._is_us(one["author"]["id"]) and read is not None and read.numbers == mark.numbers

    def _is_us(self, id: object) -> bool:
        return self._client.user is not None and str(id) == str(self._client.user.id)
