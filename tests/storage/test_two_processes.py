"""Two processes on one SQLite file take turns, and neither has to wait for the other to tire."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.errors import CannotSave, ConfigError
from storage import locks
from storage.database import open_store
from storage.locks import Locks
from tests.processes import PATIENCE, ROOT, environment
from tests.storage.two_writers import count

Child = subprocess.Popen[str]


@contextmanager
def child(*command: str) -> Iterator[Child]:
    """Start a Python program of ours that says when it is ready."""
    started = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        yield started
    finally:
        started.kill()
        started.communicate(timeout=PATIENCE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "test.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("CREATE TABLE counter (value INTEGER)")
        raw.execute("INSERT INTO counter VALUES (0)")
        raw.commit()
    return path


def value(file: Path) -> int:
    with closing(sqlite3.connect(file)) as raw:
        return int(raw.execute("SELECT value FROM counter").fetchone()[0])


@pytest.mark.slow
def test_two_that_write_without_a_pause_lose_no_update_and_neither_starves(file: Path) -> None:
    command = ("-m", "tests.storage.two_writers", str(file), "3")
    with child(*command) as one, child(*command) as other:
        for each in (one, other):
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        waits = [json.loads(each.communicate(timeout=PATIENCE)[0]) for each in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0)
    fewer, more = sorted(map(len, waits))
    assert fewer * 2 > more
    assert value(file) == fewer + more
    assert sorted(path.name for path in file.parent.iterdir()) == ["test.db"]


@pytest.mark.slow
async def test_a_turn_ends_with_the_process_that_had_it(file: Path) -> None:
    program = (
        "import sys, time, pathlib; from storage.locks import Locks\n"
        "Locks(pathlib.Path(sys.argv[1])).begin(); print('ready', flush=True); time.sleep(60)\n"
    )
    async with open_store(f"sqlite:///{file}", lambda db: db) as store:
        with child("-c", program, str(file)) as holder:
            writing = asyncio.create_task(store.write(count))
            await asyncio.sleep(0.05)
            assert not writing.done()
            holder.send_signal(signal.SIGKILL)
            await asyncio.wait_for(writing, 5)
    assert value(file) == 1


async def test_who_waits_too_long_is_told_and_reads_go_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.05)
    other = Locks(file)
    async with open_store(f"sqlite:///{file}", lambda db: db) as store:
        with other.turn():
            with pytest.raises(CannotSave, match="another process holds the database"):
                await store.write(count)
            assert await store.read(lambda db: db.exec_driver_sql("SELECT value FROM counter").scalar()) == 0
        await store.write(count)
    other.close()
    assert value(file) == 1


@pytest.mark.slow
def test_who_waits_is_next_however_soon_the_last_one_is_back(file: Path) -> None:
    first, second = Locks(file), Locks(file)
    order: list[str] = []

    async def turns(locks: Locks, name: str) -> None:
        for _ in range(20):
            await asyncio.to_thread(locks.begin)
            order.append(name)
            # Until the other stands in line; it is back at once after its own turn.
            await asyncio.sleep(0.005)
            locks.end()

    async def both() -> None:
        await asyncio.gather(turns(first, "first"), turns(second, "second"))

    asyncio.run(both())
    first.close()
    second.close()
    assert order[:20] == order[:2] * 10


def test_a_lock_that_cannot_be_made_is_told(file: Path) -> None:
    file.with_name("test.db.locks").write_text("in the way")
    with pytest.raises(ConfigError, match="no lock can be made"):
        open_store(f"sqlite:///{file}", lambda db: db)


def test_who_comes_to_the_file_by_a_link_finds_the_same_locks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "ENTERING", 0.02)
    folder = file.parent / "elsewhere"
    folder.mkdir()
    (folder / "link.db").symlink_to(file)
    user = Locks(folder / "link.db")
    with pytest.raises(ConfigError, match="another process has it open"):
        Locks(file, alone=True)
    user.close()
    assert not any(folder.glob("*.locks"))


def test_who_wants_the_file_alone_is_refused_while_others_have_it_open(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "ENTERING", 0.02)
    user = Locks(file)
    with pytest.raises(ConfigError, match="another process has it open: stop it first"):
        Locks(file, alone=True)
    user.close()
    alone = Locks(file, alone=True)
    with pytest.raises(ConfigError, match="it is being restored"):
        Locks(file)
    alone.close()
    Locks(file).close()
    assert [path.name for path in file.parent.iterdir()] == ["test.db"]
