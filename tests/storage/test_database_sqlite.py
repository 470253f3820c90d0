"""What only the SQLite store does: batches in one commit, and care for the file."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, ProgrammingError

import storage.sqlite
from bot.errors import CannotSave, ConfigError
from storage.database import Store, open_store
from storage.sqlite import network_file_system
from tests.storage.test_database import Unwanted, bare, note, noted, open_test_store, tables, unwanted


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store[Connection]]:
    async with open_test_store(sqlite_url) as store:
        await store.write(tables.create_all)
        yield store


class Halt:
    """A work that holds the writer until it is released, so that others queue up behind it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()
        self.statements: list[str] = []

    def __call__(self, connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(self.statements.append)
        self.reached.set()
        assert self.released.wait(10)

    @property
    def batches(self) -> list[int]:
        """How many works each commit saved, this one included."""
        text = "\n".join(self.statements).split("COMMIT")
        return [batch.count("RELEASE work") for batch in text[:-1]]


@asynccontextmanager
async def halted(store: Store[Connection]) -> AsyncIterator[Halt]:
    halt = Halt()
    task = asyncio.create_task(store.write(halt))
    await asyncio.sleep(0)
    await asyncio.to_thread(halt.reached.wait)
    try:
        yield halt
    finally:
        halt.released.set()
        await task


async def queue(store: Store[Connection], *works: Callable[[Connection], object]) -> list[asyncio.Task[object]]:
    """Queue works without waiting for their end."""
    tasks = [asyncio.create_task(store.write(work)) for work in works]
    await asyncio.sleep(0)
    return tasks


async def test_the_connection_is_durable_and_holds_foreign_keys(sqlite_url: str) -> None:
    def settings(connection: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    async with open_store(sqlite_url, bare) as store:
        full = 2
        assert await store.write(settings) == {
            "journal_mode": "wal",
            "synchronous": full,
            "foreign_keys": 1,
            "busy_timeout": 10_000,
        }


async def test_what_waits_together_is_committed_together(
    store: Store[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.writer.BATCH_SECONDS", 60)
    async with halted(store) as halt:
        tasks = await queue(store, *map(note, range(20)))
    assert await asyncio.gather(*tasks) == list(range(20))
    assert halt.batches == [21]


async def test_a_batch_holds_at_most_64_works(store: Store[Connection], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.writer.BATCH_SECONDS", 60)
    async with halted(store) as halt:
        tasks = await queue(store, *map(note, range(100)))
    await asyncio.gather(*tasks)
    assert halt.batches == [64, 37]


async def test_a_batch_closes_after_20_ms(store: Store[Connection]) -> None:
    async with halted(store) as halt:
        tasks = await queue(store, note(1), note(2))
        await asyncio.sleep(0.03)
    await asyncio.gather(*tasks)
    assert halt.batches[0] == 1


async def test_a_lone_writer_does_not_wait_for_company(store: Store[Connection]) -> None:
    begin = time.perf_counter()
    for number in range(50):
        await store.write(note(number))
    assert time.perf_counter() - begin < 50 * 0.020


async def test_nobody_is_answered_before_the_commit(store: Store[Connection], sqlite_url: str) -> None:
    async with halted(store):
        tasks = await queue(store, note(1))
        await asyncio.sleep(0.02)
        assert not tasks[0].done()
        assert await store.read(noted) == []  # and readers do not wait for the writer
    await asyncio.gather(*tasks)
    assert await store.read(noted) == [1]


async def test_a_work_cancelled_in_the_queue_is_not_run(store: Store[Connection]) -> None:
    async with halted(store):
        tasks = await queue(store, note(1), note(2), note(3))
        tasks[1].cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await store.read(noted) == [1, 3]


async def test_a_view_that_was_given_up_keeps_no_other_waiting(store: Store[Connection]) -> None:
    begun, over = threading.Event(), threading.Event()

    def long(_: Connection) -> None:
        begun.set()
        assert over.wait(10)

    given_up = asyncio.create_task(store.read(long))
    await asyncio.to_thread(begun.wait)
    given_up.cancel()
    await asyncio.wait({given_up})
    for _ in range(8):
        assert await asyncio.wait_for(store.read(noted), 5) == []
    over.set()


@pytest.mark.parametrize("end", [Connection.commit, Connection.rollback])
async def test_a_port_cannot_end_the_batch_of_others(
    store: Store[Connection], end: Callable[[Connection], None]
) -> None:
    def meddle(connection: Connection) -> None:
        note(99)(connection)
        end(connection)

    async with halted(store):
        tasks = await queue(store, note(1), meddle, note(2))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [int, ProgrammingError, int]
    assert await store.read(noted) == [1, 2]


async def test_a_savepoint_left_open_is_undone_and_harms_nobody(store: Store[Connection]) -> None:
    def leave_open(connection: Connection) -> None:
        note(1)(connection)
        connection.begin_nested()
        note(2)(connection)

    await store.write(leave_open)
    await store.write(note(3))
    assert await store.read(noted) == [1, 3]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
async def test_even_an_exit_reaches_the_caller_and_the_writer_goes_on(
    store: Store[Connection], kind: type[BaseException]
) -> None:
    def leave(connection: Connection) -> None:
        note(1)(connection)
        raise kind

    with pytest.raises(kind):
        await store.write(leave)
    assert await store.write(note(2)) == 2
    assert await store.read(noted) == [2]


async def test_a_stray_stop_iteration_is_told_too(store: Store[Connection]) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.write(lambda _: next(iter(())))
    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.read(lambda _: next(iter(())))


async def test_threads_with_loops_of_their_own_may_write(store: Store[Connection]) -> None:
    async def several(first: int) -> list[int]:
        return await asyncio.gather(*(store.write(note(number)) for number in range(first, first + 10)))

    answers = await asyncio.gather(*(asyncio.to_thread(asyncio.run, several(first)) for first in range(0, 80, 10)))
    assert answers == [list(range(first, first + 10)) for first in range(0, 80, 10)]
    assert await store.read(noted) == list(range(80))


async def test_a_caller_whose_loop_has_ended_harms_nobody(store: Store[Connection]) -> None:
    async def leave() -> None:
        await queue(store, note(1))

    async with halted(store):
        await asyncio.to_thread(asyncio.run, leave())
        tasks = await queue(store, note(2))
    assert await asyncio.gather(*tasks) == [2]


async def test_a_statement_that_ends_the_transaction_costs_only_its_own_work(store: Store[Connection]) -> None:
    await store.write(note(1))

    def rolls_back_all(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT OR ROLLBACK INTO notes VALUES (1, 'again')")

    async with halted(store):
        tasks = await queue(store, note(2), rolls_back_all, unwanted, note(3))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [int, IntegrityError, Unwanted, int]
    assert await store.read(noted) == [1, 2, 3]


@pytest.mark.slow
async def test_everybody_waiting_is_told_at_once_when_another_program_holds_the_file(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.sqlite, "BUSY_MILLISECONDS", 100)
    async with open_test_store(sqlite_url) as store:
        await store.write(tables.create_all)
        other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begin = time.perf_counter()
        results = await asyncio.gather(*(store.write(note(n)) for n in range(20)), return_exceptions=True)
        assert time.perf_counter() - begin < 1.0
        assert {str(result) for result in results} == {"nothing was saved: another program holds the database"}
        assert {type(result) for result in results} == {CannotSave}
        other.execute("ROLLBACK")
        other.close()
        assert await store.write(note(1)) == 1


@pytest.mark.slow
def test_a_program_that_fails_to_close_its_store_still_ends(sqlite_url: str) -> None:
    program = """
import asyncio, sys
from storage.database import open_store
async def main():
    store = open_store(sys.argv[1], lambda connection: connection)
    await store.write(lambda connection: connection.exec_driver_sql("CREATE TABLE t (x)"))
    await store.read(lambda connection: connection.exec_driver_sql("SELECT * FROM t").all())
    sys.exit(3)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program, sqlite_url], timeout=20)
    assert ended.returncode == 3


def test_closing_leaves_one_file(sqlite_url: str, tmp_path: Path) -> None:
    async def use() -> None:
        async with open_test_store(sqlite_url) as store:
            await store.write(tables.create_all)
            await asyncio.gather(*(store.read(noted) for _ in range(10)))

    asyncio.run(use())
    assert [file.name for file in tmp_path.iterdir()] == ["test.db"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_text("dear diary, " * 100)
    with pytest.raises(ConfigError, match="file is not a database"):
        open_test_store(f"sqlite:///{tmp_path}/test.db")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unable to open database file"):
        open_test_store(f"sqlite:///{tmp_path}")


MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
30 27 0:30 / /srv/data rw,relatime shared:1 master:2 - nfs4 server:/export rw,vers=4.2
31 30 0:31 / /srv/data/local rw,relatime - xfs /dev/vdb rw
32 27 0:32 / /mnt/my\040share rw,relatime - cifs //server/share rw
33 27 0:33 / /home rw - autofs systemd-1 rw
34 33 0:34 / /home rw - nfs server:/home rw
35 27 0:35 / /mnt/c rw - 9p drvfs rw
36 27 0:36 / /mnt/far rw - fuse.sshfs me@there: rw
""".lstrip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/test.db", None),
        ("/srv/data/test.db", "nfs4"),
        ("/srv/database/test.db", None),
        ("/srv/data/local/test.db", None),
        ("/mnt/my share/test.db", "cifs"),
        ("/home/me/test.db", "nfs"),
        ("/mnt/c/test.db", None),
        ("/mnt/far/away/test.db", "fuse.sshfs"),
    ],
)
def test_a_network_file_system_is_recognised(path: str, kind: str | None, tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_file_system(Path(path), mounts) == kind


def test_a_system_that_does_not_tell_its_mounts_is_trusted(tmp_path: Path) -> None:
    assert network_file_system(tmp_path / "test.db", tmp_path / "no such file") is None


def test_a_file_on_a_network_is_refused(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.sqlite, "network_file_system", lambda _: "nfs4")
    with pytest.raises(ConfigError, match=r"lies on a network \(nfs4\); use a local disk"):
        open_test_store(sqlite_url)
