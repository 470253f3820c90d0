"""Supervisors ask whether the process lives, and whether it can work."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import pytest

from adapters.web import health
from adapters.web.health import Check
from adapters.web.server import Server


async def fine() -> None:
    return


async def broken() -> None:
    raise RuntimeError("postgresql://circle:secret@db is away")


async def hangs() -> None:
    await asyncio.sleep(60)


async def asked(path: str, **checks: Check) -> tuple[int, object]:
    """Return how a server with these checks answers."""
    server = Server("127.0.0.1", 0, health.routes(checks))
    await server.start()
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{server.port}{path}") as answer,
        ):
            return answer.status, await answer.json() if answer.content_type == "application/json" else answer.status
    finally:
        await server.stop()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)


async def test_a_process_that_answers_lives_whatever_else_is_broken() -> None:
    assert await asked("/healthz", database=broken) == (200, {"status": "ok"})


async def test_it_is_ready_when_every_check_passes() -> None:
    assert await asked("/readyz", database=fine, local=fine) == (200, {"status": "ok", "database": "ok", "local": "ok"})


async def test_a_check_that_fails_is_named_and_its_details_are_in_the_log_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await asked("/readyz", database=broken, local=fine)
    assert answer == (503, {"status": "not ready", "database": "failing", "local": "ok"})
    assert "the check database fails" in caplog.text


async def test_a_check_that_hangs_fails() -> None:
    assert await asked("/readyz", database=hangs) == (503, {"status": "not ready", "database": "failing"})


async def test_other_pages_are_not_there() -> None:
    assert (await asked("/"))[0] == 404


async def test_an_address_that_is_taken_is_an_os_error() -> None:
    first = Server("127.0.0.1", 0, [])
    await first.start()
    second = Server("127.0.0.1", first.port, [])
    with pytest.raises(OSError, match="in use"):
        await second.start()
    await second.stop()
    await first.stop()
