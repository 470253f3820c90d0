"""What goes wrong between an app and Slack, laid down by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from tests.fakes.slack.recorder import Asked
from tests.fakes.slack.things import Json


class Way(Enum):
    """How a request fails: not done (REFUSED, CUT), or done, and its answer lost, broken, never or late sent."""

    REFUSED = auto()
    CUT = auto()
    LOST = auto()
    BROKEN = auto()
    SILENT = auto()
    SLOW = auto()


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, `times` times, with requests to `where` (to any where it names none) that fit.

    REFUSED is answered with `status`, `body` and `headers`; CUT and LOST close the connection (`reset` breaks it);
    BROKEN is answered with 500; SILENT and SLOW wait for `seconds`, then the connection is closed or the answer sent.
    """

    way: Way
    where: str = ""
    times: int = 1
    when: Callable[[Asked], bool] | None = None
    status: int = 200
    body: Json | str | None = None
    headers: dict[str, str] | None = None
    seconds: float = 0
    reset: bool = False

    def fits(self, asked: Asked) -> bool:
        """Return whether a request fails in this way."""
        return self.times > 0 and self.where in ("", asked.method) and (self.when is None or self.when(asked))


class Faults:
    """What goes wrong next."""

    def __init__(self) -> None:
        self._laid: list[Fault] = []
        self.outage = False
        """Whether Slack is away: no request is answered."""

    def add(self, fault: Fault) -> Fault:
        """Lay a fault down."""
        self._laid.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._laid.clear()
        self.outage = False

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

    def cut(self, where: str = "", *, times: int = 1, reset: bool = False) -> Fault:
        """Let connections break before anything is done."""
        return self.add(Fault(Way.CUT, where, times, reset=reset))

    def lose_answer(self, where: str = "", *, times: int = 1, reset: bool = False) -> Fault:
        """Let requests be done, and their answers be lost."""
        return self.add(Fault(Way.LOST, where, times, reset=reset))

    def break_answer(self, where: str = "", *, times: int = 1) -> Fault:
        """Let requests be done, and answered with 500."""
        return self.add(Fault(Way.BROKEN, where, times))

    def fall_silent(self, where: str = "", *, seconds: float = 60, times: int = 1) -> Fault:
        """Let requests be done, and never be answered."""
        return self.add(Fault(Way.SILENT, where, times, seconds=seconds))

    def slow(self, where: str = "", *, seconds: float, times: int = 1) -> Fault:
        """Let requests be done, and answered late."""
        return self.add(Fault(Way.SLOW, where, times, seconds=seconds))

    def next(self, asked: Asked) -> Fault | None:
        """Return what goes wrong with a request."""
        if self.outage:
            return Fault(Way.CUT, reset=True)
        for fault in self._laid:
            if fault.fits(asked):
                fault.times -= 1
                return fault
        return None
