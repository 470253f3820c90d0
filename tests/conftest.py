"""What every test may ask for: a database of its own on each engine."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from sqlalchemy import Engine, event

from tests.fresh import share_compiled
from tests.postgres import new_database, server_url

settings.register_profile("studycircle", deadline=None, max_examples=80, print_blob=True)
settings.register_profile("fast", deadline=None, max_examples=10, print_blob=True)
settings.load_profile("studycircle")
event.listen(Engine, "engine_connect", share_compiled)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what ./run test --fast asks for."""
    parser.addoption("--cases", type=int, metavar="N", help="of a test with more cases run N, other ones each time")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Leave PostgreSQL to the whole run: its server takes time to start, and SQLite shows most mistakes."""
    for item in items:
        chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "postgresql" in chosen or "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")
    yield  # in which those that nobody asked for go
    if config.getoption("--cases") is not None:
        draw_cases(config, items, config.getoption("--cases"))


def draw_cases(config: pytest.Config, items: list[pytest.Item], most: int) -> None:
    """Keep so many cases of each test, drawn by the seed that pytest-randomly prints."""
    tests = defaultdict(list)
    for item in items:
        tests[item.nodeid.partition("[")[0]].append(item)
    dice = Random(config.getoption("randomly_seed", 0))
    left = {item for cases in tests.values() for item in dice.sample(cases, max(0, len(cases) - most))}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


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
