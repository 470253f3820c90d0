"""The verb that says what is wrong with an installation, and what to do next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bot.checkup import Examination, Finding, Level
from bot.command_line import DEFAULT_CONFIG, ConfigFile, configured, discord, finished, slack
from bot.config import Config, secrets
from schedules.clock import SystemClock


def doctor(config: ConfigFile = None) -> None:
    """Say how the installation is, and what to do where something is wrong."""
    settings = configured(config)
    finished(_report(examinations(settings, config or DEFAULT_CONFIG)))


def examinations(settings: Config, file: Path) -> Sequence[Examination]:
    """Return what is looked at; a platform that is switched on adds its own here."""
    from storage import checkup

    async def of_settings() -> list[Finding]:
        return _settings(settings, file)

    async def of_database() -> list[Finding]:
        return await checkup.examine(settings.storage.url, settings.storage.backups_folder, SystemClock().now())

    parts: list[Examination] = [of_settings, of_database]
    if (token := settings.discord.token) is not None:
        shown = token.get_secret_value()

        async def of_discord() -> list[Finding]:
            return await discord.examined(settings, shown)

        parts.append(of_discord)
    if settings.slack.on:

        async def of_slack() -> list[Finding]:
            return await slack.examined(settings)

        parts.append(of_slack)
    return parts


async def _report(parts: Sequence[Examination]) -> int:
    """Print what is found and return the exit status."""
    worst = 0
    for part in parts:
        for finding in await part():
            print(f"{finding.level:<6} {finding.about:<9} {finding.what}")
            if finding.next:
                print(f"{'':16} {finding.next}")
            worst |= finding.level is Level.WRONG
    return worst


def _settings(settings: Config, file: Path) -> list[Finding]:
    if file.exists():
        found = [Finding(Level.OK, "settings", f"{file} and the environment can be used")]
        if file.stat().st_mode & 0o004 and any(one in file.read_text(encoding="utf-8") for one in secrets(settings)):
            said = f"everybody on this machine can read {file}, and it holds a secret"
            found.append(Finding(Level.LOOK, "settings", said, f"chmod o-r {file}"))
        found += [one for name in _files(settings) for one in _kept(file.resolve().parent / name, "the token")]
    else:
        found = [Finding(Level.OK, "settings", "there is no file, so all is as it comes, or from the environment")]
    found += _kept(settings.storage.badge_keys_file.resolve(), "the key that signs badges")
    if not settings.local.enabled and settings.discord.token is None and not settings.slack.on:
        help = "Without one the bot does not start."
        found.append(Finding(Level.LOOK, "settings", "no platform is switched on", help))
    if os.geteuid() == 0:
        found.append(Finding(Level.LOOK, "settings", "this runs as root", "Run the bot as a user of its own."))
    return found


def _files(settings: Config) -> list[str]:
    """Return the files that the settings name for secrets."""
    there = settings.slack
    named = [settings.discord.token_file, there.bot_token_file, there.app_token_file]
    named += [there.signing_secret_file, there.client_secret_file]
    return [name for name in named if name is not None]


def _kept(place: Path, what: str) -> list[Finding]:
    """Return who else can read a file that holds a secret."""
    if not place.exists() or not place.stat().st_mode & 0o077:
        return []
    said = f"others on this machine can read {place}, which holds {what}"
    return [Finding(Level.LOOK, "settings", said, f"chmod 600 {place}")]
