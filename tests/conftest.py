"""What every test may ask for: a database of its own on each engine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, event

from tests.fresh import share_compiled
from tests.postgres import new_database, server_url

settings.register_profile("studycircle", deadline=None, max_examples=80, print_blob=True)
settings.register_profile("fast", deadline=None, max_examples=15, print_blob=True)
settings.load_profile("studycircle")
event.listen(Engine, "engine_connect", share_compiled)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave PostgreSQL to the whole run: its server takes time to start, and SQLite shows most mistakes."""
    for item in items:
        chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "postgresql" in chosen or "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays for the whole run: it took a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """Return the address of a real PostgreSQL that lives as long as the test run."""
    return server_url()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Return the address of an empty PostgreSQL database of this test's own."""
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the address of a SQLite file of this test's own."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database, once on each engine."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url
