"""What goes wrong with requests to Slack; `where` is a method such as `chat.postMessage`."""

from __future__ import annotations

from typing import TypeAlias

from tests.fakes import faults
from tests.fakes.faults import Way
from tests.fakes.slack.recorder import Asked

Fault: TypeAlias = faults.Fault[Asked]


class Faults(faults.Faults[Asked]):
    """What goes wrong next."""

    def place(self, asked: Asked) -> str:
        """Return the method of a request."""
        return asked.method

    def refuse(self, where: str = "", *, error: str, times: int = 1) -> Fault:
        """Let requests be refused by the name of an error."""
        return self.add(Fault(Way.REFUSED, where, times, body={"ok": False, "error": error}))

    def fail(self, where: str = "", *, status: int = 503, times: int = 1) -> Fault:
        """Let requests fail before anything is done."""
        return self.add(Fault(Way.REFUSED, where, times, status=status, body=f"<html>{status}</html>"))

    def limit(self, where: str = "", *, after: int = 1, times: int = 1) -> Fault:
        """Let requests be told to wait."""
        body = {"ok": False, "error": "ratelimited"}
        return self.add(Fault(Way.REFUSED, where, times, status=429, body=body, headers={"Retry-After": str(after)}))

    def break_answer(self, where: str = "", *, times: int = 1) -> Fault:
        """Let requests be done, and answered with 500."""
        return self.add(Fault(Way.BROKEN, where, times))

    def fall_silent(self, where: str = "", *, seconds: float = 60, times: int = 1) -> Fault:
        """Let requests be done, and never be answered."""
        return self.add(Fault(Way.SILENT, where, times, seconds=seconds))
