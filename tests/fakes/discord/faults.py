"""What goes wrong between a bot and Discord, laid down by a test: refusals, waits, failures, cuts, lost answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.things import Json


class Way(Enum):
    """How a request fails."""

    REFUSED = auto()
    CUT = auto()
    LOST = auto()
    SLOW = auto()


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, `times` times, with requests that fit.

    REFUSED is answered with `status` and `body` and not done; CUT is not done, and the connection closed; LOST is done,
    and the connection closed instead of an answer; SLOW is done, and answered after `seconds`. `reset`: the
    connection is not closed but broken.
    """

    way: Way
    where: str = ""
    times: int = 1
    when: Callable[[Asked], bool] | None = None
    status: int = 0
    body: Json | str | None = None
    headers: dict[str, str] | None = None
    seconds: float = 0
    reset: bool = False

    def fits(self, asked: Asked) -> bool:
        """Return whether a request fails in this way."""
        return self.times > 0 and self.where in ("", asked.route) and (self.when is None or self.when(asked))


class Faults:
    """What goes wrong next; `where` is a route such as `POST /channels/{channel_id}/messages`, or nothing for all."""

    def __init__(self) -> None:
        self._laid: list[Fault] = []
        self.outage = False
        """Whether Discord is away: no request is answered."""

    def add(self, fault: Fault) -> Fault:
        """Lay a fault down."""
        self._laid.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._laid.clear()
        self.outage = False

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

    def banned(self, where: str = "", *, times: int = 1) -> Fault:
        """Let requests be told to wait by what stands before Discord, not in JSON."""
        return self.add(
            Fault(Way.REFUSED, where, times, status=429, body="error code: 1015", headers={"Retry-After": "5"})
        )

    def cut(self, where: str = "", *, times: int = 1, reset: bool = False) -> Fault:
        """Let connections break before anything is done."""
        return self.add(Fault(Way.CUT, where, times, reset=reset))

    def lose_answer(self, where: str = "", *, times: int = 1, reset: bool = False) -> Fault:
        """Let requests be done, and their answers be lost."""
        return self.add(Fault(Way.LOST, where, times, reset=reset))

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
