"""What the store promises, the same on a SQLite file and on a PostgreSQL server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.util import await_only

from bot.errors import ConfigError, StoreClosed
from storage.database import Store, open_store
from storage.unit_of_work import SqlUnitOfWork

# What the tests keep. A unit of work is here the bare connection.
tables = MetaData()
notes = Table("notes", tables, Column("id", Integer, primary_key=True), Column("text", String, nullable=False))
counters = Table("counters", tables, Column("id", Integer, primary_key=True), Column("value", Integer, nullable=False))


def bare(connection: Connection) -> Connection:
    return connection


def open_test_store(url: str) -> Store[Connection]:
    return open_store(url, bare, durable=False)


def note(number: int, text: str = "a note") -> Callable[[Connection], int]:
    """Return a work that writes a note and returns its number."""

    def work(connection: Connection) -> int:
        connection.execute(insert(notes), {"id": number, "text": text})
        return number

    return work


def noted(connection: Connection) -> list[int]:
    """List the numbers of the notes that are there."""
    return list(connection.execute(select(notes.c.id).order_by(notes.c.id)).scalars())


def meanwhile(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, object]) -> None:
    """Wait for `work` in the midst of a view: PostgreSQL's views run on the event loop, SQLite's in threads."""
    if threading.current_thread() is threading.main_thread():
        await_only(work)
    else:
        asyncio.run_coroutine_threadsafe(work, loop).result(10)


class Unwanted(Exception):
    """What a rule of the domain might raise."""


def unwanted(connection: Connection) -> None:
    note(99)(connection)
    raise Unwanted("not like this")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store[Connection]]:
    async with open_test_store(database_url) as store:
        await store.write(tables.create_all)
        yield store


async def test_what_a_work_returns_arrives_after_the_commit(store: Store[Connection], database_url: str) -> None:
    assert await store.write(note(1)) == 1
    async with open_test_store(database_url) as another:
        assert await another.read(noted) == [1]


async def test_a_work_that_raises_leaves_nothing_and_raises_its_own_exception(store: Store[Connection]) -> None:
    with pytest.raises(Unwanted, match="not like this"):
        await store.write(unwanted)
    assert await store.read(noted) == []


async def test_a_constraint_is_told_to_the_one_who_broke_it(store: Store[Connection]) -> None:
    await store.write(note(1))
    with pytest.raises(IntegrityError):
        await store.write(note(1))
    assert await store.write(note(2)) == 2


async def test_a_failing_work_harms_nobody_elses(store: Store[Connection]) -> None:
    works: list[Callable[[Connection], object]] = [note(1), unwanted, note(2), note(1), unwanted, note(3)]
    results = await asyncio.gather(*map(store.write, works), return_exceptions=True)
    one, refused, two, same, again, three = map(type, results)
    assert [refused, two, again, three] == [Unwanted, int, Unwanted, int]
    assert {one, same} == {int, IntegrityError}  # on PostgreSQL either may be the first
    assert await store.read(noted) == [1, 2, 3]


async def test_a_part_of_a_work_that_raises_is_undone_alone_also_within_another(store: Store[Connection]) -> None:
    def work(connection: Connection) -> None:
        attempt = SqlUnitOfWork(connection, "here").attempt

        def outer() -> None:
            note(2)(connection)
            with pytest.raises(Unwanted):
                attempt(lambda: unwanted(connection))
            with pytest.raises(IntegrityError):
                attempt(lambda: note(2)(connection))
            assert attempt(lambda: note(3)(connection)) == 3

        def all_of_it() -> None:
            outer()
            raise Unwanted

        note(1)(connection)
        with pytest.raises(Unwanted):
            attempt(all_of_it)
        attempt(outer)
        note(4)(connection)

    await store.write(work)
    assert await store.read(noted) == [1, 2, 3, 4]


async def test_thirty_two_writers_at_once_lose_no_update(store: Store[Connection]) -> None:
    await store.write(lambda connection: connection.execute(insert(counters), {"id": 1, "value": 0}) and None)

    def count(connection: Connection) -> None:
        value = connection.execute(select(counters.c.value).where(counters.c.id == 1).with_for_update()).scalar_one()
        connection.execute(update(counters).where(counters.c.id == 1).values(value=value + 1))

    async def writer() -> None:
        for _ in range(10):
            await store.write(count)

    await asyncio.gather(*(writer() for _ in range(32)))
    assert await store.read(lambda connection: connection.scalar(select(counters.c.value))) == 320


async def test_a_view_sees_one_snapshot_while_others_write(store: Store[Connection]) -> None:
    await store.write(note(1))

    loop = asyncio.get_running_loop()

    def view(connection: Connection) -> tuple[list[int], list[int]]:
        before = noted(connection)
        meanwhile(loop, store.write(note(2)))
        return before, noted(connection)

    assert await store.read(view) == ([1], [1])
    assert await store.read(noted) == [1, 2]


async def test_a_view_cannot_write(store: Store[Connection]) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        await store.read(note(1))
    assert await store.read(noted) == []


async def test_a_view_that_raises_leaves_its_connection_usable(store: Store[Connection]) -> None:
    def view(connection: Connection) -> None:
        noted(connection)
        raise Unwanted

    for _ in range(10):
        with pytest.raises(Unwanted):
            await store.read(view)
    assert await store.read(noted) == []


@pytest.mark.slow
async def test_readers_given_up_halfway_harm_nobody(store: Store[Connection]) -> None:
    loop = asyncio.get_running_loop()

    def view(connection: Connection) -> None:
        noted(connection)
        meanwhile(loop, asyncio.sleep(0.1))

    for _ in range(3):
        readers = [asyncio.create_task(store.read(view)) for _ in range(6)]
        await asyncio.sleep(0.01)
        for reader in readers:
            reader.cancel()
        await asyncio.wait(readers)
    assert await asyncio.gather(*(store.read(noted) for _ in range(10))) == [[]] * 10


async def test_a_cancelled_writer_harms_nobody(store: Store[Connection]) -> None:
    writers = [asyncio.create_task(store.write(note(number))) for number in range(20)]
    await asyncio.sleep(0)
    for writer in writers[::2]:
        writer.cancel()
    results = await asyncio.gather(*writers, return_exceptions=True)
    assert results[1::2] == list(range(1, 20, 2))
    # What a cancelled writer brought may be saved or not, but never in part and never twice.
    assert set(range(1, 20, 2)) <= set(await store.read(noted)) <= set(range(20))
    assert await store.write(note(100)) == 100


async def test_closing_first_saves_what_was_brought(database_url: str) -> None:
    store = open_test_store(database_url)
    await store.write(tables.create_all)
    writers = [asyncio.create_task(store.write(note(number))) for number in range(30)]
    reader = asyncio.create_task(store.read(lambda connection: connection.scalar(select(func.count(notes.c.id)))))
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writers) == list(range(30))
    assert await reader in range(31)
    async with open_test_store(database_url) as another:
        assert await another.read(noted) == list(range(30))


async def test_a_closed_store_says_so_and_may_be_closed_again(store: Store[Connection]) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreClosed):
        await store.write(note(1))
    with pytest.raises(StoreClosed):
        await store.read(noted)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://bot:secret@host/name", "cannot store in “mysql”"),
        ("sqlite+aiosqlite:///some.db", "sqlite:///path.db"),
        ("some.db", "sqlite:///path.db"),
        ("", "sqlite:///path.db"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///some.db?mode=memory", "parts beyond the file"),
        ("sqlite://some.db", "names no file"),
        ("sqlite://folder/some.db", "parts beyond the file"),
        ("sqlite:some.db", "cannot read the address"),
        ("sqlite:////no/such/folder/some.db", "there is no folder /no/such/folder"),
    ],
)
def test_an_unusable_address_is_told_in_words_that_help(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        open_test_store(url)
    assert "secret" not in str(refused.value)


@pytest.mark.slow
def test_only_the_engine_in_use_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from storage.database import open_store; open_store(sys.argv[1], lambda c: c);"
        "assert 'asyncpg' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, f"sqlite:///{tmp_path}/test.db"], check=True)
