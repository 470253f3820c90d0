"""Every request that a test's bot makes, of the fake or of a stand-in, is as Discord's own description has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

import pytest
from aiohttp import web
from discord.http import Route

from tests.adapters.discord import stand_in
from tests.fakes.discord import Asked, openapi, rest
from tests.fakes.discord.routes import ROUTES


@contextmanager
def all_described(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold what is asked meanwhile against Discord's description, where that is at hand."""
    if openapi.missing() is not None:  # tests/fakes/test_discord_openapi.py says why
        yield
        return
    asked: list[Asked] = []
    read, request = rest._read, stand_in.StandIn.request

    async def over_the_wire(request: web.Request, template: str) -> Asked:
        asked.append(await read(request, template))
        return asked[-1]

    async def stood_in(self: stand_in.StandIn, route: Route, **how: Any) -> Any:
        asked.append(as_asked(route, how.get("json"), how.get("params") or {}))
        return await request(self, route, **how)

    patch.setattr(rest, "_read", over_the_wire)
    patch.setattr(stand_in.StandIn, "request", stood_in)
    yield
    problems = openapi.problems(asked)
    assert not problems, "\n".join(problems)


def as_asked(route: Route, body: object, params: Mapping[str, object]) -> Asked:
    """Return a request of the library's as the fake would have read it."""
    path = route.url.removeprefix(Route.BASE)
    template, at = next((one, found) for one, looks in _looks(route.method) if (found := looks.fullmatch(path)))
    query = {name: str(value) for name, value in params.items()}
    written = cast(Any, json.loads(json.dumps(body)))
    headers = {"Content-Type": "application/json"}
    return Asked(route.method, path, template, at.groupdict(), query, written, headers=headers)


@cache
def _looks(method: str) -> list[tuple[str, re.Pattern[str]]]:
    """Return the paths that are described, those with words in them before those with anything."""
    known = sorted((path for verb, path in ROUTES if verb == method), key=lambda path: path.count("{"))
    return [(path, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))) for path in known]
