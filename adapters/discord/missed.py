"""Replies in threads that nobody heard, as the session was lost: they are read, and told like those that were heard.

Who wrote when needs no privileged intent. What was heard all the same is told again, and the core knows it by its key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import discord

from adapters.discord.events import Events, is_reply
from adapters.discord.marks import Json
from adapters.discord.platform import DiscordPlatform
from adapters.discord.refs import account, message_ref
from adapters.discord.wire import PAGE, Wire
from bot.chat import ThreadReplied
from bot.inbox import KEPT
from bot.ports import Clock, Store, UnitOfWork

log = logging.getLogger(__name__)

HEARD = "discord heard"
"""The memo about until when events were heard."""
FURTHEST = KEPT - timedelta(days=1)
"""How far back replies are read: what is older would be taken for news."""
UNKNOWN = timedelta(days=1)
"""How far back they are read where nobody knows since when they were not heard."""
_SLACK = timedelta(minutes=1)
"""How far our clock and Discord's may be apart."""
_PAGES = 10
"""Pages of a thread that are read at most."""


class Missed:
    """Knows until when events were heard, and reads what came after that; `several` connections hide that."""

    def __init__(
        self, client: discord.Client, platform: DiscordPlatform, store: Store, clock: Clock, *, several: bool = False
    ) -> None:
        self._client = client
        self._platform = platform
        self._wire = Wire(client)
        self._store = store
        self._clock = clock
        self._several = several
        self._hearing = False
        self._since: datetime | None = None
        self._waiting: dict[int, tuple[int, datetime]] = {}
        self._reading = asyncio.Lock()

    async def session_begins(self) -> None:
        """Hear that a new session begins: whatever came since the last one was lost."""
        self._hearing = False
        if not self._several:
            self._since = _read(await self._store.read(lambda uow: uow.memos.get(HEARD)))

    def hears(self, hearing: bool) -> None:
        """Hear that events come, or that none do for the moment."""
        self._hearing = hearing

    def note(self, uow: UnitOfWork) -> None:
        """Keep that events were heard until now, once what was not is read: after a crash it goes on from there."""
        if self._hearing and not self._waiting:
            uow.memos.keep(HEARD, self._clock.now().isoformat())

    def look_into(self, guild: discord.Guild, since: datetime | None = None) -> None:
        """Let the threads of ours in a server be read in which somebody wrote since the last session, or an instant."""
        now = self._clock.now()
        begin = max((since or self._since or now - UNKNOWN) - _SLACK, now - FURTHEST)
        after = discord.utils.time_snowflake(begin)
        for thread in guild.threads:
            if thread.owner_id == getattr(self._client.user, "id", None) and (thread.last_message_id or 0) > after:
                self._waiting.setdefault(thread.id, (guild.id, begin))

    async def read(self, events: Events) -> None:
        """Read the threads that wait; what cannot be reached now goes on waiting."""
        async with self._reading:
            for thread, (guild, since) in list(self._waiting.items()):
                try:
                    await self._tell(events, guild, thread, since)
                except (discord.NotFound, discord.Forbidden):  # it is gone, or no business of ours any more
                    pass
                except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                    log.info("replies in thread %s are read later: %s", thread, type(error).__name__)
                    continue
                del self._waiting[thread]

    async def _tell(self, events: Events, guild: int, thread: int, since: datetime) -> None:
        place = await self._platform.places.get(thread)
        ref = await self._platform.places.thread(place)
        async for one in self._written(thread, since):
            author, id = one["author"], int(one["id"])
            if is_reply(one["type"], bot=bool(author.get("bot") or one.get("webhook_id"))):
                name = author.get("global_name") or author["username"]
                message = message_ref(guild, thread, id)
                words = one.get("content") or None
                await events.tell(id, ThreadReplied(account(int(author["id"])), name, ref, message, words, key=str(id)))

    async def _written(self, thread: int, since: datetime) -> AsyncIterator[Json]:
        """Yield the messages of a thread since an instant, the oldest first."""
        after = discord.utils.time_snowflake(since)
        for _ in range(_PAGES):
            page = await self._wire.history(thread, {"limit": PAGE, "after": after})
            for one in sorted(page, key=lambda each: int(each["id"])):
                yield one
            if len(page) < PAGE:
                return
            after = max(int(one["id"]) for one in page)


def _read(word: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(word) if word else None
    except ValueError:
        return None
