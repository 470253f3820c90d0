"""J10: a copy that slips through all the same is removed within a minute, and counted."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.local import Right
from bot.cards import Card
from bot.chat import InChannel, MessageRef
from bot.desk import Desk
from bot.errors import DeliveryError
from bot.outbox import LEASE, Post, PostState
from bot.ports import Habits, UnitOfWork
from schedules.book import FIRST_SWEEP, LAST_SWEEP, next_sweep
from tests.schedules.conftest import MONDAY, Scene, texts

CUT = DeliveryError("cut", sent_maybe=True)
MINUTE = timedelta(minutes=1)


async def a_copy(scene: Scene) -> None:
    """Let a second message stand under the key of the first week's post, as a frozen request would leave it."""
    post = await scene.standing()
    assert post.card is not None
    await scene.chat.send(InChannel(scene.javascript.ref), post.card, key=post.key)


async def sent_twice(scene: Scene) -> Post:
    """Return a post that was sent once more, as its first message was not to be seen in time."""
    scene.chat.fail_next(CUT)
    await scene.show("Week 1")
    await scene.pump.drain()
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    return await scene.standing()


async def test_one_clean_answer_needs_no_sweep(scene: Scene) -> None:
    await scene.show("Week 1")
    await scene.pump.drain()
    post = await scene.standing()
    assert (post.sends, post.sweep_at) == (1, None)
    assert await scene.store.read(lambda uow: uow.outbox.next_at()) is None


async def test_a_copy_that_shows_late_is_gone_within_a_minute_and_the_stored_message_stays(
    each_scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    post = await sent_twice(each_scene)
    assert (post.sends, post.sweep_at) == (2, each_scene.clock.now() + FIRST_SWEEP)
    await a_copy(each_scene)
    each_scene.clock.move_by(MINUTE)
    await each_scene.pump.drain()
    healed = await each_scene.standing()
    assert [message.ref for message in each_scene.javascript.messages] == [post.message]
    assert healed.healed == 1
    assert "a copy of post" in caplog.text


async def test_a_message_that_is_found_twice_loses_its_copy_at_once(scene: Scene) -> None:
    scene.chat.fail_next(CUT, accepted=True)
    await scene.show("Week 1")
    await scene.pump.drain()
    await a_copy(scene)
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    post = await scene.standing()
    assert ([message.ref for message in scene.javascript.messages], post.healed) == ([post.message], 1)


async def test_sweeps_come_at_growing_distances_for_two_days(scene: Scene) -> None:
    post = await sent_twice(scene)
    assert post.last_try_at is not None
    times = []
    while (at := (await scene.standing()).sweep_at) is not None:
        times.append((at - post.last_try_at).total_seconds())
        scene.clock.move_to(at)
        await scene.pump.drain()
    assert times[:4] == [30, 60, 120, 240]
    assert timedelta(seconds=times[-1]) >= LAST_SWEEP
    assert len(times) < 16


async def test_a_sweep_survives_a_process_that_died_in_it(scene: Scene) -> None:
    await sent_twice(scene)
    await a_copy(scene)
    scene.clock.move_by(MINUTE)
    claim = await scene.pumps()._book.claim(1)  # and is never heard of again
    assert len(claim.sweeps) == 1
    await scene.pump.drain()
    assert len(scene.javascript.messages) == 2
    scene.clock.move_by(LEASE)
    await scene.pump.drain()
    assert len(scene.javascript.messages) == 1


async def test_a_sweep_that_cannot_read_comes_again(scene: Scene) -> None:
    await sent_twice(scene)
    await a_copy(scene)
    scene.javascript.deny(Right.READ)
    scene.clock.move_by(MINUTE)
    await scene.pump.drain()
    scene.javascript.allow(Right.READ)
    scene.clock.move_by(MINUTE)
    await scene.pump.drain()
    assert len(scene.javascript.messages) == 1


async def test_a_process_that_wakes_after_its_send_removes_its_copy(each_scene: Scene) -> None:
    await each_scene.show("Week 1")
    sleeper = each_scene.pumps()
    claim = await sleeper._book.claim(1)
    [errand] = claim.errands
    late = await sleeper._courier.deliver(errand)  # its message is there, and then it sleeps
    assert late is not None
    for message in list(each_scene.javascript.messages):
        message.key += " not to be found yet"
    each_scene.clock.move_by(LEASE)
    await each_scene.pump.drain()
    assert len(each_scene.javascript.messages) == 2
    assert not (await sleeper._book.keep(late)).ours
    assert late.message is not None
    await sleeper._courier.heal(errand, late.message)
    post = await each_scene.standing()
    assert ([one.ref for one in each_scene.javascript.messages], post.healed) == ([post.message], 1)


async def test_a_process_that_wakes_in_an_edit_leaves_nothing_old_standing(each_scene: Scene) -> None:
    """It looked whether the edit was its own, slept, and then showed what others had shown something newer after."""
    await each_scene.show("draft")
    await each_scene.pump.drain()
    await each_scene.show("better")
    sleeper = each_scene.pumps()
    claim = await sleeper._book.claim(1)
    edit, asleep, woken = each_scene.chat.edit, asyncio.Event(), asyncio.Event()

    async def late(message: MessageRef, shown: Card) -> None:
        each_scene.chat.edit = edit  # type: ignore[method-assign]
        asleep.set()
        await woken.wait()
        await edit(message, shown)

    each_scene.chat.edit = late  # type: ignore[assignment, method-assign]
    waking = asyncio.create_task(sleeper._carry(claim.errands[0]))
    await asleep.wait()
    each_scene.clock.move_by(LEASE)
    await each_scene.show("best")
    await each_scene.pump.drain()
    woken.set()
    await waking
    await each_scene.pump.drain()
    assert texts(each_scene.javascript.messages) == ["best"]


async def test_a_process_that_wakes_while_another_delivers_leaves_a_sweep(scene: Scene) -> None:
    await scene.show("Week 1")
    sleeper = scene.pumps()
    claim = await sleeper._book.claim(1)
    [errand] = claim.errands
    scene.clock.move_by(LEASE)
    now = scene.clock.now()
    await scene.store.write(lambda uow: uow.outbox.claim(now, 1))
    copy = await scene.chat.send(errand.to, errand.post.card, key="lost")  # type: ignore[arg-type]
    await sleeper._courier.heal(errand, copy)
    assert (await scene.standing()).sweep_at == now + FIRST_SWEEP


async def test_a_message_that_is_found_of_a_post_that_was_given_up_is_its_message(each_scene: Scene) -> None:
    await each_scene.show("Week 1")
    post = await each_scene.standing()
    each_scene.chat.fail_next(CUT, accepted=True)
    each_scene.chat.fail_next(DeliveryError("I may not read this", permanent=True), verb="find")
    await each_scene.pump.drain()
    each_scene.clock.move_by(timedelta(seconds=1))
    await each_scene.pump.drain()
    assert (await each_scene.standing()).state is PostState.UNKNOWN

    def look_later(uow: UnitOfWork) -> None:
        uow.outbox.sweep(post.id, each_scene.clock.now())

    await each_scene.store.write(look_later)
    await each_scene.pump.drain()
    adopted = await each_scene.standing()
    assert (adopted.state, adopted.message) == (PostState.SENT, each_scene.javascript.last.ref)
    ref = each_scene.javascript.last.ref
    assert await each_scene.store.read(lambda uow: uow.outbox.shown_by(ref)) is not None


async def test_a_message_that_somebody_saw_is_not_taken_for_a_copy(scene: Scene) -> None:
    """A process that wakes after the question was answered leaves a sweep, which is not to remove what was seen."""
    await scene.show("Week 1")
    sleeper = scene.pumps()
    claim = await sleeper._book.claim(1)
    [errand] = claim.errands
    late = await sleeper._courier.deliver(errand)  # its message is there, and then it sleeps
    assert late is not None
    assert late.message is not None
    scene.clock.move_by(LEASE)
    scene.chat.fail_next(DeliveryError("I may not read this", permanent=True), verb="find")
    await scene.pump.drain()
    unknown = await scene.standing()
    assert unknown.state is PostState.UNKNOWN
    await scene.store.write(lambda uow: Desk(uow.outbox, uow.instance, scene.clock.now()).is_there(unknown))
    await sleeper._courier.heal(errand, late.message)
    scene.clock.move_by(MINUTE)
    await scene.pump.drain()
    post = await scene.standing()
    assert (texts(scene.javascript.messages), post.message) == (["Week 1"], late.message)


async def test_a_copy_that_the_platform_swallows_is_none(scene: Scene) -> None:
    scene.chat.habits = Habits(same_key=MINUTE, settles=timedelta(seconds=20))
    scene.chat.fail_next(CUT, accepted=True)
    await scene.show("Week 1")
    for _ in range(70):
        await scene.pump.drain()
        scene.clock.move_by(timedelta(seconds=1))
    assert (texts(scene.javascript.messages), (await scene.standing()).healed) == (["Week 1"], 0)


def test_the_next_sweep_is_never_sooner_than_half_a_minute(scene_post: Post) -> None:
    assert next_sweep(scene_post, MONDAY) == MONDAY + FIRST_SWEEP
    assert next_sweep(scene_post, MONDAY + timedelta(hours=3)) == MONDAY + timedelta(hours=6)
    assert next_sweep(scene_post, MONDAY + LAST_SWEEP) is None


@pytest.fixture
def scene_post() -> Post:
    from dataclasses import replace

    from tests.storage.samples import post

    return replace(post(1), last_try_at=MONDAY)
