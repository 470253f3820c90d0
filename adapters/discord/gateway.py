"""The library's client: which of Discord's events it is told of, and who hears of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import discord

from adapters.discord.calls import Calls
from adapters.discord.events import Events


@dataclass(frozen=True, slots=True)
class Connection:
    """How to connect; `shards` is their number where there are several."""

    token: str
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = "wss://gateway.discord.gg/"
    guild_ready_timeout: float = 2.0
    message_content: bool = False
    shards: int | None = None


class Ears(Protocol):
    """Who hears of events."""

    calls: Calls
    events: Events

    async def begins(self) -> None:
        """Hear that a new session is about to begin."""

    async def ready(self) -> None:
        """Hear that a new session has begun."""

    def hears(self, hearing: bool) -> None:
        """Hear that events come, or that none do for the moment."""

    async def arrived(self, guild: discord.Guild, *, joined: bool = False) -> None:
        """Hear of a server that the bot is in, or has joined just now."""

    async def is_away(self, guild: discord.Guild) -> None:
        """Hear that Discord has lost a server for a while."""


class Hearing(discord.Client):
    """A client that hands on what it hears."""

    _to: Ears

    def hear(self, to: Ears) -> None:
        """Hand on to this from now on."""
        self._to = to

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        """Hand an event on to its handlers; a closed client has none, though the library still has some to tell."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Hand on that a session is about to begin."""
        await self._to.begins()
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_ready(self) -> None:
        """Hand on that a session has begun."""
        await self._to.ready()

    async def on_disconnect(self) -> None:
        """Hand on that nothing is heard for the moment."""
        self._to.hears(False)

    async def on_resumed(self) -> None:
        """Hand on that the session went on, with all that was not heard."""
        self._to.hears(True)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Hand on that the bot has come to a server."""
        await self._to.arrived(guild, joined=True)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Hand on that the bot is in a server."""
        await self._to.arrived(guild)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Hand on that Discord has lost a server for a while."""
        await self._to.is_away(guild)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Hand on what somebody does with the bot."""
        await self._to.calls.answer(interaction)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Hand on a reaction, unless it is our own."""
        if self.user is None or payload.user_id != self.user.id:
            await self._to.events.reaction_added(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Hand on a reaction that is gone."""
        await self._to.events.reaction_removed(payload)

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Hand on that all reactions are gone."""
        await self._to.events.reactions_cleared(payload)

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Hand on that all reactions with one emoji are gone."""
        await self._to.events.emoji_cleared(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Hand on that a message is gone."""
        await self._to.events.message_deleted(payload.guild_id, payload.channel_id, payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Hand on that messages are gone."""
        for message in sorted(payload.message_ids):
            await self._to.events.message_deleted(payload.guild_id, payload.channel_id, message)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Hand on that a thread is gone."""
        await self._to.events.thread_deleted(payload)

    async def on_message(self, message: discord.Message) -> None:
        """Hand on what somebody wrote."""
        await self._to.events.message_written(message)


class Sharded(Hearing, discord.AutoShardedClient):
    """The same over several connections."""

    _begun = False

    async def on_ready(self) -> None:
        """Hand on that all connections have a session."""
        self._begun = True
        await super().on_ready()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Hand on that one of them has a new session; of that alone the library makes no `ready`."""
        if self._begun:
            await self._to.ready()


def client(connection: Connection) -> Hearing:
    """Return a client that asks for nothing that Discord does not give to every bot, unless a setting says so."""
    intents = discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        dm_messages=True,
        guild_scheduled_events=True,
        message_content=connection.message_content,
    )
    options: dict[str, Any] = {
        "allowed_mentions": discord.AllowedMentions.none(),
        "chunk_guilds_at_startup": False,
        "guild_ready_timeout": connection.guild_ready_timeout,
        "max_messages": None,
        "max_ratelimit_timeout": 30.0,
        "member_cache_flags": discord.MemberCacheFlags.none(),
    }
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody misses voice here
    if connection.shards is not None:
        return Sharded(intents=intents, shard_count=connection.shards, **options)
    return Hearing(intents=intents, **options)
