"""Migrations that are killed: each in a process of its own, at one statement of SQLite after the other.

python -m tests.storage.killed_migration TEMPLATE FOLDER POINTS
Prints how many statements the whole takes, then the numbers of those at which a copy was killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command
import alembic.script

from storage import schema

assert alembic.command
assert alembic.script  # imported before the first fork, as it takes most of the time


def _apart(work: Callable[[], None]) -> int:
    """Do something in a process of its own and return how that ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - told by the exit status
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def _migrated(file: Path, at_statement: Callable[[], None]) -> None:
    connect = sqlite3.connect

    def traced(*args: Any, **more: Any) -> sqlite3.Connection:
        raw: sqlite3.Connection = connect(*args, **more)
        raw.set_trace_callback(lambda _: at_statement())
        return raw

    sqlite3.connect = traced  # type: ignore[assignment]
    schema.prepare_file(file, durable=False, backups=file.parent / "backups")


def _counted(file: Path) -> int:
    count = file.with_name("count")

    def one_more() -> None:
        with count.open("a") as written:
            written.write(".")

    assert _apart(lambda: _migrated(file, one_more)) == 0
    return count.stat().st_size


def _killed(file: Path, last: int) -> None:
    left = [None] * last

    def die() -> None:
        left.pop()
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    assert _apart(lambda: _migrated(file, die)) == signal.SIGKILL


def _main(template: Path, folder: Path, points: int) -> None:
    def copy(name: str) -> Path:
        (folder / name).mkdir()
        return Path(shutil.copy(template, folder / name / "test.db"))

    statements = _counted(copy("whole"))
    print(statements)
    for point in range(points):
        last = 1 + point * (statements - 1) // (points - 1)
        _killed(copy(str(last)), last)
        print(last)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
