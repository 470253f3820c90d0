from __future__ import annotations

import asyncio
from datetime import timedelta

from adapters.local import LocalPlatform
from bot.chat import About
from bot.errors import DeliveryError
from bot.ids import PersonId
from bot.outbox import PostState
from bot.study.people import Account, Person
from schedules.pump import Pump
from tests.schedules.conftest import MONDAY, Scene, texts, threaded

BUSY = DeliveryError("the platform is busy")


async def test_what_was_laid_down_is_posted_and_known_by_its_item(each_scene: Scene) -> None:
    jill = Person(PersonId(7), "Jill", MONDAY)
    account = Account(8, each_scene.jill.account, jill.id, "Jill", MONDAY)
    await each_scene.store.write(lambda uow: uow.people.add(jill, account))
    await each_scene.show("Week 1", owner=jill.id)
    await each_scene.pump.drain()
    post = await each_scene.standing()
    assert (post.state, post.sent_at, texts(each_scene.javascript.messages)) == (PostState.SENT, MONDAY, ["Week 1"])
    ref = each_scene.javascript.last.ref
    known = await each_scene.store.read(lambda uow: uow.outbox.shown_by(ref))
    assert known is not None
    assert (known.about, known.owner, known.post, known.thread) == (About("week", 1), 7, post.id, None)


async def test_the_thread_below_a_message_is_known_by_its_item(scene: Scene) -> None:
    await scene.show("Who knows?", threaded(scene.javascript))
    await scene.pump.drain()
    thread = scene.javascript.last.thread
    assert thread is not None
    ref = thread.ref
    known = await scene.store.read(lambda uow: uow.outbox.thread_of(ref))
    assert known is not None
    assert known.about == About("week", 1)


async def test_posts_of_one_place_go_out_in_the_order_in_which_they_were_written(scene: Scene) -> None:
    for item in range(1, 6):
        await scene.show(f"Week {item}", item=item)
    await scene.pump.drain()
    assert texts(scene.javascript.messages) == [f"Week {item}" for item in range(1, 6)]


async def test_a_place_that_fails_keeps_its_order_and_holds_up_no_other(each_scene: Scene) -> None:
    each_scene.chat.fail_next(BUSY, where=each_scene.javascript)
    for item in (1, 2, 3):
        await each_scene.show(f"Week {item}", each_scene.javascript, each_scene.python, item=item)
    await each_scene.pump.drain()
    assert texts(each_scene.javascript.messages) == []
    assert texts(each_scene.python.messages) == ["Week 1", "Week 2", "Week 3"]
    each_scene.clock.move_by(timedelta(seconds=1))
    await each_scene.pump.drain()
    assert texts(each_scene.javascript.messages) == ["Week 1", "Week 2", "Week 3"]


async def test_a_changed_card_that_was_not_sent_yet_is_posted_as_it_is_now(scene: Scene) -> None:
    await scene.show("Week 1")
    await scene.show("Week 1, with a link")
    await scene.pump.drain()
    assert (scene.posted(), scene.edited()) == (["Week 1, with a link"], [])


async def test_several_changes_become_one_edit(each_scene: Scene) -> None:
    await each_scene.show("draft")
    await each_scene.pump.drain()
    for words in ("better", "good", "perfect"):
        await each_scene.show(words)
    await each_scene.pump.drain()
    assert (each_scene.posted(), each_scene.edited()) == (["draft"], ["perfect"])


async def test_an_edit_waits_for_the_message_that_it_edits(scene: Scene) -> None:
    scene.chat.fail_next(BUSY)
    await scene.show("draft")
    await scene.pump.drain()
    await scene.show("perfect")
    assert await scene.pump.drain() == 0
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    assert texts(scene.javascript.messages) == ["perfect"]


async def test_an_edit_of_a_message_that_somebody_deleted_is_dead(scene: Scene) -> None:
    await scene.show("draft")
    await scene.pump.drain()
    await scene.chat.delete(scene.javascript.last.ref)
    await scene.show("perfect")
    assert await scene.pump.drain() == 1
    assert await scene.pump.drain() == 0
    assert texts(scene.javascript.messages) == []


async def test_what_is_taken_back_before_it_was_sent_is_never_sent(scene: Scene) -> None:
    await scene.show("Week 1")
    await scene.take_back()
    await scene.pump.drain()
    assert scene.posted() == []


async def test_what_is_taken_back_after_a_failed_try_is_never_sent(scene: Scene) -> None:
    scene.chat.fail_next(BUSY)
    await scene.show("Week 1")
    await scene.pump.drain()
    await scene.take_back()
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    assert scene.posted() == []
    assert await scene.store.read(lambda uow: uow.outbox.next_at()) is None


async def test_what_is_taken_back_later_is_deleted_and_forgotten(each_scene: Scene) -> None:
    await each_scene.show("Week 1")
    await each_scene.pump.drain()
    ref = each_scene.javascript.last.ref
    await each_scene.take_back()
    await each_scene.pump.drain()
    assert texts(each_scene.javascript.messages) == []
    assert await each_scene.store.read(lambda uow: uow.outbox.shown_by(ref)) is None


async def test_an_answer_stands_in_the_thread_of_what_it_answers(scene: Scene) -> None:
    await scene.show("Who knows?", threaded(scene.javascript))
    await scene.answer("I do", below=1)
    await scene.pump.drain()
    thread = scene.javascript.last.thread
    assert thread is not None
    assert texts(thread.messages) == ["I do"]


async def test_an_answer_to_a_message_without_a_thread_stands_below_it_in_the_channel(scene: Scene) -> None:
    await scene.show("Week 1")
    await scene.answer("One more thing", below=1)
    await scene.pump.drain()
    assert texts(scene.javascript.messages) == ["Week 1", "One more thing"]


async def test_an_answer_to_a_dead_post_is_cancelled(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("never", permanent=True))
    await scene.show("Who knows?")
    await scene.answer("I do", below=1)
    await scene.pump.drain()
    assert (scene.posted(), await scene.pump.drain()) == ([], 0)


async def test_each_post_goes_to_the_platform_of_its_address(scene: Scene) -> None:
    other = LocalPlatform(scene.clock, name="other")
    there = other.space("acme").channel("general")
    await scene.show("Week 1", scene.javascript, there)
    await Pump(scene.store, {"local": scene.chat, "other": other}, scene.clock).drain()
    assert texts(scene.javascript.messages) == texts(there.messages) == ["Week 1"]


async def test_two_pumps_deliver_each_post_once_and_in_order(each_scene: Scene) -> None:
    channels = [each_scene.chat.space("acme").channel(name) for name in "abcde"]
    for item in range(1, 9):
        await each_scene.show(f"Week {item}", *channels, item=item)
    pumps = [Pump(each_scene.store, {"local": each_scene.chat}, each_scene.clock) for _ in range(2)]
    while sum(await asyncio.gather(*(pump.pump_once() for pump in pumps))):
        pass
    assert [texts(channel.messages) for channel in channels] == [[f"Week {item}" for item in range(1, 9)]] * 5
