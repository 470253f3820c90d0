"""Who may speak to the page: browsers on this machine, and of other sites' pages none.

The page has no login, so nothing but these checks stands between it and a site that makes a browser send requests here:
the Host header stops names that are made to lead to this machine, the Origin header stops forms of other sites.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from adapters import html

HEADERS = html.security_headers(script="'self'", connect="'self'", form="'self'") | {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none at all, a browser would not say either where a form comes from
}
BODY = 1_000_000
"""Bytes of a request, an outline with its pictures' addresses among it."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through that comes from this machine and from a page of this server."""
    port = request.transport.get_extra_info("sockname")[1] if request.transport else 0
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if request.host not in hosts:
        return _refused("This page answers to http://127.0.0.1 only.")
    if request.method not in ("GET", "HEAD") and not _of_this_site(request):
        return _refused("This form came from another site.")
    if _loaded_elsewhere(request):
        return _refused("This was asked for by another site.")
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    if not answer.prepared:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
    return answer


def _of_this_site(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin == f"http://{request.host}"


def _loaded_elsewhere(request: web.Request) -> bool:
    """Return whether a page of another site loads something from here; a link that somebody follows is fine."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    return site in ("cross-site", "same-site") and request.headers.get("Sec-Fetch-Mode") != "navigate"


def _refused(why: str) -> web.Response:
    return web.Response(status=403, text=f"{why}\n", headers=HEADERS)
