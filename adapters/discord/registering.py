"""Commands that Discord knows: registered where others are, and again later where that failed."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord
from discord.http import Route

from adapters.discord.commands import BOT, SERVER, Registered, registered
from bot.app import Bot

log = logging.getLogger(__name__)

AGAIN = 600.0
"""Seconds after which commands that could not be registered are tried again, at least."""


class Registering:
    """Registers a bot's commands: some with servers, some for direct conversations."""

    def __init__(self, client: discord.Client, bot: Bot) -> None:
        self._client = client
        self._bot = bot
        self._one_by_one = asyncio.Lock()
        self._lacking: dict[int | None, float] = {}
        self.in_server = registered(bot.commands.values(), bot.languages, SERVER)

    async def directly(self) -> None:
        """Register what can be used in direct conversations."""
        await self._sync(None, registered(self._bot.commands.values(), self._bot.languages, BOT))

    async def in_guild(self, guild: int, *, anew: bool = False) -> None:
        """Register what a server lacks; with `anew`, everything."""
        async with self._one_by_one:
            await self._sync(guild, self.in_server, anew=anew)

    async def where_lacking(self, now: float) -> None:
        """Register commands where that failed and the loop's clock says that the wait is over."""
        for guild in [one for one, at in self._lacking.items() if at <= now]:
            del self._lacking[guild]
            if guild is None:
                await self.directly()
            elif self._client.get_guild(guild) is not None:
                await self.in_guild(guild)

    async def _sync(self, guild: int | None, wanted: Registered, *, anew: bool = False) -> None:
        """Register commands where others are registered; Discord takes 200 new ones a day in each server."""
        store, name = self._bot.store, commands_memo(guild)
        if anew:
            await store.write(lambda uow: uow.memos.keep(name, ""))
        elif await store.read(lambda uow: uow.memos.get(name)) == wanted.hash:
            return
        where = "/applications/{application_id}/commands"
        route = Route("PUT", where, application_id=self._client.application_id)
        if guild is not None:
            where = "/applications/{application_id}/guilds/{guild_id}/commands"
            route = Route("PUT", where, application_id=self._client.application_id, guild_id=guild)
        try:
            await self._client.http.request(route, json=list(wanted.payload))
        except discord.Forbidden:
            log.warning(
                "server %s: I may not register commands. Invite me anew with the link of the set-up and start me again",
                guild,
            )
            return
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            wait = max(AGAIN, asked_to_wait(error))
            log.warning(
                "commands of %s were not registered: %s. The next try is in %.0f minutes",
                guild or "direct conversations",
                error,
                wait / 60,
            )
            self._lacking[guild] = asyncio.get_running_loop().time() + wait
            return
        await store.write(lambda uow: uow.memos.keep(name, wanted.hash))


def asked_to_wait(error: Exception) -> float:
    """Return the seconds that Discord asks us to wait."""
    return error.retry_after if isinstance(error, discord.RateLimited) else 0.0


def commands_memo(guild: int | None) -> str:
    """Return the name of the memo about which commands a server, or a direct conversation, has."""
    return f"discord commands {guild or 'direct'}"
