"""J10: what could not be posted, or may not be there, is told to those who lead the group, who decide."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.local import Message, Right
from bot.cards import card
from bot.chat import About, Direct, InChannel, OpenThread
from bot.desk import Desk, Shown
from bot.errors import DeliveryError
from bot.features import deliveries
from bot.ids import code
from bot.outbox import Post, PostState
from bot.ports import UnitOfWork
from tests.builders import Scene, scene

CUT = DeliveryError("cut", sent_maybe=True)
NO = DeliveryError("I may not do that here", permanent=True)
BLIND = DeliveryError("I may not read the history of this channel", permanent=True)


@pytest.fixture
async def led(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return a running group whose facilitator hears of what could not be delivered."""
    async with scene(sqlite_url, [deliveries.feature], tmp_path) as opened:
        await opened.open_week(1)
        yield opened


async def show(on: Scene, words: str, item: int = 1, *, expires: timedelta | None = None, thread: str = "") -> None:
    """Let the group be shown something."""
    until = on.clock.now() + expires if expires is not None else None
    what = Shown(About("week", item), group=on.group.id, expires_at=until)
    to = OpenThread(on.home.ref, thread) if thread else InChannel(on.home.ref)
    await on.writes(lambda uow: Desk(uow.outbox, uow.instance, on.clock.now()).show(what, [card("", words)], [to]))
    await on.settle()


async def answer(on: Scene, words: str, item: int) -> None:
    """Let the group be shown something in the thread below the first item."""
    what = Shown(About("answer", item), group=on.group.id)
    await on.writes(
        lambda uow: Desk(uow.outbox, uow.instance, on.clock.now()).answer(what, [card("", words)], About("week", 1))
    )
    await on.settle()


async def lost(on: Scene, *, accepted: bool) -> None:
    """Let a message be sent of which nobody can tell whether it is there."""
    on.chat.fail_next(CUT, accepted=accepted, verb="send")
    on.chat.fail_next(BLIND, verb="find")
    await show(on, "Week 1")
    await on.passes(seconds=5)


def asked(on: Scene, number: int = -1) -> Message:
    return on.person("fela").inbox[number]


def seen(on: Scene) -> list[str]:
    return [message.text for message in on.home.messages]


async def stuck(on: Scene) -> list[Post]:
    return await on.reads(lambda uow: uow.outbox.stuck(on.group.id))


async def test_a_message_that_was_turned_down_is_told_with_its_reason(led: Scene) -> None:
    led.home.deny(Right.WRITE)
    await show(led, "Week 1")
    assert led.inbox("fela") == [
        "A message could not be posted\n"
        "I could not post this in JavaScript in three weeks:\n"
        "> Week 1\n"
        "The reason: I am not allowed to write in #javascript.\n"
        "Once that is put right, I can try again, also with whatever else was turned down there since.\n"
        "[Try again] [See the schedule]"
    ]
    assert [led.inbox(name) for name in ("jill", "tomas", "olu")] == [[], [], []]


async def test_what_was_turned_down_is_posted_once_the_cause_is_gone_in_its_order(led: Scene) -> None:
    led.home.deny(Right.WRITE)
    for number in (1, 2, 3):
        await show(led, f"Week {number}", number)
    assert len(led.inbox("fela")) == 1
    led.home.allow(Right.WRITE)
    assert "I am trying again with 3 messages now." in await led.presses("fela", "Try again", asked(led))
    assert seen(led) == ["Week 1", "Week 2", "Week 3"]
    assert "There is nothing left to post again" in await led.presses("fela", "Try again", asked(led))
    assert seen(led) == ["Week 1", "Week 2", "Week 3"]


async def test_a_channel_that_turns_everything_down_is_told_of_once_a_day(led: Scene) -> None:
    await show(led, "Week 1", thread="Questions")
    led.home.deny(Right.WRITE)
    for number in range(2, 12):
        await show(led, f"Week {number}", number)
        await answer(led, f"Answer {number}", number)
    assert len(led.inbox("fela")) == 1
    await led.passes(days=1)
    await show(led, "Week 20", 20)
    assert len(led.inbox("fela")) == 2


async def test_whoever_says_that_a_message_is_there_ends_the_question(led: Scene) -> None:
    await lost(led, accepted=True)
    [question] = led.inbox("fela")
    assert question == (
        "Is this message there?\n"
        "Local gave no clear answer, and I can't look for it myself in JavaScript in three weeks:\n"
        "> Week 1\n"
        "Please look. I post it again only if you say so, so that nobody reads it twice.\n"
        "[It's there] [Post again]"
    )
    assert "Thank you. I leave it as it is." in await led.presses("fela", "It's there", asked(led))
    assert "settled already" in await led.presses("fela", "It's there", asked(led))
    assert "nothing left to post again" in await led.presses("fela", "Post again", asked(led))
    assert (seen(led), await stuck(led)) == (["Week 1"], [])


async def test_whoever_says_that_a_message_is_not_there_lets_it_be_posted_once(led: Scene) -> None:
    await lost(led, accepted=False)
    assert "I am trying again now." in await led.presses("fela", "Post again", asked(led))
    await led.presses("fela", "Post again", asked(led))
    assert "settled already" in await led.presses("fela", "It's there", asked(led))
    assert seen(led) == ["Week 1"]


async def test_a_message_posted_again_stays_though_the_first_was_there(led: Scene) -> None:
    await lost(led, accepted=True)
    await led.presses("fela", "Post again", asked(led))
    await led.passes(hours=2)
    assert seen(led) == ["Week 1", "Week 1"]


@pytest.mark.slow
async def test_a_button_pressed_long_after_still_does_what_is_right(led: Scene) -> None:
    led.home.deny(Right.WRITE)
    await show(led, "The meeting is soon", 1, expires=timedelta(hours=1))
    await show(led, "Week 2, as it was", 2)
    led.home.allow(Right.WRITE)
    await show(led, "Week 2, as it is now", 2)
    await led.passes(days=40)
    for _ in range(2):
        assert "nothing left to post again" in await led.presses("fela", "Try again", asked(led))
    assert seen(led) == ["Week 2, as it is now"]
    assert await stuck(led) == []


async def test_what_was_taken_back_meanwhile_is_not_posted_again(led: Scene) -> None:
    await lost(led, accepted=False)
    unsure = asked(led)
    led.home.deny(Right.WRITE)
    await show(led, "Week 2", 2)
    led.home.allow(Right.WRITE)

    def take_back(uow: UnitOfWork) -> None:
        for item in (1, 2):
            Desk(uow.outbox, uow.instance, led.clock.now()).take_back(About("week", item))

    await led.writes(take_back)
    for label, question in (("Post again", unsure), ("Try again", asked(led))):
        assert "nothing left to post again" in await led.presses("fela", label, question)
    assert (seen(led), await stuck(led)) == ([], [])


async def test_a_change_that_was_turned_down_is_told_and_made_once_the_cause_is_gone(led: Scene) -> None:
    await show(led, "Week 1")
    led.chat.fail_next(NO, verb="edit")
    await show(led, "Week 1, corrected")
    assert (
        "I could not bring this up to date in JavaScript in three weeks:\n> Week 1, corrected" in led.inbox("fela")[0]
    )
    await led.presses("fela", "Try again", asked(led))
    assert (seen(led), await stuck(led)) == (["Week 1, corrected"], [])
    assert "nothing left" in await led.presses("fela", "Try again", asked(led))


async def test_a_change_that_was_turned_down_is_not_made_over_a_newer_one(led: Scene) -> None:
    await show(led, "Week 1")
    led.chat.fail_next(NO, verb="edit")
    await show(led, "Week 1, corrected")
    await show(led, "Week 1, corrected twice")
    await led.presses("fela", "Try again", asked(led))
    assert seen(led) == ["Week 1, corrected twice"]


async def test_a_removal_that_was_turned_down_is_told_and_done_once_the_cause_is_gone(led: Scene) -> None:
    await show(led, "Week 1")
    led.chat.fail_next(NO, verb="delete")
    await led.writes(lambda uow: Desk(uow.outbox, uow.instance, led.clock.now()).take_back(About("week", 1)))
    await led.settle()
    assert "I could not remove this in JavaScript in three weeks:\n> Week 1" in led.inbox("fela")[0]
    await led.presses("fela", "Try again", asked(led))
    assert (seen(led), await stuck(led)) == ([], [])


async def test_a_title_that_was_turned_down_is_told_and_given_once_the_cause_is_gone(led: Scene) -> None:
    await show(led, "Week 1", thread="Talk about it")
    [thread] = led.home.threads.values()
    led.chat.fail_next(NO, verb="rename")

    def rename(uow: UnitOfWork) -> None:
        [post] = uow.outbox.standing(About("week", 1), "card")
        Desk(uow.outbox, uow.instance, led.clock.now()).rename(post, "Talk about week 1")

    await led.writes(rename)
    await led.settle()
    assert led.inbox("fela")[0].startswith(
        "A thread could not get another title\n"
        "In JavaScript in three weeks, a thread was to be called this:\n"
        "> Talk about week 1\n"
        "The reason: I may not do that here."
    )
    await led.presses("fela", "Try again", asked(led))
    assert (thread.title, await stuck(led)) == ("Talk about week 1", [])


async def test_a_change_of_a_direct_message_is_nobody_elses_business(led: Scene) -> None:
    def tell(words: str) -> Callable[[UnitOfWork], None]:
        what, to = Shown(About("week", 5), group=led.group.id), Direct(led.person("jill").account)
        return lambda uow: Desk(uow.outbox, uow.instance, led.clock.now()).show(what, [card("", words)], [to])

    await led.writes(tell("Psst"))
    await led.settle()
    led.chat.fail_next(NO, verb="edit")
    await led.writes(tell("Hush"))
    await led.settle()
    [dead] = await stuck(led)
    assert led.inbox("fela") == []
    assert "I can't find that any more" in await led.calls("fela", "delivery again", post=code(dead.id))


async def test_a_message_that_came_too_late_is_told_of_and_posted_if_that_is_wished(led: Scene) -> None:
    led.chat.fail_next(DeliveryError("cannot be reached", retry_after=7200), verb="send")
    await show(led, "Week 1", expires=timedelta(hours=1))
    await led.passes(days=1)
    assert led.inbox("fela") == [
        "A message was not posted in time\n"
        "I could not post this in JavaScript in three weeks while its time lasted:\n"
        "> Week 1\n"
        "If it is still of use, I can post it now.\n"
        "[Post now] [See the schedule]"
    ]
    assert "I am trying again now." in await led.presses("fela", "Post now", asked(led))
    assert "nothing left" in await led.presses("fela", "Post now", asked(led))
    await led.passes(days=1)
    assert seen(led) == ["Week 1"]


async def test_a_message_that_came_too_late_and_was_taken_back_is_not_posted(led: Scene) -> None:
    led.chat.fail_next(DeliveryError("cannot be reached", retry_after=7200), verb="send")
    await show(led, "Week 1", expires=timedelta(hours=1))
    await led.passes(days=1)
    await led.writes(lambda uow: Desk(uow.outbox, uow.instance, led.clock.now()).take_back(About("week", 1)))
    assert "nothing left" in await led.presses("fela", "Post now", asked(led))
    assert seen(led) == []


async def test_what_may_be_there_holds_up_nothing_behind_it(led: Scene) -> None:
    await lost(led, accepted=False)
    await show(led, "Week 2", 2)
    assert seen(led) == ["Week 2"]


async def test_only_those_who_lead_the_group_may_decide(led: Scene) -> None:
    await lost(led, accepted=False)
    [post] = await stuck(led)
    for name in ("jill", "tomas", "olu", "gus"):
        for command in ("delivery again", "delivery there"):
            assert "Only" in await led.calls(name, command, post=code(post.id), group=code(led.group.id))
    assert [one.state for one in await stuck(led)] == [PostState.UNKNOWN]


async def test_a_post_of_another_group_is_not_to_be_found(led: Scene) -> None:
    def elsewhere(uow: UnitOfWork) -> Post:
        what = Shown(About("week", 9), group=None)
        Desk(uow.outbox, uow.instance, led.clock.now()).show(what, [card("", "Theirs")], [InChannel(led.home.ref)])
        return uow.outbox.standing(About("week", 9), "card")[0]

    post = await led.writes(elsewhere)
    assert "I can't find that any more" in await led.calls("fela", "delivery again", post=code(post.id))


async def test_what_a_person_does_not_take_is_nobody_elses_business(led: Scene) -> None:
    led.person("jill").refuses_direct_messages()

    def tell(uow: UnitOfWork) -> None:
        what = Shown(About("week", 5), group=led.group.id)
        to = Direct(led.person("jill").account)
        Desk(uow.outbox, uow.instance, led.clock.now()).show(what, [card("", "Psst")], [to])

    await led.writes(tell)
    await led.settle()
    assert [one.state for one in await stuck(led)] == [PostState.DEAD]
    assert led.inbox("fela") == []
