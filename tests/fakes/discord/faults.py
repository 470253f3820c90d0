"""What goes wrong with requests to Discord; `where` is a route such as `POST /channels/{channel_id}/messages`."""

from __future__ import annotations

from typing import TypeAlias

from tests.fakes import faults
from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.things import Json
from tests.fakes.faults import Way

Fault: TypeAlias = faults.Fault[Asked]


class Faults(faults.Faults[Asked]):
    """What goes wrong next."""

    def place(self, asked: Asked) -> str:
        """Return the route of a request."""
        return asked.route

    def add(self, fault: Fault) -> Fault:
        """Lay a fault down."""
        assert fault.way not in (Way.BROKEN, Way.SILENT), "this Discord does not fail in that way"
        return super().add(fault)

    def refuse(self, where: str = "", *, status: int, code: int = 0, words: str = "no", times: int = 1) -> Fault:
        """Let requests be refused, or fail with a 5xx."""
        body: Json | str = {"code": code, "message": words} if status < 500 else f"<html>{status}</html>"
        return self.add(Fault(Way.REFUSED, where, times, status=status, body=body))

    def limit(self, where: str = "", *, after: float = 0.05, everywhere: bool = False, times: int = 1) -> Fault:
        """Let requests be told to wait; `everywhere`: it is the limit over all requests."""
        body = {"message": "You are being rate limited.", "retry_after": after, "global": everywhere}
        headers = {"Retry-After": str(after), "Via": "1.1 google"} | (
            {"X-RateLimit-Global": "true"} if everywhere else {}
        )
        return self.add(Fault(Way.REFUSED, where, times, status=429, body=body, headers=headers))
