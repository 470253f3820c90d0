"""The addresses of HTTP mode: what Slack sends, and how a workspace installs the app."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.connection import EVENTS, INSTALL, REDIRECT
from adapters.slack.signing import LARGEST, Signatures

log = logging.getLogger(__name__)

_TAKEN = ("application/json", "application/x-www-form-urlencoded")
_KEPT = ("content-type", "x-slack-retry-num", "x-slack-retry-reason")
"""Headers that the library sees."""


class Receiving:
    """Takes requests in: those that are not Slack's go no further."""

    def __init__(self, app: AsyncApp, signatures: Signatures) -> None:
        self._app = app
        self._signatures = signatures

    async def take(self, request: web.Request) -> web.Response:
        """Answer a request of Slack's; anything else gets 401, 413 or 415."""
        if request.content_type not in _TAKEN:
            return web.Response(status=415)
        try:
            body = await _read(request)
        except ValueError:
            return web.Response(status=413)
        stamp, signature = (request.headers.get(f"X-Slack-{one}", "") for one in ("Request-Timestamp", "Signature"))
        if not self._signatures.take(body, stamp, signature):
            return web.Response(status=401)
        try:
            words = body.decode("utf-8")
            headers: Mapping[str, str] = {
                name: value for name, value in request.headers.items() if name.lower() in _KEPT
            }
            asked = AsyncBoltRequest(body=words, query=request.query_string, headers=dict(headers))
        except (ValueError, AttributeError, TypeError):  # signed, and no form or JSON all the same
            return web.Response(status=415)
        answer = await self._app.async_dispatch(asked)
        if answer.status == 404:  # signed, and nothing that we listen to: Slack would bring it again and again
            return web.Response()
        if answer.status >= 500:
            self._signatures.give_back(signature)
        return told(answer)


async def _read(request: web.Request) -> bytes:
    """Return the body as it was sent, which is what is signed; raises ValueError where it is too large."""
    if (request.content_length or 0) > LARGEST:
        raise ValueError("too large")
    body = bytearray()
    async for part in request.content.iter_chunked(65_536):
        body += part
        if len(body) > LARGEST:
            raise ValueError("too large")
    return bytes(body)


def told(answer: BoltResponse) -> web.Response:
    """Return the library's answer as the web server's."""
    response = web.Response(status=answer.status, body=(answer.body or "").encode("utf-8"))
    for name, values in answer.headers.items():
        if name.lower() in ("content-length", "set-cookie"):
            continue
        response.headers[name] = ", ".join(values)
    for cookie in answer.cookies():
        for name, morsel in cookie.items():
            response.set_cookie(
                name,
                morsel.value,
                max_age=morsel.get("max-age") or None,
                path=morsel.get("path") or "/",
                secure=True,
                httponly=True,
                samesite="Lax",
            )
    return response


class Installing:
    """Lets workspaces install the app."""

    def __init__(self, flow: AsyncOAuthFlow) -> None:
        self._flow = flow

    async def begin(self, request: web.Request) -> web.Response:
        """Send an admin to Slack, where they are asked."""
        return told(await self._flow.handle_installation(_asked(request)))

    async def end(self, request: web.Request) -> web.Response:
        """Take the admin's answer from Slack."""
        return told(await self._flow.handle_callback(_asked(request)))


def _asked(request: web.Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.query_string, headers={"cookie": request.headers.get("Cookie", "")})


Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(take: Handler | None, install: tuple[Handler, Handler] | None) -> list[web.RouteDef]:
    """Return the addresses that are served."""
    found = [web.post(EVENTS, take)] if take is not None else []
    if install is not None:
        begin, end = install
        found += [web.get(INSTALL, begin), web.get(REDIRECT, end)]
    return found
