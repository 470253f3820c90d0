"""The verbs that keep the database: backup and restore."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.command_line import ConfigFile, configured, in_words
from bot.config import Config
from bot.errors import ConfigError
from schedules.clock import SystemClock


def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; a new file among the backups if empty.")] = None,
    config: ConfigFile = None,
) -> None:
    """Copy the database as it is at this moment, also while the bot runs, and check the copy."""
    settings = configured(config)
    with in_words():
        print(_backed_up(settings, file, SystemClock().now()))


def _backed_up(settings: Config, file: Path | None, now: datetime) -> str:
    from storage import backup, dump

    source = settings.storage.file
    folder = settings.storage.backups_folder
    if file is None and folder is None:
        raise ConfigError("storage.backups is empty, so say where the backup is to go: backup FILE")
    if source is None:
        made = dump.dump(settings.storage.url, file or folder / f"studycircle-{now:%Y%m%dT%H%M%SZ}.dump")  # type: ignore[operator]
        return f"Dumped to {made.path} ({_large(made.size)}), in the format that pg_restore reads."
    if not source.exists():
        raise ConfigError(f"there is no database {source}")
    made = backup.take(source, file or folder / backup.named(source, "", now))  # type: ignore[operator]
    return f"Backed up to {made.path} ({_large(made.size)}, schema {made.revision}); the copy is whole."


def restore(
    file: Annotated[Path | None, typer.Argument(help="The backup to put in the database's place.")] = None,
    mark: Annotated[
        bool, typer.Option("--mark", help="PostgreSQL: the database that storage.url names was just restored.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Put a backup in the place of the database, which is kept aside; stop the bot first."""
    settings = configured(config)
    place, now = settings.storage.file, SystemClock().now()
    from storage import forgotten

    with in_words():
        gone = forgotten.read(forgotten.list_of(place, settings.storage.backups_folder))
        if place is not None:
            if file is None:
                raise ConfigError("Say which backup: restore FILE")
            from storage.restore import restore as put_back

            came = put_back(file, place, now, gone)
            print(f"Restored: {place} is now what {file} was (schema {came.revision}).")
            if came.aside:
                print(f"The database that was there is kept as {came.aside}.")
        elif mark:
            from storage.restore import mark_restored

            asyncio.run(mark_restored(settings.storage.url, now, gone))
            print("Marked as restored.")
        else:
            raise ConfigError(*_by_hand(settings.storage.url, file))
    print("What was posted since the backup is looked for before it is posted again. Now start the bot.")


def _by_hand(url: str, file: Path | None) -> list[str]:
    from storage.dump import without_password

    return [
        "Nothing was restored: PostgreSQL's own tools do that, into a new and empty database.",
        f"  1. Stop every bot that uses {without_password(url)[0]}",
        "  2. createdb NEW",
        f"  3. pg_restore --no-owner --exit-on-error --single-transaction --dbname=NEW {file or 'FILE'}",
        "  4. Let storage.url name NEW, and run: restore --mark",
        "Without the last step, what was posted since the backup would be posted again.",
    ]


def _large(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(size / 1e3, 0.1):.1f} kB"
