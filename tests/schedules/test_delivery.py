from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.local import LocalPlatform, Right
from bot.errors import DeliveryError
from bot.outbox import LEASE, LONGEST_WAIT, PostState
from schedules.book import SURPRISES
from schedules.pump import Pump
from tests.schedules.conftest import MONDAY, Failing, Scene, texts

BUSY = DeliveryError("the platform is busy")


async def test_a_failed_post_waits_twice_as_long_each_time(scene: Scene) -> None:
    scene.chat.fail_next(BUSY, times=3)
    await scene.show("Week 1")
    waits = []
    for _ in range(3):
        await scene.pump.drain()
        post = await scene.standing()
        assert (post.state, post.reason) == (PostState.DUE, "the platform is busy")
        waits.append((post.not_before - scene.clock.now()).total_seconds())
        scene.clock.move_to(post.not_before)
    assert waits == [1, 2, 4]
    await scene.pump.drain()
    assert scene.posted() == ["Week 1"]


async def test_too_many_requests_waits_the_time_that_the_platform_states(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("too many requests", retry_after=37))
    await scene.show("Week 1")
    await scene.pump.drain()
    scene.clock.move_by(timedelta(seconds=36))
    await scene.pump.drain()
    assert scene.posted() == []
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    assert scene.posted() == ["Week 1"]


async def test_a_dead_post_does_not_hold_up_its_place(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("never", permanent=True))
    await scene.show("Week 1", item=1)
    post = await scene.standing(1)
    await scene.show("Week 2", item=2)
    await scene.pump.drain()
    assert ((await scene.post(post.id)).state, scene.posted()) == (PostState.DEAD, ["Week 2"])


async def test_a_dead_post_can_be_shown_anew(scene: Scene) -> None:
    scene.javascript.deny(Right.WRITE)
    await scene.show("Week 1")
    dead = await scene.standing()
    await scene.pump.drain()
    assert (await scene.post(dead.id)).reason == "I am not allowed to write in #javascript"
    scene.javascript.allow(Right.WRITE)
    await scene.show("Week 1")
    await scene.pump.drain()
    assert scene.posted() == ["Week 1"]


async def test_a_refused_direct_message_is_dead_with_its_reason(scene: Scene) -> None:
    scene.jill.refuses_direct_messages()
    await scene.show("Hello", scene.jill)
    post = await scene.standing()
    await scene.pump.drain()
    dead = await scene.post(post.id)
    assert (dead.state, dead.reason) == (PostState.DEAD, "Jill does not take direct messages from me")
    assert scene.jill.inbox == []
    assert await scene.pump.drain() == 0


async def test_a_post_whose_time_is_over_is_not_sent(scene: Scene) -> None:
    await scene.show("The meeting is in an hour", expires_at=MONDAY + timedelta(hours=1))
    post = await scene.standing()
    scene.clock.move_by(timedelta(hours=2))
    await scene.pump.drain()
    assert ((await scene.post(post.id)).state, scene.posted()) == (PostState.EXPIRED, [])


async def test_a_message_whose_answer_was_lost_is_found_and_not_sent_again(each_scene: Scene) -> None:
    each_scene.chat.fail_next(DeliveryError("cut", sent_maybe=True), accepted=True)
    await each_scene.show("Week 1")
    await each_scene.pump.drain()
    assert (await each_scene.standing()).state is PostState.SENDING
    each_scene.clock.move_by(LEASE)
    await each_scene.pump.drain()
    post = await each_scene.standing()
    assert (post.state, post.message) == (PostState.SENT, each_scene.javascript.last.ref)
    assert each_scene.posted() == ["Week 1"]


async def test_a_message_whose_request_was_lost_is_sent_again_after_a_look(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("cut", sent_maybe=True))
    await scene.show("Week 1")
    await scene.pump.drain()
    scene.clock.move_by(timedelta(milliseconds=999))
    assert await scene.pump.drain() == 0
    scene.clock.move_by(timedelta(milliseconds=1))
    await scene.pump.drain()
    assert scene.posted() == ["Week 1"]


@pytest.mark.parametrize("accepted", [True, False])
async def test_silence_is_ended_by_the_time_out_and_looked_into_later(scene: Scene, accepted: bool) -> None:
    scene.chat.go_silent_next(accepted=accepted)
    pump = Pump(scene.store, {"local": scene.chat}, scene.clock, timeout=0.01)
    await scene.show("Week 1")
    await pump.drain()
    assert (await scene.standing()).state is PostState.SENDING
    scene.clock.move_by(LEASE)
    await pump.drain()
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


async def test_what_a_process_had_claimed_when_it_died_is_delivered_once(scene: Scene) -> None:
    await scene.show("Week 1")
    now = scene.clock.now()
    await scene.store.write(lambda uow: uow.outbox.claim(now, 10))
    assert await scene.pump.drain() == 0
    scene.clock.move_by(LEASE)
    await scene.pump.drain()
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


async def test_what_was_sent_but_could_not_be_kept_is_found(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.show("Week 1")
    await Pump(Failing(scene.store, 2), {"local": scene.chat}, scene.clock).pump_once()
    assert "cannot keep" in caplog.text
    scene.clock.move_by(LEASE)
    await scene.pump.drain()
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


async def test_a_message_that_cannot_be_looked_for_is_unknown_and_holds_up_nothing(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("cut", sent_maybe=True), where=scene.javascript)
    scene.javascript.deny(Right.READ)
    await scene.show("Week 1", item=1)
    await scene.show("Week 2", item=2)
    await scene.pump.drain()
    scene.clock.move_by(LEASE)
    await scene.pump.drain()
    post = await scene.standing(1)
    assert (post.state, post.reason) == (PostState.UNKNOWN, "I am not allowed to read the history of #javascript")
    assert scene.posted() == ["Week 2"]


async def test_what_is_taken_back_while_nobody_knows_whether_it_is_there_does_not_stand(scene: Scene) -> None:
    for number, accepted in enumerate((True, False), 1):
        scene.chat.fail_next(DeliveryError("cut", sent_maybe=True), accepted=accepted)
        await scene.show(f"Week {number}", item=number)
        await scene.pump.drain()
        await scene.take_back(number)
        scene.clock.move_by(LEASE)
        await scene.pump.drain()
    assert scene.posted() == ["Week 1"]
    assert texts(scene.javascript.messages) == []


async def test_an_adapters_bug_is_logged_and_tried_again_after_a_look(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.chat.fail_next(KeyError("ts"), accepted=True)
    await scene.show("Week 1", item=1)
    await scene.show("Week 2", scene.python, item=2)
    await scene.pump.drain()
    assert "KeyError" in caplog.text
    assert texts(scene.python.messages) == ["Week 2"]
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    assert texts(scene.javascript.messages) == ["Week 1"]


@pytest.mark.parametrize(("verb", "state"), [("send", PostState.UNKNOWN), ("edit", PostState.SENT)])
async def test_a_bug_that_stays_is_not_tried_for_ever(scene: Scene, verb: str, state: PostState) -> None:
    if verb == "edit":
        await scene.show("Week 0", item=1)
        await scene.pump.drain()
    scene.chat.fail_next(KeyError("ts"), times=SURPRISES, verb=verb)
    await scene.show("Week 1", item=1)
    await scene.show("Week 2", item=2)
    for _ in range(SURPRISES):
        await scene.pump.drain()
        scene.clock.move_by(LONGEST_WAIT)
    assert await scene.store.read(lambda uow: uow.outbox.next_at()) is None
    assert (await scene.standing(1)).state is state
    assert scene.posted()[-1] == "Week 2"


async def test_a_platform_that_is_switched_off_holds_up_no_other(scene: Scene) -> None:
    elsewhere = LocalPlatform(scene.clock, name="elsewhere").space("acme").channel("general")
    await scene.show("Week 1", elsewhere, item=1)
    await scene.show("Week 2", item=2)
    await scene.pump.drain()
    assert scene.posted() == ["Week 2"]
    assert (await scene.standing(1)).reason == "elsewhere is not switched on"


async def test_a_message_longer_than_the_platform_takes_is_dead(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.local.cards.MESSAGE_CHARACTERS", 10)
    await scene.show("Week 1: Functions")
    post = await scene.standing()
    await scene.pump.drain()
    assert (await scene.post(post.id)).reason == "a message holds 10 characters, not 18"
