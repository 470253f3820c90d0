"""The least that a bot with discord.py can be: one command that answers “pong”; run by bench.discord."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Pong(discord.Client):
    """A client with a tree of one command."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree: app_commands.CommandTree[Any] = app_commands.CommandTree(self)
        self.tree.command(name="ping", description="Answer.")(ping)

    async def setup_hook(self) -> None:
        await self.tree.sync()


async def ping(interaction: discord.Interaction[Any]) -> None:
    """Answer."""
    await interaction.response.send_message("pong", ephemeral=True)


async def _run(api_url: str, gateway_url: str, token: str) -> None:
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    async with Pong() as client:
        await client.start(token)


def main() -> None:
    """Answer until it is killed, on the event loop that the bot has too."""
    if find_spec("uvloop") is None:
        return asyncio.run(_run(*sys.argv[1:]))
    import uvloop

    uvloop.run(_run(*sys.argv[1:]))


if __name__ == "__main__":
    main()
