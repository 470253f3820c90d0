"""Why Discord ends a connection for good, with what helps."""

from __future__ import annotations

import discord

from bot.errors import ConfigError

TOKEN_REFUSED = ConfigError(
    "discord.token: Discord does not take this token. In the Developer Portal, open your application > Bot >",
    "Reset Token, and put the new one into the settings.",
)
INTENT_REFUSED = ConfigError(
    "discord.message_content: Discord does not let this bot read messages. In the Developer Portal, open your",
    "application > Bot > turn on “Message Content Intent”, or leave message_content = false.",
)
SHARDS_NEEDED = ConfigError(
    "discord.shards: this bot is in so many servers that Discord wants several connections. Set shards = 2 or more.",
)
TAKEN_OVER = ConfigError(
    "Another process of this bot is connected to Discord now, so this one stops. Start it again to let it stand by.",
)


def why(error: discord.ConnectionClosed) -> ConfigError:
    """Return why Discord closed a connection that it does not want again."""
    match error.code:
        case 4004:
            return TOKEN_REFUSED
        case 4014:
            return INTENT_REFUSED
        case 4011:
            return SHARDS_NEEDED
    return ConfigError(f"Discord ended the connection for good (code {error.code}).")
