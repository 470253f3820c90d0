"""What only the PostgreSQL store does: isolation, time-outs, and running again what may pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from bot.errors import CannotRead, CannotSave, MaybeSaved
from storage.database import Store
from storage.postgres import PAUSES, WRITERS
from tests.storage.test_database import counters, note, noted, open_test_store, tables


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store[Connection]]:
    async with open_test_store(postgres_url) as store:
        await store.write(tables.create_all)
        yield store


def settings(connection: Connection) -> tuple[str, ...]:
    names = ("transaction_isolation", "transaction_read_only", "lock_timeout", "statement_timeout", "timezone")
    return tuple(connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names)


def fail_with(sqlstate: str) -> Callable[[Connection], None]:
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '{sqlstate}'; END $$"

    def work(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return work


async def test_writes_are_read_committed_and_wait_for_a_while_only(store: Store[Connection]) -> None:
    assert await store.write(settings) == ("read committed", "off", "5s", "15s", "UTC")


async def test_views_are_repeatable_and_read_only(store: Store[Connection]) -> None:
    assert await store.read(settings) == ("repeatable read", "on", "5s", "15s", "UTC")


async def test_two_who_lock_each_other_out_both_succeed(store: Store[Connection]) -> None:
    await store.write(
        lambda connection: connection.execute(insert(counters), [{"id": n, "value": 0} for n in (1, 2)]) and None
    )
    runs: list[tuple[int, int]] = []
    both_hold_one = asyncio.Barrier(2)

    def count(first: int, second: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            runs.append((first, second))
            connection.exec_driver_sql("SET LOCAL deadlock_timeout = '50ms'")
            for number in (first, second):
                connection.execute(text("UPDATE counters SET value = value + 1 WHERE id = :id"), {"id": number})
                if number == first and len(runs) <= 2:  # the third run has nobody to wait for
                    await_only(both_hold_one.wait())

        return work

    await asyncio.gather(store.write(count(1, 2)), store.write(count(2, 1)))
    values = await store.read(lambda connection: list(connection.execute(text("SELECT value FROM counters")).scalars()))
    assert values == [2, 2]
    assert len(runs) == 3


async def test_a_work_is_run_again_until_it_passes(store: Store[Connection]) -> None:
    runs: list[None] = []

    def work(connection: Connection) -> int:
        runs.append(None)
        note(len(runs))(connection)
        if len(runs) <= len(PAUSES):
            fail_with("40001")(connection)
        return len(runs)

    assert await store.write(work) == len(PAUSES) + 1
    assert await store.read(noted) == [len(PAUSES) + 1]


async def test_a_work_that_never_passes_is_refused_after_three_further_runs(store: Store[Connection]) -> None:
    runs: list[None] = []

    def work(connection: Connection) -> None:
        runs.append(None)
        fail_with("40001")(connection)

    with pytest.raises(CannotSave, match="others kept changing the same"):
        await store.write(work)
    assert len(runs) == 4


@pytest.mark.parametrize(
    ("sqlstate", "words"), [("53100", "disk is full"), ("57014", "took too long"), ("25006", "may only be read")]
)
async def test_what_the_server_cannot_do_is_told_in_words(store: Store[Connection], sqlstate: str, words: str) -> None:
    with pytest.raises(CannotSave, match=words):
        await store.write(fail_with(sqlstate))


async def test_a_lock_held_for_too_long_is_told_in_words(store: Store[Connection]) -> None:
    def hasty(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        connection.exec_driver_sql("LOCK TABLE notes")

    def holder(connection: Connection) -> None:
        connection.exec_driver_sql("LOCK TABLE notes")
        with pytest.raises(CannotSave, match="others hold the same for too long"):
            await_only(store.write(hasty))

    await store.write(holder)


async def test_another_error_of_the_server_stays_what_it_is(store: Store[Connection]) -> None:
    with pytest.raises(DBAPIError, match="does not exist"):
        await store.write(lambda connection: connection.exec_driver_sql("SELECT * FROM nowhere") and None)


async def test_readers_do_not_wait_for_writers_who_wait(store: Store[Connection]) -> None:
    def holder(connection: Connection) -> None:
        connection.exec_driver_sql("LOCK TABLE counters")
        for _ in range(WRITERS + 3):
            waiting.append(asyncio.ensure_future(store.write(lock)))
        await_only(asyncio.sleep(0.1))
        assert await_only(asyncio.wait_for(store.read(noted), 2)) == []

    def lock(connection: Connection) -> None:
        connection.exec_driver_sql("LOCK TABLE counters")

    waiting: list[asyncio.Future[None]] = []
    await store.write(holder)
    await asyncio.gather(*waiting)


async def test_a_connection_that_breaks_before_the_commit_is_replaced(store: Store[Connection]) -> None:
    runs: list[None] = []

    def work(connection: Connection) -> int:
        runs.append(None)
        note(len(runs))(connection)
        if len(runs) == 1:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return len(runs)

    assert await store.write(work) == 2
    assert await store.read(noted) == [2]


async def test_a_connection_that_breaks_in_the_commit_leaves_it_open_and_says_so(store: Store[Connection]) -> None:
    runs: list[None] = []

    def break_at_commit(connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER break AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION break()"
        )

    def work(connection: Connection) -> None:
        runs.append(None)
        note(1)(connection)

    await store.write(break_at_commit)
    with pytest.raises(MaybeSaved):
        await store.write(work)
    assert len(runs) == 1
    assert await store.read(noted) == []


async def test_a_server_that_falls_silent_is_told_in_words(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.postgres.COMMAND_SECONDS", 0.2)

    def slow(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_sleep(10)")

    def slow_in_the_commit(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO slow VALUES (1)")

    async with open_test_store(postgres_url) as store:
        await store.write(
            lambda connection: [
                connection.exec_driver_sql(statement)
                for statement in (
                    "CREATE TABLE slow (a int)",
                    "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
                    "'BEGIN PERFORM pg_sleep(10); RETURN NULL; END'",
                    "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
                    "FOR EACH ROW EXECUTE FUNCTION wait()",
                )
            ]
        )
        with pytest.raises(CannotSave, match="does not answer"):
            await store.write(slow)
        with pytest.raises(CannotRead, match="does not answer"):
            await store.read(slow)
        with pytest.raises(MaybeSaved, match="did not answer the commit"):
            await store.write(slow_in_the_commit)
        assert await store.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1


async def test_a_server_that_was_restarted_is_found_again(store: Store[Connection], postgres_url: str) -> None:
    await asyncio.gather(*(store.write(note(number)) for number in range(WRITERS)))
    async with open_test_store(postgres_url) as another:
        await another.write(
            lambda connection: connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).all()
        )
    assert await store.write(note(100)) == 100
    assert len(await store.read(noted)) == WRITERS + 1


async def test_a_server_out_of_reach_is_told_in_words(postgres_url: str) -> None:
    address = make_url(postgres_url).update_query_dict({"host": "/nowhere"}).render_as_string(hide_password=False)
    async with open_test_store(address) as store:
        with pytest.raises(CannotSave, match="cannot be reached"):
            await store.write(noted)


async def test_a_database_that_is_missing_is_told_by_its_name(postgres_url: str) -> None:
    address = make_url(postgres_url).set(database="elsewhere").render_as_string(hide_password=False)
    async with open_test_store(address) as store:
        with pytest.raises(CannotSave, match="elsewhere"):
            await store.write(noted)


async def test_the_words_of_libpq_are_understood(postgres_url: str) -> None:
    address = postgres_url.replace("postgresql:", "postgres:") + "&sslmode=disable&application_name=mine"
    async with open_test_store(address) as store:
        assert await store.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1
