"""The local platform as the outbox speaks to it: a chat platform in memory, with the limits of a real one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from adapters.local.cards import unfit
from adapters.local.faults import Fault, Faults, refused
from adapters.local.people import Person
from adapters.local.rooms import Channel, Message, Place, Right, Space
from adapters.local.world import Happening, Kind, World
from bot.app import Bot
from bot.cards import Card
from bot.chat import Address, ChannelRef, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.errors import MessageGone, PersonRefuses
from bot.ports import Clock, Habits, Reacted, Tally

PAGE = 100
"""Messages that one reading of a place brings."""
ITS_WAYS = Habits(settles=timedelta(0))
"""A second send under a key stands beside the first, and each is to be seen at once."""
THREAD_TITLE = 100
"""Characters of a thread's title, as on Discord; the rest is cut."""


class LocalPlatform:
    """Spaces, channels, threads, direct messages and people, all in memory and the same on every run.

    `connect` a bot, then let people act: `chat.person("jill").types("/help")`. A key stops a second send for as long as
    the `habits` say, usually not at all.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        name: str = "local",
        bot_name: str = "Studycircle",
        zone: str = "UTC",
        web: str = "https://chat.example",
        habits: Habits = ITS_WAYS,
    ) -> None:
        self.world = World(clock, name, bot_name, zone, web)
        self.habits = habits
        self._faults = Faults()
        self._first_of: dict[str, Message] = {}

    def link(self, message: MessageRef) -> str | None:
        """Return where a message could be looked up."""
        return self.world.link(message)

    def connect(self, bot: Bot) -> None:
        """Let a bot answer what people do from now on."""
        self.world.connect(bot)

    def lose_session(self) -> None:
        """Tell the bot nothing of what happens, until `connect`; people go on all the same."""
        self.world.told = False

    def space(self, name: str) -> Space:
        """Return the space of that name, made at its first use."""
        return self.world.space(name)

    def person(
        self,
        user: str,
        *,
        name: str | None = None,
        zone: str | None = None,
        locale: str | None = None,
        admin: bool | None = None,
        robot: bool | None = None,
    ) -> Person:
        """Return somebody who uses the platform, who joins at the first mention; what is not said stays as it was."""
        profile = self.world.join(user)
        profile.name = name or profile.name
        profile.zone = zone or profile.zone
        profile.locale = locale or profile.locale
        profile.admin = profile.admin if admin is None else admin
        profile.robot = profile.robot if robot is None else robot
        return Person(self.world, profile)

    def message(self, ref: MessageRef) -> Message | None:
        """Return a message that is there."""
        return self.world.message(ref)

    def watch(self, callback: Callable[[Happening], None]) -> None:
        """Call back with everything that can be seen, in the order in which it happens."""
        self.world.watchers.append(callback)

    # Faults, for tests

    def fail_next(
        self,
        error: Exception,
        *,
        accepted: bool = False,
        times: int = 1,
        verb: str | None = None,
        where: Place | None = None,
    ) -> None:
        """Let the next requests fail; `accepted`: the platform does the work first. `verb`: send, edit or delete."""
        self._faults.add(Fault(error, accepted, times, verb, where))

    def go_silent_next(
        self, *, accepted: bool = False, times: int = 1, verb: str | None = None, where: Place | None = None
    ) -> None:
        """Let the next requests stay without an answer."""
        self._faults.add(Fault(None, accepted, times, verb, where))

    # What the outbox asks for

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card, or return the message that was posted under its key just before."""
        async with self._faults.request("send", self._known(to)):
            if problem := unfit(card):
                raise refused(problem)
            place = self._writable(to)
            world = self.world
            first = self._first_of.get(key)
            if first is not None and world.clock.now() - first.at < self.habits.same_key:
                if first.deleted:
                    raise MessageGone
                return first.ref
            message = Message(
                world.new_id(), place, world.bot_account, world.bot_name, world.clock.now(), card=card, key=key
            )
            world.add(message)
            if self.habits.same_key:
                self._first_of[key] = message
            if isinstance(to, OpenThread):
                world.open_thread(message, to.title[:THREAD_TITLE])
            world.tell_of(Kind.POSTED, message)
        return message.ref

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Show another card in a message of the bot's."""
        async with self._faults.request("edit", self.world.channel(message.channel)):
            found = self.world.message(message)
            if found is None:
                raise MessageGone
            if found.author != self.world.bot_account:
                raise refused("only its author can edit a message")
            if problem := unfit(card):
                raise refused(problem)
            found.card, found.edited = card, True
            self.world.tell_of(Kind.EDITED, found)

    async def delete(self, message: MessageRef) -> None:
        """Remove a message; one that is gone already is fine."""
        async with self._faults.request("delete", self.world.channel(message.channel)):
            found = self.world.message(message)
            if found is not None:
                self.world.remove(found)
                self.world.tell_of(Kind.DELETED, found, self.world.bot_name)

    async def rename(self, thread: ThreadRef, title: str) -> None:
        """Let a thread have another title; one that is gone is fine."""
        found = self.world.thread(thread)
        async with self._faults.request("rename", found):
            if found is not None:
                self._allowed(found.channel, Right.THREADS)
                found.title = title[:THREAD_TITLE]

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Return the bot's messages under a key, the oldest first."""
        place = self._known(to)
        async with self._faults.request("find", place):
            if place is None:
                return []
            self._allowed(place.channel, Right.READ)
            own = [message for message in place.messages if message.author == self.world.bot_account]
            return [message.ref for message in own if message.key == key and message.at >= since]

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        """Return people's reactions on a message; those of bots are left out."""
        async with self._faults.request("reactions", self.world.channel(message.channel)):
            found = self.world.message(message)
            if found is None:
                raise MessageGone
            self._allowed(found.place.channel, Right.READ)
            people = self.world.profiles
            return [one for one in found.reactions if one.account in people and not people[one.account].robot]

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        """Return up to 100 messages, the newest first, with how many of each reaction stand on them."""
        where = self.world.channel(place) if isinstance(place, ChannelRef) else self.world.thread(place)
        async with self._faults.request("tallies", where):
            if where is None:
                raise refused(f"there is no {place}")
            self._allowed(where.channel, Right.READ)
            newest_first = list(reversed(where.messages))
            if before is not None:
                newest_first = [one for one in newest_first if int(one.id) < int(before.message)]
            return [Tally(one.ref, Counter(reacted.emoji for reacted in one.reactions)) for one in newest_first[:PAGE]]

    def _known(self, to: Address) -> Place | None:
        match to:
            case InChannel(channel) | OpenThread(channel):
                return self.world.channel(channel)
            case InThread(thread):
                return self.world.thread(thread)
            case Direct(account):
                profile = self.world.profiles.get(account)
                return profile.direct if profile else None

    def _writable(self, to: Address) -> Place:
        """Return the place of an address; a refusal says why the bot cannot write there."""
        place = self._known(to)
        if place is None:
            raise refused(_nowhere(to))
        channel = place.channel
        if channel.owner is not None and not self.world.profiles[channel.owner].open_to_bot:
            raise PersonRefuses(f"{self.world.profiles[channel.owner].name} does not take direct messages from me")
        self._allowed(channel, Right.WRITE)
        if isinstance(to, OpenThread):
            self._allowed(channel, Right.THREADS)
        return place

    def _allowed(self, channel: Channel, right: Right) -> None:
        if right not in channel.rights:
            raise refused(f"I am not allowed to {right} {channel}")


def _nowhere(to: Address) -> str:
    match to:
        case InChannel(channel) | OpenThread(channel):
            return f"there is no channel {channel}"
        case InThread(thread):
            return f"there is no thread {thread}"
        case Direct(account):
            return f"there is nobody with the account {account}"
