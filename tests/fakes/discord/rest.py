"""The web interface: requests are recorded, fail as a test laid down, and are done by their handlers."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from tests.fakes.discord import commands, interactions, messages, places
from tests.fakes.discord.faults import Faults
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.recorder import Asked, Recorder
from tests.fakes.discord.routes import ROUTES, Done, Handler
from tests.fakes.discord.rules import Refused
from tests.fakes.discord.things import Upload
from tests.fakes.discord.world import World
from tests.fakes.faults import Way

BASE = "/api/v10"
HANDLERS = (commands, interactions, messages, places)
"""What fills ROUTES."""
_OPEN = ("/interactions/", "/webhooks/")
"""What needs no token beside the one in its path."""


@dataclass(slots=True)
class Bucket:
    """How many requests of a route are taken within some seconds, for each channel or server."""

    limit: int
    seconds: float
    begun: dict[str, float] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, key: str) -> tuple[int, float]:
        """Count a request; return how many are left (below 0: one too many) and the seconds until all are there."""
        now = time.monotonic()
        if now - self.begun.get(key, -self.seconds) >= self.seconds:
            self.begun[key], self.used[key] = now, 0
        self.used[key] += 1
        return self.limit - self.used[key], self.begun[key] + self.seconds - now


class Rest:
    """Serves the web interface."""

    def __init__(self, world: World, gateway: Gateway, faults: Faults, recorder: Recorder) -> None:
        self.limits: dict[str, Bucket] = {}
        self.token_refused = False
        self._world = world
        self._gateway = gateway
        self._faults = faults
        self._recorder = recorder

    def add_to(self, app: web.Application) -> None:
        """Let an application serve it."""
        # Words in a path go before what stands for any word.
        for (method, path), handler in sorted(ROUTES.items(), key=lambda one: one[0][1].count("{")):
            app.router.add_route(method, BASE + path, self._serving(path, handler))
        app.router.add_get(BASE + "/gateway", self._serving("/gateway", lambda world, asked: self._gateway.about()))
        app.router.add_get(
            BASE + "/gateway/bot", self._serving("/gateway/bot", lambda world, asked: self._gateway.about())
        )
        app.router.add_get("/attachments/{channel_id}/{file_id}/{name}", self._file)
        app.router.add_route("*", BASE + "/{path:.*}", self._unknown)

    def _serving(self, template: str, handler: Handler) -> Any:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, template, handler)

        return serve

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        def nothing(world: World, asked: Asked) -> None:
            raise Refused(404, 0, "404: Not Found")

        return await self._serve(request, request.path.removeprefix(BASE), nothing)

    async def _serve(self, request: web.Request, template: str, handler: Handler) -> web.StreamResponse:
        asked = await _read(request, template)
        self._recorder.asked.append(asked)
        fault = self._faults.next(asked)
        if fault is not None and fault.way is Way.CUT:
            return _broken(request, fault.reset)
        if fault is not None and fault.way is Way.REFUSED:
            return self._answer(asked, fault.status, fault.body, fault.headers)
        headers = self._limited(asked)
        if headers.get("Retry-After"):
            body = {
                "message": "You are being rate limited.",
                "retry_after": float(headers["Retry-After"]),
                "global": False,
            }
            return self._answer(asked, 429, body, headers | {"Via": "1.1 google"})
        status, body = self._do(asked, handler)
        if status == 429:
            headers = headers | {"Via": "1.1 google", "Retry-After": f"{body['retry_after']:.3f}"}
        self._recorder.told()
        if fault is not None and fault.way is Way.LOST:
            return _broken(request, fault.reset)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        return self._answer(asked, status, body, headers)

    def _do(self, asked: Asked, handler: Handler) -> tuple[int, Any]:
        try:
            if self._unauthorized(asked):
                raise Refused(401, 0, "401: Unauthorized")
            answer = handler(self._world, asked)
        except Refused as refused:
            return refused.status, refused.body
        except (KeyError, ValueError, TypeError) as error:  # a body that no client of good will sends
            return 400, {"code": 50035, "message": f"Invalid Form Body: {type(error).__name__} {error}", "errors": {}}
        asked.done = True
        done = answer if isinstance(answer, Done) else Done(answer, 200 if answer is not None else 204)
        return done.status, done.body

    def _unauthorized(self, asked: Asked) -> bool:
        if asked.template.startswith(_OPEN):
            return False
        return self.token_refused or asked.headers.get("Authorization") != f"Bot {self._world.application.token}"

    def _limited(self, asked: Asked) -> dict[str, str]:
        """Return the headers about limits; with Retry-After where there were too many requests."""
        bucket = self.limits.get(asked.route)
        if bucket is None or asked.template.startswith(_OPEN):
            return {}
        major = next((asked.at[one] for one in ("channel_id", "guild_id", "webhook_id") if one in asked.at), "")
        left, seconds = bucket.take(major)
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(max(0, left)),
            "X-RateLimit-Reset": f"{time.time() + seconds:.3f}",
            "X-RateLimit-Reset-After": f"{seconds:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash(asked.route)):x}",
        }
        return headers | ({"Retry-After": f"{seconds:.3f}"} if left < 0 else {})

    def _answer(self, asked: Asked, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
        asked.status, asked.answer = status, body
        if status == 204:
            return web.Response(status=204, headers=headers)
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "text/html" if isinstance(body, str) else "application/json"
        # Exactly so: the library does not read JSON under any other name.
        response = web.Response(status=status, body=text.encode(), headers=headers)
        response.headers["Content-Type"] = kind
        return response

    async def _file(self, request: web.Request) -> web.Response:
        found = self._world.files.get(int(request.match_info["file_id"]))
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found.content, content_type=found.type.split(";")[0])


async def _read(request: web.Request, template: str) -> Asked:
    body: Any = None
    files: list[Upload] = []
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytes(await part.read())
            if part.name == "payload_json":
                body = json.loads(content)
            else:
                files.append(Upload(part.filename or "file", content, part.headers.get("Content-Type", "")))
    elif request.can_read_body:
        text = await request.text()
        body = json.loads(text) if text else None
    path = urlsplit(request.path).path.removeprefix(BASE)
    headers = {name: value for name, value in request.headers.items() if name in ("Authorization", "User-Agent")}
    headers["Content-Type"] = request.content_type
    return Asked(request.method, path, template, dict(request.match_info), dict(request.query), body, files, headers)


def _broken(request: web.Request, reset: bool) -> web.Response:
    """Close the connection instead of answering."""
    transport = request.transport
    if transport is not None:
        transport.abort() if reset else transport.close()
    return web.Response(status=500)
