"""Discord: commands, cards, forms and events of the core, as Discord has them."""

from adapters.discord.client import Discord
from adapters.discord.gateway import Connection
from adapters.discord.platform import DiscordPlatform

__all__ = ["Connection", "Discord", "DiscordPlatform"]
