"""Roles that a group's members get: which may be chosen, giving and taking them, and what to click where that fails.

The bot makes, renames and deletes no roles, and gives none with which anybody could look after a server.
"""

from __future__ import annotations

import discord
from discord.http import Route

from adapters.discord import errors
from adapters.discord.marks import Json
from adapters.discord.permissions import MANAGE_ROLES, turn_on
from adapters.discord.wire import Wire
from bot.errors import DeliveryError, Refusal
from bot.text import Text, join, to_text

POWERS = discord.Permissions.elevated() | discord.Permissions(
    manage_nicknames=True,
    manage_events=True,
    manage_emojis_and_stickers=True,
    mention_everyone=True,
    mute_members=True,
    deafen_members=True,
    move_members=True,
    view_audit_log=True,
    view_guild_insights=True,
)
"""What nobody gains by joining a group."""
_SHOWN = 3
"""How many of those are named."""


class RoleNotSeen(Refusal):
    """I don't see that role yet. Try again in a moment."""


class NobodysRole(Refusal):
    """“{role}” can't be given to people: it is everybody's, or belongs to a bot or a subscription. Choose another."""


class PowerfulRole(Refusal):
    """Whoever has “{role}” may do this: {rights}.

    Nobody should gain that by joining a group, so I don't give it. Choose a role without such permissions.
    """


class NotYoursToGive(Refusal):
    """You can't give “{role}” yourself, so I don't give it for you. Ask somebody who can to type this."""


class NeedsManageRoles(Refusal):
    """To give people a role, I have to be let: {click}. Then type this again."""


class RoleAboveMine(Refusal):
    """I can't give “{role}”, as it stands above my own role: {click}. Then type this again."""


def check(role: discord.Role | None, caller: object) -> None:
    """Raise a Refusal unless somebody may have people of a group given a role, and we can give it."""
    if role is None:
        raise RoleNotSeen
    name, guild = role.name[:80], role.guild
    if _is_nobodys(role):
        raise NobodysRole(role=name)
    if powers := _powers(role):
        raise PowerfulRole(role=name, rights=join(powers))
    if not _may_give(caller, role):
        raise NotYoursToGive(role=name)
    if not guild.me.guild_permissions.manage_roles:
        raise NeedsManageRoles(click=turn_on(MANAGE_ROLES, _mine(guild)))
    if role >= guild.me.top_role:
        raise RoleAboveMine(role=name, click=_drag(role))


def _is_nobodys(role: discord.Role) -> bool:
    return role.is_default() or role.managed


def _powers(role: discord.Role) -> list[Text]:
    """Return the first of the powers that come with a role, as Discord's settings call them, more or less."""
    found = [name for name, on in role.permissions if on and getattr(POWERS, name)]
    return [to_text(name.replace("_", " ").replace("guild", "server").title()) for name in found[:_SHOWN]]


def _may_give(caller: object, role: discord.Role) -> bool:
    """Return whether somebody could give a role by hand; what a channel lets them do does not count."""
    if not isinstance(caller, discord.Member):
        return False
    if caller.id == role.guild.owner_id:
        return True
    return caller.guild_permissions.manage_roles and caller.top_role > role


def _mine(guild: discord.Guild) -> str:
    """Return what the bot's own role is called in the server's settings."""
    return guild.self_role.name if guild.self_role is not None else guild.me.display_name


def _drag(role: discord.Role) -> str:
    return f"Server Settings > Roles > drag “{_mine(role.guild)}” above “{role.name[:80]}”"


def _unfit(role: discord.Role) -> str:
    name = role.name[:80]
    return f"“{name}” is not for people, or lets them look after the server. Choose another with /lead group role"


def in_the_way(role: discord.Role, me: discord.Member) -> str:
    """Return why we can't give a role, with what to click; empty where we can."""
    name = role.name[:80]
    if _is_nobodys(role) or _powers(role):
        return _unfit(role)
    if not me.guild_permissions.manage_roles:
        return f"“{MANAGE_ROLES.shown}” is off. {turn_on(MANAGE_ROLES, _mine(role.guild))}"
    if role >= me.top_role:
        return f"“{name}” stands above my own role. {_drag(role)}"
    return ""


class Roles:
    """Gives and takes roles; each call may raise what the library raises."""

    def __init__(self, client: discord.Client, wire: Wire) -> None:
        self._client = client
        self._wire = wire

    async def give(self, guild: int, id: int, user: int) -> bool:
        """Give somebody a role; return False where they are not in that server."""
        role = self._known(guild, id) or await self._asked(guild, id)
        if role is not None and (_is_nobodys(role) or _powers(role)):
            raise DeliveryError(_unfit(role), permanent=True)
        try:
            await self._request("PUT", guild, id, user)
        except discord.NotFound as error:
            if error.code != errors.UNKNOWN_MEMBER:
                raise
            return False
        return True

    async def take(self, guild: int, id: int, user: int) -> None:
        """Take a role from somebody; where they, the role or we are gone, there is nothing to take."""
        try:
            await self._request("DELETE", guild, id, user)
        except discord.NotFound:
            return
        except discord.Forbidden as error:
            if error.code != errors.NO_ACCESS:  # which is what a server says to a bot that is not in it
                raise

    async def _request(self, verb: str, guild: int, role: int, user: int) -> None:
        path = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
        await self._wire.request(Route(verb, path, guild_id=guild, user_id=user, role_id=role))

    def _known(self, guild: int, id: int) -> discord.Role | None:
        there = self._client.get_guild(guild)
        return there.get_role(id) if there is not None else None

    async def _asked(self, guild: int, id: int) -> discord.Role | None:
        """Return a role as Discord has it now; a process that only stands by was told of none."""
        found = await self._wire.several(Route("GET", "/guilds/{guild_id}/roles", guild_id=guild))
        data: Json | None = next((one for one in found if int(one["id"]) == id), None)
        if data is None:
            return None
        where = self._client.get_guild(guild) or discord.Object(guild)
        return discord.Role(guild=where, state=self._client._connection, data=data)  # type: ignore[arg-type]

    def click(self, guild: int, id: int) -> str:
        """Return why we may not give or take a role, with what an admin has to click."""
        there, role = self._client.get_guild(guild), self._known(guild, id)
        if there is None or there.me is None or role is None:
            return "I may not give this role. Server Settings > Roles: turn on “Manage Roles” for me, drag me above it"
        return in_the_way(role, there.me) or f"Discord does not let me give “{role.name[:80]}”. {_drag(role)}"
