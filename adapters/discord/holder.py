"""Who holds the right to be connected: one process, by a name from which others on its machine see whether it lives."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

_PROC = Path("/proc")


def holder() -> str:
    """Return a new name for this process: where it runs, its number, when it began, and a part that is drawn."""
    pid = os.getpid()
    return f"{_numbered_here()}:{pid}:{_began(pid) or ''}:{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Return whether a process has surely ended; of one elsewhere, or where there is no telling, that is not sure."""
    here, _, rest = holder.partition(":")
    pid, _, rest = rest.partition(":")
    began = rest.partition(":")[0]
    if not here or here != _numbered_here() or not pid.isdecimal() or not began:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it is somebody else's, so it lives
        return False
    lives = _began(int(pid))
    return lives is not None and lives != began


def _numbered_here() -> str:
    """Return what tells apart where processes have numbers of their own: machines since their start, and containers."""
    try:
        booted = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii")
        numbers = os.readlink(_PROC / "self/ns/pid")
    except OSError:  # no Linux
        return ""
    return hashlib.sha256(f"{booted} {numbers}".encode()).hexdigest()[:16]


def _began(pid: int) -> str | None:
    """Return when a process began, in ticks since the machine did; empty for one that ended, None where none can say.

    One that ended is there until its parent asked how. Numbers are given again to others, who began later.
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *numbers = stat.rpartition(")")[2].split()  # its name, before that, may hold anything
    return "" if state in ("Z", "X", "x") else numbers[18]
