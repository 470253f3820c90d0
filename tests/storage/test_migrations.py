"""A migration of a database with people in it: backed up before, all or nothing, and every row is there afterwards."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, text

from bot.bootstrap import FEATURES
from bot.errors import ConfigError
from storage import schema
from storage.backup import check
from storage.store import open_store
from tests.builders import scene
from tests.processes import PATIENCE, ROOT, environment
from tests.storage.older import as_it_was, tables, upgraded
from tests.storage.test_schema import on

OLD = "0001"
POINTS = 20
NOW = datetime(2099, 1, 1, tzinfo=UTC)


def rows(file: Path) -> set[tuple[str, int]]:
    """Return the table and the id of every row in the tables of the old schema."""
    with closing(sqlite3.connect(file)) as raw:
        there = [name for name in tables(raw) if name in OF_OLD]
        return {(name, id) for name in there for (id,) in raw.execute(f'SELECT rowid FROM "{name}"')}


OF_OLD: set[str] = set()
"""The tables of the old schema."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of the old schema with a group of which much is kept."""
    folder = tmp_path_factory.mktemp("old")
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _lived(folder)).result()
    made = as_it_was(folder / "new.db", folder / "old.db", OLD)
    with closing(sqlite3.connect(made)) as raw:
        OF_OLD.update(tables(raw))
    return made


async def _lived(folder: Path) -> None:
    async with scene(f"sqlite:///{folder / 'new.db'}", FEATURES, folder) as lived:
        await lived.open_week(1)
        await lived.does("priya", "/ask question:Why is this undefined? details:I pressed F5")
        await lived.does("jill", f"/submit activity:{await lived.activity(1)} note:my first loop")
        await lived.passes(days=8)


@pytest.fixture
def place(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(old, tmp_path / "test.db"))


@pytest.mark.slow
async def test_every_row_is_there_afterwards_and_the_bot_runs_on_it(place: Path) -> None:
    before = rows(place)
    assert len(before) > 40
    async with await open_store(f"sqlite:///{place}", durable=False) as store:
        assert await store.read(lambda uow: uow.agenda.due(NOW, 10))
    assert rows(place) >= before
    assert check(place) == schema.HEAD


@pytest.mark.slow
async def test_it_is_backed_up_before(place: Path) -> None:
    before = rows(place)
    await schema.prepare(f"sqlite:///{place}", durable=False)
    [kept] = (place.parent / "backups").iterdir()
    assert kept.name.startswith(f"test-before-{schema.HEAD}-")
    assert (check(kept), rows(kept)) == (OLD, before)
    await schema.prepare(f"sqlite:///{place}", durable=False)
    assert list((place.parent / "backups").iterdir()) == [kept]


@pytest.mark.slow
async def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    await schema.prepare(f"sqlite:///{tmp_path / 'new.db'}", durable=False)
    assert not (tmp_path / "backups").exists()


async def test_without_a_backup_nothing_is_changed(place: Path) -> None:
    (place.parent / "backups").write_text("in the way")
    with pytest.raises(ConfigError, match=r"cannot bring .* up to date: no backup was made"):
        await schema.prepare(f"sqlite:///{place}", durable=False)
    assert check(place) == OLD


@pytest.mark.slow
async def test_a_damaged_database_is_not_migrated(place: Path) -> None:
    with closing(sqlite3.connect(place)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM person")
        raw.commit()
    with pytest.raises(ConfigError, match="point at nothing"):
        await schema.prepare(f"sqlite:///{place}", durable=False)
    assert check_revision(place) == OLD


def check_revision(place: Path) -> str:
    with closing(sqlite3.connect(place)) as raw:
        return str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.slow
def test_killed_at_any_point_it_is_old_or_new_and_no_row_is_lost(old: Path, tmp_path: Path) -> None:
    """Issue 3: a migration killed at 20 points is old or new, never between, row counts kept."""
    before = rows(old)
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.killed_migration", str(old), str(tmp_path), str(POINTS)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    statements, *points = map(int, done.stdout.split())
    assert (len(set(points)), points[0], points[-1]) == (POINTS, 1, statements)
    found = {check_revision(tmp_path / str(point) / "test.db") for point in points}
    assert found <= {OLD, schema.HEAD}
    assert OLD in found
    for point in points:
        killed = tmp_path / str(point) / "test.db"
        assert rows(killed) == before if check(killed) == OLD else rows(killed) >= before
        schema.prepare_file(killed, durable=False, backups=None)
        assert check(killed) == schema.HEAD
        assert rows(killed) >= before


async def test_on_a_server_it_is_all_or_nothing(postgres_url: str) -> None:
    """Data definitions are part of a transaction on PostgreSQL, so one that breaks off has done nothing."""
    await on(postgres_url, lambda db: upgraded(db, OLD))
    person = "INSERT INTO person (id, name, created_at) VALUES (1, 'Ann', now())"
    await on(postgres_url, lambda db: db.execute(text(person)) and None)
    statements: list[str] = []
    breaks_off: list[int] = []

    def count(_: Connection, __: object, statement: str, *___: object) -> None:
        statements.append(statement)
        if len(statements) in breaks_off:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", count)
    try:
        for point in (12, 30, 50):
            statements.clear()
            breaks_off[:] = [point]
            with pytest.raises(KeyboardInterrupt):
                await schema.prepare(postgres_url)
            assert await on(postgres_url, schema.revision) == OLD
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    await schema.prepare(postgres_url)
    assert await on(postgres_url, schema.revision) == schema.HEAD
    assert await on(postgres_url, lambda db: db.execute(text("SELECT name FROM person")).scalars().all()) == ["Ann"]
