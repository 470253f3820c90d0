"""Single requests to Discord, over the library's own connection: its rate limits and retries hold for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

import discord
from discord.http import Route

from adapters.discord import errors
from adapters.discord.marks import Json

PAGE = 100
"""Messages, or people, that one request brings."""


class Wire:
    """Requests about channels and messages; each may raise what the library raises."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def request(self, route: Route, body: object = None) -> Json:
        """Return what Discord answers."""
        how: Json = {} if body is None else {"json": body}
        answer: Json = await self._client.http.request(route, **how)
        return answer

    async def several(self, route: Route, params: Mapping[str, object] | None = None) -> list[Json]:
        """Return a list that Discord answers."""
        how: Json = {} if params is None else {"params": params}
        found: list[Json] = await self._client.http.request(route, **how)
        return found

    async def post(self, channel: int, body: Json, key: str) -> Json:
        """Send a message; Discord takes one under the same key only once within minutes."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        sent = await self.request(route, {**body, "nonce": key, "enforce_nonce": True})
        return {**sent, "channel_id": sent.get("channel_id", channel)}

    async def patch(self, channel: int, id: int, body: Json) -> None:
        """Change a message; a thread that was put away is opened for that."""
        route = Route("PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=id)
        await self._inside(channel, route, body)

    async def delete(self, channel: int, id: int) -> None:
        """Remove a message; a thread that was put away is opened for that."""
        route = Route("DELETE", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=id)
        await self._inside(channel, route)

    async def _inside(self, channel: int, route: Route, body: object = None) -> None:
        """Request what Discord refuses in a thread that was put away; that is opened then."""
        try:
            await self.request(route, body)
        except discord.HTTPException as error:
            if error.code != errors.ARCHIVED:
                raise
            try:
                await self.request(Route("PATCH", "/channels/{channel_id}", channel_id=channel), {"archived": False})
            except discord.Forbidden:  # it is locked, too
                raise error from None
            await self.request(route, body)

    async def message(self, channel: int, id: int) -> Json:
        """Return a message."""
        route = Route("GET", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=id)
        return await self.request(route)

    async def history(self, channel: int, params: Mapping[str, object]) -> list[Json]:
        """Return a page of a channel's messages."""
        return await self.several(Route("GET", "/channels/{channel_id}/messages", channel_id=channel), params)

    async def reacting(self, channel: int, id: int, emoji: Json, kind: int) -> AsyncIterator[Json]:
        """Yield the people with a reaction of a kind: 0 is a usual one, 1 a super reaction; bots are left out."""
        route = Route(
            "GET",
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}",
            channel_id=channel,
            message_id=id,
            emoji=emoji_name(emoji),
        )
        page: Sequence[Json] = ()
        while not page or len(page) == PAGE:
            after = {"after": page[-1]["id"]} if page else {}
            page = await self.several(route, {"limit": PAGE, "type": kind, **after})
            for user in page:
                if not user.get("bot"):
                    yield user
            if not page:
                return


def emoji_name(emoji: Json) -> str:
    """Return an emoji as we tell it from others: itself, or name and number of a server's own."""
    return f"{emoji.get('name') or 'emoji'}:{emoji['id']}" if emoji.get("id") else str(emoji["name"])
