"""A store of each test's own on each engine, copied from one that the migrations made."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.ports import UnitOfWork
from storage.database import Store
from storage.store import open_store
from tests.fresh import prepared
from tests.postgres import new_database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with all tables."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    prepared(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Return the name of a PostgreSQL database with all tables."""
    with new_database(postgres_server) as url:
        yield prepared(url).rpartition("/")[2].partition("?")[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a database with all tables and nothing in them, once on each engine."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
    else:
        template = request.getfixturevalue("postgres_template")
        with new_database(request.getfixturevalue("postgres_server"), template) as url:
            yield url


@pytest.fixture
async def store(prepared_url: str) -> AsyncIterator[Store[UnitOfWork]]:
    """Return an empty store, once on each engine."""
    async with await open_store(prepared_url, durable=False) as opened:
        yield opened
