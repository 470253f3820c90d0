"""The bell between processes on PostgreSQL, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import bell as module
from storage.bell import Bell

TIME = 10
"""Seconds after which a test that waits for another process gives up."""


class Hearing:
    """Counts what was heard."""

    def __init__(self) -> None:
        self.times = 0
        self._more = asyncio.Event()

    def __call__(self) -> None:
        self.times += 1
        self._more.set()

    async def until(self, enough: Callable[[int], bool]) -> None:
        async with asyncio.timeout(TIME):
            while not enough(self.times):
                self._more.clear()
                await self._more.wait()


async def ready(*bells: Bell) -> None:
    """Wait until all can hear."""
    async with asyncio.timeout(TIME):
        for bell in bells:
            await bell.connected.wait()


async def test_who_rings_is_heard_by_the_others_and_not_by_itself(postgres_url: str) -> None:
    own, other = Hearing(), Hearing()
    async with Bell(postgres_url, own) as here, Bell(postgres_url, other) as there:
        await ready(here, there)
        await other.until(lambda times: times == 1)  # what may have been rung before it listened
        here.ring()
        await other.until(lambda times: times == 2)
        there.ring()
        await own.until(lambda times: times == 2)
    assert (own.times, other.times) == (2, 2)


async def test_many_rings_at_once_are_one(postgres_url: str) -> None:
    last, other = asyncio.Event(), Hearing()
    async with Bell(postgres_url, lambda: None) as here, Bell(postgres_url, other) as there:
        await ready(here, there)
        for _ in range(1_000):
            here.ring()
        await other.until(lambda times: times == 2)
        here.ring()
        await other.until(lambda times: times == 3)
        last.set()
    assert other.times == 3


async def test_a_bell_whose_connection_breaks_connects_again_and_looks_at_what_it_missed(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.05)
    own, other = Hearing(), Hearing()
    engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": postgres_url}, poolclass=NullPool)
    async with Bell(postgres_url, own) as here, Bell(postgres_url, other) as there:
        await ready(here, there)
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'studycircle bell'"
                )
            )
        await own.until(lambda times: times == 2)
        await other.until(lambda times: times == 2)
        here.ring()
        await other.until(lambda times: times == 3)
    await engine.dispose()


@pytest.mark.slow
async def test_a_bell_without_a_server_disturbs_nobody_and_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    heard = Hearing()
    async with asyncio.timeout(TIME):
        async with Bell("postgresql://ann:secret@127.0.0.1:1/x", heard) as bell:
            bell.ring()
            await asyncio.sleep(0.1)
    assert heard.times == 0
    assert not bell.connected.is_set()
