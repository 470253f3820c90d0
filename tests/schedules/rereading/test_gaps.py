"""Likes are state: after a gap the store holds what the platform shows (J26)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat import ChannelRef
from bot.errors import DeliveryError
from bot.ports import Reacted
from bot.study.members import MemberState
from tests.schedules.rereading.conftest import Story


async def test_what_was_liked_and_taken_back_while_nobody_listened_is_found(each_story: Story) -> None:
    """J26."""
    message = await each_story.said()
    await each_story.on.person("priya").reacts("👍", message)
    await each_story.missed(
        each_story.on.person("nadia").reacts("❤️", message),
        each_story.on.person("olu").reacts("👍", message),
        each_story.on.person("gus").reacts("👍", message),
        each_story.on.person("jill").reacts("👍", message),
        each_story.on.person("tomas").reacts("👎", message),
        each_story.on.person("priya").unreacts("👍", message),
    )
    assert await each_story.likers() == ["priya"]
    await each_story.rereader.drain()
    assert await each_story.likers() == ["nadia"]
    await each_story.agrees()


async def test_one_who_took_anothers_place_is_found_though_the_counts_agree(story: Story) -> None:
    message = await story.said()
    await story.on.person("priya").reacts("👍", message)
    await story.rereader.drain()
    await story.missed(story.on.person("priya").unreacts("👍", message), story.on.person("nadia").reacts("👍", message))
    await story.rereader.drain()
    assert await story.likers() == ["nadia"]


async def test_what_a_moderator_cleared_or_deleted_meanwhile_is_gone(story: Story) -> None:
    cleared, deleted = await story.said(), await story.said()
    for message in (cleared, deleted):
        await story.on.person("priya").reacts("👍", message)
    admin = story.on.chat.person("adam", admin=True)
    await story.missed(admin.clears_reactions(cleared), admin.deletes(deleted))
    await story.rereader.drain()
    assert await story.likers() == []
    assert await story.on.reads(lambda uow: uow.outbox.shown_by(deleted.ref)) is None
    assert await story.on.reads(lambda uow: uow.readings.get(deleted.ref)) is None
    await story.agrees()


async def test_the_first_like_is_told_though_it_was_missed(story: Story) -> None:
    message = await story.said()
    await story.missed(story.on.person("priya").reacts("👍", message))
    await story.rereader.drain()
    await story.on.settle()
    assert [one.partition("\n")[0] for one in story.on.inbox("jill")] == ["Priya likes what you handed in."]


async def test_whoever_left_keeps_the_likes_that_still_stand(story: Story) -> None:
    message = await story.said()
    await story.on.person("priya").reacts("👍", message)
    await story.on.changes("priya", state=MemberState.LEFT)
    await story.missed(story.on.person("nadia").reacts("👍", message))
    await story.rereader.drain()
    assert await story.likers() == ["nadia", "priya"]


async def test_only_the_space_of_a_gap_is_read(story: Story) -> None:
    await story.said()
    await story.said(story.on.chat.space("other").channel("javascript"))
    await story.rereader.drain()
    await story.rereader.gap("local", "local:other")
    story.asked()
    await story.rereader.drain()
    assert [str(place) for place in story.wire.tallies_asked] == ["local:other/javascript"]


async def test_many_places_are_marked_a_few_at_a_time(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schedules.rereading.MARKS", 2)
    for number in range(5):
        await story.said(story.on.chat.space("acme").channel(f"c{number}"))
    await story.rereader.drain()
    story.asked()
    await story.rereader.gap("local")
    await story.rereader.drain()
    assert sorted(place.channel for place in story.wire.tallies_asked if isinstance(place, ChannelRef)) == [
        f"c{number}" for number in range(5)
    ]


# Messages that are known late


async def test_a_reaction_that_was_quicker_than_the_store_is_found_within_a_minute(story: Story) -> None:
    await story.on.open_week(1)
    await story.on.person("jill").types("/submit activity:1 https://blog.example/loops", story.on.home)
    story.on.chat.watch(lambda _: None)
    await story.on.settle()
    [work] = story.on.home.messages
    work.reactions.append(Reacted(story.on.person("priya").account, "👍"))  # before its message was known
    await story.rereader.drain()
    assert await story.likers() == []
    story.on.clock.move_by(timedelta(minutes=1))
    await story.rereader.drain()
    assert await story.likers() == ["priya"]


async def test_a_post_that_is_found_after_a_crash_is_read_at_once(story: Story) -> None:
    """A message that was sent, and not known because its answer was lost, has the reactions of the time between."""
    await story.on.open_week(1)
    story.on.chat.fail_next(DeliveryError("cut", sent_maybe=True), accepted=True, verb="send")
    await story.on.person("jill").types("/submit activity:1 https://blog.example/loops", story.on.home)
    await story.on.settle()
    [work] = story.on.home.messages
    await story.on.person("priya").reacts("👍", work)  # nobody knows this message yet
    assert await story.likers() == []
    story.on.clock.move_by(timedelta(minutes=3))
    await story.on.settle()
    assert len(story.on.home.messages) == 1
    await story.rereader.drain()
    assert await story.likers() == ["priya"]


async def test_an_answer_that_somebody_wrote_in_a_thread_is_read_there(story: Story) -> None:
    await story.on.does("jill", "/ask How do loops end?")
    question = story.on.home.messages[0]
    answer = await story.on.says("priya", "With break.", question)
    await story.missed(story.on.person("nadia").reacts("👍", answer), story.on.person("tomas").reacts("👍", question))
    await story.rereader.drain()
    assert (await story.likers(), await story.likers("priya")) == (["tomas"], ["nadia"])
    assert question.thread is not None
    assert question.thread.ref in story.wire.tallies_asked


async def test_the_likes_of_a_message_that_the_bot_takes_back_are_gone(story: Story) -> None:
    await story.on.open_week(1)
    await story.on.does("jill", "/submit activity:1 https://blog.example/loops")
    [work] = story.on.home.messages
    await story.on.person("priya").reacts("👍", work)
    about = await story.on.reads(lambda uow: uow.outbox.shown_by(work.ref))
    assert about is not None
    await story.on.bot.perform(lambda ctx: ctx.take_back(about.about))
    await story.on.settle()
    assert story.on.home.messages == []
    assert await story.likers() == []
    assert await story.on.reads(lambda uow: uow.readings.get(work.ref)) is None
