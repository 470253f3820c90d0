"""After a backup is put back: what people read since is not said to them again (0010), though it is decided anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.outlines import Shelf
from bot.app import Bot
from bot.bootstrap import FEATURES
from bot.study.members import MemberState
from schedules.pump import Pump
from storage.backup import take
from storage.restore import restore
from storage.store import open_store
from tests.builders import UNLIMITED, Scene, scene

KEPT = "kept.db"
LOOP = "/ask question:Why does my loop never end activity:1.1"


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, in which only Nadia has something open."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        await opened.writes(lambda uow: uow.agenda.clear("end group", opened.group.id))
        for name in ("jill", "priya"):
            await opened.does(name, "/submit https://code.example/1 activity:1.1")
        yield opened


def keep(path: Path) -> None:
    take(path / "test.db", path / KEPT)


@asynccontextmanager
async def put_back(before: Scene, path: Path) -> AsyncIterator[Scene]:
    """Put the backup back, and start the bot anew on the chat that went on existing."""
    await before.store.close()  # type: ignore[attr-defined]  # as when the process ends
    restore(path / KEPT, path / "test.db", before.clock.now())
    async with await open_store(f"sqlite:///{path / 'test.db'}", durable=False) as store:
        pump = Pump(store, {"local": before.chat}, before.clock, jitter=lambda: 1.0)
        bot = Bot(FEATURES, store, before.clock, Shelf(Path()), wake=pump.wake, limits=UNLIMITED)
        pump.attend(bot)
        before.chat.connect(bot)
        again = replace(before, store=store, pump=pump, bot=bot)
        await again.passes(minutes=1)  # what was due since the backup is done at once
        yield again


@pytest.mark.slow
async def test_a_reminder_that_was_read_does_not_come_again(js: Scene, tmp_path: Path) -> None:
    await js.agrees("nadia")
    await js.crowds(12)
    await js.passes(days=5)
    keep(tmp_path)
    await js.passes(days=5)
    assert len(js.inbox("nadia")) == 1

    async with put_back(js, tmp_path) as again:
        await again.passes(days=3)
        assert len(again.inbox("nadia")) == 1
        assert (await again.member("nadia")).nudges == 1

        await again.passes(days=7)
        assert len(again.inbox("nadia")) == 2


@pytest.mark.slow
async def test_a_suggestion_that_was_read_does_not_come_again(js: Scene, tmp_path: Path) -> None:
    await js.passes(days=5)
    keep(tmp_path)
    await js.passes(days=4)
    suggested = js.inbox("fela")
    assert len(suggested) == 1

    async with put_back(js, tmp_path) as again:
        await again.passes(days=1)
        assert len(again.inbox("fela")) == 1

        settled = await again.presses("fela", "Not now", again.person("fela").inbox[-1])
        assert settled.startswith("Good. I won't write to them for now either.")
        assert "Fela would rather wait." in again.inbox("fela")[0]


@pytest.mark.slow
async def test_whoever_was_welcomed_back_is_not_welcomed_again(js: Scene, tmp_path: Path) -> None:
    await js.agrees("nadia")
    await js.crowds(12)
    await js.passes(days=20)
    keep(tmp_path)
    await js.passes(days=20)
    await js.does("nadia", "/note text:I am back")
    await js.passes(days=1)
    read = js.inbox("nadia")
    assert "Good to see you again." in read[-1]

    async with put_back(js, tmp_path) as again:
        await again.passes(days=10)
        assert (await again.member("nadia")).state is MemberState.DORMANT
        await again.does("nadia", "/note text:And once more")
        await again.passes(hours=1)
        assert again.inbox("nadia") == read


@pytest.mark.slow
async def test_the_end_of_a_pause_is_told_once(js: Scene, tmp_path: Path) -> None:
    await js.does("nadia", "/pause weeks:1")
    keep(tmp_path)
    await js.passes(days=8)
    read = js.inbox("nadia")
    assert [text for text in read if text.startswith("Your pause in")] == read

    async with put_back(js, tmp_path) as again:
        await again.passes(days=2)
        assert again.inbox("nadia") == read


@pytest.mark.slow
async def test_whoever_was_asked_to_help_is_not_asked_again(js: Scene, tmp_path: Path) -> None:
    await js.changes("nadia", learning=False)
    await js.agrees("priya", "tomas")
    await js.changes("priya", offer="Loops")
    await js.does("jill", LOOP)
    keep(tmp_path)
    await js.passes(days=4)
    asked = {name: js.inbox(name) for name in ("priya", "tomas", "fela")}
    assert [len(found) for found in asked.values()] == [1, 1, 1]

    async with put_back(js, tmp_path) as again:
        await again.passes(days=4)
        assert {name: again.inbox(name) for name in asked} == asked
        assert sum(message.text.startswith("Still waiting") for message in again.home.messages) == 1


@pytest.mark.slow
async def test_a_silent_groups_owner_is_asked_once(js: Scene, tmp_path: Path) -> None:
    await js.changes("nadia", learning=False)
    group = js.group.id
    await js.writes(lambda uow: uow.agenda.set("hear from group", group, js.clock.now() + timedelta(days=10), group))
    await js.passes(days=9)
    keep(tmp_path)
    await js.passes(days=8)
    assert len(js.inbox("fela")) == 1

    async with put_back(js, tmp_path) as again:
        await again.passes(days=2)
        assert len(again.inbox("fela")) == 1
