"""What there is on the fake Slack: workspaces, people, channels, messages, files and views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(eq=False, slots=True)
class User:
    """An account in one workspace."""

    id: str
    name: str
    display: str
    zone: str = "Europe/London"
    locale: str = "en-GB"
    admin: bool = False
    bot: bool = False
    deleted: bool = False
    takes_direct_messages: bool = True


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody chooses."""

    name: str
    content: bytes = field(repr=False)
    type: str = "application/octet-stream"


@dataclass(eq=False, slots=True)
class File:
    """A file that Slack keeps; it stands in the channels where it was `shared`."""

    id: str
    name: str
    content: bytes = field(repr=False)
    type: str
    user: str
    url: str
    shared: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Message:
    """A message; one that is `only_for` somebody is ephemeral: no method reads it back."""

    ts: str
    channel: Channel
    author: User
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: str | None = None
    only_for: User | None = None
    files: list[File] = field(default_factory=list)
    subtype: str | None = None
    pinged: set[str] = field(default_factory=set)
    pings_everyone: bool = False
    asked: Json = field(default_factory=dict)
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.only_for is not None

    @property
    def replies(self) -> list[Message]:
        """What was written below it, the oldest first."""
        stored = self.channel.stored.values()
        return [one for one in stored if one.thread_ts == self.ts and one is not self and not one.ephemeral]

    @property
    def buttons(self) -> list[Json]:
        """Its buttons, those of a menu of more among them, in the order in which they are shown."""
        return list(buttons_of(self.blocks))


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, or the direct conversation of the bot with `other`."""

    id: str
    team: Team
    name: str = ""
    private: bool = False
    other: User | None = None
    members: set[str] = field(default_factory=set)
    archived: bool = False
    stored: dict[str, Message] = field(default_factory=dict)
    created: datetime | None = None
    posting: str = "everyone"

    @property
    def kind(self) -> str:
        """How events name its kind."""
        return "im" if self.other is not None else "group" if self.private else "channel"

    @property
    def messages(self) -> list[Message]:
        """What everyone in it sees outside of threads, the oldest first."""
        stored = self.stored.values()
        return [one for one in stored if one.thread_ts in (None, one.ts) and not one.ephemeral and not one.subtype]


@dataclass(eq=False, slots=True)
class View:
    """A modal or a Home tab; `state` is what stands in its fields."""

    id: str
    team: Team
    user: User
    data: Json
    hash: str
    root: str
    previous: str | None = None
    state: dict[str, Json] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What stands at its top."""
        return str((self.data.get("title") or {}).get("text", ""))

    @property
    def inputs(self) -> list[Json]:
        """Its blocks with a field."""
        return [one for one in self.data["blocks"] if one["type"] == "input"]

    @property
    def buttons(self) -> list[Json]:
        """Its buttons."""
        return list(buttons_of(self.data["blocks"]))


@dataclass(eq=False, slots=True)
class Installed:
    """The app in one workspace; `expires` is when its token ends, where tokens rotate."""

    team: Team
    user: User
    bot_id: str
    token: str
    scopes: set[str]
    refresh_token: str | None = None
    expires: datetime | None = None
    old: set[str] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    installed: Installed | None = None
    homes: dict[str, View] = field(default_factory=dict)


def elements_of(block: Json) -> list[Json]:
    """Return what can be pressed, chosen or filled in within a block."""
    found = list(block.get("elements") or ()) if block["type"] == "actions" else []
    return [*found, *(block[name] for name in ("accessory", "element") if isinstance(block.get(name), dict))]


def buttons_of(blocks: Sequence[Json]) -> Iterator[Json]:
    """Yield buttons as `{label, action_id, block_id, value, url, element}`; each entry of an overflow is one."""
    for block in blocks:
        for one in elements_of(block):
            shared = {"action_id": one.get("action_id"), "block_id": block.get("block_id"), "element": one}
            if one["type"] == "button":
                yield shared | {"label": one["text"]["text"], "value": one.get("value"), "url": one.get("url")}
            elif one["type"] == "overflow":
                for option in one["options"]:
                    label = option["text"]["text"]
                    yield (
                        shared
                        | {"label": label, "value": option.get("value"), "url": option.get("url")}
                        | {"option": option}
                    )
