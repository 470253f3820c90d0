"""Week, day, unit and lesson numbers in titles and file names."""

from __future__ import annotations

import re
from collections.abc import Iterable

KINDS = ("week", "unit", "lesson", "day")
"""What is counted, the longest first: a course whose days are numbered within weeks has weeks."""

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = rf"\d{{1,3}}|{'|'.join(_WORDS)}"
_COUNTED = rf"(?<![^\W_])({'|'.join(KINDS)})[\s_.#:-]*({_NUMBER})(?![^\W_])"
_ANYWHERE = re.compile(_COUNTED, re.IGNORECASE)
_AT_START = re.compile(rf"^\W*{_COUNTED}(?:\s*(?:&|and|to|[-–—])\s*(?:\d{{1,3}}))?[\s_:.,)–—-]*", re.IGNORECASE)
_AT_END = re.compile(rf"[\s_,:(–—-]+{_COUNTED}\W*$", re.IGNORECASE)
_BARE = re.compile(r"^\s*(\d{1,3})[.):]\s+")


def numbers(*names: str) -> dict[str, int]:
    """Return the number of each kind that names tell, such as {"week": 3}; the first name that tells one counts."""
    told: dict[str, int] = {}
    for name in names:
        for kind, number in _ANYWHERE.findall(name):
            told.setdefault(kind.lower(), _value(number))
    return told


def counted_kind(told: Iterable[dict[str, int]]) -> str | None:
    """Return the kind by which a course counts, or None if it does not."""
    present = {kind for one in told for kind in one}
    return next((kind for kind in KINDS if kind in present), None)


def without_number(title: str, number: int) -> str:
    """Return a title without its "Week 3:" or "3."; empty if nothing else is left."""
    rest = _AT_START.sub("", title)
    if rest == title:
        rest = _AT_END.sub("", title)
    bare = _BARE.match(rest)
    return (rest[bare.end() :] if bare and int(bare[1]) == number else rest).strip()


def missing(counted: Iterable[int]) -> list[int]:
    """Return the numbers that are left out between the first and the last."""
    present = set(counted)
    return [number for number in range(min(present, default=0), max(present, default=0)) if number not in present]


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else _WORDS.index(number.lower())
