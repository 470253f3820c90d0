"""Settings: a TOML file, overridden by the environment; everything that is wrong is said at once."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import ConfigError
from bot.study.limits import USUAL, Limits

PREFIX = "STUDYCIRCLE_"
FROM_FILE = "_FILE"
_IN_FILES = (
    ("discord", "token"),
    ("slack", "bot_token"),
    ("slack", "app_token"),
    ("slack", "signing_secret"),
    ("slack", "client_secret"),
)
"""Secrets that can be in a file of their own, by section."""


_HOST = r"(\[[^\]]*\]|[^\s/?#@:,\[\]]*)(:\d+)?"
_OPTION = r"[^\s=&#]+=[^\s&#]*"
_SERVER = re.compile(rf"postgresql://([^\s/?#@\[\]]*@)?{_HOST}(,{_HOST})*(/[^\s/?#@]*)?(\?{_OPTION}(&{_OPTION})*)?")
"""The address of a database in which it is plain where the password ends."""


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
    """Where everything is kept, `sqlite:///path.db` or `postgresql://user@host/name`, and how many backups of it."""

    url: str = "sqlite:///studycircle.db"
    backups: str = "backups"
    keep_daily: int = Field(default=7, ge=1)
    keep_weekly: int = Field(default=4, ge=0)
    badge_keys: str = Field(default="badge-keys.json", min_length=1)

    @property
    def file(self) -> Path | None:
        """The file that everything is kept in; None for a server."""
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite:///") else None

    @property
    def badge_keys_file(self) -> Path:
        """The file that holds the keys which badges are signed with."""
        return Path(self.badge_keys)

    @property
    def backups_folder(self) -> Path | None:
        """The folder that backups go to; None where none are wanted."""
        return Path(self.backups) if self.backups else None

    @field_validator("url")
    @classmethod
    def _supported(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("sqlite:///path.db or postgresql://user@host/name")
        # Else a part of a password would be taken for a host or an option, and be named where those are.
        if value.startswith("postgresql:") and not _SERVER.fullmatch(value):
            raise ValueError("postgresql://user@host/name, with / ? # @ [ ] of a password as %2F %3F %23 %40 %5B %5D")
        return value


class WebSettings(Section):
    """The bot's small web server; `public_url` is how people reach it from outside, and switches public pages on.

    `metrics_port` switches /metrics on: at `port` beside the pages, or at a port of its own, which 0 leaves to chance.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    metrics_port: int | None = Field(default=None, ge=0, le=65535)

    @property
    def site(self) -> str | None:
        """Where the public pages are, with a slash at its end; None where there are none."""
        return self.public_url.rstrip("/") + "/" if self.public_url else None

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if not value:
            return None
        try:
            parts = urlsplit(value)
            fine = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        except ValueError:
            fine = False
        if not fine or "@" in value or any(character.isspace() for character in value):
            raise ValueError("an address like https://circle.example.org")
        return value


class LimitsSettings(Section):
    """How much one person, or all of a space, may do in a while."""

    submissions_a_day: int = Field(default=USUAL.submissions_a_day, ge=1)
    questions_a_day: int = Field(default=USUAL.questions_a_day, ge=1)
    commands_a_minute: int = Field(default=USUAL.commands_a_minute, ge=1)
    leaders_commands_a_minute: int = Field(default=USUAL.leaders_commands_a_minute, ge=1)
    space_commands_a_minute: int = Field(default=USUAL.space_commands_a_minute, ge=1)
    views_a_minute: int = Field(default=USUAL.views_a_minute, ge=1)

    @property
    def as_limits(self) -> Limits:
        """The limits as the core knows them."""
        return Limits(**self.model_dump())


class LocalSettings(Section):
    """The platform on this machine, without any network."""

    enabled: bool = False


class DiscordSettings(Section):
    """Discord, switched on by a token, which may be in `token_file`; addresses elsewhere only over https and wss."""

    token: SecretStr | None = None
    token_file: str | None = None
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = "wss://gateway.discord.gg/"
    guild_ready_timeout: float = Field(default=2.0, gt=0, le=60)
    message_content: bool = False
    shards: int | None = Field(default=None, ge=1)

    @field_validator("api_url")
    @classmethod
    def _web(cls, value: str) -> str:
        return _safe(value, "https", "http")

    @field_validator("gateway_url")
    @classmethod
    def _socket(cls, value: str) -> str:
        return _safe(value, "wss", "ws")


def _safe(url: str, scheme: str, plain: str) -> str:
    """Return an address that keeps a token secret: encrypted, or of this machine alone."""
    try:
        parts = urlsplit(url)
        here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        parts, here = urlsplit(""), False
    if not parts.hostname or parts.scheme not in (scheme, plain) or (parts.scheme == plain and not here):
        raise ValueError(f"an address that starts with {scheme}://, or with {plain}:// on this machine alone")
    return url


class SlackSettings(Section):
    """Slack, switched on by a bot token, or by a client id where several workspaces install the app by themselves.

    Each secret may be in a file that `…_file` names; addresses elsewhere only over https.
    """

    mode: Literal["socket", "http"] = "socket"
    bot_token: SecretStr | None = None
    bot_token_file: str | None = None
    app_token: SecretStr | None = None
    app_token_file: str | None = None
    signing_secret: SecretStr | None = None
    signing_secret_file: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    client_secret_file: str | None = None
    api_url: str = "https://slack.com/api/"
    prefix: str = Field(default="", pattern=r"^[a-z0-9_-]{0,20}$")

    @field_validator("api_url")
    @classmethod
    def _web(cls, value: str) -> str:
        return _safe(value, "https", "http").rstrip("/") + "/"

    @property
    def on(self) -> bool:
        """Whether Slack is switched on."""
        return self.bot_token is not None or self.client_id is not None


class Config(Section):
    """All settings."""

    instance: InstanceSettings = InstanceSettings()
    storage: StorageSettings = StorageSettings()
    web: WebSettings = WebSettings()
    limits: LimitsSettings = LimitsSettings()
    local: LocalSettings = LocalSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()


def load(path: Path | None, environment: Mapping[str, str]) -> Config:
    """Return the settings in a file and the environment; raises ConfigError with every problem in it.

    `STUDYCIRCLE_WEB__PORT=9000` overrides `port` in `[web]`; `STUDYCIRCLE_DISCORD__TOKEN_FILE` names a file that holds
    `token` in `[discord]`, and so does `token_file` there. Relative paths start at the folder of the settings file.
    """
    problems: list[str] = []
    given = _read(path, problems)
    for section, key, value in _from_environment(environment, problems):
        part = given.setdefault(section, {})
        if isinstance(part, dict):
            part[key] = value
    _secrets_from_files(given, path, problems)
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


def _secrets_from_files(given: dict[str, Any], path: Path | None, problems: list[str]) -> None:
    """Read each secret from the file that its `…_file` names, unless the secret itself is given."""
    for section, key in _IN_FILES:
        part = given.get(section)
        name = part.get(f"{key}_file") if isinstance(part, dict) else None
        if not isinstance(part, dict) or not isinstance(name, str) or key in part:
            continue
        file = (path.resolve().parent if path else Path()) / name
        try:
            part[key] = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            # Somebody may have put the secret itself where its file was meant.
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            problems.append(f"{section}.{key}_file: the file that it names cannot be read: {reason}")


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
    return re.sub(r"(?<=password=)[^\s&']*", "…", re.sub(r"(?<=://)\S*@", "…@", repr(value)))


def _keys(where: tuple[int | str, ...]) -> list[str]:
    if not where:
        return list(Config.model_fields)
    section = Config.model_fields[str(where[0])].annotation
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []


def _beside(config: Config, path: Path | None) -> Config:
    """Return the settings with relative paths taken from the settings file's folder."""
    if path is None:
        return config
    folder = path.resolve().parent
    storage = config.storage
    changed = {"backups": (folder / storage.backups).as_posix()} if storage.backups else {}
    changed["badge_keys"] = (folder / storage.badge_keys).as_posix()
    if storage.file is not None and not storage.file.is_absolute():
        changed["url"] = f"sqlite:///{(folder / storage.file).as_posix()}"
    return config.model_copy(update={"storage": storage.model_copy(update=changed)})


def secrets(config: Config) -> list[str]:
    """Return every secret in the settings, so that logs can leave them out."""
    found: list[str] = []
    for place in (r"[^:]+://[^/@:]*:([^@]+)@", r".*[?&]password=([^&]+)"):
        if with_password := re.match(place, config.storage.url):
            found += [with_password[1], unquote(with_password[1])]
    for section in (config.discord, config.slack):
        found += [value.get_secret_value() for _, value in section if isinstance(value, SecretStr)]
    return found
