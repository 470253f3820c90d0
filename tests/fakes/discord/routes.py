"""Which request does what: handlers find each other here by method and path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes.discord.permissions import May, allowed
from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.rules import Refused
from tests.fakes.discord.things import Channel, Guild, Message
from tests.fakes.discord.world import World


@dataclass(frozen=True, slots=True)
class Done:
    """An answer with another status than 200."""

    body: Any
    status: int = 200


Handler: TypeAlias = Callable[[World, Asked], Any]
ROUTES: dict[tuple[str, str], Handler] = {}
"""What is done with a request, by method and path; None as an answer is 204."""


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Let a function answer requests."""

    def keep(handler: Handler) -> Handler:
        ROUTES[method, path] = handler
        return handler

    return keep


def guild_of(world: World, asked: Asked) -> Guild:
    """Return the server in a path, where the bot is in it."""
    found = world.guilds.get(asked.id("guild_id"))
    if found is None or not world.bot_in(found):
        raise Refused(404, 10004, "Unknown Guild")
    return found


def channel_of(world: World, asked: Asked, *needed: May) -> Channel:
    """Return the channel in a path, where the bot may do what is needed."""
    found = world.channels.get(asked.id("channel_id"))
    if found is None:
        raise Refused(404, 10003, "Unknown Channel")
    need(world, found, *needed)
    return found


def need(world: World, channel: Channel, *needed: May) -> None:
    """Refuse what the bot may not do in a channel."""
    if channel.guild is None:
        return
    may = allowed(channel.guild, world.application.user, channel)
    if May.VIEW_CHANNEL not in may:
        raise Refused(403, 50001, "Missing Access")
    if any(one not in may for one in needed):
        raise Refused(403, 50013, "Missing Permissions")


def message_of(channel: Channel, asked: Asked) -> Message:
    """Return the message in a path."""
    found = channel.stored.get(asked.id("message_id"))
    if found is None or found.only_for is not None:
        raise Refused(404, 10008, "Unknown Message")
    return found
