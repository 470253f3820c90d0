"""The connection to Discord: it is logged in, hears what happens, and ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord.alone import Alone
from adapters.discord.calls import Calls
from adapters.discord.ended import INTENT_REFUSED, TAKEN_OVER, TOKEN_REFUSED, why
from adapters.discord.events import Events
from adapters.discord.gateway import Connection, client
from adapters.discord.missed import Missed
from adapters.discord.platform import DiscordPlatform
from adapters.discord.refs import account
from adapters.discord.registering import AGAIN, Registering, asked_to_wait
from adapters.discord.starting import counted
from adapters.discord.text import PLATFORM
from bot.app import Bot
from bot.chat import AccountRef, SpaceRef
from bot.errors import ConfigError
from bot.ports import Clock

log = logging.getLogger(__name__)

LAST_WORDS = 5.0
"""Seconds that answers under way have when the bot stops."""
LONGEST_PAUSE = 60.0
"""Seconds between two tries to log in while Discord cannot be reached, at most."""

Greet: TypeAlias = Callable[[SpaceRef, AccountRef, str], Awaitable[None]]


class Gap(Protocol):
    """Who is told that events may have been missed, in one server alone where it is named."""

    async def __call__(self, space: str | None = None) -> None:
        """Hear of it."""


async def _nothing(space: str | None = None) -> None:
    """Do nothing."""


class Discord:
    """Discord, ready to be connected to a bot; `platform` is what the outbox sends through."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        discord.http.Route.BASE = connection.api_url.rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(connection.gateway_url)
        # Below that the library writes the tokens of interactions.
        logging.getLogger("discord").setLevel(logging.WARNING)
        self._connection = connection
        self._clock = clock
        self._client = client(connection)
        self._client.hear(self)
        self.platform = DiscordPlatform(self._client, clock, self._token_refused)
        self._bot: Bot | None = None
        self._ended: ConfigError | None = None
        self._begun = False
        self._stopping = asyncio.Event()
        self._closing = asyncio.Lock()
        self._closed = False
        self._counted = 0
        self._greet: Greet | None = None
        self._on_gap: Gap = _nothing
        self._away: dict[int, datetime] = {}

    def connect(self, bot: Bot, *, on_gap: Gap = _nothing, greet: Greet | None = None) -> None:
        """Let a bot answer from now on; `on_gap` is told after events may have been missed."""
        self._bot = bot
        self._on_gap = on_gap
        self._greet = greet
        self.commands = Registering(self._client, bot)
        self.calls = Calls(bot, self.platform, self.commands.in_server)
        self.events = Events(bot, self.platform)
        several = self._connection.shards is not None
        self.missed = Missed(self._client, self.platform, bot.store, self._clock, several=several)
        self._right = Alone(bot.store, self._clock, self.missed.note)

    @property
    def bot(self) -> Bot:
        """The bot that answers."""
        if self._bot is None:
            raise RuntimeError("no bot is connected: call connect(bot) first")
        return self._bot

    # Running

    async def run(self) -> None:
        """Be connected until `close`; raises ConfigError where Discord does not let us."""
        try:
            await self._log_in()
            await self._right.taken(self._stopping, self._pause)
            keeping = [asyncio.create_task(one) for one in (self._stay_alone(), self._make_up())]
            try:
                await self._wait_for_turn()
                await self._stay_connected()
            finally:
                for one in keeping:
                    one.cancel()
                await asyncio.gather(*keeping, return_exceptions=True)
        except discord.LoginFailure as error:
            raise TOKEN_REFUSED from error
        except discord.PrivilegedIntentsRequired as error:
            raise INTENT_REFUSED from error
        except discord.ConnectionClosed as error:
            raise why(error) from error
        except Exception:  # what breaks while we close is no news
            if not self._stopping.is_set():
                raise
        finally:
            await self.close()
        if self._ended is not None:
            raise self._ended

    async def close(self) -> None:
        """End the connection, after what people asked for is answered."""
        self._stopping.set()
        async with self._closing:  # whoever comes second waits until all is done
            if self._closed or self._bot is None:
                return
            self._closed = True
            await self.calls.finish(LAST_WORDS)
            self.platform.connected = False
            if self._begun:  # a client that never began to log in has nothing to close
                await self._client.close()
            try:
                await self._right.give_back()
            except Exception:  # the database is away: the right ends by itself, and we end all the same
                log.exception("cannot give back the right to be connected")

    def _token_refused(self) -> None:
        self._end(TOKEN_REFUSED)

    def _end(self, why: ConfigError) -> None:
        self._ended = self._ended or why
        self._ending = asyncio.create_task(self.close())

    async def _log_in(self) -> None:
        """Log in; while Discord cannot be reached, try again, ever more slowly."""
        pause = 1.0
        while not self._stopping.is_set():
            self._begun = True
            try:
                await self._unless_stopped(self._client.login(self._connection.token))
                break
            except discord.LoginFailure:
                raise
            except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
                wait = max(pause, asked_to_wait(error))
                log.warning("Discord cannot be reached (%s); the next try is in %.0f s", type(error).__name__, wait)
                await self._pause(wait)
                pause = min(pause * 2, LONGEST_PAUSE)
        if self._stopping.is_set():
            return
        self.platform.connected = True
        await self.commands.directly()

    async def _wait_for_turn(self) -> None:
        """Wait where sessions were begun too often: the program may have been started again and again."""
        self._counted = self._connection.shards or 1
        await self._count(self._counted)

    async def begins(self) -> None:
        """Hear that a session is about to begin, and wait if there were too many; those of the start are counted."""
        await self._begin_to_hear()
        if self._counted:
            self._counted -= 1
            return
        try:
            await self._count(1)
        except Exception:  # the database is away: that does not end the connection
            log.exception("cannot count a session")

    async def _begin_to_hear(self) -> None:
        try:
            await self.missed.session_begins()
        except Exception:  # the same
            log.exception("cannot tell until when events were heard")

    async def _count(self, sessions: int) -> None:
        """Note that sessions begin, and wait where there were too many of late."""
        shards = self._connection.shards or 1
        if wait := (await counted(self.bot.store, self._clock, sessions, shards)).total_seconds():
            log.warning("connected too often of late; waiting %.0f s, or Discord would take the token away", wait)
            await self._pause(wait)

    async def _stay_connected(self) -> None:
        while not self._stopping.is_set():
            try:
                return await self._unless_stopped(self._client.connect())
            except AttributeError:
                # The library wants to go on with a session where even the first one could not begin.
                if self._client.ws is not None:
                    raise
                log.warning("Discord's gateway cannot be reached; the next try is in a moment")
                await self._pause(LONGEST_PAUSE / 12)

    async def _unless_stopped(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do something until `close` at most: the library sleeps for minutes between its tries, closed or not."""
        task = asyncio.create_task(doing)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            stopping.cancel()
            task.cancel()
            await asyncio.gather(task, stopping, return_exceptions=True)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until `close`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _stay_alone(self) -> None:
        await self._right.lost()
        self._end(TAKEN_OVER)

    # What happens

    async def ready(self) -> None:
        """Hear that a new session has begun: what happened since the last one was not told."""
        log.info("connected to Discord, in %d servers", len(self._client.guilds))
        self.hears(True)
        await self._on_gap()

    def hears(self, hearing: bool) -> None:
        """Hear that events come, or that none do for the moment."""
        self.missed.hears(hearing)

    async def arrived(self, guild: discord.Guild, *, joined: bool = False) -> None:
        """Hear of a server that the bot is in: give it the commands that it lacks, and greet its owner, once.

        One that it has `joined` just now has none, whatever it had before: Discord drops them when a bot leaves.
        """
        try:
            await self.commands.in_guild(guild.id, anew=joined)
            if self._greet is not None and guild.owner_id is not None:
                space = SpaceRef(PLATFORM, str(guild.id))
                await self._greet(space, account(guild.owner_id), str(guild.preferred_locale))
            since = self._away.pop(guild.id, None)
            if joined or since is not None:
                await self._on_gap(str(guild.id))
            self.missed.look_into(guild, since)
            await self.missed.read(self.events)
        except Exception:  # the entry point of servers: what fails for one must not end the connection
            log.exception("server %s could not be welcomed", guild.id)

    async def is_away(self, guild: discord.Guild) -> None:
        """Hear that Discord has lost a server for a while: what happens there is not told."""
        self._away.setdefault(guild.id, self._clock.now())

    async def _make_up(self) -> None:
        """Do, now and then, what failed before: register commands, and read what was written unheard."""
        while True:
            await asyncio.sleep(AGAIN / 10)
            try:
                await self.commands.where_lacking(asyncio.get_running_loop().time())
                await self.missed.read(self.events)
            except Exception:  # one that fails is there the next time
                log.exception("cannot make up for what failed")
