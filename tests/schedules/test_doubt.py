"""J10: a message of which nobody knows whether it arrived is looked for, and sent again only where it is not there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from adapters.local import Right
from bot.chat import About, Address, MessageRef
from bot.errors import DeliveryError, MessageGone
from bot.faultpoints import arm
from bot.outbox import LEASE, LONGEST_WAIT, Post, PostState
from bot.ports import Habits
from schedules.book import SURPRISES, Book
from schedules.delivery import LOOKS
from schedules.pump import Pump
from tests.schedules.conftest import MONDAY, Scene, texts

SECOND = timedelta(seconds=1)
WEEK = About("week", 1)
CUT = DeliveryError("cut", sent_maybe=True)
SLACK = Habits(settles=20 * SECOND, readings=2, apart=10 * SECOND)
DISCORD = Habits(same_key=60 * SECOND, settles=20 * SECOND)


class Crash(BaseException):
    """The process ends here."""


async def crash_at(scene: Scene, point: str) -> None:
    """Let a process end at a fault point."""

    def end(name: str) -> None:
        if name == point:
            raise Crash

    arm(end)
    try:
        with pytest.raises(Crash):
            await scene.pumps().pump_once()
    finally:
        arm(None)


async def passes(scene: Scene, seconds: float) -> None:
    """Let time pass and deliver what can go out then."""
    scene.clock.move_by(seconds * SECOND)
    await scene.pump.drain()


def requests(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Return what the platform will be asked, and when."""
    asked: list[tuple[str, float]] = []
    send, find = scene.chat.send, scene.chat.find

    async def sending(to: Address, card: object, *, key: str) -> MessageRef:
        asked.append(("send", (scene.clock.now() - MONDAY).total_seconds()))
        return await send(to, card, key=key)  # type: ignore[arg-type]

    async def finding(to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        asked.append(("find", (scene.clock.now() - MONDAY).total_seconds()))
        return await find(to, key=key, since=since)

    monkeypatch.setattr(scene.chat, "send", sending)
    monkeypatch.setattr(scene.chat, "find", finding)
    return asked


async def run_for(scene: Scene, seconds: int) -> None:
    """Deliver at each second for so long."""
    for _ in range(seconds):
        await scene.pump.drain()
        scene.clock.move_by(SECOND)


async def test_a_lost_request_is_looked_for_twice_before_it_is_sent_again(
    each_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_scene.chat.habits = SLACK
    asked = requests(each_scene, monkeypatch)
    each_scene.chat.fail_next(CUT)
    await each_scene.show("Week 1")
    await run_for(each_scene, 40)
    assert asked == [("send", 0), ("find", 20), ("find", 30), ("send", 30)]
    assert each_scene.posted() == ["Week 1"]


async def test_a_message_that_shows_late_is_found_by_the_second_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.chat.habits = SLACK
    scene.chat.fail_next(CUT, accepted=True)
    await scene.show("Week 1")
    await scene.pump.drain()
    find, looks = scene.chat.find, []

    async def late(to: Address, *, key: str, since: datetime) -> list[MessageRef]:
        looks.append(1)
        return [] if len(looks) == 1 else await find(to, key=key, since=since)

    monkeypatch.setattr(scene.chat, "find", late)
    await run_for(scene, 40)
    post = await scene.standing()
    assert (post.state, post.message, scene.posted()) == (PostState.SENT, scene.javascript.last.ref, ["Week 1"])


async def test_within_its_time_the_same_key_is_sent_again_without_a_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.chat.habits = DISCORD
    asked = requests(scene, monkeypatch)
    scene.chat.fail_next(CUT, accepted=True)
    await scene.show("Week 1")
    await run_for(scene, 5)
    assert asked == [("send", 0), ("send", 1)]
    assert (scene.posted(), (await scene.standing()).message) == (["Week 1"], scene.javascript.last.ref)


async def test_a_message_that_is_taken_back_while_it_is_tried_again_does_not_stay(
    each_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_scene.chat.habits = DISCORD
    each_scene.chat.fail_next(CUT, accepted=True)
    await each_scene.show("Week 1")
    await each_scene.pump.drain()
    assert len(each_scene.javascript.messages) == 1
    again = Book.again

    async def too_late(book: Book, post: Post) -> Post | None:
        await each_scene.take_back()
        return await again(book, post)

    monkeypatch.setattr(Book, "again", too_late)
    await run_for(each_scene, 90)
    assert each_scene.posted() == ["Week 1"]
    assert each_scene.javascript.messages == []


async def test_after_its_time_the_same_key_is_looked_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.chat.habits = DISCORD
    asked = requests(scene, monkeypatch)
    await scene.show("Week 1")
    await crash_at(scene, "delivery: sent")
    await passes(scene, 60)
    assert asked == [("send", 0), ("find", 60)]
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


async def test_a_clock_that_was_set_back_makes_the_same_key_no_safer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.chat.habits = DISCORD
    await scene.show("Week 1")
    await crash_at(scene, "delivery: sent")
    asked = requests(scene, monkeypatch)
    post = await scene.standing()
    scene.clock.move_by(-timedelta(hours=1))
    await scene.pump.drain()
    scene.clock.move_to(post.lease_until or MONDAY)
    await scene.pump.drain()
    assert [verb for verb, _ in asked] == ["find"]
    assert scene.posted() == ["Week 1"]


@pytest.mark.parametrize("habits", [SLACK, DISCORD], ids=["looked for", "same key"])
@pytest.mark.parametrize(
    "point", ["delivery: claimed", "delivery: before the send", "delivery: sent", "delivery: before it is kept"]
)
async def test_whatever_a_process_dies_of_the_message_is_there_once(
    each_scene: Scene, point: str, habits: Habits
) -> None:
    each_scene.chat.habits = habits
    await each_scene.show("Week 1")
    await crash_at(each_scene, point)
    await run_for(each_scene, 110)
    assert (texts(each_scene.javascript.messages), each_scene.posted()) == (["Week 1"], ["Week 1"])
    assert (await each_scene.standing()).state is PostState.SENT


async def test_a_message_that_was_sent_and_then_deleted_is_not_sent_again(scene: Scene) -> None:
    scene.chat.habits = DISCORD
    scene.chat.fail_next(CUT, accepted=True)
    await scene.show("Week 1")
    await scene.pump.drain()
    await scene.chat.delete(scene.javascript.last.ref)
    await run_for(scene, 100)
    post = await scene.standing()
    assert (post.state, post.message, scene.posted()) == (PostState.SENT, None, ["Week 1"])
    assert await scene.store.read(lambda uow: uow.outbox.messages(post.about)) == []


async def test_an_edit_of_a_message_that_is_gone_ends_quietly_and_the_message_is_forgotten(scene: Scene) -> None:
    await scene.show("Week 1")
    await scene.pump.drain()
    ref = scene.javascript.last.ref
    await scene.show("Week 1, corrected")
    scene.chat.fail_next(MessageGone(), verb="edit")
    edit = await scene.store.write(lambda uow: uow.outbox.pending_edit(uow.outbox.standing(WEEK, "card")[0].id))
    assert edit is not None
    await scene.pump.drain()
    assert (await scene.post(edit.id)).state is PostState.CANCELLED
    assert await scene.store.read(lambda uow: uow.outbox.shown_by(ref)) is None


async def test_a_place_that_cannot_be_read_for_now_is_looked_at_later(scene: Scene) -> None:
    scene.chat.fail_next(CUT, accepted=True)
    scene.chat.fail_next(DeliveryError("busy"), verb="find", times=3)
    await scene.show("Week 1")
    await run_for(scene, 60)
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


async def test_a_place_that_cannot_be_read_for_hours_holds_back_others_no_longer(scene: Scene) -> None:
    scene.chat.fail_next(CUT)
    scene.chat.fail_next(DeliveryError("busy"), verb="find", times=LOOKS)
    await scene.show("Week 1", item=1)
    await scene.show("Week 2", item=2)
    for _ in range(LOOKS + 1):
        await passes(scene, LONGEST_WAIT.total_seconds())
    assert ((await scene.standing(1)).state, scene.posted()) == (PostState.UNKNOWN, ["Week 2"])


async def test_a_doubtful_post_whose_time_is_over_is_looked_for_and_not_sent_again(scene: Scene) -> None:
    for accepted, state in ((True, PostState.SENT), (False, PostState.EXPIRED)):
        item = 1 + accepted
        scene.chat.fail_next(CUT, accepted=accepted)
        await scene.show(f"Meeting {item}", item=item, expires_at=scene.clock.now() + SECOND)
        post = await scene.standing(item)
        await scene.pump.drain()
        await passes(scene, 3600)
        assert (await scene.post(post.id)).state is state
    assert scene.posted() == ["Meeting 2"]


async def test_a_direct_message_of_which_nobody_knows_is_dropped_without_a_question(scene: Scene) -> None:
    scene.chat.fail_next(CUT)
    scene.chat.fail_next(DeliveryError("I may not read this", permanent=True), verb="find")
    await scene.show("How is it going?", scene.jill)
    post = await scene.standing()
    await run_for(scene, 3)
    dropped = await scene.post(post.id)
    assert (dropped.state, dropped.once, dropped.sends) == (PostState.CANCELLED, None, 1)
    assert scene.jill.inbox == []


async def test_who_takes_no_direct_messages_is_known_to_refuse(scene: Scene) -> None:
    scene.jill.refuses_direct_messages()
    await scene.show("Hello", scene.jill)
    post = await scene.standing()
    await scene.pump.drain()
    assert (await scene.post(post.id)).refused


async def test_what_is_refused_before_it_arrived_was_never_sent(scene: Scene) -> None:
    scene.chat.fail_next(DeliveryError("too many requests", retry_after=5))
    await scene.show("Week 1")
    await scene.pump.drain()
    post = await scene.standing()
    assert (post.state, post.sends, post.first_try_at) == (PostState.DUE, 0, None)


async def test_a_doubt_stays_though_a_later_try_was_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.chat.habits = DISCORD
    scene.chat.fail_next(CUT, accepted=True)
    scene.chat.fail_next(DeliveryError("too many requests", retry_after=90))
    await scene.show("Week 1")
    await run_for(scene, 3)
    post = await scene.standing()
    assert (post.state, post.sends) == (PostState.SENDING, 1)
    await passes(scene, 90)
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


async def test_a_doubt_stays_while_a_platform_is_switched_off(scene: Scene) -> None:
    await scene.show("Week 1")
    await crash_at(scene, "delivery: sent")
    scene.clock.move_by(LEASE)
    await Pump(scene.store, {}, scene.clock).pump_once()
    post = await scene.standing()
    assert (post.state, post.sends) == (PostState.SENDING, 1)
    await passes(scene, LONGEST_WAIT.total_seconds())
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])


@pytest.mark.parametrize(("accepted", "left"), [(True, PostState.SENT), (False, PostState.DEAD)])
async def test_a_doubt_stays_though_a_later_try_is_turned_down_for_good(
    scene: Scene, accepted: bool, left: PostState
) -> None:
    scene.chat.habits = DISCORD
    scene.chat.fail_next(CUT, accepted=accepted)
    await scene.show("Week 1")
    post = await scene.standing()
    await scene.pump.drain()
    scene.javascript.deny(Right.WRITE)
    await run_for(scene, 120)
    assert (await scene.post(post.id)).state is left


@pytest.mark.parametrize("over", ["expired", "taken back"])
async def test_a_message_that_shows_after_its_post_was_given_up_is_seen_to(scene: Scene, over: str) -> None:
    scene.chat.fail_next(CUT, accepted=True)
    expires = scene.clock.now() + SECOND if over == "expired" else None
    await scene.show("The meeting is soon", expires_at=expires)
    post = await scene.standing()
    await scene.pump.drain()
    [message] = scene.javascript.messages
    key, message.key = message.key, "not to be found yet"
    if over == "taken back":
        await scene.take_back()
    await passes(scene, 5)
    message.key = key
    await passes(scene, 60)
    kept = await scene.post(post.id)
    if over == "expired":
        assert (kept.state, kept.message) == (PostState.SENT, message.ref)
    else:
        assert (kept.state, texts(scene.javascript.messages)) == (PostState.CANCELLED, [])


@pytest.mark.parametrize(("verb", "left"), [("send", PostState.UNKNOWN), ("find", PostState.UNKNOWN)])
async def test_a_bug_in_a_platform_is_not_met_for_ever(
    scene: Scene, verb: str, left: PostState, caplog: pytest.LogCaptureFixture
) -> None:
    if verb == "find":
        scene.chat.fail_next(CUT)
    scene.chat.fail_next(KeyError("ts"), verb=verb, times=SURPRISES)
    await scene.show("Week 1")
    for _ in range(SURPRISES + 1):
        await passes(scene, LONGEST_WAIT.total_seconds())
    assert (await scene.standing()).state is left
    assert "KeyError" in caplog.text


async def test_a_process_that_slept_through_its_lease_sends_nothing(scene: Scene) -> None:
    await scene.show("Week 1")
    sleeper = scene.pumps()

    def sleep(name: str) -> None:
        if name == "delivery: claimed":
            scene.clock.move_by(LEASE - 5 * SECOND)

    arm(sleep)
    try:
        await sleeper.pump_once()
    finally:
        arm(None)
    post = await scene.standing()
    assert (scene.posted(), post.state, post.sends) == ([], PostState.DUE, 0)
    await scene.pump.drain()
    assert scene.posted() == ["Week 1"]


async def test_a_process_whose_post_was_taken_over_sends_nothing(each_scene: Scene) -> None:
    await each_scene.show("Week 1")
    taken: list[Post] = []

    async def take_over() -> None:
        each_scene.clock.move_by(LEASE)
        now = each_scene.clock.now()
        taken.extend(await each_scene.store.write(lambda uow: uow.outbox.claim(now, 1)))
        each_scene.clock.move_by(-LEASE)  # so that only the fence can tell

    sleeper = each_scene.pumps()
    claim = await sleeper._book.claim(1)
    await take_over()
    [errand] = claim.errands
    await sleeper._carry(errand)
    assert each_scene.posted() == []
    assert (await each_scene.standing()).fence == taken[0].fence
