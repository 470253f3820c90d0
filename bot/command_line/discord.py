"""Discord on the command line: the set-up, the invite, and what the doctor says about it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from bot.checkup import Finding
from bot.command_line import DEFAULT_CONFIG, ConfigFile, configured, fail, finished
from bot.command_line.talking import Terminal
from bot.command_line.token import TokenSettings
from bot.config import Config
from bot.errors import ConfigError
from schedules.clock import SystemClock

if TYPE_CHECKING:
    from adapters.discord.commands import Registered
    from adapters.steps import Settings, Talk

setup = typer.Typer(help="Connect a platform, step by step; can be run again.", no_args_is_help=True)
discord = typer.Typer(help="Discord.", no_args_is_help=True)

LEAVE = "Stopped. What was done stays done; run this again whenever you like."
PLATFORM = "discord"


@setup.command("discord")
def set_up_discord(config: ConfigFile = None) -> None:
    """Connect to Discord: token, server, commands and a test post, each checked at once."""
    settings = configured(config)
    given = settings.discord.token
    start = f"./run bot --config {config}" if config else "./run bot"
    token = given.get_secret_value() if given is not None else None
    kept = TokenSettings(token, PLATFORM, config or DEFAULT_CONFIG, os.environ, start)
    finished(_set_up(settings, Terminal(), kept))


@discord.command("invite")
def invite(config: ConfigFile = None) -> None:
    """Print the link that lets the bot into a server, and what it asks for."""
    settings = configured(config)
    if settings.discord.token is None:
        fail("There is no token yet, so I can't tell which bot to invite. Begin with: setup discord")
    finished(_invite(settings, settings.discord.token.get_secret_value()))


async def _set_up(
    settings: Config, talk: Talk, kept: Settings, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> int:
    from adapters.discord.ended import TOKEN_REFUSED
    from adapters.discord.errors import TokenRefused
    from adapters.discord.setup import Setup
    from adapters.discord.visit import NotReached, visiting
    from adapters.steps import Stopped
    from bot.bootstrap.platforms import discord_connection

    clock = SystemClock()
    steps = Setup(
        talk,
        kept,
        lambda token: visiting(discord_connection(settings.discord, token), clock),
        _wanted(),
        message_content=settings.discord.message_content,
        pause=pause,
    )
    try:
        await steps.run()
    except (typer.Abort, asyncio.CancelledError):
        talk.tell("", LEAVE)
        return 130
    except TokenRefused as error:
        raise TOKEN_REFUSED from error
    except (NotReached, Stopped) as error:
        raise ConfigError(*str(error).splitlines(), LEAVE) from error
    return 0


async def _invite(settings: Config, token: str) -> int:
    from adapters.discord.ended import TOKEN_REFUSED
    from adapters.discord.errors import TokenRefused
    from adapters.discord.permissions import MANAGE_ROLES, PERMISSIONS, SCOPES
    from adapters.discord.permissions import invite as link
    from adapters.discord.visit import NotReached, visiting
    from bot.bootstrap.platforms import discord_connection

    try:
        async with visiting(discord_connection(settings.discord, token), SystemClock()) as visit:
            application = await visit.application()
    except TokenRefused as error:
        raise TOKEN_REFUSED from error
    except NotReached as error:
        raise ConfigError(f"{error}.") from error
    print(link(application.id))
    print(f"It lets {application.name} into a server of yours:")
    for scope, why in SCOPES.items():
        print(f"  {scope}: {why}")
    for one in PERMISSIONS:
        print(f"  {one.shown}: {one.why}")
    print(f"It does not ask for {MANAGE_ROLES.shown}, which it needs {MANAGE_ROLES.why}.")
    print("Turn that on for the bot's role when you want it, or invite with:")
    print(f"  {link(application.id, None, MANAGE_ROLES)}")
    return 0


async def examined(settings: Config, token: str) -> list[Finding]:
    """Return how Discord is."""
    from adapters.discord.checkup import Remembered, examine
    from bot.bootstrap.platforms import discord_connection
    from storage.looking import known

    there = await known(settings.storage.url, PLATFORM)
    remembered = Remembered(there.homes, there.memos, there.leases, there.rosters) if there is not None else None
    return await examine(discord_connection(settings.discord, token), _wanted(), remembered, SystemClock())


def _wanted() -> Registered:
    """Return the commands that a server is to have."""
    from adapters.discord.commands import registered
    from bot.bootstrap import FEATURES
    from bot.language import Languages

    return registered((command for feature in FEATURES for command in feature.commands), Languages())
