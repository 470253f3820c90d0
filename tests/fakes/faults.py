"""What goes wrong between a bot and a platform, laid down by a test: refusals, waits, failures, cuts, lost answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Generic, TypeVar

A = TypeVar("A")
"""A request, as the fake platform keeps it."""


class Way(Enum):
    """How a request fails: not done (REFUSED, CUT), or done, and its answer lost, broken, never or late sent."""

    REFUSED = auto()
    CUT = auto()
    LOST = auto()
    BROKEN = auto()
    SILENT = auto()
    SLOW = auto()


@dataclass(slots=True)
class Fault(Generic[A]):
    """One thing that goes wrong, `times` times, with requests to `where` (to any where it names none) that fit.

    REFUSED is answered with `status`, `body` and `headers`; CUT and LOST close the connection (`reset` breaks it);
    BROKEN is answered with 500; SILENT and SLOW wait for `seconds`, then the connection is closed or the answer sent.
    """

    way: Way
    where: str = ""
    times: int = 1
    when: Callable[[A], bool] | None = None
    status: int = 200
    body: dict[str, Any] | str | None = None
    headers: dict[str, str] | None = None
    seconds: float = 0
    reset: bool = False


class Faults(ABC, Generic[A]):
    """What goes wrong next."""

    def __init__(self) -> None:
        self._laid: list[Fault[A]] = []
        self.outage = False
        """Whether the platform is away: no request is answered."""

    @abstractmethod
    def place(self, asked: A) -> str:
        """Return where a request went, in the words in which `where` is given."""

    def add(self, fault: Fault[A]) -> Fault[A]:
        """Lay a fault down."""
        self._laid.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._laid.clear()
        self.outage = False

    def cut(self, where: str = "", *, times: int = 1, reset: bool = False) -> Fault[A]:
        """Let connections break before anything is done."""
        return self.add(Fault(Way.CUT, where, times, reset=reset))

    def lose_answer(self, where: str = "", *, times: int = 1, reset: bool = False) -> Fault[A]:
        """Let requests be done, and their answers be lost."""
        return self.add(Fault(Way.LOST, where, times, reset=reset))

    def slow(self, where: str = "", *, seconds: float, times: int = 1) -> Fault[A]:
        """Let requests be done, and answered late."""
        return self.add(Fault(Way.SLOW, where, times, seconds=seconds))

    def next(self, asked: A) -> Fault[A] | None:
        """Return what goes wrong with a request."""
        if self.outage:
            return Fault(Way.CUT, reset=True)
        for fault in self._laid:
            if fault.times > 0 and fault.where in ("", self.place(asked)) and (not fault.when or fault.when(asked)):
                fault.times -= 1
                return fault
        return None
