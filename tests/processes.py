"""The program as people start it: a child process with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
"""Seconds until a child that does not end is taken for stuck."""


@dataclass(frozen=True)
class Ended:
    """What a finished program returned and printed."""

    status: int
    out: str
    err: str


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment with nothing in it but the way to the code."""
    return {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **(extra or {})}


def command(*args: str | os.PathLike[str]) -> list[str]:
    """Return the command line of `python -m bot`; a warning of ours is an error there too."""
    return [sys.executable, "-W", "error:::bot", "-m", "bot", *map(str, args)]


def run(*args: str | os.PathLike[str], cwd: Path, **extra: str) -> Ended:
    """Run `python -m bot` to its end."""
    done = subprocess.run(
        command(*args),
        cwd=cwd,
        env=environment(extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def in_plain_words(text: str) -> bool:
    """Return whether what a program printed is for people: no traceback, and no excuse of the catch-all."""
    return not any(sign in text for sign in ("Traceback", 'File "', "Something went wrong", "Exception", "Warning"))
