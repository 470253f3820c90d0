"""What is kept of the platform, document by document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from adapters.local.page.places import DIRECT, path_of
from adapters.local.rooms import Message
from bot.cards import Card


class Format(Protocol):
    """How values of one type are written and read."""

    def write(self, value: object) -> str:
        """Return a value as text."""

    def read(self, text: str) -> Any:  # noqa: ANN401  # whatever the format is of
        """Return the value that `write` wrote."""


Formats = Callable[[type], Format]


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """Somebody, and up to where they have seen each place."""

    name: str
    zone: str = ""
    locale: str = ""
    admin: bool = False
    open_to_bot: bool = True
    seen: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message, with the thread that hangs below it."""

    place: str
    user: str
    name: str
    at: datetime
    said: str = ""
    card: Card | None = None
    key: str = ""
    thread: str = ""
    title: str = ""
    edited: bool = False
    reactions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the bot answered to one person alone; files and forms are not kept, as on a real platform."""

    place: str
    user: str
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptState:
    """What belongs to nobody: the clock, the last id, the channels, and what has been done by itself."""

    now: datetime
    number: int
    channels: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


def message_kept(message: Message) -> KeptMessage:
    """Return a message as it is kept."""
    owner = message.place.channel.owner
    return KeptMessage(
        f"{DIRECT}/{owner.user}" if owner else path_of(message.place),
        message.author.user,
        message.author_name,
        message.at,
        message.said,
        message.card,
        message.key,
        message.thread.id if message.thread else "",
        message.thread.title if message.thread else "",
        message.edited,
        tuple((one.account.user, one.emoji) for one in message.reactions),
    )
