"""Replies in threads that nobody heard, as the bot was away: they are read, and told like those that were heard.

What was heard all the same is told again, and the core knows it by its key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.slack import errors
from adapters.slack.errors import TokenRefused
from adapters.slack.events import Events
from adapters.slack.refs import stamp
from adapters.slack.text import PLATFORM, Json
from adapters.slack.wire import PAGE, Wire
from bot.app import Bot
from bot.chat import SpaceRef
from bot.errors import CannotSave
from bot.inbox import KEPT
from bot.ports import Clock, UnitOfWork
from bot.study.groups import ALIVE

log = logging.getLogger(__name__)

HEARD = "slack heard"
"""The memo about until when events were heard."""
EVERY = 60.0
"""Seconds between two such notes."""
FURTHEST = KEPT - timedelta(days=1)
"""How far back replies are read: what is older would be taken for news."""
UNKNOWN = timedelta(days=1)
"""How far back they are read where nobody knows since when they were not heard."""
_APART = timedelta(minutes=1)
"""How far our clock and Slack's may be apart."""
_THREADS = timedelta(days=28)
"""How old a thread may be in which replies are looked for."""
_PAGES = 10
"""Pages of a channel, or of a thread, that are read at most."""
_GROUPS = 500
"""Groups of a workspace whose channels are read."""
_PACE = 1.2
"""Seconds between two requests, which Slack counts by the minute."""


class Missed:
    """Knows until when events were heard, and reads the replies that came after that."""

    def __init__(self, bot: Bot, wire: Wire, events: Events, clock: Clock) -> None:
        self._bot = bot
        self._wire = wire
        self._events = events
        self._clock = clock
        self._reading = asyncio.Lock()
        self._behind: dict[str, None] = {}

    async def keep_up(self) -> None:
        """Read what could not be read before; where nothing is left of that, note that everything was heard."""
        for team in list(self._behind):
            await self.read(team)
        if not self._behind:
            await self.note()

    async def note(self) -> None:
        """Note that everything up to now was heard."""
        now = self._clock.now().isoformat(timespec="seconds")
        async with self._reading:
            await self._bot.store.write(lambda uow: uow.memos.keep(HEARD, now))

    async def read(self, space: str | None = None) -> None:
        """Read what nobody heard, in one workspace where it is named; a channel that is closed to us is passed."""
        async with self._reading:
            now = self._clock.now()
            kept = await self._bot.read(lambda uow: uow.memos.get(HEARD))
            since = max(_instant(kept) or now - UNKNOWN, now - FURTHEST) - _APART
            for team in [space] if space is not None else self._wire.tokens.teams():
                self._behind[team] = None
                if await self._of(team, since, now):
                    del self._behind[team]

    async def _of(self, team: str, since: datetime, now: datetime) -> bool:
        """Read what nobody heard in a workspace; return False where some of it is to be read later."""
        try:
            for channel in await self._bot.read(lambda uow: list(_channels(uow, team))):
                await self._read(team, channel, since, now)
        except TokenRefused as error:
            log.warning("replies in workspace %s cannot be read: %s", team, error)  # it has removed the app
        except (SlackClientError, CannotSave, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("replies in workspace %s cannot be read yet: %s", team, type(error).__name__)
            return False
        return True

    async def _read(self, team: str, channel: str, since: datetime, now: datetime) -> None:
        try:
            async for parent in self._threads(team, channel, now - _THREADS):
                if _stamped(parent.get("latest_reply")) >= since.timestamp():
                    await self._replies(team, channel, str(parent["ts"]), since)
        except SlackApiError as error:
            if errors.passes(error):
                raise
            log.warning("replies in channel %s cannot be read: %s", channel, errors.name_of(error))

    async def _threads(self, team: str, channel: str, since: datetime) -> AsyncIterator[Json]:
        """Yield the messages of a channel below which somebody wrote."""
        async for page in self._wire.pages(
            team, "conversations.history", "messages", _PAGES, channel=channel, oldest=stamp(since), limit=PAGE
        ):
            for one in page:
                if one.get("reply_count"):
                    yield one
            await asyncio.sleep(_PACE if len(page) == PAGE else 0)

    async def _replies(self, team: str, channel: str, thread: str, since: datetime) -> None:
        async for page in self._wire.pages(
            team,
            "conversations.replies",
            "messages",
            _PAGES,
            channel=channel,
            ts=thread,
            oldest=stamp(since),
            inclusive=True,
            limit=PAGE,
        ):
            for one in page:
                await self._events.heard(team, {**one, "type": "message", "channel": channel}, "")


def _channels(uow: UnitOfWork, team: str) -> Iterator[str]:
    """Yield the channels of a workspace in which groups live."""
    seen: dict[str, None] = {}
    for group in uow.groups.in_space(SpaceRef(PLATFORM, team), ALIVE, 0, _GROUPS):
        for home in uow.groups.homes(group.id):
            for channel in (home.channel, home.asks_in):
                if (channel.platform, channel.space) == (PLATFORM, team):
                    seen[channel.channel] = None
    yield from seen


def _instant(word: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(word) if word else None
    except ValueError:
        return None


def _stamped(ts: object) -> float:
    try:
        return float(str(ts))
    except ValueError:
        return 0.0
