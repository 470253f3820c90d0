"""What is read again for reactions: found by index, and known of what was there before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from sqlalchemy import Connection, Executable, MetaData, NullPool, Table, create_engine, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.chat import ChannelRef, MessageRef, ThreadRef
from bot.ports import UnitOfWork
from bot.study.readings import FIRST_LOOK, LEASE, Likeable, Marked, PlaceRef, Reading, Step
from storage import likes, readings, schema
from storage.database import Store
from storage.store import open_store
from tests.storage.samples import CHANNEL, NOW, message

T = TypeVar("T")
Opened = Store[UnitOfWork]
THREAD = ThreadRef(CHANNEL, "t1")


def _likeable(id: int, place: PlaceRef = CHANNEL, at: datetime = NOW) -> Likeable:
    return Likeable(id, message(str(id)), place, at)


def _watched(uow: UnitOfWork, id: int, place: PlaceRef = CHANNEL, at: datetime = NOW) -> None:
    uow.readings.watch(_likeable(id, place, at), at + FIRST_LOOK)


async def _of(store: Opened, place: PlaceRef = CHANNEL) -> Reading:
    found = await store.read(lambda uow: uow.readings.of_place(place))
    assert found is not None
    return found


async def test_the_messages_of_a_place_are_read_from_the_newest_on(store: Opened) -> None:
    for id in (1, 2, 3):
        await store.write(lambda uow, id=id: _watched(uow, id, at=NOW + timedelta(days=id)))  # type: ignore[misc]
    await store.write(lambda uow: _watched(uow, 4, THREAD))

    def ids(uow: UnitOfWork, below: int | None = None, limit: int = 9) -> list[int]:
        return [one.id for one in uow.readings.messages(CHANNEL, below, limit)]

    assert await store.read(lambda uow: ids(uow)) == [3, 2, 1]
    assert await store.read(lambda uow: ids(uow, limit=2)) == [3, 2]
    assert await store.read(lambda uow: ids(uow, below=3)) == [2, 1]
    assert (await _of(store)).newest_at == NOW + timedelta(days=3)
    assert (await _of(store)).next_at == NOW + timedelta(days=1) + FIRST_LOOK, "the sooner wish counts"


async def test_a_place_is_claimed_by_one_and_comes_back_after_the_lease(store: Opened) -> None:
    await store.write(lambda uow: _watched(uow, 1))
    due = NOW + FIRST_LOOK
    assert await store.write(lambda uow: uow.readings.claim("local", due - timedelta(seconds=1), 9)) == []
    [claimed] = await store.write(lambda uow: uow.readings.claim("local", due, 9))
    assert await store.write(lambda uow: uow.readings.claim("local", due, 9)) == []
    [again] = await store.write(lambda uow: uow.readings.claim("local", due + LEASE, 9))
    assert await store.write(lambda uow: uow.readings.finish(replace(again, next_at=NOW, step=Step.WIDE, reached=1)))
    assert not await store.write(lambda uow: uow.readings.finish(claimed)), "another has it since"
    assert (await _of(store)).step is Step.WIDE


@pytest.mark.parametrize("wish", ["a new message", "a gap"])
async def test_a_wish_that_comes_while_a_place_is_read_is_not_forgotten(store: Opened, wish: str) -> None:
    await store.write(lambda uow: _watched(uow, 1))
    [claimed] = await store.write(lambda uow: uow.readings.claim("local", NOW + FIRST_LOOK, 9))
    if wish == "a gap":
        await store.write(lambda uow: uow.readings.mark("local", None, NOW, None, 9))
    else:
        await store.write(lambda uow: _watched(uow, 2))
    assert not await store.write(
        lambda uow: uow.readings.finish(replace(claimed, next_at=NOW + timedelta(days=1), reached=1))
    )
    assert (await _of(store)).next_at <= NOW + FIRST_LOOK
    assert (await _of(store)).reached is None
    await store.write(lambda uow: uow.readings.drop(claimed))
    assert await store.read(lambda uow: uow.readings.of_place(CHANNEL)) is not None


async def test_a_gap_marks_the_places_of_the_last_weeks_a_few_at_a_time_each_once(store: Opened) -> None:
    places = [ChannelRef("local", "space" if number % 2 else "other", f"c{number}") for number in range(7)]
    for number, place in enumerate(places):
        at = NOW - timedelta(days=number // 2)  # some at the same instant
        await store.write(lambda uow, id=number, place=place, at=at: _watched(uow, id, place, at))  # type: ignore[misc]
    old = ChannelRef("local", "space", "old")
    await store.write(lambda uow: _watched(uow, 50, old, NOW - timedelta(days=29)))
    on: Marked | None = None
    while on := await store.write(lambda uow, on=on: uow.readings.mark("local", None, NOW, on, 2)):  # type: ignore[misc]
        pass
    assert [(await _of(store, place)).gap for place in (*places, old)] == [1] * 7 + [0]
    await store.write(lambda uow: uow.readings.mark("local", "local:space", NOW, None, 9))
    assert [(await _of(store, place)).gap for place in places] == [1, 2] * 3 + [1]
    await store.write(lambda uow: uow.readings.mark("elsewhere", None, NOW, None, 9))
    assert (await _of(store, places[0])).gap == 1


async def test_a_new_message_owes_nothing_to_gaps_before_it(store: Opened) -> None:
    await store.write(lambda uow: _watched(uow, 1))
    await store.write(lambda uow: uow.readings.mark("local", None, NOW, None, 9))
    await store.write(lambda uow: _watched(uow, 2))
    found = await store.read(lambda uow: uow.readings.messages(CHANNEL, None, 9))
    assert [one.gap for one in found] == [1, 0], "the second, then the first"


async def test_what_was_heard_is_counted_and_what_was_read_is_kept(store: Opened) -> None:
    await store.write(lambda uow: _watched(uow, 1))
    assert [await store.write(lambda uow: uow.readings.heard(message("1"))) for _ in range(2)] == [True, True]
    assert not await store.write(lambda uow: uow.readings.heard(message("2")))
    read = replace(_likeable(1), events=2, gap=3, beside=(("👍", 2), ("tada", -1)))
    await store.write(lambda uow: uow.readings.keep(read))
    assert await store.write(lambda uow: uow.readings.get(message("1"), lock=True)) == read
    await store.write(lambda uow: uow.readings.forget(message("1")))
    assert await store.read(lambda uow: uow.readings.get(message("1"))) is None


# On a million places as on a few


def _steps(db: Connection, statement: Executable) -> list[str]:
    compiled = str(statement.compile(db, compile_kwargs={"render_postcompile": True}))  # type: ignore[attr-defined]
    sql = re.sub(r"\?", "'2027'", compiled)
    return [row.detail for row in db.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]


@pytest.mark.parametrize(
    "statement",
    [
        readings._DUE,
        readings._MARKABLE,
        readings._GET,
        readings._HEARD,
        readings._MESSAGES_BELOW,
        likes._ON,
    ],
    ids=["due", "markable", "get", "heard", "messages", "reactions"],
)
def test_nothing_scans_or_sorts_what_is_read(sqlite_template: Path, statement: Executable) -> None:
    engine = create_engine(f"sqlite:///{sqlite_template}", poolclass=NullPool)
    with engine.connect() as db:
        steps = _steps(db, statement)
    assert steps
    assert [step for step in steps if not step.startswith("SEARCH")] == []


# What was there before


async def _on(url: str, work: Callable[[Connection], T]) -> T:
    if url.startswith("sqlite"):
        with create_engine(url, poolclass=NullPool).begin() as db:
            return work(db)
    engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": url}, poolclass=NullPool)
    async with engine.begin() as connection:
        return await connection.run_sync(work)


def _put(db: Connection, name: str, **values: object) -> None:
    """Put a row into a table as it was once; what is not given is as empty as it may be."""
    table = Table(name, MetaData(), autoload_with=db)
    day = datetime(2027, 1, 1, tzinfo=UTC)
    empty: dict[type, object] = {str: "", int: 0, bool: False, datetime: day, date: day.date()}
    required = {column.name: empty[column.type.python_type] for column in table.c if not column.nullable}
    db.execute(insert(table), required | values)


def _before(db: Connection) -> None:
    """Make the tables of the first version, with a question and its answers, and a week."""
    command.upgrade(schema.migrations(db), "0001")
    _put(db, "person", id=8)
    _put(db, "study_group", id=7, owner=8)
    for id, under, sent in ((1, None, "local:acme/js#10#t1"), (2, 1, "local:acme/js#11"), (3, None, None)):
        _put(db, "post", id=id, key=f"k{id}", verb="send", state="sent", under=under, message=sent)
    first = 221_763_600_000 << 22  # drawn so many milliseconds after 2020 began
    for number, ref, about, post in (
        (0, "local:acme/js#10", "question:1", 1),
        (1, "local:acme/js#11", "answer:1", 2),
        (2, "local:acme/js#12", "week:1", 3),
        (3, "local:acme/js#13", "answer:2", None),
    ):
        _put(db, "message", id=first + number, ref=ref, about=about, group=7, owner=8, post=post)


@pytest.mark.slow
async def test_what_was_sent_before_readings_were_kept_is_read_too(database_url: str) -> None:
    await _on(database_url, _before)
    async with await open_store(database_url, durable=False) as store:
        channel, thread = ChannelRef("local", "acme", "js"), ThreadRef(ChannelRef("local", "acme", "js"), "t1")

        def view(uow: UnitOfWork) -> list[list[MessageRef]]:
            return [[one.ref for one in uow.readings.messages(place, None, 9)] for place in (channel, thread)]

        def refs(*ids: str) -> list[MessageRef]:
            return [MessageRef(channel, id) for id in ids]

        assert await store.read(view) == [refs("13", "10"), refs("11")]
        found = await _of(store, thread)
        assert found.newest_at == datetime(2027, 1, 10, 17, tzinfo=UTC)
        assert (found.platform, found.space, found.step) == ("local", "local:acme", Step.RECENT)
        assert found.next_at <= datetime.now(UTC)
