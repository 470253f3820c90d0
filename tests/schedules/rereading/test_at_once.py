"""Readings beside events, beside each other, and beside a platform that is away (J26)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.local import Right
from bot.chat import MessageRef, ReactionAdded, ReactionRemoved
from bot.errors import DeliveryError
from bot.ports import Reacted
from bot.study.readings import LEASE
from schedules.rereading import Rereader
from tests.schedules.rereading.conftest import Story


@pytest.mark.parametrize("first", ["adds", "removes"])
async def test_an_event_that_comes_while_the_platform_answers_is_not_undone(story: Story, first: str) -> None:
    message = await story.said()
    priya = story.on.person("priya")
    if first == "removes":
        await priya.reacts("👍", message)
    await story.missed(story.on.person("nadia").reacts("👍", message))

    async def then() -> None:
        story.wire.meanwhile = None
        await (priya.reacts if first == "adds" else priya.unreacts)("👍", message)

    story.wire.meanwhile = then
    await story.rereader.drain()
    assert await story.likers() == (["nadia", "priya"] if first == "adds" else ["nadia"])
    await story.agrees()


async def test_one_who_comes_and_goes_while_the_platform_answers_leaves_nothing(story: Story) -> None:
    message = await story.said()
    priya = story.on.person("priya")
    added = ReactionAdded(priya.account, message.ref, "👍")
    removed = ReactionRemoved(priya.account, message.ref, "👍")
    await story.missed(priya.reacts("👍", message))

    async def then() -> None:
        story.wire.meanwhile = None
        await story.on.bot.handle(added)
        message.reactions.clear()
        await story.on.bot.handle(removed)

    story.wire.meanwhile = then
    await story.rereader.drain()
    assert await story.likers() == []


async def test_a_message_about_which_events_keep_coming_is_left_for_a_while(story: Story) -> None:
    message = await story.said()
    priya, nadia = story.on.person("priya"), story.on.person("nadia")
    await story.missed(nadia.reacts("👍", message))

    async def again() -> None:
        await (priya.unreacts if Reacted(priya.account, "👍") in message.reactions else priya.reacts)("👍", message)

    story.wire.meanwhile = again
    await story.rereader.drain()
    assert len(story.wire.people_asked) == 3
    story.wire.meanwhile = None
    story.on.clock.move_by(timedelta(seconds=15))
    await story.rereader.drain()
    await story.agrees()


async def test_a_gap_while_a_place_is_read_lets_it_be_read_again(story: Story) -> None:
    later, sooner = await story.said(), await story.said()
    await story.missed(story.on.person("nadia").reacts("👍", sooner), story.on.person("nadia").reacts("👍", later))

    async def then() -> None:
        if story.wire.people_asked[-1] == later.ref:  # the other has been read
            story.wire.meanwhile = None
            await story.missed(story.on.person("priya").reacts("👍", sooner))

    story.wire.meanwhile = then
    await story.rereader.drain()
    assert await story.likers() == ["nadia", "nadia", "priya"]


async def test_two_processes_read_at_once_and_each_place_is_read_by_one(each_story: Story) -> None:
    """J26: several processes act as one."""
    story = each_story
    places = [story.on.chat.space("acme").channel(f"c{number}") for number in range(12)]
    messages = [await story.said(place) for place in places]
    await story.rereader.drain()
    await story.missed(*(story.on.person("priya").reacts("👍", message) for message in messages))
    story.asked()
    other = Rereader(story.on.bot, story.platforms, story.on.clock)
    await asyncio.gather(story.rereader.drain(), other.drain())
    assert Counter(story.wire.people_asked) == Counter(message.ref for message in messages)
    assert len(await story.likers()) == 12
    await story.agrees()


async def test_two_who_read_the_same_message_at_once_count_each_like_once(each_story: Story) -> None:
    story = each_story
    message = await story.said()
    people = [story.on.person(name) for name in ("priya", "nadia", "tomas", "fela")]
    await story.missed(*(person.reacts("👍", message) for person in people))
    other = Rereader(story.on.bot, story.platforms, story.on.clock)

    async def both() -> None:
        story.wire.meanwhile = None
        await story.rereader.gap("local")  # the place is wanted again while it is being read
        await other.drain()

    story.wire.meanwhile = both
    await story.rereader.drain()
    assert await story.likers() == ["fela", "nadia", "priya", "tomas"]
    await story.agrees()


async def test_a_place_whose_reader_died_is_read_by_another_after_the_lease(story: Story) -> None:
    message = await story.said()
    await story.missed(story.on.person("priya").reacts("👍", message))
    await story.on.writes(lambda uow: uow.readings.claim("local", story.on.clock.now(), 9))
    await story.rereader.drain()
    assert await story.likers() == []
    story.on.clock.move_by(LEASE)
    await story.rereader.drain()
    assert await story.likers() == ["priya"]


# A platform that is away


async def test_while_the_platform_is_away_it_is_asked_now_and_then_and_nothing_is_lost(story: Story) -> None:
    message = await story.said()
    await story.missed(story.on.person("priya").reacts("👍", message))
    story.on.chat.fail_next(DeliveryError("away"), times=3, verb="tallies")
    for _ in range(8):
        await story.rereader.drain()
        story.on.clock.move_by(timedelta(seconds=15))
    assert await story.likers() == ["priya"]


async def test_a_platform_that_asks_for_patience_is_left_alone_for_as_long(story: Story) -> None:
    for number in range(3):
        await story.said(story.on.chat.space("acme").channel(f"c{number}"))
    story.on.clock.move_by(timedelta(minutes=1))
    story.on.chat.fail_next(DeliveryError("slow down", retry_after=40), times=3, verb="tallies")
    await story.rereader.drain()
    assert story.asked() == (3, 0)
    story.on.clock.move_by(timedelta(seconds=39))
    await story.rereader.drain()
    assert story.asked() == (0, 0)
    story.on.clock.move_by(timedelta(seconds=1))
    await story.rereader.drain()
    assert story.asked() == (3, 0)


async def test_a_channel_that_may_not_be_read_keeps_its_likes_and_holds_up_no_other(story: Story) -> None:
    hidden, open_ = await story.said(), await story.said(story.on.chat.space("acme").channel("open"))
    await story.on.person("priya").reacts("👍", hidden)
    story.on.home.deny(Right.READ)
    await story.missed(story.on.person("nadia").reacts("👍", open_), story.on.person("nadia").reacts("👍", hidden))
    await story.rereader.drain()
    assert await story.likers() == ["nadia", "priya"]
    story.on.home.allow(Right.READ)
    story.on.clock.move_by(timedelta(hours=6))
    await story.rereader.drain()
    await story.agrees()


async def test_a_platform_that_never_answers_does_not_stop_the_others(story: Story) -> None:
    message = await story.said()
    await story.missed(story.on.person("priya").reacts("👍", message))
    story.on.chat.go_silent_next(verb="tallies")
    impatient = Rereader(story.on.bot, {"local": story.on.chat}, story.on.clock, timeout=0.05)
    await impatient.drain()
    story.on.clock.move_by(timedelta(seconds=15))
    await impatient.drain()
    assert await story.likers() == ["priya"]


@pytest.mark.parametrize("hard", [0, 1])
async def test_a_message_whose_people_cannot_be_read_holds_up_no_other(story: Story, hard: int) -> None:
    """One with thousands of reactions may never be answered in time; that is no outage."""
    work = [await story.said(), await story.said()]
    await story.missed(*(story.on.person("priya").reacts("👍", one) for one in work))
    read = story.wire.reactions

    async def reactions(ref: MessageRef) -> Sequence[Reacted]:
        if ref == work[hard].ref:
            raise DeliveryError("no answer in time")
        return await read(ref)

    story.wire.reactions = reactions  # type: ignore[assignment]
    await story.rereader.drain()
    assert await story.likers() == ["priya"]
    story.wire.reactions = read  # type: ignore[method-assign]
    story.on.clock.move_by(timedelta(seconds=15))
    await story.rereader.drain()
    await story.agrees()


# For real


async def test_a_start_reads_what_happened_while_nobody_ran(story: Story) -> None:
    message = await story.said()
    story.on.chat.lose_session()
    await story.on.person("priya").reacts("👍", message)
    told = asyncio.Event()
    reactions = story.wire.reactions

    async def read(ref: MessageRef) -> Sequence[Reacted]:
        told.set()
        return await reactions(ref)

    story.wire.reactions = read  # type: ignore[assignment]
    running = asyncio.create_task(story.rereader.run())
    await asyncio.wait_for(told.wait(), 10)
    story.rereader.stop()
    await asyncio.wait_for(running, 10)
    assert await story.likers() == ["priya"]
