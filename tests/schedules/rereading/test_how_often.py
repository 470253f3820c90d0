"""How much is asked: little where nothing happened, and what is older less often (J26)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.schedules.rereading.conftest import Story


async def test_people_are_read_once_after_a_gap_and_not_again_while_the_counts_stay(story: Story) -> None:
    message = await story.said()
    robot = story.on.chat.person("bot", robot=True)
    await story.missed(
        *(story.on.person(name).reacts("👍", message) for name in ("priya", "olu", "gus")), robot.reacts("👍", message)
    )
    await story.rereader.drain()
    assert story.asked() == (1, 1)
    quiet = await story.said()
    story.on.clock.move_by(timedelta(hours=6))
    await story.rereader.drain()
    assert story.asked() == (1, 0)
    await story.on.person("nadia").reacts("👍", quiet)  # heard, so the store and the platform go up together
    story.on.clock.move_by(timedelta(hours=6))
    await story.rereader.drain()
    assert story.asked() == (1, 0)
    await story.on.person("olu").unreacts("👍", message)  # a difference, though it is none of ours
    story.on.clock.move_by(timedelta(hours=6))
    await story.rereader.drain()
    assert story.asked() == (1, 1)
    assert await story.likers() == ["nadia", "priya"]


async def test_nothing_is_asked_where_nothing_is_due(story: Story) -> None:
    await story.said()
    await story.rereader.drain()
    assert story.asked() == (0, 0)
    story.on.clock.move_by(timedelta(minutes=1))
    await story.rereader.drain()
    assert story.asked() == (1, 0)
    await story.rereader.drain()
    assert story.asked() == (0, 0)


async def test_a_place_is_read_page_by_page_also_through_others_talk(story: Story) -> None:
    messages = [await story.said() for _ in range(130)]
    for number in range(250):
        await story.on.person("olu").says(f"chatter {number}", story.on.home)
    messages.append(await story.said())
    liked = [messages[0], messages[60], messages[129], messages[130]]
    await story.missed(*(story.on.person("priya").reacts("👍", message) for message in liked))
    turns = await story.rereader.drain()
    assert len(await story.likers()) == 4
    pages, people = story.asked()
    assert turns == 5, "three turns of up to 50 messages, then those of up to 28 days, then older ones"
    assert people <= 6
    assert pages <= 8


@pytest.mark.parametrize(("days", "found_after"), [(6.9, 0.0), (20, 0.0), (40, 0.0), (100, 4)])
async def test_what_is_older_is_read_less_often(story: Story, days: float, found_after: float) -> None:
    message = await story.said()
    await story.rereader.drain()
    for _ in range(int(days)):
        story.on.clock.move_by(timedelta(days=1))
        await story.rereader.drain()
    story.on.clock.move_by(timedelta(days=days - int(days)))
    await story.missed(story.on.person("priya").reacts("👍", message))
    if days <= 28:
        await story.rereader.drain()
        assert await story.likers() == ["priya"], "after a gap all of the last 28 days is read"
        return
    await story.rereader.drain()
    before = await story.reading()
    assert before is not None
    assert timedelta(0) <= before.next_at - story.on.clock.now() <= timedelta(days=days) / 28
    story.on.clock.move_to(before.next_at)
    await story.rereader.drain()
    assert await story.likers() == ["priya"]


async def test_a_part_of_the_old_ones_is_read_each_day_until_all_were(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schedules.rereading.TURN", 10)
    old = [await story.said() for _ in range(25)]
    story.on.clock.move_by(timedelta(days=30))
    await story.said()
    await story.rereader.drain()
    story.on.chat.lose_session()
    for message in old:
        await story.on.person("priya").reacts("👍", message)
    found = []
    for _ in range(4):
        story.on.clock.move_by(timedelta(days=1))
        await story.rereader.drain()
        found.append(len(await story.likers()))
    assert found == sorted(found)
    assert max(later - sooner for sooner, later in pairwise([0, *found])) <= 10
    assert found[-1] == 25


async def test_a_place_without_messages_is_forgotten(story: Story) -> None:
    message = await story.said()
    await story.missed(story.on.chat.person("adam", admin=True).deletes(message))
    await story.rereader.drain()
    assert await story.reading() is None
