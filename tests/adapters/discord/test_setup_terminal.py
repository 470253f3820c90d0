"""The set-up as people run it: the program in a terminal, with a Discord on this machine."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.command_line.discord import LEAVE
from tests.adapters.discord.test_setup import POST, TOKEN
from tests.fakes.discord import FakeDiscord
from tests.processes import PATIENCE, command, environment

pytestmark = pytest.mark.slow  # each starts the program


_LAUNCH = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
"""Makes the terminal the program's own, so that Ctrl-C and questions for secrets go through it."""


class Screen:
    """A terminal of its own with a program in it; `text` is all that it has shown."""

    def __init__(self, child: asyncio.subprocess.Process, ours: int) -> None:
        self.text = ""
        self._child = child
        self._ours = ours
        self._seen = 0
        self._new = asyncio.Event()
        os.set_blocking(ours, False)
        asyncio.get_running_loop().add_reader(ours, self._read)

    def _read(self) -> None:
        with suppress(OSError):  # nothing is there now, or the program has ended
            self.text += os.read(self._ours, 65536).decode(errors="replace").replace("\r\n", "\n")
        self._new.set()

    async def _until(self, words: str, within: float) -> bool:
        """Return whether words are shown in time that were not there before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while words not in self.text[self._seen :]:
                    self._new.clear()
                    await self._new.wait()
        return words in self.text[self._seen :]

    async def type(self, after: str, keys: str) -> None:
        """Type keys once words are shown."""
        assert await self._until(after, PATIENCE), f"{after!r} never came after\n{self.text}"
        self._seen = self.text.index(after, self._seen) + len(after)
        os.write(self._ours, keys.encode())

    async def interrupt(self, after: str) -> None:
        """Press Ctrl-C once words are shown, and again where it came before the program began to wait for keys."""
        await self.type(after, "\x03")
        for _ in range(10):
            if await self._until(LEAVE, PATIENCE / 10):
                return
            os.write(self._ours, b"\x03")
        pytest.fail(f"it does not stop after\n{self.text}")

    async def ended(self) -> int:
        """Return the exit status of the program, after all that it has shown is read."""
        async with asyncio.timeout(PATIENCE):
            status = await self._child.wait()
        self._read()
        return status

    async def close(self) -> None:
        """Take the terminal away; a program that still runs is ended."""
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)
        if self._child.returncode is None:
            self._child.kill()
            await self._child.wait()


@asynccontextmanager
async def screen(*args: str, cwd: Path, **extra: str) -> AsyncIterator[Screen]:
    """Start the program in a terminal."""
    ours, theirs = pty.openpty()
    launch = [sys.executable, "-c", _LAUNCH, *command(*args)]
    child = await asyncio.create_subprocess_exec(
        *launch, cwd=cwd, env=environment(extra), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = Screen(child, ours)
    try:
        yield shown
    finally:
        await shown.close()


async def test_it_can_be_stopped_with_ctrl_c_and_run_again_in_a_terminal(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.world.application.token = TOKEN
        makers = fake.world.add_guild("Makers", fake.world.add_user("fela"), with_bot=False)
        circle = fake.world.add_channel(makers, "circle")
        there = {"STUDYCIRCLE_DISCORD__API_URL": fake.api_url, "STUDYCIRCLE_DISCORD__GATEWAY_URL": fake.gateway_url}
        async with screen("setup", "discord", cwd=tmp_path, **there) as first:
            await first.type("Paste the token here; it is not shown: ", f"{TOKEN}\n")
            await first.type("Number [1]: ", "\n")
            await first.type("Write it? [Y/n]: ", "\n")
            await first.interrupt("Waiting until the bot has joined")
            assert await first.ended() == 130
        async with screen("setup", "discord", cwd=tmp_path, **there) as second:
            await second.interrupt("Go on with it? [Y/n]: ")
            assert await second.ended() == 130
        fake.world.invite(makers)
        async with screen("setup", "discord", cwd=tmp_path, **there) as third:
            await third.type("Go on with it? [Y/n]: ", "y\n")
            await third.type("Number [1]: ", "1\n")
            await third.type("Number [1]: ", "\n")
            await third.type("for everybody there to see? [Y/n]: ", "y\n")
            await third.type("Take it away again? [Y/n]: ", "n\n")
            assert await third.ended() == 0
        for stopped in (first, second):
            assert stopped.text.rstrip().endswith(LEAVE)
        assert re.search(r"Done\. Start the bot with ./run bot\nThen type /study setup in #circle", third.text)
        shown = first.text + second.text + third.text
        assert TOKEN not in shown
        assert "Traceback" not in shown
        assert "Warning" not in shown
        assert len(circle.messages) == len(fake.recorder.to(POST)) == 1


async def test_where_the_input_ends_it_stops_and_leaves_nothing(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *command("setup", "discord"),
        cwd=tmp_path,
        env=environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # else it would ask at the terminal that the tests run in
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await child.communicate()
    assert child.returncode == 130
    assert out.decode().endswith(f"{LEAVE}\n")
    assert b"Traceback" not in err
    assert os.listdir(tmp_path) == []
