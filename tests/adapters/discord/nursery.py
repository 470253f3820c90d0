"""`python -m tests.adapters.discord.nursery`: bots that are killed, one after the other.

It imports the program once and then, for each line of JSON on its standard input, forks a child that runs it as
`./run bot` does. It answers with the child's number, and later with how the child ended.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

import adapters.discord  # before the first fork
import adapters.web.server  # noqa: F401 - the same
import storage.sqlite  # noqa: F401 - the same
from bot import faultpoints, logs
from bot.bootstrap import running
from bot.command_line import configured
from bot.config import secrets
from schedules.clock import SystemClock

log = logging.getLogger(__name__)

SECONDS = 60.0
"""After this time a child ends, whatever happens."""


class Ahead(SystemClock):
    """The machine's clock, set ahead."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        """Return the time that it shows."""
        return super().now() + self._by


def main() -> None:
    """Fork a child for each line, and wait until it ended."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _live(**json.loads(line))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _live(config: str, written: str, kill: str, ahead: float) -> None:
    """Be a bot; the file `kill` names the fault point at which it is killed. Does not return."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    file = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for fd, to in ((0, os.open(os.devnull, os.O_RDONLY)), (1, file), (2, file)):
        os.dup2(to, fd)
    status = 1
    try:
        faultpoints.arm(partial(_pass, Path(kill)))
        settings = configured(Path(config))
        logs.begin(secrets(settings))
        with patch("bot.bootstrap.running.SystemClock", partial(Ahead, timedelta(seconds=ahead))):
            status = asyncio.run(running.run(settings))
    except BaseException:
        log.exception("a bot failed")
    finally:
        sys.stderr.flush()
        os._exit(status)


def _pass(kill: Path, name: str) -> None:
    if kill.read_text(encoding="utf-8") == name:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
