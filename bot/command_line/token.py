"""A token in a file of its own, and its name in the settings file."""

from __future__ import annotations

import os
import re
import secrets
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.config import PREFIX
from bot.errors import ConfigError

KEY = "token"


class TokenSettings:
    """The token of one platform, its `section` in the settings; `file` holds them and may not be there yet.

    `key` is the setting that holds the token, where a platform has several.
    """

    def __init__(
        self,
        token: str | None,
        section: str,
        file: Path,
        environment: Mapping[str, str],
        start: str,
        *,
        key: str = KEY,
    ) -> None:
        self._section = section
        self._file = file
        self._key = key
        self._beside = file.with_name(f"{section}.{key}")
        self.token = token
        names = (f"{PREFIX}{section.upper()}__{key.upper()}", f"{PREFIX}{section.upper()}__{key.upper()}_FILE")
        self.fixed = any(name in environment for name in names)
        self.start = start

    def plan(self) -> Sequence[str]:
        """Return, in words, what `keep` would write, and where."""
        there = ", instead of what is in it now" if self._beside.exists() else ""
        return [
            f"{self._beside}: the token, readable by you alone{there}",
            f'{self._file}: {self._key}_file = "{self._beside.name}" in [{self._section}]',
        ]

    def keep(self, token: str) -> None:
        """Write the token to a file of its own, and its name into the settings; raises ConfigError."""
        try:
            there = self._file.read_text(encoding="utf-8") if self._file.exists() else ""
            changed = with_token_file(there, self._section, self._beside.name, self._key)
            write(self._beside, f"{token}\n", 0o600)
            if changed != there:
                write(self._file, changed, stat.S_IMODE(self._file.stat().st_mode) if self._file.exists() else 0o644)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"Cannot write the settings: {error}") from error


def with_token_file(text: str, section: str, name: str, key: str = KEY) -> str:
    """Return the text of a settings file with a token's file in a section, not the token; all else stays as it is.

    Raises ConfigError where the file is written in a way that only people can change.
    """
    line = f'{key}_file = "{name}"'
    lines = text.splitlines()
    begin = next((at for at, one in enumerate(lines) if _header(one) == section), None)
    if begin is None:
        lines += [*([""] if lines else []), f"[{section}]", line]
    else:
        end = next((at for at in range(begin + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
        kept = [one for one in lines[begin + 1 : end] if not re.match(rf"\s*{key}(_file)?\s*=", one)]
        lines[begin + 1 : end] = [line, *kept]
    changed = "\n".join(lines) + "\n"
    if _read(changed) != _wanted(text, section, name, key):
        raise ConfigError(f"I can't change the settings file as it is written. In [{section}], write: {line}")
    return changed


def _header(line: str) -> str:
    found = re.fullmatch(r"\s*\[\s*(\w+)\s*\]\s*(#.*)?", line)
    return found[1] if found else ""


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _wanted(text: str, section: str, name: str, key: str) -> dict[str, Any] | None:
    """Return what the changed file has to say."""
    whole = _read(text)
    if whole is None:
        return {}
    part = dict(whole.get(section, {}))
    part.pop(key, None)
    return {**whole, section: {**part, f"{key}_file": name}}


def write(place: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all, with this mode from its first byte on."""
    target = place.resolve()
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)  # whatever the umask is
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
