"""The locks by which several processes share one SQLite file: who has it open, and whose turn it is to write.

They lie in a folder beside the file, are let go by the system when their process dies, however it dies, and the
folder goes when the last one lets go. SQLite's own locks keep the file right even without them; but a process that
waits for those sleeps between its tries, and one that writes without a pause is back before it wakes.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import CannotSave, ConfigError

PATIENCE = 10.0
"""Seconds that a process waits for its turn."""
ENTERING = 1.0
"""Seconds that others have for letting go of the file."""
NAP = 0.001
"""Seconds between two looks at a lock that another holds."""

OPEN, NEXT, WRITING = "open", "next", "writing"


class Locks:
    """The locks of one user of the file at `place`, who has it open from now on.

    `alone` lets nobody else have it open; ConfigError where others have, or where no lock can be made.
    """

    def __init__(self, place: Path, *, alone: bool = False) -> None:
        # Where the file itself is: whoever comes to it by a link must find the same locks.
        self._place = place.resolve()
        self._folder = self._place.with_name(f"{self._place.name}.locks")
        self._files: dict[str, int] = {}
        self._known: tuple[int, int] | None = None
        try:
            self._enter(fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            self._drop()
            who = "another process has it open: stop it first" if alone else "it is being restored: wait for that"
            raise ConfigError(f"cannot use {place}: {who}") from None
        except OSError as error:
            self._drop()
            raise ConfigError(f"cannot open {place}: no lock can be made in {self._folder}: {error}") from error

    def _enter(self, kind: int) -> None:
        until = time.monotonic() + ENTERING
        while True:
            try:
                with suppress(FileExistsError):
                    self._folder.mkdir()
                entered = self._open(OPEN)
                fcntl.flock(entered, kind | fcntl.LOCK_NB)
                if self._stands(entered):
                    break
            except (FileNotFoundError, BlockingIOError):
                # Perhaps the last one is just letting go and takes the folder along.
                if time.monotonic() > until:
                    raise
                time.sleep(NAP)
            self._drop()
        for name in (NEXT, WRITING):
            self._open(name)

    def _open(self, name: str) -> int:
        # For reading, so that the bot can use what its administrator made.
        self._files[name] = os.open(self._folder / name, os.O_RDONLY | os.O_CREAT, 0o644)
        return self._files[name]

    def _stands(self, entered: int) -> bool:
        """Say whether the file that we hold is still the one that others will find."""
        try:
            found = (self._folder / OPEN).stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(entered)
        return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)

    def begin(self) -> None:
        """Wait for the turn to write; CannotSave where it does not come, or where the file is another one than before.

        Whoever waits is the next, and whoever has just written stands behind them: two get turns in turn.
        """
        if self._replaced():
            # SQLite would go on writing to the one that it has open, and all of that would be gone with the process.
            raise CannotSave("nothing was saved: the database file was moved or replaced; restart the bot")
        until = time.monotonic() + PATIENCE
        self._take(NEXT, until)
        try:
            self._take(WRITING, until)
        finally:
            fcntl.flock(self._files[NEXT], fcntl.LOCK_UN)

    def _replaced(self) -> bool:
        """Say whether the place holds another file than when this was asked first."""
        try:
            found = self._place.stat()
        except OSError:
            return self._known is not None
        identity = (found.st_dev, found.st_ino)
        self._known = self._known or identity
        return identity != self._known

    def _take(self, name: str, until: float) -> None:
        while True:
            try:
                return fcntl.flock(self._files[name], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise CannotSave("nothing was saved: another process holds the database") from None
            time.sleep(NAP)

    def end(self) -> None:
        """Let others write."""
        fcntl.flock(self._files[WRITING], fcntl.LOCK_UN)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the turn to write for the length of a block."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    def close(self) -> None:
        """Have the file open no longer; the last one takes the folder along. May be called twice."""
        if not self._files:
            return
        with suppress(OSError):  # others have it open, or somebody else tidied up
            fcntl.flock(self._files[OPEN], fcntl.LOCK_EX | fcntl.LOCK_NB)
            # OPEN goes last: whoever finds the folder without it begins anew, whoever holds it when it is gone too.
            for name in (WRITING, NEXT, OPEN):
                (self._folder / name).unlink(missing_ok=True)
            self._folder.rmdir()
        self._drop()

    def _drop(self) -> None:
        while self._files:
            os.close(self._files.popitem()[1])
