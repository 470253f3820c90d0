"""Who holds the right to be connected: of a process on this machine others see whether it lives."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from adapters.discord import holder
from adapters.discord.alone import LEASE, LEASE_NAME, Alone
from bot.app import Bot
from schedules.clock import MovedClock
from tests.processes import ROOT, environment

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
PROGRAM = "from adapters.discord import holder; print(holder.holder(), flush=True); input()"


@contextmanager
def another() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Let another process run here; give it with its name."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, text=True
    ) as child:
        try:
            assert child.stdout is not None
            yield child, child.stdout.readline().strip()
        finally:
            child.kill()


def changed(name: str, part: int, to: str) -> str:
    parts = name.split(":")
    parts[part] = to
    return ":".join(parts)


@pytest.mark.slow
def test_a_process_lives_until_it_is_killed_and_also_one_whose_parent_did_not_ask_is_gone() -> None:
    assert not holder.is_gone(holder.holder())
    with another() as (child, name):
        assert not holder.is_gone(name)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert holder.is_gone(name)
        child.wait()
        assert holder.is_gone(name)


def test_whoever_got_the_number_of_a_dead_process_is_somebody_else() -> None:
    """Numbers are given again."""
    own = holder.holder()
    assert holder.is_gone(changed(own, 2, "1"))


def test_a_process_that_we_may_not_look_at_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is another user's: its number may be hidden from us."""

    def refused(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refused)
    assert not holder.is_gone(changed(holder.holder(), 2, "1"))


@pytest.mark.parametrize("name", ["", "me", "77-ab12cd34", ":1:1:ab", "somewhere else:1:1:ab"])
def test_of_one_who_is_elsewhere_nobody_here_can_tell(name: str) -> None:
    assert not holder.is_gone(name)


@pytest.mark.parametrize(("part", "to"), [(1, "-1"), (1, "x"), (1, "9" * 40), (2, "")])
def test_a_name_that_says_nothing_is_no_reason_to_take_over(part: int, to: str) -> None:
    assert not holder.is_gone(changed(holder.holder(), part, to))


def test_where_there_is_nothing_to_look_at_nobody_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Such as on another system than Linux."""
    monkeypatch.setattr(holder, "_PROC", tmp_path)
    name = holder.holder()
    assert name.startswith(f":{os.getpid()}::")
    assert not holder.is_gone(name)


def test_two_in_one_process_have_names_of_their_own() -> None:
    assert holder.holder() != holder.holder()


@pytest.mark.slow
async def test_a_process_that_was_killed_is_followed_at_once_and_one_that_lives_is_not(bot: Bot) -> None:
    right = Alone(bot.store, MovedClock(NOW), lambda uow: None)
    with another() as (child, name):
        await bot.store.write(lambda uow: uow.leases.acquire(LEASE_NAME, name, NOW, LEASE))
        assert not await right.hold()
        child.kill()
        await asyncio.to_thread(child.wait)
    assert await right.hold()
    lease = await bot.store.read(lambda uow: uow.leases.get(LEASE_NAME))
    assert lease is not None
    assert (lease.holder, lease.fence) == (right.holder, 2)
