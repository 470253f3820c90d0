"""Where messages stand: spaces with channels, threads below messages, direct conversations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from adapters.local.cards import ANYBODY, Reader, draw, mentions
from bot.cards import Card
from bot.chat import AccountRef, ChannelRef, MessageRef, SpaceRef, ThreadRef
from bot.ports import Reacted

DIRECT = "@"
"""The space of direct conversations."""


class Right(StrEnum):
    """What the bot may do in a channel unless an admin takes it away."""

    READ = "read the history of"
    WRITE = "write in"
    THREADS = "create threads in"


class Place(ABC):
    """Somewhere messages stand, the oldest first."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @property
    @abstractmethod
    def channel(self) -> Channel:
        """The channel that this is or belongs to."""

    @property
    def thread(self) -> Thread | None:
        """The thread that this is, if it is one."""
        return None

    @property
    def last(self) -> Message:
        """The newest message; raises LookupError where there is none."""
        if not self.messages:
            raise LookupError(f"nothing has been written in {self}")
        return self.messages[-1]

    def message(self, words: str) -> Message:
        """Return the newest message that shows `words`; raises LookupError, saying what is there instead."""
        for message in reversed(self.messages):
            if words in message.text:
                return message
        there = "\n---\n".join(message.text for message in self.messages[-8:])
        raise LookupError(f"no message in {self} says {words!r}; there is:\n{there}")


class Channel(Place):
    """A channel of a space, or the direct conversation of `owner` with the bot."""

    def __init__(self, ref: ChannelRef, owner: AccountRef | None = None) -> None:
        super().__init__()
        self.ref = ref
        self.owner = owner
        self.threads: dict[str, Thread] = {}
        self.rights = set(Right)

    def __str__(self) -> str:
        return f"@{self.owner.user}" if self.owner else f"#{self.ref.channel}"

    @property
    def channel(self) -> Channel:
        """This channel."""
        return self

    def deny(self, right: Right) -> None:
        """Take a right away from the bot."""
        self.rights.discard(right)

    def allow(self, right: Right) -> None:
        """Give the bot a right back."""
        self.rights.add(right)


class Thread(Place):
    """A thread below a message of a channel."""

    def __init__(self, root: Message, id: str, title: str) -> None:
        super().__init__()
        self.root = root
        self.id = id
        self.title = title

    def __str__(self) -> str:
        return f"{self.channel} › {self.title}"

    @property
    def channel(self) -> Channel:
        """The channel that the thread belongs to."""
        return self.root.place.channel

    @property
    def thread(self) -> Thread:
        """This thread."""
        return self

    @property
    def ref(self) -> ThreadRef:
        """How the bot names the thread."""
        return ThreadRef(self.channel.ref, self.id)


class Space:
    """A space of the platform, as a Discord server or a Slack workspace."""

    def __init__(self, ref: SpaceRef) -> None:
        self.ref = ref
        self.channels: dict[str, Channel] = {}

    def channel(self, name: str) -> Channel:
        """Return the channel of that name, made at its first use."""
        if name not in self.channels:
            self.channels[name] = Channel(ChannelRef(self.ref.platform, self.ref.space, name))
        return self.channels[name]


@dataclass(eq=False, slots=True)
class Message:
    """A message as the platform keeps it: a card of the bot's, or what somebody `said`; `thread` hangs below it."""

    id: str
    place: Place
    author: AccountRef
    author_name: str
    at: datetime
    said: str = ""
    card: Card | None = None
    key: str = ""
    thread: Thread | None = None
    edited: bool = False
    deleted: bool = False
    reactions: list[Reacted] = field(default_factory=list)

    @property
    def ref(self) -> MessageRef:
        """How the bot names the message."""
        return MessageRef(self.place.channel.ref, self.id, self.thread.id if self.thread else None)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The card, where there is one."""
        return (self.card,) if self.card else ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the thread below the message."""
        labels = self.card.labels if self.card is not None and self.thread is not None else ()
        return tuple(ANYBODY.words(label.text) for label in labels if not label.off)

    @property
    def text(self) -> str:
        """What stands in the message, with times in UTC."""
        return self.read_by(ANYBODY)

    @property
    def pings(self) -> tuple[str, ...]:
        """The names of those whom the message notifies, besides whoever reads along."""
        return tuple(mention.name for mention in mentions(self.card) if mention.ping) if self.card else ()

    def read_by(self, reader: Reader) -> str:
        """Return what stands in the message as somebody reads it."""
        return draw(self.card, reader) if self.card else self.said
