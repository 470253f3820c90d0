"""What happens on Discord without a command, as the library parses it and the core hears of it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import discord
import pytest

from adapters.discord.marks import Json
from bot.chat import (
    AccountRef,
    ChannelRef,
    Event,
    MessageDeleted,
    MessageRef,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    ThreadRef,
    ThreadReplied,
)
from bot.errors import CannotSave
from tests.adapters.discord.conftest import GUILD, Heard, Server, message
from tests.adapters.discord.stand_in import US, channel, refused

HOME = ChannelRef("discord", "7", "70")
JILL = AccountRef("discord", "42")
POST = MessageRef(HOME, "900")
THREAD: Json = channel(
    71,
    11,
    parent_id="70",
    owner_id="1",
    message_count=1,
    member_count=1,
    thread_metadata={"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2027-01-01T00:00:00+00:00"},
)


@pytest.fixture
async def gateway(server: Server) -> Server:
    """Return a server that the gateway has told of: a channel, a thread in it, a forum and a post of it."""
    await server.client._async_setup_hook()
    forum = channel(80, 15, position=1, available_tags=[], flags=0)
    guild = {
        "id": str(GUILD),
        "name": "Makers",
        "channels": [channel(70, 0, position=0), forum],
        "threads": [THREAD, {**THREAD, "id": "81", "parent_id": "80"}],
        "roles": [],
        "emojis": [],
        "members": [],
        "features": [],
        "owner_id": "42",
        "member_count": 2,
        "preferred_locale": "de",
    }
    server.client._connection._add_guild_from_data(cast(Any, guild))
    return server


async def hear(server: Server, heard: Heard, name: str, data: Json) -> list[Event]:
    """Let the gateway tell of something, and return what the core heard of it."""
    heard.events.clear()
    before = asyncio.all_tasks()
    server.client._connection.parsers[name](data)
    async with asyncio.timeout(5):
        while new := asyncio.all_tasks() - before:
            await asyncio.wait(new)
    return list(heard.events)


def reaction(**more: Any) -> Json:
    emoji = {"id": None, "name": "👍"}
    return {
        "user_id": "42",
        "channel_id": "70",
        "message_id": "900",
        "guild_id": "7",
        "emoji": emoji,
        "type": 0,
        **more,
    }


def member(**more: Any) -> Json:
    user = {"id": "42", "username": "jill", "discriminator": "0", "avatar": None, "global_name": "Jill", **more}
    return {
        "user": user,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


async def test_reactions_are_heard_super_reactions_too_and_those_of_bots_not(gateway: Server, heard: Heard) -> None:
    """J28."""
    added = [ReactionAdded(JILL, POST, "👍", "Jill")]
    assert await hear(gateway, heard, "MESSAGE_REACTION_ADD", reaction(member=member())) == added
    assert await hear(gateway, heard, "MESSAGE_REACTION_ADD", reaction(member=member(), type=1, burst=True)) == added
    assert await hear(gateway, heard, "MESSAGE_REACTION_ADD", reaction(member=member(bot=True))) == []


async def test_reactions_that_go_are_heard_without_the_one_who_took_them(gateway: Server, heard: Heard) -> None:
    """J28."""
    own = {"id": "5", "name": "seedling"}
    gone = [ReactionRemoved(JILL, POST, "seedling:5")]
    assert await hear(gateway, heard, "MESSAGE_REACTION_REMOVE", reaction(emoji=own)) == gone
    assert await hear(gateway, heard, "MESSAGE_REACTION_REMOVE_ALL", reaction()) == [ReactionsCleared(POST)]
    assert await hear(gateway, heard, "MESSAGE_REACTION_REMOVE_EMOJI", reaction()) == [ReactionsCleared(POST, "👍")]


async def test_messages_that_are_gone_are_heard_one_by_one(gateway: Server, heard: Heard) -> None:
    gone = {"id": "900", "channel_id": "70", "guild_id": "7"}
    assert await hear(gateway, heard, "MESSAGE_DELETE", gone) == [MessageDeleted(POST)]
    many = {"ids": ["901", "900"], "channel_id": "70", "guild_id": "7"}
    assert await hear(gateway, heard, "MESSAGE_DELETE_BULK", many) == [
        MessageDeleted(POST),
        MessageDeleted(MessageRef(HOME, "901")),
    ]


def said(channel_id: str, content: str = "", **more: Any) -> Json:
    author = {"id": "42", "username": "jill", "discriminator": "0", "avatar": None, "global_name": "Jill"}
    brief = {key: value for key, value in member().items() if key != "user"}
    whole = {**message(0), "id": "950", "channel_id": channel_id, "content": content, "author": author}
    return {**whole, "guild_id": "7", "member": brief, **more}


async def test_a_reply_in_a_thread_is_heard_with_its_text_where_discord_brings_it(
    gateway: Server, heard: Heard
) -> None:
    thread, ref = ThreadRef(HOME, "71"), MessageRef(ChannelRef("discord", "7", "71"), "950")
    quiet = [ThreadReplied(JILL, "Jill", thread, ref, None, key="950")]
    assert await hear(gateway, heard, "MESSAGE_CREATE", said("71")) == quiet
    later = MessageRef(ref.channel, "951")
    told = [ThreadReplied(JILL, "Jill", thread, later, "Try a loop", key="951")]
    assert await hear(gateway, heard, "MESSAGE_CREATE", said("71", "Try a loop", id="951")) == told


async def test_a_post_of_a_forum_is_a_thread_of_itself(gateway: Server, heard: Heard) -> None:
    [event] = await hear(gateway, heard, "MESSAGE_CREATE", said("81"))
    assert isinstance(event, ThreadReplied)
    assert event.thread == ThreadRef(ChannelRef("discord", "7", "81"), "81")


async def test_what_is_said_in_a_channel_by_bots_or_by_discord_is_not_heard(gateway: Server, heard: Heard) -> None:
    assert await hear(gateway, heard, "MESSAGE_CREATE", said("70", "hello")) == []
    assert await hear(gateway, heard, "MESSAGE_CREATE", said("71", type=6)) == []
    robot = {"id": "5", "username": "r", "discriminator": "0", "avatar": None, "bot": True}
    assert await hear(gateway, heard, "MESSAGE_CREATE", said("71", author=robot)) == []


async def test_an_old_thread_that_nobody_told_of_is_looked_up(gateway: Server, heard: Heard) -> None:
    gateway.wire.answers["GET /channels/77"] = {**THREAD, "id": "77"}
    [event] = await hear(gateway, heard, "MESSAGE_CREATE", said("77"))
    assert isinstance(event, ThreadReplied)
    assert event.thread == ThreadRef(HOME, "77")
    gateway.wire.answers["GET /channels/78"] = refused(403, 50001)
    assert await hear(gateway, heard, "MESSAGE_CREATE", said("78")) == []


async def test_a_deleted_post_of_a_forum_is_gone_and_a_deleted_thread_leaves_its_message(
    gateway: Server, heard: Heard
) -> None:
    gone = [MessageDeleted(MessageRef(ChannelRef("discord", "7", "81"), "81"))]
    post = {"id": "81", "guild_id": "7", "parent_id": "80", "type": 11}
    assert await hear(gateway, heard, "THREAD_DELETE", post) == gone
    thread = {"id": "71", "guild_id": "7", "parent_id": "70", "type": 11}
    assert await hear(gateway, heard, "THREAD_DELETE", thread) == []


async def test_an_event_that_could_not_be_saved_is_told_again(
    gateway: Server, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord tells of each only once: an answer in a thread would be lost."""
    handle = gateway.adapter.bot.handle
    fails = [CannotSave("full"), CannotSave("full")]

    async def failing(event: Event) -> None:
        if fails:
            raise fails.pop()
        await handle(event)

    monkeypatch.setattr(gateway.adapter.bot, "handle", failing)
    monkeypatch.setattr(gateway.adapter.events, "_pauses", (0.0, 0.0))
    [event] = await hear(gateway, heard, "MESSAGE_CREATE", said("71"))
    assert isinstance(event, ThreadReplied)


async def test_a_deleted_thread_whose_channel_cannot_be_asked_about_is_passed(
    gateway: Server, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.wire.answers["GET /channels/79"] = discord.RateLimited(600)
    assert (
        await hear(gateway, heard, "THREAD_DELETE", {"id": "78", "guild_id": "7", "parent_id": "79", "type": 11}) == []
    )
    assert "a deleted thread 78 is passed" in caplog.text


async def test_own_reactions_are_not_heard(gateway: Server, heard: Heard) -> None:
    own = reaction(user_id=str(US), member=member(id=str(US)))
    gateway.client._connection.application_id = 1  # of old applications it is not the number of the bot
    assert await hear(gateway, heard, "MESSAGE_REACTION_ADD", own) == []


async def test_events_of_one_message_keep_their_order(gateway: Server, heard: Heard) -> None:
    heard.events.clear()
    before = asyncio.all_tasks()
    for _ in range(20):
        gateway.client._connection.parsers["MESSAGE_REACTION_ADD"](reaction(member=member()))
        gateway.client._connection.parsers["MESSAGE_REACTION_REMOVE"](reaction())
    await asyncio.wait(asyncio.all_tasks() - before)
    assert [type(one) for one in heard.events] == [ReactionAdded, ReactionRemoved] * 20
