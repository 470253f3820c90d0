"""Slack on the command line: the manifest, the set-up, and what the doctor says about it."""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.checkup import Finding
from bot.command_line import DEFAULT_CONFIG, ConfigFile, configured, fail, finished
from bot.command_line.discord import LEAVE, setup
from bot.command_line.talking import Terminal
from bot.command_line.token import TokenSettings
from bot.config import Config
from bot.errors import ConfigError
from schedules.clock import SystemClock

if TYPE_CHECKING:
    from adapters.slack.commands import Names
    from adapters.steps import Settings, Talk

slack = typer.Typer(help="Slack.", no_args_is_help=True)

PLATFORM = "slack"


@slack.callback()
def _of_slack() -> None:
    """Slack."""


@slack.command("manifest")
def manifest(
    prefix: Annotated[
        str | None, typer.Option(help="What each command begins with, if another app has taken its name.")
    ] = None,
    http: Annotated[
        str | None, typer.Option(help="The bot's public address, where Slack calls it instead of a socket.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Print the app's manifest, what it asks for, and a link that makes the app with one click."""
    settings = configured(config)
    from adapters.slack import manifest as drawn

    if http is not None and not re.fullmatch(r"https://[^\s/?#]+(/[^\s?#]*)?", http):
        fail(f"{http} will not do: Slack calls an address such as https://circle.example.org.")
    site = http.rstrip("/").removesuffix("/slack/events") if http is not None else None
    begins = settings.slack.prefix if prefix is None else prefix
    try:
        names = _names(begins)
    except ValueError as error:
        fail(f"--prefix: {begins!r} will not do. Expected: {error}.")
    found = drawn.manifest(names.commands, prefix=begins, http=site, name=settings.instance.name)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    lines = [
        "",
        "One click makes the app from it:",
        f"  {drawn.link(found)}",
        "An app that is there already: api.slack.com/apps > your app > App Manifest; paste it, then reinstall.",
        "",
        "What it asks for:",
        *(f"  {scope}: {why}" for scope, why in drawn.SCOPES.items()),
    ]
    if begins != settings.slack.prefix:
        lines += ["", f'Set prefix = "{begins}" in [slack] as well.']
    print(*lines, sep="\n")


@setup.command("slack")
def set_up_slack(config: ConfigFile = None) -> None:
    """Connect to Slack: the app, its tokens, a channel and a test post, each checked at once."""
    settings = configured(config)
    given = settings.slack
    start = f"./run bot --config {config}" if config else "./run bot"
    file = config or DEFAULT_CONFIG
    tokens = [
        TokenSettings(one.get_secret_value() if one else None, PLATFORM, file, os.environ, start, key=key)
        for one, key in ((given.bot_token, "bot_token"), (given.app_token, "app_token"))
    ]
    finished(_set_up(settings, Terminal(), *tokens))


async def _set_up(settings: Config, talk: Talk, bot_token: Settings, app_token: Settings) -> int:
    from dataclasses import replace

    from adapters.slack import manifest as drawn
    from adapters.slack.setup import Setup
    from adapters.slack.visit import NotReached, opens_socket, visiting
    from adapters.steps import Stopped
    from bot.bootstrap.platforms import slack_connection

    clock, connection = SystemClock(), slack_connection(settings.slack)
    names = _names(settings.slack.prefix)
    found = drawn.manifest(names.commands, prefix=settings.slack.prefix, name=settings.instance.name)
    steps = Setup(
        talk,
        bot_token,
        app_token,
        lambda token: visiting(replace(connection, bot_token=token), clock),
        lambda token: opens_socket(connection, token),
        link=drawn.link(found),
        umbrella=names.umbrella,
    )
    try:
        await steps.run()
    except (typer.Abort, asyncio.CancelledError):
        talk.tell("", LEAVE)
        return 130
    except (NotReached, Stopped) as error:
        raise ConfigError(*str(error).splitlines(), LEAVE) from error
    return 0


async def examined(settings: Config) -> list[Finding]:
    """Return how Slack is."""
    from adapters.slack.checkup import Remembered, examine
    from bot.bootstrap.platforms import slack_connection
    from storage.looking import known

    there = await known(settings.storage.url, PLATFORM)
    remembered = Remembered(there.homes, there.memos) if there is not None else None
    connection = slack_connection(settings.slack, settings.web.public_url)
    return await examine(connection, _names(settings.slack.prefix).umbrella, remembered, SystemClock())


def _names(prefix: str) -> Names:
    """Return what commands are called; raises ValueError for a prefix that Slack would not take."""
    from adapters.slack.commands import Names
    from bot.bootstrap import FEATURES

    return Names({command.name: command for feature in FEATURES for command in feature.commands}, prefix)
