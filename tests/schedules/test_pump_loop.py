from __future__ import annotations

import asyncio

import pytest

from adapters.local import LocalPlatform
from bot.cards import Card
from bot.chat import Address, InChannel, MessageRef
from bot.outbox import PostState
from schedules.pump import Pump
from tests.schedules.conftest import Failing, Scene


class Slow(LocalPlatform):
    """A platform that answers sends into one place only once it is let go."""

    def __init__(self, scene: Scene, place: InChannel) -> None:
        super().__init__(scene.clock)
        self.space("acme").channel("javascript")
        self.space("acme").channel("python")
        self.watch(scene.seen.append)
        self.asked = asyncio.Event()
        self.let_go = asyncio.Event()
        self.done = asyncio.Event()
        self.watch(lambda _: self.done.set())
        self._place = place

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        if to == self._place:
            self.asked.set()
            await self.let_go.wait()
        return await super().send(to, card, key=key)


@pytest.fixture
def only_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop look at the outbox when it is woken, not now and then."""
    monkeypatch.setattr("schedules.pump.SAFETY", 3_600)


@pytest.mark.usefixtures("only_woken")
async def test_a_wake_up_makes_delivery_immediate(scene: Scene) -> None:
    running = asyncio.create_task(scene.pump.run())
    await asyncio.sleep(0.05)  # the loop has found nothing and rests
    await scene.show("Week 1")
    scene.pump.wake()
    await scene.until_posted("Week 1")
    scene.pump.stop()
    await running


async def test_without_a_wake_up_the_loop_looks_now_and_then(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schedules.pump.SAFETY", 0.05)
    running = asyncio.create_task(scene.pump.run())
    await asyncio.sleep(0)
    await scene.show("Week 1")
    await scene.until_posted("Week 1")
    scene.pump.stop()
    await running


@pytest.mark.usefixtures("only_woken")
async def test_the_loop_goes_on_with_the_next_of_a_place_at_once(scene: Scene) -> None:
    for item in range(1, 6):
        await scene.show(f"Week {item}", item=item)
    running = asyncio.create_task(scene.pump.run())
    await scene.until_posted("Week 5")
    scene.pump.stop()
    await running
    assert len(scene.posted()) == 5


@pytest.mark.usefixtures("only_woken")
async def test_one_slow_place_does_not_keep_the_loop_from_others(scene: Scene) -> None:
    slow = Slow(scene, InChannel(scene.javascript.ref))
    pump = Pump(scene.store, {"local": slow}, scene.clock)
    await scene.show("Week 1", item=1)
    running = asyncio.create_task(pump.run())
    await slow.asked.wait()
    await scene.show("Week 2", scene.python, item=2)
    pump.wake()
    await slow.done.wait()
    slow.let_go.set()
    pump.stop()
    await running
    assert scene.posted() == ["Week 2", "Week 1"]


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_stopped_loop_finishes_what_is_under_way(scene: Scene, cancelled: bool) -> None:
    slow = Slow(scene, InChannel(scene.javascript.ref))
    pump = Pump(scene.store, {"local": slow}, scene.clock)
    await scene.show("Week 1", item=1)
    await scene.show("Week 2", item=2)
    running = asyncio.create_task(pump.run())
    await slow.asked.wait()
    if cancelled:
        running.cancel()
    else:
        pump.stop()
    await asyncio.sleep(0.02)
    assert not running.done()
    slow.let_go.set()
    await asyncio.wait({running})
    assert running.cancelled() == cancelled
    assert ((await scene.standing(1)).state, (await scene.standing(2)).state) == (PostState.SENT, PostState.DUE)


async def test_the_loop_survives_a_database_that_is_away(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schedules.pump.SAFETY", 0.01)
    await scene.show("Week 1")
    pump = Pump(Failing(scene.store, 1), {"local": scene.chat}, scene.clock)
    running = asyncio.create_task(pump.run())
    await scene.until_posted("Week 1")
    assert "cannot claim" in caplog.text
    pump.stop()
    await running
