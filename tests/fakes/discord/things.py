"""What there is on Discord: users, servers, channels and threads, messages, files and dialogs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from tests.fakes.discord.permissions import NOTHING, USUAL, May

Json = dict[str, Any]

EPHEMERAL = 1 << 6
COMPONENTS = 1 << 15
HAS_THREAD = 1 << 5
LOADING = 1 << 7


class Kind(IntEnum):
    """Kinds of channels."""

    TEXT = 0
    DIRECT = 1
    THREAD = 11
    FORUM = 15


@dataclass(eq=False, slots=True)
class User:
    """An account."""

    id: int
    name: str
    display: str
    bot: bool = False
    locale: str = "en-US"
    takes_direct_messages: bool = True

    @property
    def mention(self) -> str:
        """How the account is named in a text."""
        return f"<@{self.id}>"


@dataclass(eq=False, slots=True)
class Role:
    """A role of a server."""

    id: int
    name: str
    permissions: May = USUAL
    position: int = 0
    of_bot: int | None = None


@dataclass(eq=False, slots=True)
class Member:
    """An account in a server."""

    user: User
    joined: datetime
    roles: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Overwrite:
    """What a channel allows or denies one role or member."""

    of_role: bool
    allow: May = NOTHING
    deny: May = NOTHING


@dataclass(eq=False, slots=True)
class Tag:
    """A tag of a forum."""

    id: int
    name: str
    moderated: bool = False


@dataclass(eq=False, slots=True)
class Guild:
    """A server; its id is also that of the role that everyone has."""

    id: int
    name: str
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    events: dict[int, Json] = field(default_factory=dict)
    commands: dict[int, Json] = field(default_factory=dict)
    created_today: int = 0
    locale: str = "en-US"

    @property
    def everyone(self) -> Role:
        """The role that everyone has."""
        return self.roles[self.id]


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, thread or direct conversation; `parent` is a thread's channel, `other` who is talked with directly."""

    id: int
    kind: Kind
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    other: User | None = None
    owner: User | None = None
    created: datetime | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)
    needs_tag: bool = False
    applied: list[int] = field(default_factory=list)
    archived: bool = False
    locked: bool = False
    archives_after: int = 1440
    inside: set[int] = field(default_factory=set)
    renamed: list[datetime] = field(default_factory=list)
    stored: dict[int, Message] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        """Whether this hangs in a channel."""
        return self.kind is Kind.THREAD

    @property
    def messages(self) -> list[Message]:
        """The messages that everybody here can see, the oldest first."""
        return [one for one in self.stored.values() if one.only_for is None]


@dataclass(slots=True)
class Upload:
    """A file on its way."""

    name: str
    content: bytes
    type: str = "application/octet-stream"


@dataclass(eq=False, slots=True)
class Attachment:
    """A file that Discord keeps."""

    id: int
    name: str
    content: bytes
    type: str
    url: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A sign, or a picture of a server's own."""

    name: str
    id: int | None = None

    @classmethod
    def parse(cls, text: str) -> Emoji:
        """Read `👍` or `name:id`."""
        name, _, id = text.strip("<>").lstrip(":").rpartition(":")
        return cls(name, int(id)) if name and id.isdigit() else cls(text)


@dataclass(eq=False, slots=True)
class Message:
    """A message; `only_for` is who alone sees it, `pinged` whom it notified."""

    id: int
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    nonce: str | None = None
    edited: datetime | None = None
    answers: int | None = None
    thread: Channel | None = None
    only_for: User | None = None
    pinged: set[int] = field(default_factory=set)
    pings_everyone: bool = False
    reactions: dict[Emoji, dict[bool, dict[int, User]]] = field(default_factory=dict)

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.id not in self.channel.stored

    @property
    def buttons(self) -> list[Json]:
        """The buttons, in the order in which they stand."""
        return [one for one in walked(self.components) if one["type"] == 2]

    @property
    def texts(self) -> list[str]:
        """The texts, in the order in which they stand, as Markdown."""
        inside = [one["content"] for one in walked(self.components) if one["type"] == 10]
        return [self.content, *inside] if self.content else inside


def walked(components: Sequence[Json]) -> Iterator[Json]:
    """Yield components and all that are inside them, in the order in which they stand."""
    for part in components:
        yield part
        yield from walked(part.get("components") or ())
        for inner in (part.get("accessory"), part.get("component")):
            if inner:
                yield from walked([inner])


@dataclass(eq=False, slots=True)
class Dialog:
    """A form on somebody's screen; `origin` is the message whose button opened it."""

    data: Json
    channel: Channel
    origin: Message | None = None

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.data["title"])

    @property
    def fields(self) -> dict[str, Json]:
        """The fields by their ids, each with its label."""
        found: dict[str, Json] = {}
        for row in self.data["components"]:
            for inner in (row["component"],) if "component" in row else row["components"]:
                words = {name: row[name] for name in ("label", "description") if row.get(name)}
                found[inner["custom_id"]] = {**inner, **words}
        return found

    def choices(self, name: str) -> tuple[str, ...]:
        """Return what can be chosen in a field."""
        return tuple(str(one["label"]) for one in self.fields[name].get("options") or ())
