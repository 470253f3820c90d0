"""Settings: a TOML file, overridden by the environment; everything that is wrong is said at once."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import ConfigError

PREFIX = "STUDYCIRCLE_"
FROM_FILE = "_FILE"


class Section(BaseModel):
    """A section of the file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InstanceSettings(Section):
    """This installation: its name, and the language and zone of groups that set none."""

    name: str = Field(default="Studycircle", min_length=1, max_length=60)
    language: str = "en"
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in available_timezones():
            near = difflib.get_close_matches(value, sorted(available_timezones()), n=1, cutoff=0.4)
            raise ValueError(f"a time zone like {near[0] if near else 'Europe/Berlin'}")
        return value


class StorageSettings(Section):
    """Where everything is kept: `sqlite:///path.db` or `postgresql://user@host/name`."""

    url: str = "sqlite:///studycircle.db"

    @field_validator("url")
    @classmethod
    def _supported(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("sqlite:///path.db or postgresql://user@host/name")
        return value


class WebSettings(Section):
    """The bot's small web server; `public_url` is how people reach it from outside."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("an address like https://circle.example.org")
        return value


class LocalSettings(Section):
    """The platform on this machine, without any network."""

    enabled: bool = False


class DiscordSettings(Section):
    """Reserved for Discord."""

    token: SecretStr | None = None


class SlackSettings(Section):
    """Reserved for Slack."""

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None


class Config(Section):
    """All settings."""

    instance: InstanceSettings = InstanceSettings()
    storage: StorageSettings = StorageSettings()
    web: WebSettings = WebSettings()
    local: LocalSettings = LocalSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()


def load(path: Path | None, environment: Mapping[str, str]) -> Config:
    """Return the settings in a file and the environment; raises ConfigError with every problem in it.

    `STUDYCIRCLE_WEB__PORT=9000` overrides `port` in `[web]`; `STUDYCIRCLE_DISCORD__TOKEN_FILE` names a file that holds
    `token` in `[discord]`. A relative SQLite path is taken from the folder of the settings file.
    """
    problems: list[str] = []
    given = _read(path, problems)
    for section, key, value in _from_environment(environment, problems):
        part = given.setdefault(section, {})
        if isinstance(part, dict):
            part[key] = value
    try:
        config = Config.model_validate(given)
    except ValidationError as error:
        problems += [_problem(one["loc"], one["type"], one["msg"], one["input"]) for one in error.errors()]
    if problems:
        raise ConfigError(*problems)
    return _beside(config, path)


def _read(path: Path | None, problems: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path}: there is no such file. Copy config.example.toml to it and fill it in.")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: cannot be read: {error}")
    return {}


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value of each setting in the environment; only names with two underscores are settings."""
    for name in sorted(environment):
        section, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if not name.startswith(PREFIX) or not separator:
            continue
        value = environment[name]
        if name.endswith(FROM_FILE):
            key = key.removesuffix(FROM_FILE.lower())
            try:
                value = Path(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                # Somebody may have put the secret itself where its file was meant.
                file = value if "/" in value or "\\" in value else "the file that it names"
                reason = error.strerror if isinstance(error, OSError) else "it is no text"
                problems.append(f"{name}: cannot read {file}: {reason}")
                continue
        yield section, key, value


def _problem(where: tuple[int | str, ...], kind: str, message: str, value: object) -> str:
    name = ".".join(map(str, where))
    if kind == "extra_forbidden":
        known = _keys(where[:-1])
        near = difflib.get_close_matches(str(where[-1]), known, n=1, cutoff=0.4)
        meant = ".".join((*map(str, where[:-1]), near[0])) if near else ""
        return f"{name}: there is no such setting. " + (f"Did you mean {meant}?" if meant else f"Known: {known}.")
    wanted = message.removeprefix("Value error, ")
    shown = "its value" if isinstance(value, SecretStr) or where[0] in ("discord", "slack") else _shown(value)
    return f"{name}: {shown} will not do. Expected: {wanted}."


def _shown(value: object) -> str:
    """Return a value as it was written, without the password of an address."""
    return re.sub(r"(?<=://)[^\s/]*@", "…@", repr(value))


def _keys(where: tuple[int | str, ...]) -> list[str]:
    if not where:
        return list(Config.model_fields)
    section = Config.model_fields[str(where[0])].annotation
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []


def _beside(config: Config, path: Path | None) -> Config:
    """Return the settings with a relative SQLite path taken from the settings file's folder."""
    url = config.storage.url
    file = url.removeprefix("sqlite:///")
    if path is None or not url.startswith("sqlite:///") or Path(file).is_absolute():
        return config
    absolute = (path.resolve().parent / file).as_posix()
    return config.model_copy(update={"storage": StorageSettings(url=f"sqlite:///{absolute}")})


def secrets(config: Config) -> list[str]:
    """Return every secret in the settings, so that logs can leave them out."""
    found: list[str] = []
    if with_password := re.match(r"[^:]+://[^/@:]*:([^@]+)@", config.storage.url):
        found += [with_password[1], unquote(with_password[1])]
    for section in (config.discord, config.slack):
        found += [value.get_secret_value() for _, value in section if isinstance(value, SecretStr)]
    return found
