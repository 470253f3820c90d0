"""Slack as the outbox speaks to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError

from adapters.slack import errors
from adapters.slack.cards import message
from adapters.slack.errors import TokenRefused
from adapters.slack.marks import key_of
from adapters.slack.people import Profiles
from adapters.slack.refs import account, is_direct, message_ref, stamp, team_and_user
from adapters.slack.text import Json, Shown, as_it_is
from adapters.slack.wire import PAGE, Wire
from bot.cards import Card
from bot.chat import Address, ChannelRef, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.errors import DeliveryError, PersonRefuses
from bot.ports import Clock, Habits, Reacted, Tally

PAGES = 20
"""How many pages of a place are looked through for a message of ours."""
REMEMBERED = 10_000
"""Messages whose key is kept in mind."""
TALLIED = 100
"""Messages whose reactions are counted at once."""
_AHEAD = timedelta(seconds=30)
"""How far our clock may be ahead of Slack's."""


class SlackPlatform:
    """Slack over its web interface; `shown` names commands as they are called in a workspace."""

    def __init__(self, wire: Wire, profiles: Profiles, clock: Clock) -> None:
        self.wire = wire
        self.profiles = profiles
        self.connected = False
        self.shown: Shown = as_it_is
        self._clock = clock
        self._keys: OrderedDict[MessageRef, str] = OrderedDict()
        self._direct: dict[tuple[str, str], str] = {}
        self._channels: dict[tuple[str, str], str] = {}

    @property
    def habits(self) -> Habits:
        """Slack's ways: it has no keys, so what may have arrived is read twice; one message a second to a channel."""
        return Habits(settles=timedelta(seconds=20), readings=2, apart=timedelta(seconds=10), pace=timedelta(seconds=1))

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card under a key; a thread of its own hangs below the message by itself."""
        team = _team(to)
        with self._asking(team, to):
            channel = await self._channel(team, to)
            body: Json = {"channel": channel, **message(card, key, self.shown)}
            if isinstance(to, InThread):
                body["thread_ts"] = to.thread.thread
            sent = await self._posted(team, body)
            ts = str(sent["ts"])
            below = ts if isinstance(to, OpenThread) else None
            return self._noted(message_ref(team, str(sent.get("channel") or channel), ts, below), key)

    async def edit(self, message_: MessageRef, card: Card) -> None:
        """Show another card in a message, which stays known under its key."""
        team, channel = message_.channel.space, message_.channel.channel
        with self._asking(team, message_.channel):
            # Where the key is not at hand, Slack keeps the metadata as it is, in which it stands as well.
            body = message(card, self._keys.get(message_), self.shown)
            for one in ("mrkdwn", "unfurl_links", "unfurl_media"):  # those belong to new messages alone
                del body[one]
            await self.wire.write(team, "chat.update", channel=channel, ts=message_.message, **body)

    async def delete(self, message_: MessageRef) -> None:
        """Remove a message; one that is gone already is fine."""
        team, channel = message_.channel.space, message_.channel.channel
        with self._asking(team, message_.channel):
            try:
                await self.wire.write(team, "chat.delete", channel=channel, ts=message_.message)
            except SlackApiError as error:
                if errors.name_of(error) != "message_not_found":
                    raise

    async def find(self, to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        """Return the messages of ours that carry a key, the oldest first; of too many, none can be told."""
        team = _team(to)
        with self._asking(team, to):
            channel = await self._channel(team, to)
            access = await self.wire.tokens.of(team)
            found = []
            thread = to.thread.thread if isinstance(to, InThread) else None
            async for one in self._written(team, channel, thread, since):
                ours = one.get("bot_id") == access.bot or one.get("user") == access.user
                if ours and key_of(one) == key:
                    found.append(str(one["ts"]))
            below = isinstance(to, OpenThread)
            return [message_ref(team, channel, ts, ts if below else None) for ts in sorted(set(found))]

    async def reactions(self, message_: MessageRef) -> Sequence[Reacted]:
        """Return people's reactions on a message; those of bots are left out."""
        team, channel = message_.channel.space, message_.channel.channel
        with self._asking(team, message_.channel):
            answer = await self.wire.read(team, "reactions.get", channel=channel, timestamp=message_.message, full=True)
            standing: dict[Reacted, None] = {}
            for reaction in (answer.get("message") or {}).get("reactions") or ():
                for user in reaction.get("users") or ():
                    if not (await self.profiles.get(team, str(user))).bot:
                        standing[Reacted(account(team, str(user)), str(reaction["name"]))] = None
            return list(standing)

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        """Return up to 100 messages of a place, the newest first, with how many of each reaction stand on them."""
        channel = place if isinstance(place, ChannelRef) else place.channel
        team = channel.space
        with self._asking(team, channel):
            if isinstance(place, ThreadRef):
                found = [one async for one in self._written(team, channel.channel, place.thread, None)]
                if before is not None:
                    found = [one for one in found if _order(str(one["ts"])) < _order(before.message)]
            else:
                latest = before.message if before is not None else None
                answer = await self.wire.read(
                    team, "conversations.history", channel=channel.channel, limit=TALLIED, latest=latest
                )
                found = list(answer.get("messages") or ())
            newest = sorted(found, key=lambda one: _order(str(one["ts"])), reverse=True)[:TALLIED]
            return [
                Tally(
                    message_ref(team, channel.channel, str(one["ts"])),
                    {str(each["name"]): int(each["count"]) for each in one.get("reactions") or ()},
                )
                for one in newest
            ]

    def link(self, message: MessageRef) -> str | None:
        """Return the web address of a message, where the workspace's own is known."""
        access = self.wire.tokens.known(message.channel.space)
        if access is None or not access.url or is_direct(message.channel.channel):
            return None
        return f"{access.url.rstrip('/')}/archives/{message.channel.channel}/p{message.message.replace('.', '')}"

    # Places

    @contextmanager
    def _asking(self, team: str, where: Address | ChannelRef) -> Iterator[None]:
        """Speak to Slack; what goes wrong is a DeliveryError, and after a refused token nothing is asked any more."""
        if self.wire.tokens.stopped:
            raise DeliveryError("Slack does not take the token of this bot any more", retry_after=600)
        if not self.connected:
            raise DeliveryError("not connected to Slack yet", retry_after=1)
        match where:
            case InChannel(ref) | OpenThread(ref):
                channel = ref.channel
            case ChannelRef():
                channel = where.channel
            case _:
                channel = ""
        try:
            with errors.told(self._channels.get((team, channel), ""), direct=isinstance(where, Direct)):
                yield
        except TokenRefused as error:
            if not self.wire.tokens.several:
                raise DeliveryError("Slack does not take the token of this bot any more", retry_after=600) from error
            said = "this workspace has removed the app, or it must be installed anew"
            raise DeliveryError(said, permanent=True) from error

    async def _channel(self, team: str, to: Address) -> str:
        match to:
            case InChannel(channel) | OpenThread(channel):
                return channel.channel
            case InThread(thread):
                return thread.channel.channel
            case Direct(ref):
                return await self.conversation(team, team_and_user(ref)[1])

    async def conversation(self, team: str, user: str) -> str:
        """Return the direct conversation with somebody; raises PersonRefuses for an account that is none of Slack's."""
        if not user:
            raise PersonRefuses
        if (team, user) not in self._direct:
            opened = await self.wire.write(team, "conversations.open", users=user)
            self._direct[team, user] = str(opened["channel"]["id"])
        return self._direct[team, user]

    async def _posted(self, team: str, body: Json) -> Json:
        """Post; into an open channel that the bot is not in, it goes by itself."""
        try:
            return await self.wire.write(team, "chat.postMessage", **body)
        except SlackApiError as error:
            if errors.name_of(error) not in errors.NOT_IN or not await self._joined(team, str(body["channel"])):
                raise
            return await self.wire.write(team, "chat.postMessage", **body)

    async def _joined(self, team: str, channel: str) -> bool:
        """Go into a channel; return whether that was possible, which it is not for a private one."""
        if is_direct(channel):
            return False
        try:
            answer = await self.wire.write(team, "conversations.join", channel=channel)
        except SlackApiError:
            return False
        self._channels[team, channel] = str((answer.get("channel") or {}).get("name") or "")
        return True

    def named(self, channel: ChannelRef, name: str) -> None:
        """Hear what a channel is called."""
        self._channels[channel.space, channel.channel] = name

    # Messages

    async def _written(
        self, team: str, channel: str, thread: str | None, since: datetime | None
    ) -> AsyncIterator[Json]:
        """Yield the messages of a channel or thread since an instant; raises DeliveryError where there are too many."""
        params: dict[str, str | int | bool] = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
        if since is not None:
            params |= {"oldest": stamp(since - _AHEAD), "inclusive": True}
        method = "conversations.history"
        if thread is not None:
            method = "conversations.replies"
            params["ts"] = thread
        seen = 0
        async for page in self.wire.pages(team, method, "messages", PAGES, **params):
            seen += 1
            for one in page:
                yield one
            if seen == PAGES and len(page) >= PAGE and since is not None:
                raise DeliveryError("too much was written since, so I can't tell whether it is there", permanent=True)

    def _noted(self, ref: MessageRef, key: str) -> MessageRef:
        self._keys[ref] = key
        if len(self._keys) > REMEMBERED:
            self._keys.popitem(last=False)
        return ref


def _team(to: Address) -> str:
    match to:
        case InChannel(channel) | OpenThread(channel):
            return channel.space
        case InThread(thread):
            return thread.channel.space
        case Direct(ref):
            return team_and_user(ref)[0]


def _order(ts: str) -> tuple[int, int]:
    """Return what orders messages: their stamps are no floats, which would lose the last digits."""
    seconds, _, rest = ts.partition(".")
    return int(seconds or 0), int(rest or 0)
