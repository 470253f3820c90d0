"""How SQLite is asked: by a view the same only once, by a work anew each time, and always with the same answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from bot.ports import UnitOfWork
from storage.store import open_store
from storage.unit_of_work import SqlUnitOfWork
from storage.weeks import WEEKS
from tests.storage.samples import GROUP, WEEK, found_group


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


async def test_a_view_that_asks_the_same_twice_asks_sqlite_once(url: str) -> None:
    async with await open_store(url, durable=False) as store:
        await store.write(found_group)
        asked: list[str] = []

        def view(uow: UnitOfWork) -> None:
            assert isinstance(uow, SqlUnitOfWork)
            raw = uow._db.connection.driver_connection
            assert raw is not None
            raw.set_trace_callback(asked.append)
            assert uow.weeks.of_group(GROUP) == uow.weeks.of_group(GROUP)
            raw.set_trace_callback(None)

        await store.read(view)
        assert len([one for one in asked if one.startswith("SELECT")]) == 1


async def test_a_work_that_asks_again_sees_what_it_changed_and_so_does_the_next_view(url: str) -> None:
    async with await open_store(url, durable=False) as store:
        await store.write(found_group)
        assert await store.read(lambda uow: _title(uow)) != "Closures"

        def work(uow: UnitOfWork) -> str | None:
            before = uow.weeks.get(WEEK)
            assert before is not None
            uow.weeks.save(replace(before, title="Closures"))
            return _title(uow)

        assert await store.write(work) == "Closures"
        assert await store.read(_title) == "Closures"


async def test_what_is_read_past_sqlalchemy_is_what_sqlalchemy_reads(url: str) -> None:
    async with await open_store(url, durable=False) as store:
        await store.write(found_group)
        seen = await store.read(lambda uow: uow.weeks.of_group(GROUP))
    with create_engine(url).connect() as db:
        assert seen == WEEKS.all(db, WEEKS.select.order_by(WEEKS.c.ordinal))
    assert seen


def _title(uow: UnitOfWork) -> str | None:
    week = uow.weeks.get(WEEK)
    return week.title if week is not None else None
