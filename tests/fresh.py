"""Stores with all tables and nothing in them: the migrations run once in each process, not once in each test."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.ports import UnitOfWork
from storage import schema
from storage.database import Store
from storage.store import open_store

T = TypeVar("T")


class Compiled(dict[Any, Any]):
    """Statements as SQLAlchemy compiled them. Its keys begin with the dialect, of which each engine has its own."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


_compiled = Compiled()


def share_compiled(connection: Connection) -> None:
    """Let a new connection use what others compiled: compiling anew takes most of the time of a test with a store."""
    if connection.dialect.name == "sqlite":
        connection.execution_options(compiled_cache=_compiled)


async def open_fresh(url: str) -> Store[UnitOfWork]:
    """Open a store; a SQLite file that is not there yet begins as a copy of one that the migrations made."""
    if _is_to_come(url):
        _file(url).write_bytes(_with_tables())
    return await open_store(url, durable=False)


async def open_begun(url: str, begin: Callable[[UnitOfWork], T]) -> tuple[Store[UnitOfWork], T]:
    """Open a store in which this work was done; a SQLite file that is not there yet is copied from the first one."""
    if not _is_to_come(url):
        store = await open_fresh(url)
        return store, await store.write(begin)
    if begin not in _done:
        with tempfile.TemporaryDirectory() as folder:
            first = f"sqlite:///{folder}/begun.db"
            async with await open_fresh(first) as store:
                result = await store.write(begin)
            _done[begin] = (_file(first).read_bytes(), result)
    content, result = _done[begin]
    _file(url).write_bytes(content)
    return await open_fresh(url), result


_done: dict[Any, tuple[bytes, Any]] = {}
"""By a work, the file after it was done and what it returned."""


def prepared(url: str) -> str:
    """Prepare a database on a loop of its own, out of the way of pytest-asyncio's, and return its address."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, schema.prepare(url, durable=False)).result()
    return url


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _is_to_come(url: str) -> bool:
    return url.startswith("sqlite:") and not _file(url).exists()


@cache
def _with_tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        prepared(f"sqlite:///{folder}/template.db")
        return Path(folder, "template.db").read_bytes()
