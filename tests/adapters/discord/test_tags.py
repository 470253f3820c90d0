"""Labels of questions as the tags of a forum's posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from adapters.discord.cards import message
from adapters.discord.marks import Json, mark_of
from adapters.discord.platform import DiscordPlatform
from bot.cards import Label, button, card
from bot.chat import ChannelRef, MessageRef, OpenThread
from bot.errors import DeliveryError
from bot.text import say, to_text
from schedules.clock import MovedClock
from tests.adapters.discord.stand_in import US, StandIn, channel, refused

KEY = "abcdefghij0123456789"
FORUM = ChannelRef("discord", "7", "80")
POST = MessageRef(ChannelRef("discord", "7", "81"), "81", "81")
HELLO = card("Hello", "there", buttons=[button("Help", "help")])
ASKED = replace(
    HELLO, labels=(Label(say("Open")), Label(say("Answered"), off=True), Label(say("Week {n}", n=to_text(2))))
)
SOLVED = replace(HELLO, labels=(Label(say("Open"), off=True), Label(say("Answered")), Label(to_text("Week 2"))))


def tag(id: int, name: str, *, moderated: bool = False) -> Json:
    return {"id": str(id), "name": name, "moderated": moderated, "emoji_id": None, "emoji_name": None}


OPEN, ANSWERED, WEEK, BUG = tag(1, "open"), tag(2, "Answered"), tag(3, "Week 2"), tag(4, "Bug")


class Forum(discord.ForumChannel):
    """A forum that the gateway told of, in which we have some permissions."""

    may: discord.Permissions

    def permissions_for(self, obj: object, /) -> discord.Permissions:
        return self.may


@pytest.fixture
def wire() -> StandIn:
    stand_in = StandIn()
    stand_in.answers = {
        "GET /guilds/7/threads/active": {"threads": []},
        "POST /channels/80/threads": {"id": "81"},
        "GET /channels/81/messages/81": {
            "id": "81",
            "channel_id": "81",
            "author": {"id": str(US)},
            **message(HELLO, mark_of(KEY)),
        },
        "GET /channels/81": channel(81, 11, parent_id="80", applied_tags=["4", "1"]),
    }
    return stand_in


@pytest.fixture
def platform(wire: StandIn) -> DiscordPlatform:
    platform = DiscordPlatform(wire.client, MovedClock(datetime(2027, 1, 11, 17, tzinfo=UTC)))
    platform.connected = True
    return platform


def forum(wire: StandIn, *tags: Json, flags: int = 0, **may: bool) -> None:
    """Let there be a forum with tags, in which we have some permissions."""
    data: Any = channel(80, 15, available_tags=list(tags), flags=flags, position=0)
    guild = SimpleNamespace(id=7, me=object())
    wire.answers["GET /channels/80"] = data
    found = Forum(state=cast(Any, None), guild=cast(Any, guild), data=data)
    found.may = discord.Permissions(**may)
    wire.channels[80] = found


def bodies(wire: StandIn, name: str) -> list[Any]:
    return [body for asked, body in wire.requests if asked == name]


async def test_a_question_gets_the_tags_that_are_there_and_goes_without_the_others(
    platform: DiscordPlatform, wire: StandIn
) -> None:
    forum(wire, OPEN, ANSWERED)
    await platform.send(OpenThread(FORUM, "How?"), ASKED, key=KEY)
    [body] = bodies(wire, "POST /channels/80/threads")
    assert body["applied_tags"] == ["1"]
    assert "PATCH /channels/80" not in wire.asked


async def test_missing_tags_are_made_where_we_may_and_those_that_are_there_stay_as_they_are(
    platform: DiscordPlatform, wire: StandIn
) -> None:
    forum(wire, BUG, manage_channels=True)
    wire.answers["GET /channels/80"] = channel(80, 15, available_tags=[BUG, OPEN])  # made by somebody a moment ago
    wire.answers["PATCH /channels/80"] = channel(80, 15, available_tags=[BUG, OPEN, WEEK])
    await platform.send(OpenThread(FORUM, "How?"), ASKED, key=KEY)
    assert bodies(wire, "PATCH /channels/80") == [{"available_tags": [BUG, OPEN, {"name": "Week 2"}]}]
    assert bodies(wire, "POST /channels/80/threads")[0]["applied_tags"] == ["1", "3"]


async def test_a_forum_has_no_more_than_twenty_tags(platform: DiscordPlatform, wire: StandIn) -> None:
    nineteen = [tag(10 + number, f"Topic {number}") for number in range(19)]
    forum(wire, *nineteen, manage_channels=True)
    wire.answers["PATCH /channels/80"] = channel(80, 15, available_tags=[*nineteen, OPEN])
    await platform.send(OpenThread(FORUM, "How?"), ASKED, key=KEY)
    assert bodies(wire, "PATCH /channels/80") == [{"available_tags": [*nineteen, {"name": "Open"}]}]
    forum(wire, *nineteen, OPEN, manage_channels=True)
    await platform.send(OpenThread(FORUM, "How?"), ASKED, key=KEY)
    assert [body["applied_tags"] for body in bodies(wire, "POST /channels/80/threads")] == [["1"], ["1"]]
    assert wire.asked.count("PATCH /channels/80") == 1


async def test_a_question_goes_out_even_if_making_a_tag_is_refused(platform: DiscordPlatform, wire: StandIn) -> None:
    forum(wire, OPEN, manage_channels=True)
    wire.answers["PATCH /channels/80"] = refused(403, 50013)
    await platform.send(OpenThread(FORUM, "How?"), ASKED, key=KEY)
    assert bodies(wire, "POST /channels/80/threads")[0]["applied_tags"] == ["1"]


async def test_an_answer_takes_one_tag_away_and_gives_another_and_what_people_gave_stays(
    platform: DiscordPlatform, wire: StandIn
) -> None:
    forum(wire, OPEN, ANSWERED, WEEK, BUG)
    await platform.edit(POST, SOLVED)
    assert wire.asked[-3:] == ["PATCH /channels/81/messages/81", "GET /channels/81", "PATCH /channels/81"]
    assert bodies(wire, "PATCH /channels/81") == [{"applied_tags": ["4", "2", "3"]}]
    wire.answers["GET /channels/81"] = channel(81, 11, parent_id="80", applied_tags=["4", "2", "3"])
    await platform.edit(POST, SOLVED)
    assert wire.asked[-2:] == ["PATCH /channels/81/messages/81", "GET /channels/81"]


async def test_tags_for_moderators_are_theirs(platform: DiscordPlatform, wire: StandIn) -> None:
    theirs = tag(2, "Answered", moderated=True)
    forum(wire, OPEN, theirs, BUG)
    await platform.edit(POST, SOLVED)
    assert bodies(wire, "PATCH /channels/81") == [{"applied_tags": ["4"]}]
    forum(wire, OPEN, theirs, BUG, manage_threads=True)
    await platform.edit(POST, SOLVED)
    assert bodies(wire, "PATCH /channels/81")[1] == {"applied_tags": ["4", "2"]}


async def test_a_post_keeps_its_last_tag_where_each_has_to_have_one(platform: DiscordPlatform, wire: StandIn) -> None:
    forum(wire, OPEN, flags=1 << 4)
    wire.answers["GET /channels/81"] = channel(81, 11, parent_id="80", applied_tags=["1"])
    await platform.edit(POST, SOLVED)
    assert "PATCH /channels/81" not in wire.asked


async def test_an_edit_stands_even_if_its_tags_are_refused_and_is_tried_again_after_a_fault(
    platform: DiscordPlatform, wire: StandIn
) -> None:
    forum(wire, OPEN, ANSWERED)
    for refusal in (refused(403, 50013), refused(404, 10003), refused(400, 50035)):
        wire.answers["PATCH /channels/81"] = refusal
        await platform.edit(POST, SOLVED)
    for fault in (refused(503, 0), aiohttp.ClientError()):
        wire.answers["PATCH /channels/81"] = fault
        with pytest.raises(DeliveryError) as raised:
            await platform.edit(POST, SOLVED)
        assert not raised.value.permanent


async def test_messages_that_head_no_post_of_a_forum_have_no_tags(platform: DiscordPlatform, wire: StandIn) -> None:
    await platform.edit(MessageRef(ChannelRef("discord", "7", "70"), "9", "9"), SOLVED)
    assert wire.asked == ["GET /channels/70/messages/9", "PATCH /channels/70/messages/9"]
    wire.answers["GET /channels/81"] = channel(81, 11, parent_id="70")
    wire.answers["GET /channels/70"] = channel(70)
    await platform.edit(POST, SOLVED)
    assert "PATCH /channels/81" not in wire.asked
