"""The one thread that writes to SQLite, committing what several callers brought at once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection

from bot.errors import CannotSave, StoreClosed
from bot.faultpoints import faultpoint
from storage.failures import unsaved
from storage.locks import Locks

BATCH_WORKS = 64
BATCH_SECONDS = 0.020

U = TypeVar("U")


class Job(Generic[U]):
    """One work and the caller who waits for it."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Callable[[U], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None


class _Lost(Exception):
    """SQLite has rolled back the whole transaction, and with it every work of the batch."""


class Writer(Generic[U]):
    """A thread with one connection; `connect` is called in it, first before the constructor returns.

    It waits for its turn at `locks` before each transaction.
    """

    def __init__(
        self, connect: Callable[[], Connection], unit_of_work: Callable[[Connection], U], locks: Locks
    ) -> None:
        self._connect = connect
        self._locks = locks
        self._unit_of_work = unit_of_work
        self._jobs: SimpleQueue[Job[U] | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._raw: sqlite3.Connection | None = None
        self._connection: Connection
        opened: SimpleQueue[BaseException | None] = SimpleQueue()
        # A daemon: a program that crashed before closing the store must be able to end.
        self._thread = threading.Thread(target=self._serve, args=(opened,), name="store-writer", daemon=True)
        self._thread.start()
        if error := opened.get():
            self._thread.join()
            raise error

    def submit(self, work: Callable[[U], Any]) -> asyncio.Future[Any]:
        """Queue `work`; the future of the running event loop is answered after the commit."""
        job = Job(work, asyncio.get_running_loop())
        with self._door:  # or a job could slip in behind the end mark and never be answered
            if self._closed:
                raise StoreClosed("the store is closed")
            self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Let the thread finish what is queued, then wait for its end."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    # From here on everything runs in the writer thread.

    def _serve(self, opened: SimpleQueue[BaseException | None]) -> None:
        try:
            self._open()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits in the constructor
            opened.put(error)
            return
        opened.put(None)
        for job in iter(self._jobs.get, None):
            self._batch(job)
        self._drop()

    def _batch(self, first: Job[U]) -> None:
        queued = self._jobs.qsize()
        try:
            raw = self._begin()
        except Exception as error:  # noqa: BLE001 - they are told, and this thread goes on
            # Those who queued before have waited the whole busy time-out; asking again for each would take minutes.
            batch = [first, *self._queued(queued)]
            self._drop()
            for job in batch:
                job.error = unsaved(error)
            return self._answer(batch)
        batch = []
        try:
            for job in self._arriving(first):
                batch.append(job)
                self._attempt(raw, job)
            self._commit(raw)
        except Exception:  # noqa: BLE001 - whatever went wrong here, no work of the batch may suffer from it
            self._undo(raw)
            for job in batch:
                self._alone(job)
                self._answer([job])
        else:
            self._answer(batch)

    def _arriving(self, first: Job[U]) -> Iterator[Job[U]]:
        """Yield jobs until none is queued, the batch is full or its time is over."""
        until = perf_counter() + BATCH_SECONDS
        yield first
        for _ in range(BATCH_WORKS - 1):
            if perf_counter() > until:
                return
            job = next(self._queued(1), None)
            if job is None:
                return
            yield job

    def _queued(self, most: int) -> Iterator[Job[U]]:
        for _ in range(most):
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is None:
                self._jobs.put(None)  # the end mark is last in the queue and stays there for _serve
                return
            yield job

    def _attempt(self, raw: sqlite3.Connection, job: Job[U]) -> None:
        """Run one work in its own savepoint; raise _Lost if it took the transaction with it."""
        if job.future.cancelled():
            return
        raw.execute("SAVEPOINT work")
        try:
            job.result, job.error = job.work(self._unit_of_work(self._connection)), None
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, and this thread serves others too
            job.error = unsaved(error)
        self._tidy()
        if not raw.in_transaction:
            raise _Lost
        if job.error is not None:
            raw.execute("ROLLBACK TO work")
        raw.execute("RELEASE work")

    def _tidy(self) -> None:
        """Close what a work left open in SQLAlchemy's mind, which would stop those after it."""
        while unfinished := self._connection.get_nested_transaction():
            with suppress(Exception):  # it is closed either way; a lost transaction is noticed at SQLite
                unfinished.rollback()
        whole = self._connection.get_transaction()
        if whole is not None and not whole.is_active:  # the work tried to end it
            whole.rollback()

    def _alone(self, job: Job[U]) -> None:
        """Run one work of a lost batch in a transaction of its own."""
        raw = None
        try:
            raw = self._begin()
            self._attempt(raw, job)
            self._commit(raw)
        except _Lost:
            # A work that went on after such an error has not been saved either, whatever it returned.
            job.error = job.error or CannotSave("the database gave up the transaction")
        except Exception as error:  # noqa: BLE001 - the caller is told, and the others go on
            job.error = unsaved(error)
        else:
            return
        if raw is not None:
            self._undo(raw)

    def _begin(self) -> sqlite3.Connection:
        self._locks.begin()
        try:
            raw = self._raw or self._open()
            raw.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._locks.end()
            raise
        return raw

    def _commit(self, raw: sqlite3.Connection) -> None:
        faultpoint("store: before the commit")
        raw.execute("COMMIT")
        faultpoint("store: committed")
        self._locks.end()

    def _undo(self, raw: sqlite3.Connection) -> None:
        try:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raw.execute("PRAGMA query_only=OFF")
        except sqlite3.Error:
            self._drop()  # the next transaction begins on a new connection
        finally:
            self._locks.end()

    def _open(self) -> sqlite3.Connection:
        self._connection = self._connect()
        self._raw = cast(sqlite3.Connection, self._connection.connection.driver_connection)
        return self._raw

    def _drop(self) -> None:
        if self._raw is not None:
            with suppress(sqlite3.Error):
                self._raw.close()
            self._raw = None

    @staticmethod
    def _answer(batch: list[Job[U]]) -> None:
        """Wake each event loop once, however many of its callers were served."""
        loops: dict[asyncio.AbstractEventLoop, list[Job[U]]] = {}
        for job in batch:
            loops.setdefault(job.loop, []).append(job)
        for loop, jobs in loops.items():
            with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
                loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: list[Job[Any]]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.result)
        elif isinstance(job.error, StopIteration):  # which futures refuse
            job.future.set_exception(RuntimeError("a unit of work raised StopIteration"))
        else:
            job.future.set_exception(job.error)
