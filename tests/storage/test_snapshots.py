"""How SQLite is asked: by a view the same only once, by a work anew each time, and always with the same answers."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, create_engine
from sqlalchemy.exc import StatementError

from bot.ports import UnitOfWork
from storage import snapshots
from storage.rows import found
from storage.store import open_store
from storage.unit_of_work import SqlUnitOfWork
from storage.weeks import WEEKS
from tests.storage.samples import GROUP, WEEK, found_group


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
async def test_what_is_read_past_sqlalchemy_is_what_sqlalchemy_reads(url: str) -> None:
    async with await open_store(url, durable=False) as store:
        await store.write(found_group)
        seen = await store.read(lambda uow: uow.weeks.of_group(GROUP))
    with create_engine(url).connect() as db:
        assert seen == WEEKS.all(db, WEEKS.select.order_by(WEEKS.c.ordinal))
    assert seen


@pytest.mark.slow
async def test_of_a_view_that_is_over_nothing_is_kept(url: str) -> None:
    """It may be all that a large group has, and the next view may come days later."""
    async with await open_store(url, durable=False) as store:
        await store.write(found_group)

        def view(uow: UnitOfWork) -> MutableMapping[Any, Any]:
            assert isinstance(uow, SqlUnitOfWork)
            uow.weeks.of_group(GROUP)
            assert uow._db.info[snapshots._ASKED]
            return uow._db.info

        kept = await store.read(view)
        assert kept[snapshots._ASKED] == {}


@pytest.mark.slow
async def test_a_view_that_reads_more_and_more_keeps_only_so_much(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one that checks an audit log of a million lines, page after page."""
    monkeypatch.setattr(snapshots, "ROOM", 3)
    async with await open_store(url, durable=False) as store:
        await store.write(found_group)

        def view(uow: UnitOfWork) -> int:
            assert isinstance(uow, SqlUnitOfWork)
            asked = WEEKS.select.where(WEEKS.c.ordinal >= bindparam("ordinal"))
            for ordinal in range(9):
                assert len(found(uow._db, asked, ordinal=ordinal)) == (1 if ordinal <= 1 else 0)
            return len(uow._db.info[snapshots._ASKED])

        assert 0 < await store.read(view) < 9


@pytest.mark.slow
@pytest.mark.parametrize("given", [{}, {"id": WEEK, "ordinal": 1}])
async def test_a_statement_that_lacks_a_value_is_refused(url: str, given: dict[str, int]) -> None:
    """It would be NULL to the driver, and find nothing without a word."""
    async with await open_store(url, durable=False) as store:

        def view(uow: UnitOfWork) -> None:
            assert isinstance(uow, SqlUnitOfWork)
            found(uow._db, WEEKS.select.where(WEEKS.c.title == bindparam("title")), **given)

        with pytest.raises(StatementError, match="value is required"):
            await store.read(view)


def _title(uow: UnitOfWork) -> str | None:
    week = uow.weeks.get(WEEK)
    return week.title if week is not None else None
