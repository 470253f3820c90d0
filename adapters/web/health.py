"""Is the process alive, and is it ready to work: for supervisors and load balancers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[None]]
"""Raises where something that the bot needs does not work."""

PATIENCE = 2.0
"""Seconds that a check may take."""


def routes(checks: Mapping[str, Check]) -> list[web.RouteDef]:
    """Return `/healthz`, which answers while the process lives, and `/readyz`, which names each check and its result.

    `/readyz` answers 200 where all checks pass, else 503; details of a failure are in the log, not in the answer.
    """

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(request: web.Request) -> web.Response:
        results = dict(zip(checks, await asyncio.gather(*map(_passes, checks.items())), strict=True))
        ready = all(results.values())
        body = {"status": "ok" if ready else "not ready", **{name: _word(ok) for name, ok in results.items()}}
        return web.json_response(body, status=200 if ready else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


def _word(ok: bool) -> str:
    return "ok" if ok else "failing"


async def _passes(check: tuple[str, Check]) -> bool:
    name, run = check
    try:
        async with asyncio.timeout(PATIENCE):
            await run()
    except Exception:  # whatever a check fails with, the answer is the same
        log.exception("the check %s fails", name)
        return False
    return True
