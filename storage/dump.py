"""Backups of a PostgreSQL database, by the tools that come with it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess  # nosec B404
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.errors import ConfigError
from storage.backup import Backup, synced

FORMAT = "custom"
"""pg_dump's own compressed format, which pg_restore reads."""


def without_password(url: str) -> tuple[str, str | None]:
    """Return the address of a database without its password, and the password."""
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    user, colon, password = login.partition(":")
    options = [option.partition("=") for option in parts.query.split("&")] if parts.query else []
    given = password if colon else next((value for name, _, value in options if name == "password"), None)
    # As they were written: libpq reads a plus sign as one, and no space.
    rest = "&".join("".join(option) for option in options if option[0] != "password")
    # Written out, as urlunsplit drops the slashes of an address without a host.
    return f"{parts.scheme}://{user}{at}{host}{parts.path}{'?' if rest else ''}{rest}", given and unquote(given)


def command(url: str, target: Path) -> list[str]:
    """Return the command line that dumps a database; the password is not in it."""
    return ["pg_dump", f"--format={FORMAT}", "--no-owner", f"--file={target}", f"--dbname={without_password(url)[0]}"]


def dump(url: str, target: Path) -> Backup:
    """Dump the database at `url` to a new file; ConfigError says why not, or what to run where there is no pg_dump."""
    line = command(url, target)
    if shutil.which(line[0]) is None:
        raise ConfigError(
            "No backup was made: pg_dump is not installed here.",
            "Run this where it is (it asks for the password, or takes it from PGPASSWORD or ~/.pgpass):",
            f"  {shlex.join(line)}",
        )
    part = target.with_name(f"{target.name}.part")
    password = without_password(url)[1]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        if target.exists():
            raise ConfigError(f"no backup was made: {target} is there already")
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600))  # it holds what people wrote
        try:
            _run(command(url, part), environment)
            synced(part)
            part.rename(target)
            synced(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"no backup was made: {error}") from error
    return Backup(target, target.stat().st_size, None)


def _run(line: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(  # nosec B603
        line, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise ConfigError("No backup was made:", *(f"  {said}" for said in done.stderr.strip().splitlines()))
