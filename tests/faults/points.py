"""The fault points that stand in the sources, found by reading them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.processes import ROOT

ROOMS = ("bot", "adapters", "schedules", "storage")
ELSEWHERE = frozenset({"roster: carried out"})
"""Points that a platform without roles never comes to; tests/adapters/discord/test_kills_on_discord.py kills there."""


@cache
def fault_points() -> tuple[str, ...]:
    """Return the names of all fault points of this story; one that is no literal could not be found and is an error."""
    return tuple(sorted(set(_names()) - ELSEWHERE))


def _names() -> Iterator[str]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            source = file.read_text(encoding="utf-8")
            if "faultpoint(" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "faultpoint":
                    [name] = node.args
                    assert isinstance(name, ast.Constant), f"{file}:{node.lineno} names its fault point by no literal"
                    yield str(name.value)
