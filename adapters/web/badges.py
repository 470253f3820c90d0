"""What those who check a badge look up: who the issuer is, and which badges were revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

from aiohttp import web

from bot.ports import Store
from bot.study.badges import FILLED, IN_LIST

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=300",
    # Whoever checks a badge in a browser reads this from another site.
    "Access-Control-Allow-Origin": "*",
}


class Documents(Protocol):
    """Who issues badges, for those who check them."""

    def document(self) -> bytes:
        """Return what says who this installation is."""

    def status_list(self, number: int, revoked: Iterable[int]) -> bytes:
        """Return the signed list that says which badges of it were revoked."""


def routes(store: Store, issuer: Documents) -> list[web.RouteDef]:
    """Return the addresses of the issuer's identity and of the status lists."""

    async def identity(request: web.Request) -> web.Response:
        body = await asyncio.to_thread(issuer.document)
        return web.Response(body=body, content_type="application/did+json", headers=HEADERS)

    async def status(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        first = number * IN_LIST
        count, revoked = await store.read(lambda uow: (uow.badges.count(), uow.badges.revoked(first, first + IN_LIST)))
        if number > count // FILLED:
            raise web.HTTPNotFound(headers={"X-Content-Type-Options": "nosniff"})
        body = await asyncio.to_thread(issuer.status_list, number, revoked)
        return web.Response(body=body, content_type="application/vc+jwt", headers=HEADERS)

    return [
        web.get("/.well-known/did.json", identity),
        web.get("/did.json", identity),
        web.get(r"/badges/status/{number:\d{1,6}}", status),
    ]
