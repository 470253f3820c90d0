"""Texts go whole or not at all, whatever fails, ends or is restored meanwhile (P13, S6)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.cards import card
from bot.faultpoints import arm
from bot.ids import code
from bot.outbox import PostState
from bot.ports import UnitOfWork
from schedules.pump import Pump
from storage import forgotten
from storage.backup import take
from storage.texts import SqlTexts
from tests.builders import Scene, restored, scene
from tests.features.terms import (
    CANARY,
    a_busy_week,
    begins,
    ends,
    group,
    left,
    on_each_database,
    on_sqlite,
    sets,
    shown,
)

js, quick = on_each_database, on_sqlite


@pytest.mark.slow
async def test_a_step_that_fails_leaves_all_and_the_next_try_none(js: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_busy_week(js)
    await ends(js)
    await sets(js, 1)
    whole = await left(js)
    empty = SqlTexts.empty

    def dies(self: SqlTexts, *given: object) -> None:
        empty(self, *given)  # type: ignore[arg-type]
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(SqlTexts, "empty", dies)
    await js.passes(days=40)
    assert await left(js) >= whole - {"post.card", "post.to"}
    assert (await group(js)).emptied_at is None

    monkeypatch.setattr(SqlTexts, "empty", empty)
    await js.passes(days=2)
    assert await left(js) == set()


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.slow
@pytest.mark.parametrize("point", ["delivery: before the send", "delivery: sent", "delivery: kept"])
async def test_wherever_the_process_ends_while_messages_go_all_of_them_go(quick: Scene, point: str) -> None:
    js = quick
    await a_busy_week(js)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=20)
    await js.passes(days=10)
    times = iter(range(2))

    def end(name: str) -> None:
        if name == point and next(times, None) is not None:
            raise Crash

    arm(end)
    try:
        for _ in range(3):
            try:
                await js.passes(days=15)
            except Crash:
                continue
    finally:
        arm(None)
    await js.passes(days=10)

    assert CANARY not in shown(js)
    assert await left(js) == set()


@pytest.mark.slow
async def test_what_waits_for_a_platform_that_is_away_is_not_said_any_more(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    await js.agrees("jill")
    await js.does("jill", "/ask How long is a pieceCANARY of string")
    again, js.pump = js.pump, Pump(js.store, {}, js.clock)  # the platform is away
    await js.does("jill", "/submit https://code.example/CANARY-late note:CANARY late activity:1.1")
    [*_, asked] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    await js.calls("priya", "answer", question=code(asked.id), text="CANARY Twice half of it")
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)
    assert (await group(js)).emptied_at is not None
    assert await left(js) == set()

    js.pump = again
    await js.passes(days=1)
    assert CANARY not in shown(js)
    assert "stood here" not in "".join(js.inbox("jill"))


async def test_what_is_on_its_way_while_texts_go_keeps_none(quick: Scene) -> None:
    js = quick
    await a_busy_week(js)
    js.pump = Pump(js.store, {}, js.clock)
    await js.does("jill", "/submit https://code.example/CANARY-late note:CANARY late activity:1.1")
    now = js.clock.now() + timedelta(days=1)

    def goes(uow: UnitOfWork) -> set[PostState]:
        under_way = uow.outbox.claim(now, 100)
        uow.texts.empty(js.group.id, card("", "Gone"), now)
        return {post.state for post in under_way}

    assert await js.writes(goes) == {PostState.SENDING}
    assert "post.card" not in await left(js)


async def test_many_messages_go_a_few_at_a_time(quick: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    js = quick
    monkeypatch.setattr("bot.features.retention.going.BATCH", 2)
    await a_busy_week(js)
    await ends(js)
    await sets(js, 1)
    await js.passes(days=60)

    assert await left(js) == set()
    assert CANARY not in shown(js)


@pytest.mark.slow
async def test_after_a_restore_nothing_goes_before_it_was_told_once_more(sqlite_url: str, tmp_path: Path) -> None:
    """S6: since the backup somebody may have wished that all stays, and nobody would read of its end."""
    place, backup = tmp_path / "test.db", tmp_path / "mine.db"
    async with scene(sqlite_url, FEATURES, tmp_path) as js:
        await js.open_week(1)
        await begins(js)
        await a_busy_week(js)
        await ends(js)
        await sets(js, 1)
        await js.passes(days=25)
        assert "goes soon" in shown(js)
        take(place, backup)
        await sets(js, 0)
        await js.passes(days=30)
        assert "goes soon" not in shown(js)
    async with restored(js, backup, place, FEATURES) as again:
        await again.passes(minutes=1)
        await again.passes(days=13)
        assert "submission.note" in await left(again)
        assert "goes soon" in shown(again)
        await again.passes(days=2)
        assert await left(again) == set()


async def test_texts_that_a_backup_brings_back_go_again(sqlite_url: str, tmp_path: Path) -> None:
    """S6: a restored database has its own agenda, and the term is as it was."""
    place, backup = tmp_path / "test.db", tmp_path / "mine.db"
    async with scene(sqlite_url, FEATURES, tmp_path) as js:
        await js.open_week(1)
        await begins(js)
        await a_busy_week(js)
        await ends(js)
        await sets(js, 1)
        take(place, backup)
        await js.passes(days=60)
        assert await left(js) == set()
    async with restored(js, backup, place, FEATURES) as again:
        assert await left(again) != set()
        await again.passes(minutes=1)
        await again.passes(days=20)
        assert (await group(again)).emptied_at is not None
    assert forgotten.cleared(place)
    assert CANARY.encode() not in place.read_bytes()
