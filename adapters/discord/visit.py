"""A short visit to Discord over its web interface, hearing no events: for the set-up, the invite and the doctor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import discord
from discord.http import Route

from adapters.discord import roles
from adapters.discord.commands import Registered
from adapters.discord.errors import TokenRefused
from adapters.discord.gateway import Connection
from adapters.discord.permissions import Permission, missing
from adapters.discord.platform import DiscordPlatform
from bot.ports import Clock

PATIENCE = 40.0
"""Seconds that one question may take; the library tries again by itself where Discord fails."""
_TEXT, _NEWS, _FORUM = 0, 5, 15
"""Kinds of channels in which groups can live."""


class NotReached(Exception):
    """Discord did not answer; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Application:
    """The bot's application, as it is set up in the Developer Portal."""

    id: int
    name: str
    public: bool
    code_grant: bool
    endpoint: bool
    reads_content: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A server that the bot is in."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Room:
    """A channel in which a group can live, and what the bot lacks there."""

    id: int
    name: str
    forum: bool
    missing: Sequence[Permission]


@asynccontextmanager
async def visiting(connection: Connection, clock: Clock) -> AsyncIterator[Visit]:
    """Log in for a while; raises TokenRefused or NotReached."""
    Route.BASE = connection.api_url.rstrip("/")
    logging.getLogger("discord").addHandler(logging.NullHandler())  # else its warnings stand between our lines
    client = discord.Client(
        intents=discord.Intents(guilds=True),  # the library complains of fewer
        allowed_mentions=discord.AllowedMentions.none(),
        max_ratelimit_timeout=30.0,
    )
    try:
        async with _asking():
            await client.login(connection.token)
        yield Visit(client, clock)
    finally:
        await client.close()


class Visit:
    """What can be looked up and done while the bot is logged in; every question may raise TokenRefused or NotReached.

    `platform` posts and removes messages, as it does for the running bot.
    """

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self.platform = DiscordPlatform(client, clock)
        self.platform.connected = True

    async def application(self) -> Application:
        """Return how the application is set up now."""
        async with _asking():
            found = await self._client.application_info()
        flags = found.flags
        return Application(
            found.id,
            found.name,
            found.bot_public,
            found.bot_require_code_grant,
            bool(found.interactions_endpoint_url),
            flags.gateway_message_content or flags.gateway_message_content_limited,
        )

    async def servers(self) -> Sequence[Server]:
        """Return the servers that the bot is in, by name."""
        async with _asking():
            found = [Server(one.id, one.name) async for one in self._client.fetch_guilds(limit=None, with_counts=False)]
        return sorted(found, key=lambda one: (one.name.casefold(), one.id))

    async def rooms(self, server: int) -> Sequence[Room]:
        """Return a server's channels for words and its forums, in their order, with what the bot lacks in each."""
        assert self._client.user is not None, "whoever visits is logged in"
        async with _asking():
            guild = await self._client.fetch_guild(server, with_counts=False)
            me = await guild.fetch_member(self._client.user.id)
            found = await self._client.http.get_all_guild_channels(server)
        rooms = []
        for data in sorted(found, key=lambda one: (one.get("position", 0), int(one["id"]))):
            kind = int(data["type"])
            if kind not in (_TEXT, _NEWS, _FORUM):
                continue
            make = discord.ForumChannel if kind == _FORUM else discord.TextChannel
            channel = make(state=guild._state, guild=guild, data=data)
            forum = kind == _FORUM
            rooms.append(Room(channel.id, channel.name, forum, missing(channel.permissions_for(me), forum=forum)))
        return rooms

    async def roles(self, server: int) -> dict[int, tuple[str, str]]:
        """Return a server's roles by their ids, each with its name and what is to be done before we can give it."""
        assert self._client.user is not None, "whoever visits is logged in"
        async with _asking():
            guild = await self._client.fetch_guild(server, with_counts=False)
            me = await guild.fetch_member(self._client.user.id)
        return {one.id: (one.name, roles.in_the_way(one, me)) for one in guild.roles}

    async def commands(self, server: int) -> frozenset[str] | None:
        """Return the names of the commands that are registered in a server; None where the bot may have none there."""
        assert self._client.application_id is not None, "whoever visits is logged in"
        async with _asking():
            try:
                found = await self._client.http.get_guild_commands(self._client.application_id, server)
            except discord.Forbidden:
                return None
        return frozenset(str(one["name"]) for one in found)

    async def register(self, server: int, wanted: Registered) -> bool:
        """Register commands in a server; return whether the bot may."""
        route = Route(
            "PUT",
            "/applications/{application_id}/guilds/{guild_id}/commands",
            application_id=self._client.application_id,
            guild_id=server,
        )
        async with _asking():
            try:
                await self._client.http.request(route, json=list(wanted.payload))
            except discord.Forbidden:
                return False
        return True


@asynccontextmanager
async def _asking() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except discord.LoginFailure as error:
        raise TokenRefused from error
    except discord.RateLimited as error:
        raise NotReached(f"Discord asks to wait {error.retry_after:.0f} s") from error
    except discord.HTTPException as error:
        if error.status == 401:
            raise TokenRefused from error
        raise NotReached(f"Discord refused: {error.text or error.status} ({error.code})") from error
    except TimeoutError as error:
        raise NotReached(f"Discord did not answer within {PATIENCE:.0f} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise NotReached(f"Discord cannot be reached: {error}") from error
