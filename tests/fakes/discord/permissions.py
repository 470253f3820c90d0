"""What somebody may do in a place, counted together as Discord does."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.discord.things import Channel, Guild, User


class May(IntFlag):
    """Discord's permissions, as far as they matter to bots like ours."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44


NOTHING = May(0)
EVERYTHING = NOTHING
for _one in May:
    EVERYTHING |= _one
USUAL = (
    May.ADD_REACTIONS
    | May.VIEW_CHANNEL
    | May.SEND_MESSAGES
    | May.EMBED_LINKS
    | May.ATTACH_FILES
    | May.READ_MESSAGE_HISTORY
    | May.USE_APPLICATION_COMMANDS
    | May.CREATE_PUBLIC_THREADS
    | May.SEND_MESSAGES_IN_THREADS
)
"""What everybody may in a new server."""


def allowed(guild: Guild, user: User, channel: Channel | None = None) -> May:
    """Return what a member may, in a channel or thread, or in the whole server."""
    if guild.owner is user:
        return EVERYTHING
    member = guild.members.get(user.id)
    if member is None:
        return May(0)
    roles = [guild.roles[id] for id in (guild.id, *member.roles) if id in guild.roles]
    may = May(0)
    for role in roles:
        may |= role.permissions
    if May.ADMINISTRATOR in may:
        return EVERYTHING
    place = channel.parent if channel is not None and channel.is_thread and channel.parent else channel
    if place is None:
        return may
    for kinds in ({guild.id}, {role.id for role in roles[1:]}, {user.id}):
        for id in kinds & place.overwrites.keys():
            may &= ~place.overwrites[id].deny
        for id in kinds & place.overwrites.keys():
            may |= place.overwrites[id].allow
    return may if May.VIEW_CHANNEL in may else May(0)
