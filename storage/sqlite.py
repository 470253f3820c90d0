"""The store in one SQLite file: a writer thread beside a few reading connections."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import StaticPool

from bot.errors import ConfigError
from storage.database import Store, U, Underway
from storage.failures import UNUSABLE, unusable
from storage.locks import Locks
from storage.readers import Readers
from storage.snapshots import lock_what_is_lost, will_change
from storage.writer import Writer

T = TypeVar("T")

READERS = 4
BUSY_MILLISECONDS = 10_000

# SQLite's write-ahead log needs memory shared by all who use the file, which no network gives
# (https://www.sqlite.org/wal.html), and several of these lie about locks or about what is on the disk.
# Not here: 9p and virtiofs, which sandboxes and virtual machines show as their own disk. Where those cannot share
# memory either, switching the log on fails, and that is checked too.
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|ceph|glusterfs|lustre|beegfs|gpfs|"
    r"fuse\.(sshfs|glusterfs|ceph.*|s3fs|rclone|gcsfuse|davfs2?|smbnetfs|curlftpfs)"
)


class SqliteStore(Store[U]):
    """Keeps everything in the file at `path`; ConfigError where it cannot be kept safely."""

    def __init__(self, path: str, unit_of_work: Callable[[Connection], U], *, durable: bool = True) -> None:
        place = Path(path).absolute()
        if not place.parent.is_dir():
            raise ConfigError(f"cannot open {place}: there is no folder {place.parent}")
        if filesystem := network_file_system(place):
            raise ConfigError(f"cannot keep {place} safely: it lies on a network ({filesystem}); use a local disk")
        self._locks = Locks(place)
        with suppress(OSError):  # what stands in the way is told when it is opened
            place.touch(0o600)  # it will hold what people wrote; one that is there keeps its mode
        try:
            self._writer = Writer(partial(_connect, str(place), durable), unit_of_work, self._locks)
        except UNUSABLE as error:
            self._locks.close()
            raise unusable(place, error) from error
        self._readers = Readers(str(place), unit_of_work, most=READERS, patience=BUSY_MILLISECONDS)
        self._reading = Underway()

    async def write(self, work: Callable[[U], T]) -> T:
        """Run `work` in the writer thread, in one commit with what others brought at the same time."""
        result: T = await self._writer.submit(work)
        return result

    async def read(self, view: Callable[[U], T]) -> T:
        """Run `view` on a snapshot; the write-ahead log lets it pass by the writer."""
        with self._reading:
            return await self._readers.read(view)

    async def close(self) -> None:
        """Save what is queued, end the reads under way and close the file."""
        await self._reading.close()
        await self._readers.close()
        # In a thread, as the last works may take their time; and last, to leave one file without a log beside it.
        await asyncio.to_thread(self._writer.close)
        self._locks.close()


class WriterConnection(sqlite3.Connection):
    """A connection on which only the writer ends transactions, as others' work is in them too."""

    def commit(self) -> None:
        """Refuse while a batch is open; SQLAlchemy calls this for ports that commit."""
        if self.in_transaction:
            raise sqlite3.ProgrammingError("a unit of work is committed by the store, not by a port")

    def rollback(self) -> None:
        """Refuse while a batch is open; a port undoes its work by raising."""
        if self.in_transaction:
            raise sqlite3.ProgrammingError("a unit of work is rolled back by raising, not by a port")


def _connect(path: str, durable: bool) -> Connection:
    """Open the writer's connection, in its thread."""
    raw = sqlite3.connect(
        path, timeout=BUSY_MILLISECONDS / 1000, isolation_level=None, factory=WriterConnection, cached_statements=512
    )
    try:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        (mode,) = raw.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":
            raise sqlite3.OperationalError(f"this folder does not allow a write-ahead log (journal mode {mode})")
        raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA secure_delete=ON")  # or what somebody had erased would lie in free pages until reused
    except BaseException:
        raw.close()
        raise
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, pool_reset_on_return=None)

    # On the dialect, where it costs nothing until an error; on the engine every statement would pay for it.
    @event.listens_for(engine.dialect, "handle_error")
    def lock(_: ExceptionContext) -> None:
        lock_what_is_lost(raw)

    connection = engine.connect()
    will_change(connection)
    return connection


def network_file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """Name the network file system that `path` is on; None for a local one, or where the system does not tell."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    folder = path.resolve().parent  # the log lies beside the file itself, not beside a link to it
    best, kind = -1, ""
    for line in lines:
        fields, _, source = line.partition(" - ")
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields.split()[4]))
        # Of several mounts on one point the last is the one to be seen.
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), source.split()[0]
    return kind if _NETWORK.fullmatch(kind) else None
