"""Titles of threads change as durably as messages do: in order, again after a fault, and not more often than wished."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.desk import Desk
from bot.errors import DeliveryError
from bot.outbox import LEASE, Post, PostState
from bot.ports import UnitOfWork
from schedules.pump import Pump
from tests.schedules.conftest import Scene, texts, threaded


async def retitle(on: Scene, title: str, post: Post | None = None) -> None:
    """Let the thread below the first item's message have another title."""
    which = post or await on.standing()

    def rename(uow: UnitOfWork) -> None:
        Desk(uow.outbox, uow.instance, on.clock.now()).rename(uow.outbox.get(which.id) or which, title)

    await on.store.write(rename)


def titles(on: Scene) -> list[str]:
    return [thread.title for thread in on.javascript.threads.values()]


async def waiting(on: Scene, below: Post) -> Post:
    """Return the new title that waits for its turn."""
    found = await on.store.write(lambda uow: uow.outbox.pending_title(below.id))
    assert found is not None
    return found


async def test_a_thread_gets_another_title_and_its_message_stays_as_it_is(each_scene: Scene) -> None:
    await each_scene.show("Why?", threaded(each_scene.javascript, "Why is it so"))
    await each_scene.pump.drain()
    await retitle(each_scene, "A question")
    await each_scene.pump.drain()
    assert titles(each_scene) == ["A question"]
    assert (each_scene.posted(), each_scene.edited()) == (["Why?"], [])


async def test_of_several_titles_the_newest_is_asked_for_alone(each_scene: Scene) -> None:
    await each_scene.show("Why?", threaded(each_scene.javascript, "first"))
    await each_scene.pump.drain()
    for title in ("second", "third", "fourth"):
        await retitle(each_scene, title)
    assert await each_scene.pump.drain() == 1
    assert titles(each_scene) == ["fourth"]
    await retitle(each_scene, "fourth")
    assert await each_scene.pump.drain() == 0


async def test_a_thread_that_is_not_there_yet_is_opened_with_the_newest_title(scene: Scene) -> None:
    await scene.show("Why?", threaded(scene.javascript, "first"))
    await retitle(scene, "second")
    assert await scene.pump.drain() == 1
    assert titles(scene) == ["second"]


async def test_what_is_shown_again_under_another_title_leaves_its_thread_as_it_is(scene: Scene) -> None:
    """Discord keeps the lines that tell of new titles, so a name in one could never be erased."""
    for title in ("Jill: Why?", "Jillian: Why?"):
        await scene.show("Why?", threaded(scene.javascript, title))
        await scene.pump.drain()
    assert titles(scene) == ["Jill: Why?"]


async def test_a_thread_outlives_its_message_and_can_still_be_renamed(each_scene: Scene) -> None:
    await each_scene.show("Why?", threaded(each_scene.javascript, "Jill: Why?"))
    await each_scene.pump.drain()
    post = await each_scene.standing()
    [thread] = each_scene.javascript.threads.values()
    await each_scene.take_back()
    await each_scene.pump.drain()
    await retitle(each_scene, "A former member", post)
    await each_scene.pump.drain()
    assert (each_scene.javascript.messages, thread.title) == ([], "A former member")


async def test_a_title_that_has_to_wait_holds_up_no_answer_and_no_edit(scene: Scene) -> None:
    """Discord takes two titles of a thread in ten minutes."""
    await scene.show("Why?", threaded(scene.javascript, "first"))
    await scene.pump.drain()
    scene.chat.fail_next(DeliveryError("Discord asks to wait", retry_after=600), verb="rename")
    await retitle(scene, "second")
    await scene.pump.drain()
    await scene.answer("Because", below=1)
    await scene.show("Why not?", threaded(scene.javascript, "second"))
    await scene.pump.drain()
    [thread] = scene.javascript.threads.values()
    assert (texts(thread.messages), scene.edited(), thread.title) == (["Because"], ["Why not?"], "first")
    await retitle(scene, "third")
    scene.clock.move_by(timedelta(seconds=599))
    assert await scene.pump.drain() == 0
    scene.clock.move_by(timedelta(seconds=1))
    assert await scene.pump.drain() == 1
    assert thread.title == "third"


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_title_whose_answer_was_lost_is_asked_for_again(scene: Scene, accepted: bool) -> None:
    await scene.show("Why?", threaded(scene.javascript, "first"))
    await scene.pump.drain()
    scene.chat.fail_next(DeliveryError("cut", sent_maybe=True), accepted=accepted, verb="rename")
    await retitle(scene, "second")
    await scene.pump.drain()
    assert titles(scene) == ["second" if accepted else "first"]
    scene.clock.move_by(timedelta(seconds=1))
    assert await scene.pump.drain() == 1
    assert titles(scene) == ["second"]


async def test_a_process_that_is_killed_leaves_the_title_to_the_next(each_scene: Scene) -> None:
    await each_scene.show("Why?", threaded(each_scene.javascript, "first"))
    await each_scene.pump.drain()
    await retitle(each_scene, "second")
    await each_scene.store.write(lambda uow: uow.outbox.claim(each_scene.clock.now(), 10))
    assert await each_scene.pump.drain() == 0
    each_scene.clock.move_by(LEASE)
    assert await each_scene.pump.drain() == 1
    assert titles(each_scene) == ["second"]


async def test_a_process_that_wakes_in_a_request_leaves_no_old_title_standing(each_scene: Scene) -> None:
    scene = each_scene
    await scene.show("Why?", threaded(scene.javascript, "first"))
    await scene.pump.drain()
    rename, asleep, woken = scene.chat.rename, asyncio.Event(), asyncio.Event()

    async def late(*asked: object) -> None:
        scene.chat.rename = rename  # type: ignore[method-assign]
        asleep.set()
        await woken.wait()
        await rename(*asked)  # type: ignore[arg-type]

    scene.chat.rename = late  # type: ignore[assignment, method-assign]
    await retitle(scene, "second")
    sleeper = asyncio.create_task(scene.pumps(timeout=60.0).pump_once())
    await asyncio.wait_for(asleep.wait(), 10)
    await retitle(scene, "third")
    scene.clock.move_by(LEASE)
    await scene.pump.drain()
    assert titles(scene) == ["third"]
    woken.set()
    await sleeper
    assert titles(scene) == ["second"]
    await scene.pump.drain()
    assert titles(scene) == ["third"]


class Untitled:
    """The same platform, with threads that have no titles."""

    def __init__(self, scene: Scene) -> None:
        self.habits, self.send = scene.chat.habits, scene.chat.send


async def test_where_threads_have_no_titles_nothing_is_asked(scene: Scene) -> None:
    pump = Pump(scene.store, {"local": Untitled(scene)}, scene.clock)  # type: ignore[dict-item]
    await scene.show("Why?", threaded(scene.javascript, "first"))
    await pump.drain()
    post = await scene.standing()
    await retitle(scene, "second")
    title = await waiting(scene, post)
    await pump.drain()
    ended = await scene.post(title.id)
    assert (ended.state, ended.reason) == (PostState.CANCELLED, "there is no thread with a title")


async def test_a_title_of_a_thread_whose_message_was_never_sent_is_no_more_wanted(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("cut", sent_maybe=True), verb="send")
    await scene.show("Why?", threaded(scene.javascript, "first"))
    await scene.pump.drain()
    post = await scene.standing()
    await scene.take_back()
    await retitle(scene, "second", post)
    title = await waiting(scene, post)
    for _ in range(3):
        scene.clock.move_by(LEASE)
        await scene.pump.drain()
    assert ((await scene.post(title.id)).state, titles(scene)) == (PostState.CANCELLED, [])
