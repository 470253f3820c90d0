"""What happens on Discord without a command: reactions, replies in threads, deletions, as the core hears of them."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord

from adapters.discord.platform import DiscordPlatform
from adapters.discord.refs import PlaceKind, account, message_ref, place_of
from adapters.discord.wire import emoji_name
from bot.app import Bot
from bot.chat import Event, MessageDeleted, MessageRef, ReactionAdded, ReactionRemoved, ReactionsCleared, ThreadReplied
from bot.errors import CannotSave

log = logging.getLogger(__name__)

LANES = 32
"""In how many rows events wait: those of one message follow each other in one row."""
PAUSES = (1.0, 5.0, 30.0, 120.0)
"""Seconds after which an event that could not be saved is told again."""
_WRITTEN = (discord.MessageType.default.value, discord.MessageType.reply.value)


class Events:
    """Tells the core of what people do; events of one message keep their order."""

    def __init__(self, bot: Bot, platform: DiscordPlatform) -> None:
        self._bot = bot
        self._platform = platform
        self._lanes = [asyncio.Lock() for _ in range(LANES)]
        self._pauses = PAUSES

    async def reaction_added(self, payload: discord.RawReactionActionEvent) -> None:
        """Tell of a reaction, a super reaction as well; those of bots are none."""
        if payload.member is not None and payload.member.bot:
            return
        name = payload.member.display_name if payload.member is not None else ""
        ref = _ref(payload)
        await self.tell(payload.message_id, ReactionAdded(account(payload.user_id), ref, _emoji(payload.emoji), name))

    async def reaction_removed(self, payload: discord.RawReactionActionEvent) -> None:
        """Tell of a reaction that was taken back; Discord does not say by whom but by number."""
        event = ReactionRemoved(account(payload.user_id), _ref(payload), _emoji(payload.emoji))
        await self.tell(payload.message_id, event)

    async def reactions_cleared(self, payload: discord.RawReactionClearEvent) -> None:
        """Tell that a message has no reactions any more."""
        await self.tell(payload.message_id, ReactionsCleared(_ref(payload)))

    async def emoji_cleared(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Tell that a message has no reactions with one emoji any more."""
        await self.tell(payload.message_id, ReactionsCleared(_ref(payload), _emoji(payload.emoji)))

    async def message_deleted(self, guild: int | None, channel: int, message: int) -> None:
        """Tell that a message is gone."""
        await self.tell(message, MessageDeleted(message_ref(guild, channel, message)))

    async def thread_deleted(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Tell that a forum's post is gone with its first message; below a message of a channel, that one stays."""
        self._platform.places.forget(payload.thread_id)
        try:
            parent = await self._platform.places.get(payload.parent_id)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("a deleted thread %s is passed: %s", payload.thread_id, type(error).__name__)
            return
        if parent.kind is PlaceKind.FORUM:
            await self.message_deleted(payload.guild_id, payload.thread_id, payload.thread_id)

    async def message_written(self, message: discord.Message) -> None:
        """Tell of somebody's message in a thread, with its text where Discord brings it."""
        if message.guild is None or not is_reply(message.type.value, bot=message.author.bot):
            return
        place = place_of(message.channel)
        if not isinstance(message.channel, discord.Thread | discord.PartialMessageable):
            return
        try:
            if place.kind is not PlaceKind.THREAD:  # an old thread that nobody told us of
                place = await self._platform.places.get(message.channel.id)
            if place.kind is not PlaceKind.THREAD:
                return
            thread = await self._platform.places.thread(place)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("a reply in thread %s is passed: %s", message.channel.id, type(error).__name__)
            return
        ref = message_ref(message.guild.id, place.id, message.id)
        author, name = account(message.author.id), message.author.display_name
        heard = ThreadReplied(author, name, thread, ref, message.content or None, key=str(message.id))
        await self.tell(message.id, heard)

    async def tell(self, message: int, event: Event) -> None:
        """Tell the core of an event, again where it cannot save: Discord tells of each only once."""
        async with self._lanes[message % LANES]:
            for pause in self._pauses:
                try:
                    return await self._bot.handle(event)
                except CannotSave:
                    await asyncio.sleep(pause)
            await self._bot.handle(event)


def is_reply(kind: int, *, bot: bool) -> bool:
    """Return whether a message of a kind, in a thread, is something that a person wrote there."""
    return kind in _WRITTEN and not bot


def _emoji(emoji: discord.PartialEmoji) -> str:
    return emoji_name({"name": emoji.name, "id": emoji.id})


def _ref(
    payload: discord.RawReactionActionEvent | discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent,
) -> MessageRef:
    return message_ref(payload.guild_id, payload.channel_id, payload.message_id)
