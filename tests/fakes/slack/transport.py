"""How the app is told what happens: over its sockets, or with signed requests to its address."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fakes.slack.interactions import Interaction
from tests.fakes.slack.methods import Call, Refused, method
from tests.fakes.slack.things import Json
from tests.fakes.slack.world import News, World

CONNECTIONS = 10
"""Sockets that an app may have open."""
PATIENCE = 3.0
"""Seconds in which an app has to take what it is told."""
AGAIN = (0.05, 0.1, 0.2)
"""Seconds until an event is told again, and again; Slack waits for moments, a minute and five minutes."""


@dataclass(eq=False, slots=True)
class Delivery:
    """Something that the app was told; `took` is how long that was under way until it was taken, `tries` how often."""

    news: News
    tries: int = 0
    taken: bool = False
    took: float = 0.0
    answer: Any = None
    reason: str = ""
    told_last: int = 0
    """The number of the connection on which it was told last: it is told again on another, where there is one."""
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False, slots=True)
class Socket:
    """One connection of the app; `told` are the envelopes that it was sent."""

    ws: web.WebSocketResponse
    number: int
    deaf: bool = False
    told: list[Json] = field(default_factory=list)
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class Transport:
    """Tells the app; `answered` hears how an interaction was taken."""

    def __init__(self, world: World, answered: Callable[[Interaction, str | None, Any], None]) -> None:
        self.patience = PATIENCE
        self.again: Sequence[float] = AGAIN
        self.waits = False
        """Whether events are told again only when the app has a connection, as after minutes."""
        self.sockets: list[Socket] = []
        self.deliveries: list[Delivery] = []
        self.starts = 0
        """How many connections were begun so far."""
        self.refuses_connections: str | None = None
        """By which error `apps.connections.open` is refused."""
        self.loses_acks = 0
        """How many acknowledgements of events of people are lost on their way."""
        self.signing_time: Callable[[], float] = time.time
        self.changed: Callable[[], None] = lambda: None
        self._world = world
        self._answered = answered
        self._turn = 0
        self._tickets: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        world.listeners.append(self.tell)

    def add_to(self, app: web.Application) -> None:
        """Let an application take connections."""
        app.router.add_get("/link/", self._connect)

    # What is under way

    def tell(self, news: News) -> None:
        """Tell the app of something, in a task."""
        delivery = Delivery(news)
        self.deliveries.append(delivery)
        task = asyncio.get_running_loop().create_task(self._carry(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def idle(self) -> bool:
        """Whether all that was told was taken or given up."""
        return not self._tasks

    @property
    def lost(self) -> list[Delivery]:
        """Events that the app never took."""
        return [one for one in self.deliveries if one.done.is_set() and not one.taken and one.news.kind == "events_api"]

    async def quiet(self) -> None:
        """Wait until all that was told was taken or given up."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """End all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in list(self.sockets):
            await one.ws.close()
        if self._session is not None:
            await self._session.close()

    async def _carry(self, delivery: Delivery) -> None:
        event = delivery.news.kind == "events_api"
        begun = time.monotonic()
        for wait in (0.0, *(self.again if event else ())):
            if wait:
                await asyncio.sleep(wait)
                while self.waits and not self._open:  # noqa: ASYNC110 - a client connects when it likes
                    await asyncio.sleep(0.01)
            delivery.tries += 1
            reason, answer = await self._try(delivery)
            if reason is None:
                delivery.taken, delivery.answer = True, answer
                break
            delivery.reason = reason
            if answer == "no more":
                break
        delivery.took = time.monotonic() - begun
        delivery.done.set()
        if isinstance(delivery.news.about, Interaction):
            failed = None if delivery.taken else "dispatch_failed"
            if delivery.reason == "timeout" and not delivery.taken:
                failed = "operation_timeout"
            self._answered(delivery.news.about, failed, delivery.answer)
        self.changed()

    async def _try(self, delivery: Delivery) -> tuple[str | None, Any]:
        """Tell once; return why it was not taken, and the answer."""
        if self._world.app.socket_mode:
            return await self._over_socket(delivery)
        return await self._over_http(delivery)

    # Sockets

    async def _over_socket(self, delivery: Delivery) -> tuple[str | None, Any]:
        open_ones = self._open
        if not open_ones:
            return "no connection", None
        self._turn += 1
        elsewhere = [one for one in open_ones if one.number != delivery.told_last] or open_ones
        one = elsewhere[self._turn % len(elsewhere)]
        delivery.told_last = one.number
        envelope = self._envelope(delivery)
        waiting = one.waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        one.told.append(envelope)
        try:
            await one.ws.send_json(envelope)
            return None, await asyncio.wait_for(waiting, self.patience)
        except TimeoutError:
            return "timeout", None
        except (ConnectionError, asyncio.CancelledError):
            ours = asyncio.current_task()
            if waiting.cancelled() and ours is not None and not ours.cancelling():
                return "connection lost", None
            raise
        finally:
            one.waiting.pop(envelope["envelope_id"], None)

    @property
    def _open(self) -> list[Socket]:
        return [one for one in self.sockets if not one.ws.closed and not one.deaf]

    def _envelope(self, delivery: Delivery) -> Json:
        news = delivery.news
        told: Json = {"envelope_id": secrets.token_hex(16), "type": news.kind, "payload": news.payload}
        told["accepts_response_payload"] = news.kind != "events_api"
        if news.kind == "events_api":
            told |= {"retry_attempt": delivery.tries - 1, "retry_reason": delivery.reason}
        return told

    def ticket(self) -> str:
        """Return an address for one connection."""
        if self.refuses_connections is not None:
            raise Refused(self.refuses_connections)
        if not self._world.app.socket_mode:
            raise Refused("socket_mode_not_enabled")
        made = secrets.token_urlsafe(16)
        self._tickets.add(made)
        return f"{self._world.site.replace('http', 'ws', 1)}/link/?ticket={made}&app_id={self._world.app.id}"

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse(heartbeat=None)
        await ws.prepare(request)
        if len(self.sockets) >= CONNECTIONS:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await ws.close()
            return ws
        self.starts += 1
        one = Socket(ws, self.starts)
        self.sockets.append(one)
        await ws.send_json(self._hello())
        self.changed()
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    self._hear(one, json.loads(message.data))
        finally:
            if one in self.sockets:
                self.sockets.remove(one)
            for future in one.waiting.values():
                future.cancel()
            self.changed()
        return ws

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.sockets),
            "debug_info": {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._world.app.id},
        }

    def _hear(self, one: Socket, told: Json) -> None:
        waiting = one.waiting.get(str(told.get("envelope_id")))
        if waiting is None or waiting.done() or one.deaf:
            return
        if self.loses_acks and any(
            each["envelope_id"] == told["envelope_id"] and _is_of_people(each["payload"]) for each in one.told
        ):
            self.loses_acks -= 1
            waiting.set_exception(TimeoutError())  # nobody learns more by waiting
            return
        waiting.set_result(told.get("payload"))

    async def connected(self, within: float = 30, *, starts: int = 1) -> None:
        """Wait until the app has a connection, which is at least its n-th."""
        async with asyncio.timeout(within):
            while not (self.sockets and self.starts >= starts):  # noqa: ASYNC110 - a client connects when it likes
                await asyncio.sleep(0.005)

    async def refresh(self) -> None:
        """Tell every connection that another one should take its place, and close it."""
        told = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-fake"}}
        for one in list(self.sockets):
            await one.ws.send_json(told)
            await one.ws.close()

    async def drop(self) -> None:
        """Close every connection without a word."""
        for one in list(self.sockets):
            await one.ws.close()

    def cut(self) -> None:
        """Break every connection."""
        for one in list(self.sockets):
            one.deaf = True
            request = one.ws._req
            transport = request.transport if request is not None else None
            if transport is not None:
                transport.abort()

    # Requests

    async def _over_http(self, delivery: Delivery) -> tuple[str | None, Any]:
        body, kind = encoded(delivery.news)
        headers = self.signed(body, kind, later=delivery.tries - 1)
        if delivery.tries > 1:
            headers |= {"X-Slack-Retry-Num": str(delivery.tries - 1), "X-Slack-Retry-Reason": delivery.reason}
        reason, answer = await self.request(body, headers)
        if reason is None and self.loses_acks and _is_of_people(delivery.news.payload):
            self.loses_acks -= 1
            return "timeout", None
        return reason, answer

    def signed(self, body: bytes, kind: str = "application/json", *, later: int = 0) -> dict[str, str]:
        """Return the headers with which Slack sends a body, so many seconds later: no two tries are signed alike."""
        at = str(int(self.signing_time()) + later)
        secret = self._world.app.signing_secret.encode()
        signature = hmac.new(secret, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={signature}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def request(self, body: bytes, headers: dict[str, str]) -> tuple[str | None, Any]:
        """Send a body to the app's address; return why it was not taken, and the answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._session.post(
                self._world.app.request_url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                text = await answer.text()
                if answer.status != 200:
                    final = "no more" if answer.headers.get("X-Slack-No-Retry") == "1" else None
                    return f"http_error {answer.status}", final
                return None, _read(text)
        except TimeoutError:
            return "timeout", None
        except (aiohttp.ClientError, OSError):
            return "connection_failed", None

    async def verifies(self) -> bool:
        """Return whether the app's address proves that it is its own, as when it is entered."""
        challenge = secrets.token_hex(8)
        about = {"token": self._world.app.verification_token, "challenge": challenge, "type": "url_verification"}
        body = json.dumps(about).encode()
        reason, answer = await self.request(body, self.signed(body))
        return reason is None and challenge in (answer, (answer or {}).get("challenge") if answer else None)


def _is_of_people(payload: Json) -> bool:
    """Return whether a payload is an event, and not one about what the app did itself."""
    event: Json = payload.get("event") or {}
    return payload.get("type") == "event_callback" and "bot_id" not in event and not event.get("hidden")


def encoded(news: News) -> tuple[bytes, str]:
    """Return a payload as the body of a request, and the kind of that."""
    form = "application/x-www-form-urlencoded"
    match news.kind:
        case "slash_commands":
            return urlencode(news.payload).encode(), form
        case "interactive":
            return urlencode({"payload": json.dumps(news.payload)}).encode(), form
    return json.dumps(news.payload).encode(), "application/json"


def _read(text: str) -> Any:
    if not text:
        return None
    with suppress(ValueError):
        return json.loads(text)
    return {"text": text}


@method("apps.connections.open", token="app")
def open_connection(call: Call) -> Json:
    """Return the address of a socket."""
    return {"url": call.asked.ticket()}
