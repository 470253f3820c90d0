"""What those who check a badge look up: who the issuer is, and which badges were revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from aiohttp import web

from bot.ports import UnitOfWork
from bot.study.badges import FILLED, IN_LIST

T = TypeVar("T")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=300",
    # Whoever checks a badge in a browser reads this from another site.
    "Access-Control-Allow-Origin": "*",
}


IDENTITY, STATUS = "application/did+json", "application/vc+jwt"


class Reading(Protocol):
    """What the lists are read from."""

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        """Return what a view sees."""


class Documents(Protocol):
    """Who issues badges, for those who check them."""

    @property
    def address(self) -> str | None:
        """Where badges say that these are found; None where they say all by themselves."""

    def document(self) -> bytes:
        """Return what says who this installation is."""

    def status_list(self, number: int, revoked: Iterable[int]) -> bytes:
        """Return the signed list that says which badges of it were revoked."""


async def status_list(store: Reading, issuer: Documents, number: int) -> bytes | None:
    """Return a list that says which badges were revoked; None where no badge is in it."""
    first = number * IN_LIST
    lists, revoked = await store.read(lambda uow: (lists_of(uow), uow.badges.revoked(first, first + IN_LIST)))
    return await asyncio.to_thread(issuer.status_list, number, revoked) if number < lists else None


def lists_of(uow: UnitOfWork) -> int:
    """Return how many lists there are: one before the first badge, and the next where the last is half full."""
    return uow.badges.count() // FILLED + 1


def routes(store: Reading, issuer: Documents) -> list[web.RouteDef]:
    """Return the addresses of the issuer's identity and of the status lists."""

    async def identity(request: web.Request) -> web.Response:
        body = await asyncio.to_thread(issuer.document)
        return web.Response(body=body, content_type=IDENTITY, headers=HEADERS)

    async def status(request: web.Request) -> web.Response:
        body = await status_list(store, issuer, int(request.match_info["number"]))
        if body is None:
            raise web.HTTPNotFound(headers={"X-Content-Type-Options": "nosniff"})
        return web.Response(body=body, content_type=STATUS, headers=HEADERS)

    return [
        web.get("/.well-known/did.json", identity),
        web.get("/did.json", identity),
        web.get(r"/badges/status/{number:\d{1,6}}", status),
    ]
