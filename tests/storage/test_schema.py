"""The schema: what the migrations make, and when they run."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import ConfigError
from storage import line, schema
from storage.store import open_store
from storage.tables import Table
from tests.postgres import new_database

T = TypeVar("T")


async def on(url: str, work: Callable[[Connection], T]) -> T:
    """Do something on a connection to a database."""
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as db:
            return work(db)
    remote = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": url}, poolclass=NullPool)
    async with remote.begin() as connection:
        return await connection.run_sync(work)


@pytest.mark.slow
async def test_the_migrations_make_what_the_tables_say(prepared_url: str) -> None:
    await on(prepared_url, lambda db: command.check(schema.migrations(db)))


def _statements(db: Connection) -> set[tuple[str, ...]]:
    """Return everything that was created, as the parts of the statements that SQLite keeps, whatever their order."""
    kept = db.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")).scalars()
    ours = [sql for sql in kept if "question_words" not in sql and "alembic_version" not in sql]
    # A column that came later has a default for the rows that were there; the ports never rely on it.
    return {tuple(sorted(re.split(r"[\s,()]+", re.sub(r" DEFAULT '[^']*'", "", sql)))) for sql in ours}


@pytest.mark.slow
async def test_the_migrations_make_the_same_as_the_tables_to_the_letter_on_sqlite(
    sqlite_template: Path, sqlite_url: str
) -> None:
    await on(sqlite_url, Table.metadata.create_all)
    declared = await on(sqlite_url, _statements)
    assert await on(f"sqlite:///{sqlite_template}", _statements) == declared


def _indexes(db: Connection) -> set[str]:
    """Return the definitions of all indexes of a PostgreSQL database, partial conditions included."""
    return set(db.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")).scalars())


async def test_the_migrations_make_the_same_indexes_as_the_tables_on_postgresql(
    postgres_server: str, postgres_template: str, postgres_url: str
) -> None:
    await on(postgres_url, Table.metadata.create_all)
    declared = await on(postgres_url, _indexes)
    with new_database(postgres_server, postgres_template) as url:
        made = await on(url, _indexes)
    assert declared <= made
    assert {re.sub(r".* INDEX (\S+) .*", r"\1", one) for one in made - declared} == {
        "alembic_version_pkc",
        "ix_question_words",
    }


@pytest.mark.slow
async def test_every_installation_has_a_name_of_its_own_that_stays(database_url: str) -> None:
    name = (await schema.prepare(database_url, durable=False)).name
    assert re.fullmatch(r"[0-9a-f]{16}", name)
    assert await schema.prepare(database_url, durable=False) == schema.Installation(name)
    async with await open_store(database_url, durable=False) as store:
        assert await store.read(lambda uow: uow.instance) == name


@pytest.mark.slow
async def test_two_who_start_at_once_make_one_installation(database_url: str) -> None:
    names = await asyncio.gather(*(schema.prepare(database_url, durable=False) for _ in range(3)))
    assert len(set(names)) == 1


async def test_a_database_of_a_newer_version_is_refused_untouched(prepared_url: str) -> None:
    await on(prepared_url, lambda db: db.execute(text("UPDATE alembic_version SET version_num = 'ffff'")) and None)
    with pytest.raises(ConfigError, match="made by a newer version of Studycircle"):
        await open_store(prepared_url, durable=False)
    assert await on(prepared_url, schema.revision) == "ffff"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ann:secret@127.0.0.1:1/x", "Connect call failed"),
        ("ann:secret@127.0.0.1:99999/x", "port must be 0-65535"),
        ("ann:secret@[127/x", "Invalid IPv6 URL"),
    ],
)
async def test_a_database_that_cannot_be_reached_is_told_in_words(address: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=f"cannot reach the database that storage.url names: .*{reason}") as told:
        await open_store(f"postgresql://{address}")
    assert "secret" not in str(told.value.problems)


async def test_a_database_that_is_not_there_is_told_in_words(postgres_server: str) -> None:
    nowhere = make_url(postgres_server).set(database="nobody").render_as_string(hide_password=False)
    with pytest.raises(ConfigError, match=r"database .nobody. does not exist"):
        await open_store(nowhere)


async def test_a_server_that_takes_no_tables_is_told_in_words(postgres_url: str) -> None:
    name = make_url(postgres_url).database
    async with schema.connected(postgres_url) as connection, connection.begin():
        await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    with pytest.raises(ConfigError, match="the database may only be read"):
        await schema.prepare(postgres_url)


async def test_what_a_user_of_a_server_may_not_do_is_told_in_words(postgres_url: str) -> None:
    async def make_a_table() -> None:
        async with schema.changed(postgres_url) as connection:
            await connection.execute(text("SET LOCAL ROLE pg_monitor"))
            await connection.execute(text("CREATE TABLE anything (id int)"))

    with pytest.raises(ConfigError, match="its user may not do that"):
        await make_a_table()


def test_the_newest_migration_is_the_one_that_the_tables_describe() -> None:
    with create_engine("sqlite://").connect() as db:
        assert ScriptDirectory.from_config(schema.migrations(db)).get_heads() == [schema.HEAD]


@pytest.mark.slow
def test_a_start_with_nothing_to_migrate_leaves_alembic_alone(sqlite_template: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from storage.store import open_store\n"
        "async def start():\n"
        f"    await (await open_store({f'sqlite:///{sqlite_template}'!r})).close()\n"
        "asyncio.run(start())\n"
        "sys.exit('alembic' in sys.modules or 'asyncpg' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


async def test_a_migration_that_fails_leaves_nothing_behind(sqlite_url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "test.db") as raw:
        raw.execute("CREATE TABLE message (mine TEXT)")
    raw.close()
    with pytest.raises(Exception, match="message already exists"):
        await schema.prepare(sqlite_url, durable=False)
    assert await on(sqlite_url, lambda db: db.execute(text("SELECT name FROM sqlite_master")).scalars().all()) == [
        "message"
    ]


async def test_finding_who_goes_next_reads_no_more_than_indexes(sqlite_template: Path) -> None:
    def plan(db: Connection) -> list[str]:
        asked = (line.READY, line.TURN, line.NEXT)
        statements = [str(statement.compile(db)).replace("?", "'2027'") for statement in asked]
        return [row.detail for sql in statements for row in db.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]

    steps = await on(f"sqlite:///{sqlite_template}", plan)
    scans = {step for step in steps if step.startswith("SCAN") and "INDEX ix_post_" not in step}
    assert scans <= {"SCAN CONSTANT ROW", "SCAN ahead", "SCAN behind"}
