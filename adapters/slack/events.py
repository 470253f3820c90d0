"""What happens on Slack without a command: reactions, replies in threads, deletions, as the core hears of them."""

from __future__ import annotations

import asyncio
import logging
import zlib

from adapters.slack.people import Profiles
from adapters.slack.refs import account, is_direct, message_ref, thread_ref
from adapters.slack.text import Json, written
from bot.app import Bot
from bot.chat import Event, MessageDeleted, ReactionAdded, ReactionRemoved, ThreadReplied

log = logging.getLogger(__name__)

LANES = 32
"""In how many rows events wait: those of one message follow each other in one row."""
HEARD = ("reaction_added", "reaction_removed", "message")
"""Events that the core is told of."""
_WRITTEN = ("", "file_share", "thread_broadcast", "me_message")
"""Subtypes of messages that people write."""


class Events:
    """Tells the core of what people do; events of one message keep their order."""

    def __init__(self, bot: Bot, profiles: Profiles) -> None:
        self._bot = bot
        self._profiles = profiles
        self._lanes = [asyncio.Lock() for _ in range(LANES)]

    async def heard(self, team: str, event: Json, key: str) -> None:
        """Tell the core of an event; raises CannotSave where it is to come again."""
        match event.get("type"):
            case "reaction_added" | "reaction_removed":
                told = await self._reaction(team, event, key)
            case "message":
                told = await self._message(team, event, key)
            case _:
                return
        if told is None:
            return
        async with self._lanes[zlib.crc32(told.message.message.encode()) % LANES]:
            await self._bot.handle(told)

    async def _reaction(self, team: str, event: Json, key: str) -> Event | None:
        item: Json = event.get("item") or {}
        user = str(event.get("user") or "")
        if item.get("type") != "message" or not item.get("channel") or not item.get("ts") or not user:
            return None
        who, emoji = account(team, user), str(event.get("reaction") or "")
        ref = message_ref(team, str(item["channel"]), str(item["ts"]))
        if event["type"] == "reaction_removed":
            return ReactionRemoved(who, ref, emoji, key=key)
        profile = await self._profiles.get(team, user)
        return None if profile.bot else ReactionAdded(who, ref, emoji, profile.name, key=key)

    async def _message(self, team: str, event: Json, key: str) -> Event | None:
        channel, subtype = str(event.get("channel") or ""), str(event.get("subtype") or "")
        if subtype == "message_deleted" and event.get("deleted_ts"):
            return MessageDeleted(message_ref(team, channel, str(event["deleted_ts"])), key=key)
        if subtype == "message_changed":
            # One with replies is not removed when somebody deletes it: what is left of it says that it is gone.
            changed: Json = event.get("message") or {}
            if changed.get("subtype") == "tombstone" and changed.get("ts"):
                return MessageDeleted(message_ref(team, channel, str(changed["ts"])), key=key)
            return None
        user, thread, ts = (str(event.get(one) or "") for one in ("user", "thread_ts", "ts"))
        if subtype not in _WRITTEN or event.get("bot_id") or not user or not thread or thread == ts:
            return None
        if is_direct(channel):
            return None
        profile = await self._profiles.get(team, user)
        if profile.bot:
            return None
        text = written(str(event.get("text") or ""))
        thread_of = thread_ref(team, channel, thread)
        ref = message_ref(team, channel, ts)
        # Known by itself and not by its event, as it may also have been read after nobody heard it.
        name = profile.name or user
        return ThreadReplied(account(team, user), name, thread_of, ref, text or None, key=f"{channel}:{ts}")
