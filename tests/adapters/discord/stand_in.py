"""A stand-in for the library's client: it notes each request and gives the answer that a test laid down."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import discord
from discord.http import Route

from adapters.discord.marks import Json

US = 99
Answer = Any


def refused(status: int, code: int, headers: dict[str, str] | None = None) -> discord.HTTPException:
    """Return an error as the library raises it."""
    response = SimpleNamespace(status=status, reason="because", headers=headers or {})
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    if status >= 500:
        kind = discord.DiscordServerError
    return kind(cast(Any, response), {"code": code, "message": "no"})


class StandIn:
    """Answers `METHOD /path` with what `answers` hold: a value, an error, or several of them one after the other."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self.answers: dict[str, Answer] = {}
        self.channels: dict[int, object] = {}
        self.user = SimpleNamespace(id=US)
        self.application_id = US
        self.http = self

    @property
    def client(self) -> discord.Client:
        return cast(discord.Client, self)

    @property
    def asked(self) -> list[str]:
        """What was asked, in order."""
        return [name for name, _ in self.requests]

    def get_channel(self, id: int) -> object:
        return self.channels.get(id)

    async def request(self, route: Route, **how: Any) -> Any:
        name = f"{route.method} {route.url.removeprefix(Route.BASE)}"
        self.requests.append((name, how.get("json", how.get("params"))))
        answer = self.answers.get(name, {})
        if isinstance(answer, tuple):
            answer, *left = answer
            self.answers[name] = tuple(left) if len(left) > 1 else left[0]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(how.get("json", how.get("params")))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def get_from_cdn(self, url: str) -> bytes:
        content = self.answers.get(url)
        if not isinstance(content, bytes):
            raise refused(404, 0)
        return content


def channel(id: int, kind: int = 0, **more: Any) -> Json:
    """Return a channel as Discord describes it."""
    return {"id": str(id), "type": kind, "guild_id": "7", "name": f"c{id}", **more}
