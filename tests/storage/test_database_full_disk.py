"""A full disk takes a whole batch from SQLite; only what truly does not fit may be refused."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.errors import CannotSave
from storage.database import Store
from storage.sqlite import WriterConnection
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.test_database import Unwanted, note, noted, open_test_store, tables, unwanted
from tests.storage.test_database_sqlite import halted, queue

BIG = "x" * 300_000


@pytest.fixture
async def store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store[Connection]]:
    monkeypatch.setattr("storage.writer.BATCH_SECONDS", 60)
    async with open_test_store(sqlite_url) as store:
        await store.write(tables.create_all)
        yield store


async def in_one_batch(store: Store[Connection], *works: Callable[[Connection], object]) -> list[object]:
    async with halted(store):
        tasks = await queue(store, *works)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def limit_pages(store: Store[Connection], more: int | None) -> None:
    """Let the file grow by so many pages only, or without limit: SQLite then says "full" at the statement."""

    def work(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 << 30 if more is None else pages + more}")

    await store.write(work)


@contextmanager
def no_file_larger_than_now(folder: Path) -> Iterator[None]:
    """Let the system refuse to write more than 100 kB further: SQLite then sees an I/O error, mostly at the commit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in folder.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 100_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_only_what_does_not_fit_is_refused(store: Store[Connection]) -> None:
    await limit_pages(store, 20)
    results = await in_one_batch(store, note(1), note(2, BIG), note(3), unwanted, note(4, BIG), note(5))
    assert [type(result) for result in results] == [int, CannotSave, int, Unwanted, CannotSave, int]
    assert str(results[1]) == "nothing was saved: the disk is full"
    assert await store.read(noted) == [1, 3, 5]
    await limit_pages(store, None)
    assert await store.write(note(2, BIG)) == 2


async def test_a_batch_that_the_disk_refuses_at_the_commit_is_run_again_one_by_one(
    store: Store[Connection], tmp_path: Path
) -> None:
    with no_file_larger_than_now(tmp_path):
        results = await in_one_batch(store, note(1), note(2, BIG), note(3), unwanted, note(4, BIG), note(5))
    assert [type(result) for result in results] == [int, CannotSave, int, Unwanted, CannotSave, int]
    assert str(results[1]) == "nothing was saved: the disk does not take it"
    assert await store.read(noted) == [1, 3, 5]
    assert await store.write(note(2, BIG)) == 2


async def test_a_refusal_that_rested_on_lost_work_is_thought_over(store: Store[Connection], tmp_path: Path) -> None:
    def first_come(connection: Connection) -> int:
        if noted(connection):
            raise Unwanted("the seat is taken")
        return note(2)(connection)

    with no_file_larger_than_now(tmp_path):
        results = await in_one_batch(store, note(1, BIG), first_come)
    assert [type(result) for result in results] == [CannotSave, int]
    assert await store.read(noted) == [2]


async def test_a_work_that_hides_the_error_has_saved_nothing(store: Store[Connection]) -> None:
    def hide(connection: Connection) -> str:
        note(2)(connection)
        with suppress(DBAPIError):
            note(3, BIG)(connection)
        with suppress(DBAPIError):
            note(4)(connection)  # would be saved alone: the transaction is gone
        return "all well"

    await limit_pages(store, 20)
    results = await in_one_batch(store, note(1), hide, note(5))
    assert [type(result) for result in results] == [int, CannotSave, int]
    assert await store.read(noted) == [1, 5]
    assert await store.write(note(6)) == 6


def hidden(connection: Connection) -> None:
    with suppress(DBAPIError):
        note(3, BIG)(connection)


@pytest.mark.parametrize(
    ("part", "why"),
    [(note(3, BIG), "the disk is full"), (hidden, "the database gave up the transaction")],
    ids=["raising", "hiding"],
)
async def test_a_part_that_takes_the_whole_transaction_with_it_says_so(
    store: Store[Connection], part: Callable[[Connection], object], why: str
) -> None:
    told: list[str] = []

    def work(connection: Connection) -> None:
        note(2)(connection)
        try:
            SqlUnitOfWork(connection, "here").attempt(partial(part, connection))
        except CannotSave as error:
            told.append(str(error))

    await limit_pages(store, 20)
    with pytest.raises(CannotSave):
        await store.write(work)
    assert set(told) == {f"nothing was saved: {why}"}
    assert await store.read(noted) == []


async def test_nothing_is_saved_where_the_disk_fails_as_a_part_is_undone(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(WriterConnection):
        def execute(self, words: str, *given: Any) -> sqlite3.Cursor:
            if words.startswith("ROLLBACK TO part"):
                super().execute("ROLLBACK")  # as SQLite does by itself
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(words, *given)

    def hide(connection: Connection) -> None:
        with suppress(Exception):
            SqlUnitOfWork(connection, "here").attempt(partial(unwanted, connection))
        with suppress(Exception):
            note(2)(connection)  # would be saved alone: the transaction is gone

    monkeypatch.setattr("storage.sqlite.WriterConnection", Failing)
    async with open_test_store(sqlite_url) as store:
        await store.write(tables.create_all)
        with pytest.raises(CannotSave):
            await store.write(hide)
        assert await store.read(noted) == []
        assert await store.write(note(3)) == 3


async def test_when_nothing_fits_everybody_is_told_and_later_all_is_well(
    store: Store[Connection], tmp_path: Path
) -> None:
    with no_file_larger_than_now(tmp_path):
        results = await in_one_batch(store, *(note(number, BIG) for number in range(10)))
    assert [type(result) for result in results] == [CannotSave] * 10
    assert await asyncio.gather(*(store.write(note(number, BIG)) for number in range(10))) == list(range(10))


async def test_a_cancelled_caller_is_not_run_again(store: Store[Connection], tmp_path: Path) -> None:
    runs: list[str] = []

    def counted(connection: Connection) -> None:
        runs.append("run")
        note(2)(connection)

    with no_file_larger_than_now(tmp_path):
        async with halted(store):
            tasks = await queue(store, note(1, BIG), counted)
            tasks[1].cancel()
            await asyncio.sleep(0)
        await asyncio.wait(tasks)
    assert runs == []
    assert isinstance(tasks[0].exception(), CannotSave)
