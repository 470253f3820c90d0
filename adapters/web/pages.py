"""The public pages over HTTP: only read, never run, never kept longer than they are public."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from aiohttp import web

from adapters.html import security_headers
from adapters.web.answers import Answer
from adapters.web.site import Site, Wish

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Requests that are worked on at the same time; the others wait."""
WAITING = 200
"""Requests that may wait; more are sent away."""
LONGEST_PATH, LONGEST_QUERY = 300, 200
KEEP = 30
"""Seconds that a browser or proxy may keep a page: with those that we keep it ourselves, less than a minute."""
_READ = ("GET", "HEAD")
_LANGUAGE = 60

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Pages:
    """Serves a site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._here = 0

    def routes(self) -> list[web.RouteDef]:
        """Return the one route that answers for every address that no other route has."""
        return [web.route("*", "/{path:.*}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        language = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()[:_LANGUAGE]
        path = request.match_info["path"]
        if request.method not in _READ:
            return self._note("not_allowed", 405, path, language, {"Allow": ", ".join(_READ)})
        if len(path) > LONGEST_PATH or len(request.query_string) > LONGEST_QUERY:
            return self._note("not_found", 404, "", language)
        if self._here >= WAITING + AT_ONCE:
            return self._note("busy", 503, path, language, {"Retry-After": "30"})
        if path.count("/") == 1 and path[:2] in ("g/", "p/"):
            # What is inside is linked from where the address ends with a slash, whether there is anything or not.
            return web.Response(
                status=308, headers={"Location": f"./{quote(path[2:], safe='')}/", **security_headers()}
            )
        self._here += 1
        try:
            async with self._turn:
                answer = await self._site.answer(Wish(path, language, request.query.get("zone", "")))
        except Exception:  # the entry point of the web: whatever fails is logged, and nothing of it is shown
            log.exception("a public page failed")
            return self._note("wrong", 500, path, language)
        finally:
            self._here -= 1
        return _response(request, answer)

    def _note(
        self, what: str, status: int, path: str, language: str, headers: dict[str, str] | None = None
    ) -> web.Response:
        answer = self._site.note(what, status, self._site.language(language), path)
        made = _whole(answer)
        made.headers.update(headers or {})
        return made


def _response(request: web.Request, answer: Answer) -> web.Response:
    """Return an answer, or that it is the one which the reader has already."""
    made = _whole(answer)
    if answer.status == 200 and not answer.private and _is_known(request, answer):
        for name in ("Content-Type", "Content-Length"):
            made.headers.pop(name, None)
        return web.Response(status=304, headers=made.headers)
    return made


def _whole(answer: Answer) -> web.Response:
    headers = {
        "Content-Type": answer.media_type,
        "Cache-Control": "no-store" if answer.private or answer.status != 200 else f"public, max-age={KEEP}",
        "Vary": "Accept-Language",
        **security_headers(form="'self'" if answer.form else "'none'"),
        "Cross-Origin-Resource-Policy": "cross-origin" if answer.media_type.startswith("image/") else "same-origin",
    }
    if not answer.listed:
        headers["X-Robots-Tag"] = "noindex"
    if answer.status == 200 and not answer.private:
        headers["ETag"] = answer.tag
        if answer.changed_at is not None:
            headers["Last-Modified"] = format_datetime(answer.changed_at.astimezone(UTC), usegmt=True)
    return web.Response(body=answer.body, status=answer.status, headers=headers)


def _is_known(request: web.Request, answer: Answer) -> bool:
    """Return whether the reader has this already; where a tag was given, it decides alone."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return answer.tag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = request.headers.get("If-Modified-Since")
    if since is None or answer.changed_at is None:
        return False
    try:
        return parsedate_to_datetime(since) >= answer.changed_at.replace(microsecond=0)
    except (ValueError, TypeError):
        return False
