"""JSON for values that no query looks into: cards, blocks, addresses, materials.

What a dataclass leaves at its default is left out. Where a type allows several dataclasses, each names itself under
`$`. Fields that are gone are passed over and new ones get their default, so an older document stays readable.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

KIND = "$"
"""The key under which a dataclass names itself."""

Value: TypeAlias = Any
"""A value of the core."""
Json: TypeAlias = Any
"""What the json module reads and writes."""
Hint: TypeAlias = Any
"""A type as annotations write it."""
Step: TypeAlias = Callable[[Any], Any]
"""From a value to JSON, or back."""

SHORT = 1_000
"""Characters of documents that are kept in mind once they are read: a syllabus is read again and again."""

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Format:
    """How values of one type are written as JSON and read back."""

    __slots__ = ("_decode", "_encode", "_known")

    def __init__(self, hint: Hint) -> None:
        self._encode, self._decode = _steps(hint)
        # What is read is never changed, as it consists of tuples and frozen dataclasses, so that many may have it.
        self._known = lru_cache(256)(self._read)

    def write(self, value: object) -> str:
        """Return the value as JSON."""
        return _write(self._encode(value))

    def read(self, text: str) -> Value:
        """Return the value that `write` wrote."""
        return self._known(text) if len(text) <= SHORT else self._read(text)

    def _read(self, text: str) -> Value:
        return self._decode(json.loads(text))


@cache
def format_of(hint: Hint) -> Format:
    """Return how values of a type are written; worked out once for each type."""
    return Format(hint)


@cache
def _steps(hint: Hint) -> tuple[Step, Step]:
    """Return the two functions between values of a type and what json knows."""
    hint = getattr(hint, "__supertype__", hint)
    shape: object = get_origin(hint)
    if shape is tuple:
        return _tuple_steps(get_args(hint))
    if isinstance(hint, UnionType) or shape is Union:
        return _union_steps(get_args(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        return _record_steps(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda member: member.value), hint
    if hint is datetime:
        return _instant, datetime.fromisoformat
    if hint in (str, int, float, bool):
        return _same, _same
    raise TypeError(f"no JSON for {hint!r}")


def _same(value: Value) -> Json:
    return value


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _tuple_steps(items: tuple[Hint, ...]) -> tuple[Step, Step]:
    if items[-1] is Ellipsis:
        encode, decode = _steps(items[0])
        if encode is _same:
            return list, tuple
        return (lambda many: [encode(one) for one in many]), (lambda many: tuple([decode(one) for one in many]))
    encoders, decoders = zip(*map(_steps, items), strict=True)
    return (
        lambda many: [encode(one) for encode, one in zip(encoders, many, strict=True)],
        lambda many: tuple([decode(one) for decode, one in zip(decoders, many, strict=True)]),
    )


def _union_steps(options: tuple[Hint, ...]) -> tuple[Step, Step]:
    kinds = [option for option in options if option is not NoneType]
    if len(kinds) == 1:
        encode, decode = _steps(kinds[0])
        return _unless_none(encode), _unless_none(decode)
    if not all(map(is_dataclass, kinds)):
        raise TypeError(f"no JSON for a choice of {kinds!r}")
    encoders = {kind: _steps(kind)[0] for kind in kinds}
    decoders = {kind.__name__: _steps(kind)[1] for kind in kinds}

    def encode_one(value: Value) -> Json:
        return {KIND: type(value).__name__, **encoders[type(value)](value)}

    def decode_one(document: Json) -> Value:
        decode = decoders.get(document[KIND])
        if decode is None:
            raise ValueError(f"{document[KIND]!r} is none of {', '.join(decoders)}")
        return decode(document)

    return (
        (encode_one, decode_one) if len(kinds) == len(options) else (_unless_none(encode_one), _unless_none(decode_one))
    )


def _unless_none(step: Step) -> Step:
    return step if step is _same else lambda value: None if value is None else step(value)


def _record_steps(kind: type) -> tuple[Step, Step]:
    """Return the steps of a dataclass; its fields are looked at on first use, as they may hold the same type again."""

    @cache
    def plan() -> list[tuple[str, Value, Step, Step]]:
        hints = get_type_hints(kind)
        return [(field.name, field.default, *_steps(hints[field.name])) for field in fields(kind)]

    def encode(value: Value) -> Json:
        document = {}
        for name, default, step, _ in plan():
            found = getattr(value, name)
            if found is not default and found != default:
                document[name] = step(found)
        return document

    def decode(document: Json) -> Value:
        # Past the constructor: a card that was allowed when it was written is read even if the limits have narrowed.
        value: Value = object.__new__(kind)
        for name, default, _, step in plan():
            found = step(document[name]) if name in document else default
            if found is MISSING:
                raise ValueError(f"a {kind.__name__} without {name}")
            object.__setattr__(value, name, found)
        return value

    return encode, decode
