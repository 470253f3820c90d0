"""`./run try`: it says where to look, keeps what was said, and ends when it is told to."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest
from aiohttp import ClientSession

pytestmark = pytest.mark.slow


async def started(*args: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "try", "--port", "0", *args, stdout=PIPE, stderr=PIPE
    )


async def address_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(90):
        line = (await process.stdout.readline()).decode()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found is not None, (line, process.returncode)
    return found[0]


async def said_in(address: str) -> str:
    async with ClientSession(address) as client, client.get("/as/jill/study-circle") as answer:
        return await answer.text()


async def ended(process: Process) -> int:
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(60):
        _, errors = await process.communicate()
    assert errors.decode() == ""
    return process.returncode or 0


async def test_what_is_kept_is_there_the_next_time_and_is_open_once(tmp_path: Path) -> None:
    file = str(tmp_path / "kept.db")
    first = await started("--keep", file)
    address = await address_of(first)
    headers = {"Origin": address.rstrip("/")}
    saying = "/do/jill?at=study-circle&do=say"
    async with (
        ClientSession(address, headers=headers) as client,
        client.post(saying, data={"line": "Is this kept?"}) as answer,
    ):
        assert answer.status == 200
    second = await started("--keep", file)
    _, errors = await second.communicate()
    assert second.returncode == 1
    assert "is open in another ./run try" in errors.decode()
    first.kill()  # no goodbye: what was said is kept already
    await first.communicate()
    again = await started("--keep", file)
    page = await said_in(await address_of(again))
    assert page.count("Is this kept?") == 1
    assert "Study group: JavaScript in five weeks" in page
    assert await ended(again) == 0


async def test_without_a_file_nothing_stays(tmp_path: Path) -> None:
    process = await started()
    assert "#study-circle" in await said_in(await address_of(process))
    assert await ended(process) == 0
