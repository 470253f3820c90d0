"""Discord's places as the core names them.

The channel of a message is where Discord keeps it: the thread itself for a message in a thread. A thread belongs to
the channel that it hangs in; a post of a forum is a thread of itself, as its first message stands inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import discord
from discord.http import Route

from adapters.discord.text import PLATFORM
from bot.chat import AccountRef, ChannelRef, MessageRef, ThreadRef

DIRECT = "@me"
"""The space of direct conversations."""
_THREADS = (10, 11, 12)
_FORUMS = (15, 16)
WRITABLE = (0, 5, 15)
"""Kinds of channels in which groups can be: for messages, for announcements, and forums."""


class PlaceKind(Enum):
    """What can be done in a place."""

    CHANNEL = auto()
    FORUM = auto()
    THREAD = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a forum; people without rights cannot use a `moderated` one."""

    id: int
    name: str
    moderated: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or thread as Discord has it now; `parent` is the channel of a thread."""

    id: int
    kind: PlaceKind
    guild: int | None = None
    parent: int | None = None
    name: str = ""
    tags: tuple[Tag, ...] = ()
    needs_tag: bool = False


class Places:
    """Looks places up: among those that the gateway told of, else by asking Discord, once."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._asked: dict[int, Place] = {}

    async def get(self, id: int) -> Place:
        """Return a place; raises discord.HTTPException where there is none for us."""
        known = self._client.get_channel(id)
        if known is not None:
            return place_of(known)
        if id not in self._asked:
            found = await self._client.http.request(Route("GET", "/channels/{channel_id}", channel_id=id))
            if len(self._asked) >= 10_000:
                self._asked.clear()
            self._asked[id] = read_place(found)
        return self._asked[id]

    async def thread(self, place: Place) -> ThreadRef:
        """Return how the core names a thread."""
        parent = await self.get(place.parent) if place.parent is not None else place
        in_channel = place.id if parent.kind is PlaceKind.FORUM else parent.id
        return ThreadRef(channel_ref(place.guild, in_channel), str(place.id))

    def forget(self, id: int) -> None:
        """Ask anew the next time."""
        self._asked.pop(id, None)


def place_of(channel: object) -> Place:
    """Return a channel of the library's as a place."""
    id: int = getattr(channel, "id", 0)
    guild: discord.Guild | None = getattr(channel, "guild", None)
    in_guild = guild.id if guild else None
    name = str(getattr(channel, "name", "") or "")
    match channel:
        case discord.Thread():
            return Place(id, PlaceKind.THREAD, in_guild, channel.parent_id, name)
        case discord.ForumChannel():
            tags = tuple(Tag(tag.id, tag.name, tag.moderated) for tag in channel.available_tags)
            return Place(id, PlaceKind.FORUM, in_guild, None, name, tags, channel.flags.require_tag)
    return Place(id, PlaceKind.CHANNEL, in_guild, None, name)


def read_place(data: dict[str, Any]) -> Place:
    """Return a channel of Discord's answer as a place."""
    guild = int(data["guild_id"]) if data.get("guild_id") else None
    id, name = int(data["id"]), data.get("name") or ""
    if data["type"] in _THREADS:
        return Place(id, PlaceKind.THREAD, guild, int(data["parent_id"]), name)
    if data["type"] in _FORUMS:
        tags = (Tag(int(tag["id"]), tag["name"], bool(tag["moderated"])) for tag in data.get("available_tags", ()))
        return Place(id, PlaceKind.FORUM, guild, None, name, tuple(tags), bool(data.get("flags", 0) & 1 << 4))
    return Place(id, PlaceKind.CHANNEL, guild, None, name)


def account(user: int) -> AccountRef:
    """Return a person's account."""
    return AccountRef(PLATFORM, str(user))


def channel_ref(guild: int | None, channel: int) -> ChannelRef:
    """Return a channel; one without a server is a direct conversation."""
    return ChannelRef(PLATFORM, str(guild) if guild is not None else DIRECT, str(channel))


def message_ref(guild: int | None, channel: int, message: int, thread: int | None = None) -> MessageRef:
    """Return a message that stands in a channel or thread, with the thread below it."""
    return MessageRef(channel_ref(guild, channel), str(message), str(thread) if thread is not None else None)


def guild_of(ref: ChannelRef) -> int | None:
    """Return the server of a channel; None for a direct conversation."""
    return None if ref.space == DIRECT else int(ref.space)
