"""Events and due items, each a unit of work of its own, and putting a bot together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Bot
from bot.chat import MessageDeleted, MessageRef
from bot.errors import CannotSave
from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from tests.bot.samples import feature, untouched, went
from tests.builders import Scene, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    went.clear()
    async with scene(sqlite_url, [feature], tmp_path) as opened:
        yield opened


# Events and due items


async def test_a_listener_that_fails_does_not_stop_the_others_and_keeps_nothing(
    js: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await js.bot.handle(MessageDeleted(MessageRef(js.home.ref, "1")))
    assert went == ["third"]
    assert await untouched(js)
    assert "first failed on MessageDeleted" in caplog.text
    assert "second refused: NotToday" in caplog.text


async def test_a_due_item_that_fails_is_undone_put_off_and_passed(js: Scene, caplog: pytest.LogCaptureFixture) -> None:
    now = js.clock.now()
    for item in (13, 14):
        await js.writes(lambda uow, item=item: uow.agenda.set(DueKind.RAISE_QUESTION, item, now, js.group.id))  # type: ignore[misc]
    assert await js.bot.tick() == 2
    await js.settle()
    assert [message.text for message in js.home.messages] == ["Raised 14 in JavaScript in three weeks"]
    assert await js.reads(lambda uow: uow.agenda.at(DueKind.RAISE_QUESTION, 13)) == now + timedelta(minutes=1)
    assert await js.reads(lambda uow: uow.agenda.at(DueKind.RAISE_QUESTION, 14)) is None
    assert await js.bot.tick() == 0


@pytest.mark.slow
async def test_a_due_item_that_always_fails_waits_ever_longer_up_to_a_day(
    js: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await js.writes(lambda uow: uow.agenda.set(DueKind.RAISE_QUESTION, 13, js.clock.now(), js.group.id))
    waits = []
    for _ in range(45):
        await js.bot.tick()
        at = await js.reads(lambda uow: uow.agenda.at(DueKind.RAISE_QUESTION, 13))
        assert at is not None
        waits.append(at - js.clock.now())
        js.clock.move_to(at)
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert set(waits[11:]) == {timedelta(days=1)}


async def test_while_nothing_can_be_saved_what_is_due_fails_in_a_line_and_stays_due(
    js: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(work: object) -> None:
        raise CannotSave("nothing was saved: the disk is full")

    await js.writes(lambda uow: uow.agenda.set(DueKind.RAISE_QUESTION, 14, js.clock.now(), js.group.id))
    with monkeypatch.context() as during:
        during.setattr(js.bot.store, "write", full)
        with pytest.raises(CannotSave):
            await js.bot.tick()
    assert [record.getMessage() for record in caplog.records] == [
        "raise question of 14 failed: nothing was saved: the disk is full"
    ]
    assert caplog.records[0].exc_info is None
    assert await js.bot.tick() == 1


async def test_something_due_that_nobody_does_is_put_off(js: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await js.writes(lambda uow: uow.agenda.set("water the plants", 1, js.clock.now(), None))
    assert await js.bot.tick() == 1
    assert await js.bot.tick() == 0


# Putting a bot together


def test_two_commands_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two commands are named 'note'"):
        Bot([feature, feature], None, None, None)  # type: ignore[arg-type]


async def test_a_view_sees_the_store(js: Scene) -> None:
    group = await js.bot.read(lambda uow: uow.groups.get(js.group.id))
    assert group is not None
    assert group.state is GroupState.OPEN
