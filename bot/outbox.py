"""The outbox: every visible effect is written down before anything is sent.

A post is one message that is to stand somewhere. Its `once` (about, slot, part, place) is unique while it stands, so a
repeated command or a second scheduler cannot make another: showing an item again edits what is there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.cards import Card
from bot.chat import About, Address, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.ids import GroupId, PersonId

LEASE = timedelta(seconds=60)
"""How long a claimed post belongs to the process that claimed it."""
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=15)
FAREWELL = "left"
"""The slot of the last message that a group has in a channel it left."""


class Verb(StrEnum):
    """What is done with a message, or with the thread that it heads."""

    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"
    RENAME = "rename"


class PostState(StrEnum):
    """How a post stands; only `sent` means delivered."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Post:
    """One visible effect on its way.

    `key` names it to the platform; `once` is what a standing message is unique by, None for edits, deletes and what was
    taken back. `place` keeps the order per destination. `under` is the post whose message this one edits, deletes or
    answers in its thread, or whose thread it renames, and which must have its message before; `to` is None then, but
    for a new title. `card` is the newest wish, and so is the title in `to`.
    `space` is the space that it goes to, or the platform alone for direct messages: spaces take turns. `sends` counts
    the sends that may have reached the platform, the one under way included, so a post that is `due` was never sent;
    `last_try_at` is when the last try began. `looks` counts the times that it was then looked for in vain, last at
    `looked_at`; at `sweep_at` it is looked for once more, and copies of it are removed, which `healed` counts.
    `refused` says that a direct message is dead because its reader takes none from the bot (PersonRefuses).
    """

    id: int
    key: str
    verb: Verb
    place: str
    to: Address | None
    about: About
    slot: str
    part: int
    card: Card | None
    state: PostState
    at: datetime
    not_before: datetime
    once: str | None = None
    group: GroupId | None = None
    owner: PersonId | None = None
    under: int | None = None
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = None
    first_try_at: datetime | None = None
    expires_at: datetime | None = None
    message: MessageRef | None = None
    sent_at: datetime | None = None
    reason: str = ""
    space: str = ""
    sends: int = 0
    last_try_at: datetime | None = None
    looks: int = 0
    looked_at: datetime | None = None
    sweep_at: datetime | None = None
    healed: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message on a platform that shows an item: the bot's own (`post`) or one that somebody wrote."""

    id: int
    ref: MessageRef
    thread: ThreadRef | None
    about: About
    group: GroupId | None
    owner: PersonId | None
    post: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How the outbox is: what waits and since when, what is under way or stuck, and how many copies were removed."""

    due: int
    oldest: datetime | None
    sending: int
    dead: int
    unknown: int
    healed: int


class Outbox(Protocol):
    """Where posts and the messages they became are kept."""

    def standing(self, about: About, slot: str) -> list[Post]:
        """Return the posts that make an item's messages in a slot and hold their `once`, by place and part."""

    def add(self, post: Post) -> bool:
        """Keep a post; return False where its `once` or key is there already."""

    def laid_down(self, about: About, slot: str, part: int, place: str) -> int:
        """Return how many messages were laid down for a part of a slot in a place, whatever came of them."""

    def set_card(self, id: int, card: Card) -> bool:
        """Let a post show another card, and nothing else; return True where it was never tried and so will show it."""

    def readdress(self, id: int, to: Address) -> bool:
        """Let a post have another address, in the same place; return True where it was never tried and so has it."""

    def release(self, id: int) -> bool:
        """Let a post hold its `once` no longer; return True where it was never tried and so is cancelled."""

    def places(self, group: GroupId, slot: str) -> set[str]:
        """Return where a group has messages in a slot."""

    def drop(self, about: About, slot: str) -> None:
        """Let an item's dead and expired posts in a slot be cancelled, so that nobody posts them again."""

    def get(self, id: int) -> Post | None:
        """Return a post."""

    def message_of(self, id: int) -> MessageRef | None:
        """Return the message that a post became."""

    def pending_edit(self, under: int) -> Post | None:
        """Return the edit of a post that still waits, so that a later one takes its place."""

    def pending_title(self, under: int) -> Post | None:
        """Return the new title of a post's thread that still waits, so that a later one takes its place."""

    def claim(self, now: datetime, limit: int, after: str = "") -> list[Post]:
        """Mark posts that can go out now as `sending`, for LEASE, and return them, and those that ended unsent instead.

        At most one per place and only the first in line there; one that has to follow another (`under`) once that has
        its message, and cancelled where that can never have one; one left in `sending` past its lease is claimed again.
        Spaces take turns, beginning with the one that comes after `after`.
        """

    def begin(self, ids: Collection[int], now: datetime) -> None:
        """Write down that claimed posts are sent now, for the first time or once more."""

    def holds(self, post: Post) -> bool:
        """Return whether a claimed post is still its claimer's."""

    def finish(self, post: Post) -> bool:
        """Keep a claimed post as it now stands; return False, changing nothing, where another process took it since.

        A sweep that was asked for meanwhile stays. One that is still `sending` is claimed again when its lease is over.
        """

    def sweeps(self, now: datetime, limit: int, until: datetime) -> list[Post]:
        """Return posts whose sweep is due, each to one caller until an instant, by which their `sweep_at` is known."""

    def sweep(self, id: int, at: datetime | None) -> None:
        """Let a post be looked for at an instant, whoever has it, or no more."""

    def heal(self, id: int, copies: int) -> None:
        """Count copies of a post's message that are gone again."""

    def adopt(self, post: Post) -> bool:
        """Keep the message that was found of a post that ended without; return False where it did not."""

    def stuck(self, group: GroupId, limit: int = 200) -> list[Post]:
        """Return the newest of a group's posts that are dead or unknown, the newest first."""

    def decide(self, post: Post) -> bool:
        """Keep a dead, unknown or expired post as somebody decided; return False where it is none of them any more."""

    def next_at(self) -> datetime | None:
        """Return the earliest instant at which a waiting post can go out."""

    def figures(self, now: datetime) -> Figures:
        """Return how the outbox is; what can go out only later does not wait yet."""

    def of_group(self, group: GroupId, limit: int = 50) -> list[Post]:
        """Return a group's posts, the newest first."""

    def last_sent(self, place: str) -> datetime | None:
        """Return when a place was last sent to."""

    def waits(self, place: str, besides: int = 0) -> bool:
        """Return whether another post than `besides` waits at a place or is on its way there."""

    def followed(self, post: Post) -> bool:
        """Return whether another post waits at the place of a post, or for its message."""

    def stirs(self, now: datetime) -> bool:
        """Return whether a claim or a sweep may find something, at a glance that takes no lock."""

    def register(self, message: Message) -> bool:
        """Remember which item a message shows; return False where it was known."""

    def shown_by(self, ref: MessageRef) -> Message | None:
        """Return what a message shows."""

    def thread_of(self, thread: ThreadRef) -> Message | None:
        """Return the message whose thread this is."""

    def messages(self, about: About) -> list[Message]:
        """Return the messages that show an item."""

    def forget(self, ref: MessageRef) -> None:
        """Forget a message that is gone."""


def place_of(to: Address) -> str:
    """Return the name of a destination: posts to one place go out in order."""
    match to:
        case InChannel(channel) | OpenThread(channel):
            return str(channel)
        case InThread(thread):
            return str(thread)
        case Direct(account):
            return f"@{account}"


def space_of(to: Address) -> str:
    """Return the space of a destination, or the platform alone for a direct message."""
    match to:
        case InChannel(channel) | OpenThread(channel):
            return str(channel.where)
        case InThread(thread):
            return str(thread.channel.where)
        case Direct(account):
            return account.platform


def once_of(about: About, slot: str, part: int, place: str) -> str:
    """Return what a standing message is unique by."""
    return f"{about}/{slot}/{part}/{place}"


def key(*parts: object) -> str:
    """Return the name under which an effect is known to the platform: 20 characters, the same for the same parts."""
    digest = hashlib.sha256("\x00".join(map(str, parts)).encode()).digest()
    return base64.b32encode(digest)[:20].decode().lower()


def wait(attempts: int, jitter: float) -> timedelta:
    """Return how long to wait before the next try: up to 1 s, doubling to 15 min, by a `jitter` from 0 to 1."""
    longest: timedelta = min(FIRST_WAIT * 2 ** min(attempts, 12), LONGEST_WAIT)
    return longest * jitter
