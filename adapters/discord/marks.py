"""What a message of ours carries unseen: the calls behind its buttons, and the key under which it was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards import pack, unpack
from bot.ids import code, from_code

PREFIX = "sc1"
"""What the ids of our buttons and forms begin with."""
LONGEST_ID = 100
"""Characters of a component's id."""
KEY = 20
"""Characters of a delivery key."""
_HALF = 31
"""Bits of a component's number: Discord takes those up to 2³¹ - 1, and 0 for none."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """The key of a message as it can be read back: `tail` of a button's id, and the numbers of two components."""

    tail: str
    numbers: tuple[int, int]


def mark_of(key: str) -> Mark:
    """Return what a message carries that is sent under a key."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    # Far from the small numbers that Discord gives by itself, and never the same twice in a message.
    low = (1 << (_HALF - 1)) | (digest & ((1 << (_HALF - 2)) - 1))
    high = low ^ (1 << (_HALF - 2)) ^ ((digest >> 32) & 0xFFFFFFF)
    return Mark(key, (high, low))


def read_mark(components: Sequence[Json]) -> Mark | None:
    """Return what a message carries, from its components as Discord sends them."""
    numbers: list[int] = []
    for part in walked(components):
        tail = str(part.get("custom_id", "")).rpartition(":")[2]
        if part.get("type") == 2 and len(tail) == KEY:
            return mark_of(tail)
        if part.get("type") == 2 and tail.startswith("~"):
            return _from_tail(tail)
        if part.get("type") in (10, 17) and isinstance(part.get("id"), int):
            numbers.append(part["id"])
    if len(numbers) < 2:
        return None
    high, low = numbers[:2]
    return Mark(f"~{code((high << _HALF) | low)}", (high, low))


def _from_tail(tail: str) -> Mark | None:
    both = from_code(tail.removeprefix("~"))
    return Mark(tail, (both >> _HALF, both & ((1 << _HALF) - 1))) if both is not None else None


def walked(components: Sequence[Json]) -> Iterator[Json]:
    """Yield components and all that are inside them, in the order in which they stand."""
    for part in components:
        yield part
        yield from walked(part.get("components") or ())
        if accessory := part.get("accessory"):
            yield accessory


def call_id(command: str, packed: str, tail: str = "") -> str:
    """Return the id of a button or form that stands for a call; `tail` makes it the only one in its message."""
    id = f"{PREFIX}:{command}:{packed}:{tail}"
    if len(id) > LONGEST_ID:
        raise ValueError(f"an id holds {LONGEST_ID} characters, not {len(id)}: {id}")
    return id


def read_call_id(id: str) -> tuple[str, str]:
    """Return the command and the packed arguments in an id; no command where it is none of ours."""
    prefix, _, rest = id.partition(":")
    command, _, rest = rest.partition(":")
    packed, separator, _ = rest.rpartition(":")
    return (command, packed) if prefix == PREFIX and separator else ("", "")


def packed_whole(arguments: Mapping[str, str], room: int) -> str | None:
    """Return arguments in one line of at most `room` characters that gives them back, or None where there is none."""
    line = pack(arguments)
    return line if len(line) <= room and unpack(line) == dict(arguments) else None
