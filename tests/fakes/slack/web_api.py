"""The web interface: requests are recorded, fail as a test laid down, are paced, and are done by their methods."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from tests.fakes.faults import Way
from tests.fakes.slack import chat, files, oauth, places, shapes, views
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.interactions import URL_LASTS, URL_USES, Interaction, Interactions
from tests.fakes.slack.methods import METHODS, Call, Method, Refused
from tests.fakes.slack.recorder import Asked, Recorder
from tests.fakes.slack.things import Installed, Json
from tests.fakes.slack.world import World

HANDLERS = (chat, files, oauth, places, views)
"""What fills METHODS."""
_DECODED = ("blocks", "attachments", "metadata", "view", "files", "file_ids")
_KNOWN = ("Authorization", "Content-Type", "User-Agent")


@dataclass(slots=True)
class Pace:
    """How many calls are taken within some seconds, for each channel that they name."""

    calls: int = 1
    seconds: float = 1.0
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def wait(self, key: str) -> float:
        """Count a call; return the seconds after which to come again where there were too many."""
        now = time.monotonic()
        kept = self.taken[key] = [one for one in self.taken[key] if now - one < self.seconds]
        if len(kept) >= self.calls:
            return kept[0] + self.seconds - now
        kept.append(now)
        return 0.0


class WebApi:
    """Serves the web interface, the addresses of answers, and files."""

    def __init__(self, world: World, asked: Interactions, faults: Faults, recorder: Recorder) -> None:
        self.paces: dict[str, Pace] = {}
        """By method; one for `chat.postMessage` is what Slack has in earnest."""
        self._world = world
        self._asked = asked
        self._faults = faults
        self._recorder = recorder

    def add_to(self, app: web.Application) -> None:
        """Let an application serve it."""
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_post("/respond/{token}", self._respond)
        app.router.add_route("*", "/upload/{file_id}", self._upload)
        app.router.add_get("/files-pri/{file_id}/{name}", self._file)

    # Methods

    async def _method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        asked = Asked(name, await _arguments(request), _headers(request), time.monotonic())
        return await self._served(request, asked, lambda: self._call(name, asked))

    async def _served(self, request: web.Request, asked: Asked, doing: Any) -> web.StreamResponse:
        asked.peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        self._recorder.asked.append(asked)
        fault = self._faults.next(asked)
        if fault is not None and fault.way is Way.CUT:
            return _broken(request, fault.reset)
        if fault is not None and fault.way is Way.REFUSED:
            return _answer(asked, fault.status, fault.body, fault.headers)
        status, body, headers = doing()
        self._recorder.told()
        if fault is not None:
            return await self._spoilt(request, asked, fault, (status, body, headers))
        return _answer(asked, status, body, headers)

    @staticmethod
    async def _spoilt(
        request: web.Request, asked: Asked, fault: Fault, told: tuple[int, Any, dict[str, str]]
    ) -> web.StreamResponse:
        """Let the answer to what was done be lost, broken, kept back or late."""
        match fault.way:
            case Way.LOST:
                return _broken(request, fault.reset)
            case Way.BROKEN:
                return _answer(asked, 500, "<html>500</html>")
            case Way.SILENT:
                await asyncio.sleep(fault.seconds)
                return _broken(request, reset=True)
            case _:
                await asyncio.sleep(fault.seconds)
                return _answer(asked, *told)

    def _call(self, name: str, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        known = METHODS.get(name)
        if known is None:
            return 200, {"ok": False, "error": "unknown_method", "req_method": name}, {}
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ") or str(asked.args.get("token", ""))
        one = self._world.installation(token)
        headers = {"X-OAuth-Scopes": ",".join(sorted(one.scopes))} if one is not None else {}
        headers |= {"X-Accepted-OAuth-Scopes": ",".join(known.scopes)} if known.scopes else {}
        try:
            self._let_in(known, token, one)
            if pace := self.paces.get(name):
                wait = pace.wait(f"{one.team.id if one else ''} {asked.args.get('channel', '')}")
                if wait:
                    return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(max(1, round(wait + 0.49)))}
            call = Call(self._world, self._asked, _decoded(asked), one, self._world.site)
            call.needs(*known.scopes) if known.scopes else None
            body = {"ok": True, **known.do(call)}
        except Refused as refused:
            return 200, refused.body, headers
        asked.done = True
        if call.warnings:
            body["warning"] = ",".join(call.warnings)
            body.setdefault("response_metadata", {})["warnings"] = call.warnings
        return 200, body, headers

    def _let_in(self, known: Method, token: str, one: Installed | None) -> None:
        """Refuse a token that is none, is of another kind, or is good no more."""
        if known.token == "none":
            return
        if not token:
            raise Refused("not_authed")
        if known.token == "app":
            if token.startswith("xoxb"):
                raise Refused("not_allowed_token_type")
            if token != self._world.app.app_token:
                raise Refused("invalid_auth")
            return
        if one is None:
            raise Refused("account_inactive" if token.startswith(("xoxb-T", "xoxe.xoxb-T")) else "invalid_auth")
        if token in one.old:
            raise Refused("token_expired" if one.expires is not None else "token_revoked")
        if one.expires is not None and self._world.now() >= one.expires:
            raise Refused("token_expired")

    # Answers to what people asked

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text else {}
        asked = Asked("respond", body, _headers(request), time.monotonic())

        def doing() -> tuple[int, Any, dict[str, str]]:
            one = self._asked.by_url.get(request.match_info["token"])
            if one is None:
                return 404, "no_service", {}
            if self._world.now() - one.at > URL_LASTS:
                return 404, {"ok": False, "error": "expired_url"}, {}
            if one.uses >= URL_USES:
                return 404, {"ok": False, "error": "used_url"}, {}
            try:
                self.answer(one, body)
            except Refused as refused:
                status = 200 if refused.body["error"] == "no_text" else 400
                return status, refused.body, {}
            one.uses += 1
            asked.done = True
            return 200, "ok", {}

        return await self._served(request, asked, doing)

    def answer(self, one: Interaction, body: Json) -> None:
        """Show an answer to what somebody asked, or change what they asked it with."""
        assert one.team.installed is not None
        call = Call(self._world, self._asked, body, one.team.installed, self._world.site)
        if body.get("delete_original"):
            return self._take_away(one)
        if body.get("replace_original") and one.message is not None:
            text, blocks = chat.checked(call, body, warn=False)
            before = shapes.message(one.message)
            one.message.text, one.message.blocks = text, blocks
            self._world.changed(one.message, before)
            return one.show(one.message)
        channel = one.channel
        assert channel is not None
        made = chat.composed(call, channel, body)
        if body.get("response_type", "ephemeral") != "in_channel":
            made.only_for = one.user
        self._world.post(made)
        one.show(made)

    def _take_away(self, one: Interaction) -> None:
        if one.message is not None:
            one.message.deleted = True
            if not one.message.ephemeral:
                self._world.delete(one.message)
        one.answered.set()

    # Files

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        found = self._world.files.get(request.match_info["file_id"])
        if found is None or found.id not in self._asked.uploads:
            return web.Response(status=404)
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                found.content = bytes(await part.read())
        else:
            found.content = await request.read()
        return web.Response(text=f"OK - {len(found.content)}")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Bring a file to whoever has a token that may read it; to others, a page on which to sign in."""
        asked = Asked("download", dict(request.match_info), _headers(request), time.monotonic())
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")

        def doing() -> tuple[int, Any, dict[str, str]]:
            found = self._world.files.get(request.match_info["file_id"])
            one = self._world.installation(token)
            if one is None or token in one.old or "files:read" not in one.scopes:
                return 200, "<!DOCTYPE html><html><title>Sign in | Slack</title></html>", {}
            if found is None:
                return 404, "<html>404</html>", {}
            asked.done = True
            return 200, found, {}

        return await self._served(request, asked, doing)


def _decoded(asked: Asked) -> Json:
    """Return the arguments, those that are JSON within a form read."""
    args = dict(asked.args)
    for name in _DECODED:
        if isinstance(args.get(name), str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                if name in ("blocks", "view"):
                    raise Refused("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
    args.setdefault("authorization", asked.headers.get("Authorization", ""))
    return args


async def _arguments(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        args |= json.loads(text) if text else {}
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name is not None and part.filename is None:
                args[part.name] = bytes(await part.read()).decode()
    elif request.can_read_body:
        args |= dict(parse_qsl(await request.text(), keep_blank_values=True))
    return args


def _headers(request: web.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in _KNOWN if name in request.headers}


def _answer(asked: Asked, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    asked.status, asked.answer = status, body
    if isinstance(body, dict):
        return web.json_response(body, status=status, headers=headers)
    if isinstance(body, str):
        kind = "text/html" if body.startswith("<") else "text/plain"
        return web.Response(text=body, status=status, headers=headers, content_type=kind)
    return web.Response(body=body.content, content_type=body.type.split(";")[0])


def _broken(request: web.Request, reset: bool) -> web.Response:
    """Close the connection instead of answering."""
    transport = request.transport
    if transport is not None:
        transport.abort() if reset else transport.close()
    return web.Response(status=500)
