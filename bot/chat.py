"""Chat platforms as the core knows them: references, addresses, calls and events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.cards import File

_PART = r"[^\s:/#]+"


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    """A person's account on a platform; where users belong to a workspace, `user` names both."""

    platform: str
    user: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.user}"

    @classmethod
    def parse(cls, text: str) -> AccountRef:
        """Read `PLATFORM:USER`; raises ValueError."""
        found = re.fullmatch(rf"({_PART}):([^\s:#]+)", text)
        if not found:
            raise ValueError(f"{text!r} is not PLATFORM:USER, for example discord:80351110224678912")
        return cls(found[1], found[2])


@dataclass(frozen=True, slots=True, order=True)
class SpaceRef:
    """A Discord server, a Slack workspace, or a space of the local platform."""

    platform: str
    space: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.space}"

    @classmethod
    def parse(cls, text: str) -> SpaceRef:
        """Read `PLATFORM:SPACE`; raises ValueError."""
        found = re.fullmatch(rf"({_PART}):({_PART})", text)
        if not found:
            raise ValueError(f"{text!r} is not PLATFORM:SPACE, for example discord:197038439483310086")
        return cls(found[1], found[2])


@dataclass(frozen=True, slots=True, order=True)
class ChannelRef:
    """A channel of a space, or a direct conversation."""

    platform: str
    space: str
    channel: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.space}/{self.channel}"

    @property
    def where(self) -> SpaceRef:
        """The space that the channel is in."""
        return SpaceRef(self.platform, self.space)

    @classmethod
    def parse(cls, text: str) -> ChannelRef:
        """Read `PLATFORM:SPACE/CHANNEL`; raises ValueError."""
        found = re.fullmatch(rf"({_PART}):({_PART})/({_PART})", text)
        if not found:
            raise ValueError(f"{text!r} is not PLATFORM:SPACE/CHANNEL, for example discord:1970384/2012345")
        return cls(found[1], found[2], found[3])


@dataclass(frozen=True, slots=True, order=True)
class RosterRef:
    """A list of people that a space itself keeps and shows, such as a role of a Discord server."""

    platform: str
    space: str
    roster: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.space}/{self.roster}"

    @property
    def where(self) -> SpaceRef:
        """The space that keeps it."""
        return SpaceRef(self.platform, self.space)

    @classmethod
    def parse(cls, text: str) -> RosterRef:
        """Read `PLATFORM:SPACE/ROSTER`; raises ValueError."""
        found = re.fullmatch(rf"({_PART}):({_PART})/({_PART})", text)
        if not found:
            raise ValueError(f"{text!r} is not PLATFORM:SPACE/ROSTER, for example discord:1970384/3012345")
        return cls(found[1], found[2], found[3])


@dataclass(frozen=True, slots=True, order=True)
class ThreadRef:
    """A thread of a channel."""

    channel: ChannelRef
    thread: str

    def __str__(self) -> str:
        return f"{self.channel}#{self.thread}"

    @classmethod
    def parse(cls, text: str) -> ThreadRef:
        """Read what `str` wrote; raises ValueError."""
        channel, _, thread = text.partition("#")
        return cls(ChannelRef.parse(channel), thread)


@dataclass(frozen=True, slots=True, order=True)
class MessageRef:
    """A message; `thread` is the thread that hangs below it, where there is one."""

    channel: ChannelRef
    message: str
    thread: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.channel}#{self.message}"

    @classmethod
    def parse(cls, text: str, thread: str | None = None) -> MessageRef:
        """Read what `str` wrote; raises ValueError."""
        channel, _, message = text.partition("#")
        return cls(ChannelRef.parse(channel), message, thread)


@dataclass(frozen=True, slots=True)
class InChannel:
    """A message straight into a channel."""

    channel: ChannelRef


@dataclass(frozen=True, slots=True)
class OpenThread:
    """A message into a channel with a thread of its own below it (a forum post where the channel is a forum)."""

    channel: ChannelRef
    title: str


@dataclass(frozen=True, slots=True)
class InThread:
    """A message into a thread."""

    thread: ThreadRef


@dataclass(frozen=True, slots=True)
class Direct:
    """A direct message to one account."""

    account: AccountRef


Address: TypeAlias = InChannel | OpenThread | InThread | Direct


@dataclass(frozen=True, slots=True)
class About:
    """What a message shows or a reaction is on: a kind of item and its id."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class TargetMessage:
    """The message on which a menu was opened; `text` where the platform brings it."""

    ref: MessageRef
    author: AccountRef
    author_name: str
    text: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a command, however it was made: typed, by button, by menu or by form.

    `id` is the platform's own id of the interaction. `arguments` are raw words by option name; the name `group` may
    always be given. `submitted` says that they come from a form, so that none is shown again. `message` and `person`
    are those on whose menu an entry was chosen.
    """

    id: str
    command: str
    account: AccountRef
    name: str
    channel: ChannelRef | None = None
    thread: ThreadRef | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    message: TargetMessage | None = None
    person: AccountRef | None = None
    submitted: bool = False
    admin: bool = False
    locale: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class ReactionAdded:
    """Somebody put a reaction on a message.

    `key`, here and in the other events, is the platform's own id of the event: one that comes again with it has no
    second effect. It is empty where the platform gives none.
    """

    account: AccountRef
    message: MessageRef
    emoji: str
    name: str = ""
    key: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class ReactionRemoved:
    """Somebody took a reaction back."""

    account: AccountRef
    message: MessageRef
    emoji: str
    key: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class ReactionsCleared:
    """A moderator removed all reactions of a message, or all of one `emoji`."""

    message: MessageRef
    emoji: str | None = None
    key: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class ThreadReplied:
    """Somebody wrote into a thread; `text` is None where the platform keeps it back."""

    account: AccountRef
    name: str
    thread: ThreadRef
    message: MessageRef
    text: str | None = None
    key: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message is gone."""

    message: MessageRef
    key: str = field(default="", kw_only=True)


Event: TypeAlias = ReactionAdded | ReactionRemoved | ReactionsCleared | ThreadReplied | MessageDeleted
