"""J10: whatever goes wrong on the way, each message is there once, in its place's order, and none is missing."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryError
from bot.faultpoints import arm
from bot.outbox import PostState
from bot.ports import Habits
from schedules.book import SURPRISES
from tests.schedules.conftest import Scene, a_scene, texts

SECOND = timedelta(seconds=1)
WAYS = {
    "looked for": Habits(settles=20 * SECOND, readings=2, apart=10 * SECOND),
    "same key": Habits(same_key=60 * SECOND, settles=20 * SECOND),
}
FAULTS = {
    "refused": (DeliveryError("refused"), False),
    "busy": (DeliveryError("too many requests", retry_after=7), False),
    "cut": (DeliveryError("cut", sent_maybe=True), False),
    "taken, then cut": (DeliveryError("cut", sent_maybe=True), True),
    "a bug": (KeyError("ts"), False),
    "taken, then a bug": (KeyError("ts"), True),
}
POINTS = (
    "delivery: claimed",
    "delivery: before the send",
    "delivery: sent",
    "delivery: looked",
    "delivery: next try kept",
    "delivery: before it is kept",
    "delivery: kept",
    "sweep: begun",
    "sweep: kept",
)
STEPS = st.one_of(
    st.sampled_from(sorted(FAULTS)),
    st.sampled_from(POINTS),
    st.sampled_from(["show", "round", "round", "two at once"]),
    st.integers(1, 70),
)


def _few_bugs(steps: list[str | int]) -> bool:
    """Say whether a platform's bugs stay below the number at which a post is given up."""
    return sum("bug" in str(step) for step in steps) < SURPRISES


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25)
@given(steps=st.lists(STEPS, min_size=3, max_size=25).filter(_few_bugs))
def test_each_message_is_there_once_whatever_goes_wrong(way: str, steps: list[str | int]) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with a_scene(f"sqlite:///{folder}/test.db") as scene:
                scene.chat.habits = WAYS[way]
                shown = await _play(scene, steps)
                await _calm_down(scene)
                wanted = [f"Week {number}" for number in range(1, shown + 1)]
                assert (texts(scene.javascript.messages), scene.posted()) == (wanted, wanted)
                states = [(await scene.standing(number)).state for number in range(1, shown + 1)]
                assert set(states) <= {PostState.SENT}

    asyncio.run(play())


async def _play(scene: Scene, steps: list[str | int]) -> int:
    """Do what the steps say, and return how many messages are to be there."""
    shown = 1
    await scene.show("Week 1", item=1)
    for step in steps:
        if isinstance(step, int):
            scene.clock.move_by(step * SECOND)
        elif step == "show":
            shown += 1
            await scene.show(f"Week {shown}", item=shown)
        elif step == "round":
            await scene.pump.pump_once()
        elif step == "two at once":
            await asyncio.gather(scene.pumps().pump_once(), scene.pumps().pump_once())
        elif step in FAULTS:
            error, accepted = FAULTS[step]
            scene.chat.fail_next(error, accepted=accepted, verb="send")
        else:
            await _dies(scene, step)
    return shown


async def _dies(scene: Scene, point: str) -> None:
    """Let a process end at a fault point, if it comes there."""

    def end(name: str) -> None:
        if name == point:
            raise Crash

    arm(end)
    try:
        await scene.pumps().pump_once()
    except Crash:
        pass
    finally:
        arm(None)


async def _calm_down(scene: Scene) -> None:
    """Let time pass until nothing waits any more."""
    for _ in range(200):
        await scene.pump.drain()
        ahead = await scene.store.read(lambda uow: uow.outbox.next_at())
        if ahead is None:
            return
        scene.clock.move_to(max(ahead, scene.clock.now() + SECOND))
    raise AssertionError("something waits for ever")
