"""What the bot asks to do in a server, why, and what fails without it: for invite, doctor, errors and docs alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import discord

SCOPES = {
    "bot": "to be in a server, with the permissions named here",
    "applications.commands": "to register commands there",
}
"""What an admin lets the bot do by inviting it, and why."""
PAGE = "https://discord.com/oauth2/authorize"
"""Where people let a bot into their server."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission as the library and as Discord's settings call it; without a `vital` one nobody hears of anything.

    `in_forums` says whether a forum has any use for it.
    """

    flag: str
    shown: str
    why: str
    without: str
    vital: bool = False
    in_forums: bool = True


PERMISSIONS = (
    Permission(
        "view_channel",
        "View Channels",
        "to be in the channels where groups live",
        "nothing works there: no commands, no posts, no likes",
        vital=True,
    ),
    Permission(
        "send_messages",
        "Send Messages",
        "to post weeks, work, questions and announcements; in a forum, to open posts",
        "nothing is posted there; whoever leads the group is told",
        vital=True,
    ),
    Permission(
        "create_public_threads",
        "Create Public Threads",
        "to open a thread below each question and each piece of work",
        "cards stand without a thread, so people cannot answer below them",
        in_forums=False,
    ),
    Permission(
        "send_messages_in_threads",
        "Send Messages in Threads",
        "to post answers and feedback in those threads",
        "answers and feedback given by button or command do not appear in the thread",
    ),
    Permission(
        "read_message_history",
        "Read Message History",
        "to look whether a message arrived when a connection broke, to correct old ones, to count likes it missed",
        "after a fault a post can come twice, old messages stay as they are, and likes given meanwhile are lost",
    ),
    Permission(
        "attach_files",
        "Attach Files",
        "to hand people the files that they ask for: portfolio, export, course outline",
        "portfolios, exports and outlines cannot be handed over as files",
    ),
)
"""All that the bot asks for; the most needed come first."""

MANAGE_ROLES = Permission(
    "manage_roles",
    "Manage Roles",
    "to give a role to everybody in a group, where somebody chose one with /lead group role",
    "nobody gets that role; whoever leads the group is told",
)
"""What it needs where a group has a role, and asks for nowhere else."""


def bits(*more: Permission) -> int:
    """Return all permissions, and more that only some servers need, as the number that stands in an invite."""
    return discord.Permissions(**{one.flag: True for one in (*PERMISSIONS, *more)}).value


def invite(application: int, server: int | None = None, *more: Permission) -> str:
    """Return the link with which an admin lets the bot into a server, or lets it in anew with what it lacks."""
    asked = {"client_id": application, "scope": " ".join(SCOPES), "permissions": bits(*more)}
    if server is not None:
        asked |= {"guild_id": server, "disable_guild_select": "true"}
    return f"{PAGE}?{urlencode(asked)}"


def missing(may: discord.Permissions, *, forum: bool = False) -> Sequence[Permission]:
    """Return what the bot lacks where it may do this much."""
    return [one for one in PERMISSIONS if (one.in_forums or not forum) and not getattr(may, one.flag)]


def to_click(permission: str, channel: str, bot: str = "Studycircle") -> str:
    """Return what an admin has to click so that the bot, whose role has its name, gets a permission in a channel."""
    return f"Server Settings > Roles > {bot} > turn on “{permission}”; and look at the permissions of #{channel} itself"


def turn_on(permission: Permission, bot: str = "Studycircle") -> str:
    """Return what an admin has to click so that the bot gets a permission in the whole server."""
    return f"Server Settings > Roles > {bot} > turn on “{permission.shown}”"
