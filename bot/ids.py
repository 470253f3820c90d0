"""Ids of everything: time-ordered random 63-bit numbers, never reused, also not after a restore."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType

GroupId = NewType("GroupId", int)
PersonId = NewType("PersonId", int)
MemberId = NewType("MemberId", int)
WeekId = NewType("WeekId", int)
ActivityId = NewType("ActivityId", int)
SubmissionId = NewType("SubmissionId", int)
NoteId = NewType("NoteId", int)
QuestionId = NewType("QuestionId", int)
AnswerId = NewType("AnswerId", int)
DraftId = NewType("DraftId", int)
BreakId = NewType("BreakId", int)
PostId = NewType("PostId", int)
CodeId = NewType("CodeId", int)
HomeId = NewType("HomeId", int)
ReviewId = NewType("ReviewId", int)

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 22
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class _Ids:
    """Numbers that grow within this process, whatever its clock does, and are random within a millisecond."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def new(self, now: datetime) -> int:
        milliseconds = int((now - _EPOCH).total_seconds() * 1000)
        drawn = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            same_millisecond = self._last >> _RANDOM_BITS >= milliseconds
            self._last = self._last + 1 + secrets.randbelow(64) if same_millisecond else drawn
            return self._last


new_id = _Ids().new
"""Return a new id for something that happens at `now`; later calls give greater ids."""


def before(at: datetime) -> int:
    """Return a number that is less than every id of what happens at `at` or later."""
    return int((at - _EPOCH).total_seconds() * 1000) << _RANDOM_BITS


@lru_cache(1_000)
def code(id: int) -> str:
    """Return an id as at most 13 letters and digits, for buttons and choices."""
    digits = ""
    while id:
        id, digit = divmod(id, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def from_code(text: str) -> int | None:
    """Return the id that `code` wrote, or None where `text` is no id."""
    if not (0 < len(text) <= 13 and text.isascii() and text.isalnum() and text == text.lower()):
        return None
    id = int(text, 36)
    return id if id < 2**63 else None
