"""The chat platforms that the settings switch on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import FEATURES
from bot.cards import Card, translated
from bot.config import Config, DiscordSettings, SlackSettings
from bot.errors import ConfigError
from bot.language import ENGLISH
from bot.ports import Clock
from storage.documents import format_of

if TYPE_CHECKING:
    from adapters.discord import Connection, Discord
    from adapters.local import LocalPlatform
    from adapters.slack import Connection as SlackConnection
    from adapters.slack import Slack
    from adapters.slack.commands import Names


def local_of(config: Config, clock: Clock) -> LocalPlatform | None:
    """Return the platform on this machine, where it is switched on."""
    if not config.local.enabled:
        return None
    from adapters.local import LocalPlatform

    return LocalPlatform(clock)


def discord_of(config: Config, clock: Clock) -> Discord | None:
    """Return Discord, where a token switches it on."""
    given = config.discord
    if given.token is None:
        return None
    from adapters.discord import Discord

    return Discord(discord_connection(given, given.token.get_secret_value()), clock)


def discord_connection(given: DiscordSettings, token: str) -> Connection:
    """Return how to connect to Discord with a token."""
    from adapters.discord import Connection

    return Connection(
        token, given.api_url, given.gateway_url, given.guild_ready_timeout, given.message_content, given.shards
    )


def slack_of(config: Config, clock: Clock) -> Slack | None:
    """Return Slack, where a token or a client id switches it on; raises ConfigError where something is missing."""
    given = config.slack
    if not given.on:
        return None
    missing = []
    if given.mode == "socket" and given.app_token is None:
        missing.append("slack.app_token: a socket needs it. ./run setup slack says where it is.")
    if given.mode == "http" and given.signing_secret is None:
        missing.append("slack.signing_secret: else nobody can tell who calls. Your app > Basic Information has it.")
    if given.bot_token is None and given.client_secret is None:
        missing.append("slack.client_secret: it belongs to slack.client_id. Your app > Basic Information has it.")
    if missing:
        raise ConfigError(*missing)
    from adapters.slack import Slack

    return Slack(slack_connection(given, config.web.public_url), clock)


def slack_connection(given: SlackSettings, public_url: str | None = None) -> SlackConnection:
    """Return how to connect to Slack."""
    from adapters.slack import Connection

    secrets = (given.bot_token, given.app_token, given.signing_secret, given.client_secret)
    bot, app, signing, client = (one.get_secret_value() if one is not None else None for one in secrets)
    return Connection(given.mode, bot, app, signing, given.client_id, client, given.api_url, given.prefix, public_url)


def inspectors() -> Mapping[str, Callable[[Card], object]]:
    """Return how each platform would draw a card: as the core has it, and as a request's body."""

    def neutral(card: Card) -> object:
        return json.loads(format_of(Card).write(translated(card, ENGLISH)))

    def on_discord(card: Card) -> object:
        from adapters.discord import cards

        return cards.message(card)

    def on_slack(card: Card) -> object:
        from adapters.slack import cards

        return cards.message(card, shown=_slack_names().shown)

    return {"Card": neutral, "Discord": on_discord, "Slack": on_slack}


@cache
def _slack_names() -> Names:
    """Return what commands are called on Slack."""
    from adapters.slack.commands import Names

    return Names({command.name: command for feature in FEATURES for command in feature.commands})
