"""The connection to Slack: everything comes in over a socket or over HTTP, and is handed on to what answers it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import errors
from adapters.slack.answers import Answers
from adapters.slack.brought import Fetching
from adapters.slack.calls import Calls
from adapters.slack.commands import Names
from adapters.slack.connection import INSTALL, LONGEST_PAUSE, REDIRECT, Connection, new_session, web_client
from adapters.slack.errors import TOKEN_REFUSED, TokenRefused
from adapters.slack.events import Events
from adapters.slack.home import Home
from adapters.slack.installs import KeptInstallations, LibraryStore, States
from adapters.slack.listening import CONNECTED, Listeners
from adapters.slack.manifest import SCOPES
from adapters.slack.missed import EVERY, Missed
from adapters.slack.people import Profiles
from adapters.slack.platform import SlackPlatform
from adapters.slack.receiving import Installing, Receiving
from adapters.slack.receiving import routes as addresses
from adapters.slack.refs import account
from adapters.slack.signing import Signatures
from adapters.slack.socket_mode import Socket
from adapters.slack.text import PLATFORM
from adapters.slack.tokens import Tokens
from adapters.slack.wire import Wire
from bot.app import Bot
from bot.chat import AccountRef, SpaceRef
from bot.errors import ConfigError
from bot.ports import Clock

log = logging.getLogger(__name__)

LAST_WORDS = 5.0
"""Seconds that answers under way have when the bot stops."""

Greet: TypeAlias = Callable[[SpaceRef, AccountRef, str], Awaitable[None]]


class Gap(Protocol):
    """Who is told that events may have been missed, in one workspace alone where it is named."""

    async def __call__(self, space: str | None = None) -> None:
        """Hear of it."""


async def _nothing(space: str | None = None) -> None:
    """Do nothing."""


class Slack:
    """Slack, ready to be connected to a bot; `platform` is what the outbox sends through."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        for name in ("slack_bolt", "slack_sdk"):  # below that the libraries write tokens, and what people wrote
            logging.getLogger(name).setLevel(logging.WARNING)
        self._connection = connection
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._web: AsyncWebClient | None = None
        self._tokens = Tokens(connection, self._client, clock, lambda: self._end(TOKEN_REFUSED))
        self._wire = Wire(self._client, self._tokens)
        self.platform = SlackPlatform(self._wire, Profiles(self._wire), clock)
        self._bot: Bot | None = None
        self._on_gap: Gap = _nothing
        self._greet: Greet | None = None
        self._app: AsyncApp | None = None
        self._flow: AsyncOAuthFlow | None = None
        self._socket: Socket | None = None
        self._noting: asyncio.Task[None] | None = None
        self._ended: ConfigError | None = None
        self._stopping = asyncio.Event()
        self._closing = asyncio.Lock()
        self._closed = False
        self._begun = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        signed = connection.signing_secret
        self._signatures = Signatures(signed) if signed and connection.mode == "http" else None

    def connect(self, bot: Bot, *, on_gap: Gap = _nothing, greet: Greet | None = None) -> None:
        """Let a bot answer from now on; `on_gap` is told after events may have been missed."""
        self._bot = bot
        self._on_gap = on_gap
        self._greet = greet
        self.names = Names(bot.commands, self._connection.prefix)
        self.platform.shown = self.names.shown
        self.home = Home(bot, self.platform)
        self.events = Events(bot, self.platform.profiles)
        self.missed = Missed(bot, self._wire, self.events, self._clock)

    @property
    def bot(self) -> Bot:
        """The bot that answers."""
        if self._bot is None:
            raise RuntimeError("no bot is connected: call connect(bot) first")
        return self._bot

    def routes(self) -> list[web.RouteDef]:
        """Return what the web server serves for Slack; a request before `run` has begun is answered with 503."""

        async def take(request: web.Request) -> web.Response:
            await self._ready()
            assert self._app is not None, "the listeners are there before it is ready"
            assert self._signatures is not None, "HTTP mode has a signing secret"
            return await Receiving(self._app, self._signatures).take(request)

        async def begin(request: web.Request) -> web.Response:
            await self._ready()
            assert self._flow is not None, "these addresses are served with a client id alone"
            return await Installing(self._flow).begin(request)

        async def end(request: web.Request) -> web.Response:
            await self._ready()
            assert self._flow is not None, "these addresses are served with a client id alone"
            return await Installing(self._flow).end(request)

        return addresses(
            take if self._signatures is not None else None,
            (begin, end) if self._connection.client_id and self._connection.client_secret else None,
        )

    async def _ready(self) -> None:
        if not self._begun.is_set() or self._stopping.is_set():
            raise web.HTTPServiceUnavailable

    # Running

    async def run(self) -> None:
        """Be connected until `close`; raises ConfigError where Slack does not let us."""
        try:
            self._app = self._set_up()
            await self._introduce()
            if self._stopping.is_set():
                return
            self._begun.set()
            self.platform.connected = True
            if self._connection.mode == "socket":
                await self._open_socket(self._app)
            else:
                await self._connected(planned=False)
            await self._stopping.wait()
        except TokenRefused as error:
            raise TOKEN_REFUSED from error
        finally:
            await self.close()
        if self._ended is not None:
            raise self._ended

    async def close(self) -> None:
        """End the connection, after what people asked for is answered."""
        self._stopping.set()
        async with self._closing:  # whoever comes second waits until all is done
            if self._closed or self._session is None:
                return
            self._closed = True
            if self._socket is not None:
                self._socket.take_nothing_new()
            await self.calls.finish(LAST_WORDS)
            self.platform.connected = False
            going_on = [*self._tasks, *([self._noting] if self._noting else [])]
            for task in going_on:
                task.cancel()
            await asyncio.gather(*going_on, return_exceptions=True)
            if self._socket is not None:
                await self._socket.close()
            await self._tokens.close()
            await self._session.close()

    def _client(self) -> AsyncWebClient:
        """Return the library's client; before `run`, one that opens connections of its own."""
        if self._web is None:
            return web_client(self._connection)
        return self._web

    def _end(self, why: ConfigError) -> None:
        self._ended = self._ended or why
        self._stopping.set()

    def _set_up(self) -> AsyncApp:
        """Return the library's app, with what needs an event loop."""
        connection = self._connection
        self._session = new_session()
        self._web = web_client(connection, self._session)
        answers = Answers(self.platform, self._session, connection.api_url)
        fetching = Fetching(self.platform, self._session, connection.api_url)
        self.calls = Calls(self.bot, self.platform, self.names, answers, fetching, self.home)
        if connection.client_id and connection.client_secret:
            kept = KeptInstallations(self.bot.store, self._clock, connection.client_secret)
            self._tokens.keep_in(kept)
            self._flow = self._oauth(kept, connection.client_id, connection.client_secret)
        listeners = Listeners(
            self.bot,
            self._tokens,
            self.names,
            self.calls,
            self.events,
            self.home,
            self.platform.profiles,
            self._beside,
            self._gap,
        )
        return listeners.app(self._web, connection.signing_secret)

    def _oauth(self, kept: KeptInstallations, id: str, secret: str) -> AsyncOAuthFlow:
        public = (self._connection.public_url or "").rstrip("/")
        settings = AsyncOAuthSettings(
            client_id=id,
            client_secret=secret,
            scopes=list(SCOPES),
            user_scopes=[],
            redirect_uri=f"{public}{REDIRECT}" if public else None,
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            authorization_url=self._connection.authorize_url,
            installation_store=LibraryStore(kept, self._installed),
            installation_store_bot_only=True,
            state_store=States(self.bot.store, self._clock, secret),
            logger=logging.getLogger("slack_bolt.oauth"),
        )
        return AsyncOAuthFlow(client=self._web, settings=settings)

    async def _introduce(self) -> None:
        """Ask who we are; while Slack cannot be reached, try again, ever more slowly."""
        pause = 1.0
        while not self._stopping.is_set():
            try:
                return await self._tokens.begin()
            except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
                asked = errors.retry_after(error) if isinstance(error, SlackApiError) else None
                wait = max(pause, asked or 0.0)
                log.warning("Slack cannot be reached (%s); the next try is in %.0f s", type(error).__name__, wait)
                await self._pause(wait)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until `close`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    # The socket

    async def _open_socket(self, app: AsyncApp) -> None:
        """Open the socket; the library keeps it open from then on."""

        def opened(planned: bool) -> None:
            self._beside(lambda: self._connected(planned=planned))

        token = self._connection.app_token or ""
        self._socket = Socket(app, token, self._client(), opened=opened, ended=self._end)
        await self._socket.open(self._stopping)

    async def _connected(self, *, planned: bool) -> None:
        log.info("connected to Slack")
        at = self._clock.now().isoformat(timespec="seconds")
        await self.bot.store.write(lambda uow: uow.memos.keep(CONNECTED, at))
        if not planned:  # one that Slack announced is made up for by Slack: what we did not take comes again
            await self._gap()
        if self._noting is None:
            self._noting = asyncio.create_task(self._note())

    async def _gap(self, space: str | None = None) -> None:
        """Let what nobody heard be made up for: reactions by the core, replies by reading them."""
        await self._on_gap(space)
        self._beside(lambda: self.missed.read(space))

    async def _note(self) -> None:
        """Note now and then that everything is heard, while it is, and read what could not be read before."""
        while not self._stopping.is_set():
            await self._pause(EVERY)
            try:
                if self._socket is None or await self._socket.is_open():
                    await self.missed.keep_up()
            except Exception:  # the database is away: what is not noted is read once more
                log.exception("cannot note what was heard")

    def _beside(self, doing: Callable[[], Awaitable[None]]) -> None:
        """Do something beside everything else."""

        async def safely() -> None:
            try:
                await doing()
            except Exception:  # the entry point of what goes on beside: it must not end the connection
                log.exception("something beside the connection failed")

        task = asyncio.create_task(safely())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _installed(self, team: str, user: str) -> None:
        """Hear that a workspace has installed the app: whoever did it is told how to begin, once."""
        self._tokens.forget(team)
        with suppress(TokenRefused):
            await self._tokens.of(team)
        if self._greet is not None and team and user:
            profile = await self.platform.profiles.get(team, user)
            await self._greet(SpaceRef(PLATFORM, team), account(team, user), profile.locale or "")
