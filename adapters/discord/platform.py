"""Discord as the outbox speaks to it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import discord
from discord.http import Route

from adapters.discord import errors
from adapters.discord.cards import direct_message, label, message
from adapters.discord.marks import Json, Mark, mark_of, read_mark
from adapters.discord.refs import DIRECT, Place, PlaceKind, Places, account, channel_ref, guild_of, message_ref
from adapters.discord.roles import Roles
from adapters.discord.search import Search
from adapters.discord.threads import TITLE, Threads
from adapters.discord.wire import PAGE, Wire, emoji_name
from bot.cards import Card
from bot.chat import (
    AccountRef,
    Address,
    ChannelRef,
    Direct,
    InChannel,
    InThread,
    MessageRef,
    OpenThread,
    RosterRef,
    ThreadRef,
)
from bot.errors import DeliveryError
from bot.ports import Clock, Habits, Reacted, Tally

log = logging.getLogger(__name__)

REMEMBERED = 10_000
"""Messages whose mark is kept in mind."""
_TRIED = timedelta(minutes=5)
"""How far back a post of a forum is looked for before one is opened: there no key stops a second one."""


class DiscordPlatform:
    """Discord over its web interface; `refused` is called once where it does not take the token any more."""

    def __init__(self, client: discord.Client, clock: Clock, refused: Callable[[], None] = lambda: None) -> None:
        self.places = Places(client)
        self.connected = False
        self._client = client
        self._wire = Wire(client)
        self._search = Search(client, self._wire)
        self._threads = Threads(client, self._wire, self.places)
        self._roles = Roles(client, self._wire)
        self._clock = clock
        self._refused = refused
        self._stopped = False
        self._direct: dict[str, int] = {}
        self._marks: OrderedDict[str, Mark] = OrderedDict()

    @property
    def habits(self) -> Habits:
        """Discord's ways: for a minute or more it swallows a second message under the same key."""
        return Habits(same_key=timedelta(seconds=60), per_second=45)

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card under a key, with a thread of its own where the address says so."""
        mark = mark_of(key)
        with self._asking(to):
            if isinstance(to, Direct):
                body = direct_message(card, mark)
                return self._noted(await self._wire.post(await self._conversation(to), body, key), None, mark)
            place = await self._place(to)
            body = message(card, mark)
            if place.kind is PlaceKind.FORUM and not isinstance(to, InThread):
                return await self._open_post(place, to, card, body, mark)
            sent = await self._wire.post(place.id, body, key)
            thread = await self._thread_below(sent, to.title) if isinstance(to, OpenThread) else None
            return self._noted(sent, place.guild, mark, thread)

    async def edit(self, message_: MessageRef, card: Card) -> None:
        """Show another card in a message, which stays known under its key and notifies nobody anew."""
        channel, id = int(message_.channel.channel), int(message_.message)
        with self._asking(message_.channel):
            mark = await self._mark_of(message_)
            bodies = [message(card, mark)]
            if message_.channel.space == DIRECT:
                # One made of components stays so, and one of plain words may become one.
                plain = direct_message(card, mark)
                bodies = (
                    [plain, message(card, mark)] if "content" in plain else [{**bodies[0], "content": None}, *bodies]
                )
            await self._patch(channel, id, bodies)
            if card.labels and channel == id:  # it heads a post of a forum
                await self._threads.label(id, card.labels)

    async def delete(self, message_: MessageRef) -> None:
        """Remove a message; one that is gone already is fine."""
        channel, id = int(message_.channel.channel), int(message_.message)
        with self._asking(message_.channel):
            try:
                await self._wire.delete(channel, id)
            except discord.NotFound:
                return

    async def rename(self, thread: ThreadRef, title: str) -> None:
        """Let a thread have another title; one that has it already, or is gone, is fine."""
        id = int(thread.thread)
        # What goes wrong is told of the channel above: the thread's own name may be what is to go.
        above = getattr(self._client.get_channel(id), "parent_id", None) or int(thread.channel.channel)
        with self._asking(channel_ref(guild_of(thread.channel), above)):
            await self._threads.rename(id, title)

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Return the messages of ours that carry a key, the oldest first."""
        mark = mark_of(key)
        with self._asking(to):
            if isinstance(to, Direct):
                return [
                    message_ref(None, int(one["channel_id"]), int(one["id"]))
                    async for one in self._search.ours(await self._conversation(to), mark, since)
                ]
            place = await self._place(to)
            self._look_into(place.id)
            if place.kind is PlaceKind.FORUM:
                posts = await self._search.posts(place, mark, since)
                return [self._noted(one, place.guild, mark, int(one["id"])) for one in posts]
            found = []
            async for one in self._search.ours(place.id, mark, since):
                thread = await self._threads.below(one, to.title) if isinstance(to, OpenThread) else None
                found.append(self._noted(one, place.guild, mark, thread))
            return found

    async def enlist(self, roster: RosterRef, account: AccountRef) -> bool:
        """Give somebody a role of a server; return False where they are not in it."""
        guild, role = int(roster.space), int(roster.roster)
        with self._speaking(missing=lambda: self._roles.click(guild, role)):
            return await self._roles.give(guild, role, int(account.user))

    async def strike(self, roster: RosterRef, account: AccountRef) -> None:
        """Take a role of a server from somebody."""
        guild, role = int(roster.space), int(roster.roster)
        with self._speaking(missing=lambda: self._roles.click(guild, role)):
            await self._roles.take(guild, role, int(account.user))

    async def reactions(self, message_: MessageRef) -> Sequence[Reacted]:
        """Return people's reactions on a message, super reactions among them; those of bots are left out."""
        channel, id = int(message_.channel.channel), int(message_.message)
        with self._asking(message_.channel):
            found = await self._wire.message(channel, id)
            standing: dict[Reacted, None] = {}
            for reaction in found.get("reactions") or ():
                emoji = emoji_name(reaction["emoji"])
                details = reaction.get("count_details") or {"normal": 1, "burst": 1}
                for kind, count in enumerate((details.get("normal", 1), details.get("burst", 1))):
                    if count:
                        async for user in self._wire.reacting(channel, id, reaction["emoji"], kind):
                            standing[Reacted(account(int(user["id"])), emoji)] = None
            return list(standing)

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        """Return up to 100 messages of a place, the newest first, with how many of each reaction stand on them."""
        channel = place if isinstance(place, ChannelRef) else place.channel
        id = int(place.channel) if isinstance(place, ChannelRef) else int(place.thread)
        params = {"limit": PAGE} | ({"before": before.message} if before is not None else {})
        with self._asking(channel):
            if (await self.places.get(id)).kind is PlaceKind.FORUM:
                return []  # its posts are places of their own
            self._look_into(id)
            guild = guild_of(channel)
            return [
                Tally(
                    message_ref(guild, id, int(one["id"])),
                    {emoji_name(each["emoji"]): each["count"] for each in one.get("reactions") or ()},
                )
                for one in await self._wire.history(id, params)
            ]

    def link(self, message: MessageRef) -> str:
        """Return the web address of a message."""
        return f"https://discord.com/channels/{message.channel.space}/{message.channel.channel}/{message.message}"

    async def _patch(self, channel: int, id: int, bodies: Sequence[Json]) -> None:
        """Let a message be the first of these that Discord takes."""
        for number, body in enumerate(bodies, 1):
            try:
                return await self._wire.patch(channel, id, body)
            except discord.HTTPException as error:
                if error.status != 400 or error.code == errors.ARCHIVED or number == len(bodies):
                    raise

    # Places

    @contextmanager
    def _asking(self, where: Address | ChannelRef) -> Iterator[None]:
        """Speak to Discord about a place."""
        channel = None if isinstance(where, Direct) else self._client.get_channel(_channel_id(where))
        name = getattr(channel, "name", None)
        with self._speaking(f"#{name}" if name else "", lambda: errors.missing_in(channel)):
            yield

    @contextmanager
    def _speaking(self, where: str = "", missing: Callable[[], str] = str) -> Iterator[None]:
        """Speak to Discord; what goes wrong is a DeliveryError, and after a refused token nothing is asked any more."""
        if self._stopped:
            raise DeliveryError("Discord does not take the token of this bot any more", retry_after=600)
        if not self.connected:
            raise DeliveryError("not connected to Discord yet", retry_after=1)
        try:
            with errors.told(where, missing):
                yield
        except errors.TokenRefused as error:
            self._stopped = True
            self._refused()
            raise DeliveryError("Discord does not take the token of this bot any more", retry_after=600) from error

    async def _place(self, to: InChannel | OpenThread | InThread) -> Place:
        return await self.places.get(_channel_id(to))

    async def _conversation(self, to: Direct) -> int:
        """Return the channel of the direct conversation with somebody."""
        user = to.account.user
        if user not in self._direct:
            opened = await self._wire.request(Route("POST", "/users/@me/channels"), {"recipient_id": user})
            self._direct[user] = int(opened["id"])
        return self._direct[user]

    def _look_into(self, id: int) -> None:
        """Raise DeliveryError where we may not read what was written: Discord then says that there is nothing."""
        if words := errors.unreadable(self._client.get_channel(id)):
            raise DeliveryError(words, permanent=True)

    # Messages

    async def _thread_below(self, sent: Json, title: str) -> int | None:
        """Return the thread below a message that was sent just now: whatever goes wrong, that one stands."""
        try:
            with errors.told():
                return await self._threads.below(sent, title)
        except (DeliveryError, errors.TokenRefused) as error:
            wait = error.retry_after if isinstance(error, DeliveryError) else None
            raise DeliveryError("its thread could not be opened yet", retry_after=wait, sent_maybe=True) from error

    def _noted(self, sent: Json, guild: int | None, mark: Mark, thread: int | None = None) -> MessageRef:
        ref = message_ref(guild, int(sent["channel_id"]), int(sent["id"]), thread)
        self._remember(ref, mark)
        return ref

    def _remember(self, ref: MessageRef, mark: Mark) -> None:
        self._marks[ref.message] = mark
        if len(self._marks) > REMEMBERED:
            self._marks.popitem(last=False)

    async def _mark_of(self, ref: MessageRef) -> Mark | None:
        """Return the mark of a message, to be repeated in an edit: without it nobody could tell its copies."""
        if ref.message not in self._marks:
            found = await self._wire.message(int(ref.channel.channel), int(ref.message))
            mark = read_mark(found.get("components") or ())
            if mark is None:
                return None
            self._remember(ref, mark)
        return self._marks[ref.message]

    # Forums

    async def _open_post(
        self, forum: Place, to: InChannel | OpenThread, card: Card, body: Json, mark: Mark
    ) -> MessageRef:
        """Open a post in a forum, unless one under this key is there: no nonce stops a second one."""
        there = await self._search.posts(forum, mark, self._clock.now() - _TRIED)
        if there:
            return self._noted(there[0], forum.guild, mark, int(there[0]["id"]))
        if isinstance(to, OpenThread):
            id = await self._threads.post(forum, to.title, card.labels, body)
        else:
            id = await self._threads.post(forum, label(card.title, TITLE), card.labels, body)
        return self._noted({"channel_id": id, "id": id}, forum.guild, mark, id)


def _channel_id(where: InChannel | OpenThread | InThread | ChannelRef) -> int:
    match where:
        case InChannel(channel) | OpenThread(channel):
            return int(channel.channel)
        case InThread(thread):
            return int(thread.thread)
        case ChannelRef(channel=channel):
            return int(channel)
