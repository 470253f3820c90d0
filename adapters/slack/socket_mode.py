"""The socket over which Slack tells what happens: the library keeps it open, and opens it anew."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import aiohttp
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import errors
from adapters.slack.connection import LONGEST_PAUSE, proxy_for
from adapters.slack.errors import APP_TOKEN_REFUSED, SOCKET_OFF
from bot.errors import ConfigError

log = logging.getLogger(__name__)

_PING = 10.0
"""Seconds between two looks whether the socket is still there."""
_LOOK = 1.0
"""Seconds between two looks whether an address has failed to open."""
_RUSH, _WITHIN = 5, 10.0
"""How many addresses are asked for in so many seconds."""
_LONGEST = 2_000
"""Characters of what Slack says about the connection itself."""


class Socket:
    """One socket; `opened` hears each time it opens, and whether Slack planned that; `ended`, why it never will."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        *,
        opened: Callable[[bool], None],
        ended: Callable[[ConfigError], None],
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._web = client
        self._opened = opened
        self._ended = ended
        self._planned = False
        self._client: _Client | None = None
        self._minding: asyncio.Task[None] | None = None

    async def open(self, stopping: asyncio.Event) -> None:
        """Open it, or stop trying; raises ConfigError where Slack does not let us."""
        await self._may_open(stopping)
        if stopping.is_set():
            return
        client = _Client(self._app_token, logging.getLogger("slack_sdk.socket_mode"), self._web, ping_interval=_PING)
        self._client = client
        client.proxy = proxy_for(self._web.base_url)  # the library would not look at NO_PROXY
        client.socket_mode_request_listeners.append(self._heard)
        client.on_message_listeners.append(self._overheard)
        opening = asyncio.create_task(client.connect())  # type: ignore[no-untyped-call]
        self._minding = asyncio.create_task(self._mind(client))
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({opening, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not opening.done():
            opening.cancel()
        await asyncio.gather(opening, stopped, return_exceptions=True)

    async def is_open(self) -> bool:
        """Return whether Slack can be heard."""
        return self._client is not None and await self._client.is_connected()

    def take_nothing_new(self) -> None:
        """Take nothing in any more; what is under way can still be acknowledged."""
        if self._client is not None:
            self._client.closed = True
            self._client.auto_reconnect_enabled = False

    async def close(self) -> None:
        """Close it."""
        if self._minding is not None:
            self._minding.cancel()
            await asyncio.gather(self._minding, return_exceptions=True)
        if self._client is not None:
            with suppress(Exception):  # what breaks while we close is no news
                await self._client.close()  # type: ignore[no-untyped-call]

    async def _may_open(self, stopping: asyncio.Event) -> None:
        """Ask for an address once, as the library would ask for ever with a token that is not taken."""
        pause = 1.0
        while not stopping.is_set():
            try:
                await self._web.apps_connections_open(app_token=self._app_token)
                return
            except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
                name = errors.name_of(error) if isinstance(error, SlackApiError) else ""
                if name in errors.SOCKET_TOKEN or name in errors.TOKEN:
                    raise APP_TOKEN_REFUSED from error
                if name in errors.NO_SOCKET:
                    raise SOCKET_OFF from error
                why = name or type(error).__name__
                log.warning("the socket cannot be opened (%s); the next try is in %.0f s", why, pause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _heard(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        answer = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, answer, began)

    async def _mind(self, client: _Client) -> None:
        """Let a socket that was lost be opened anew at once: the library notices at its next ping.

        An address that failed is not tried again: it opens one socket, for moments, and the library would keep it.
        """
        opening: asyncio.Task[None] | None = None
        try:
            while True:
                await asyncio.sleep(_LOOK)
                if await client.is_connected():
                    continue
                client.wss_uri = None
                if client.was_lost and (opening is None or opening.done()):
                    opening = asyncio.create_task(_open_anew(client))
        finally:
            if opening is not None:
                opening.cancel()
                await asyncio.gather(opening, return_exceptions=True)

    async def _overheard(self, message: WSMessage) -> None:
        """Hear what Slack says about the connection itself: one that began anew may have missed something."""
        words = message.data if isinstance(message.data, str) else ""
        if len(words) > _LONGEST or '"type"' not in words:
            return
        try:
            said = json.loads(words)
        except ValueError:
            return
        match said.get("type"):
            case "disconnect":
                reason = said.get("reason")
                self._planned = reason in ("warning", "refresh_requested")
                if reason == "link_disabled":
                    self._ended(SOCKET_OFF)
                elif reason == "too_many_websockets":
                    log.warning("Slack has ten connections of this app already, so this one waits its turn")
            case "hello":
                planned, self._planned = self._planned, False
                self._opened(planned)


async def _open_anew(client: _Client) -> None:
    try:
        await client.connect_to_new_endpoint()
    except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
        why = errors.name_of(error) if isinstance(error, SlackApiError) else type(error).__name__
        log.warning("the socket cannot be opened anew (%s); it is tried again", why)


class _Client(SocketModeClient):
    """The library's client, which asks for no more than a few addresses at once however often it is turned away."""

    _asked: deque[float]

    @property
    def was_lost(self) -> bool:
        """Whether a socket that was open is no more, and nothing is done about that."""
        session = self.current_session
        return session is not None and session.closed and self.auto_reconnect_enabled and not self.closed

    async def issue_new_wss_url(self) -> str:
        """Return a new address."""
        asked = self.__dict__.setdefault("_asked", deque(maxlen=_RUSH))
        if len(asked) == _RUSH and (early := _WITHIN - (time.monotonic() - asked[0])) > 0:
            await asyncio.sleep(early)
        asked.append(time.monotonic())
        return await super().issue_new_wss_url()
