from __future__ import annotations

import pytest

from adapters.local import Channel, LocalPlatform, Message
from bot.cards import card
from bot.chat import (
    InChannel,
    MessageDeleted,
    OpenThread,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    ThreadRef,
    ThreadReplied,
)
from tests.adapters.local.conftest import Heard


@pytest.fixture
async def message(chat: LocalPlatform, channel: Channel) -> Message:
    await chat.send(OpenThread(channel.ref, "Closures"), card("", "Who knows?"), key="k")
    return channel.last


async def test_the_bot_hears_of_an_answer_in_a_thread(
    chat: LocalPlatform, channel: Channel, message: Message, heard: Heard
) -> None:
    jill = chat.person("jill", name="Jill")
    said = await jill.says("I think so", thread_of=message)
    assert message.thread is not None
    thread = ThreadRef(channel.ref, message.thread.id)
    assert heard.events == [ThreadReplied(jill.account, "Jill", thread, said.ref, "I think so")]
    again = await jill.says("And more", thread_of=said)
    assert again.place is said.place


async def test_the_bot_does_not_hear_what_is_said_in_a_channel(
    chat: LocalPlatform, channel: Channel, heard: Heard
) -> None:
    await chat.person("jill").says("Good morning", channel)
    assert heard.events == []


async def test_a_platform_may_keep_the_words_back(chat: LocalPlatform, message: Message, heard: Heard) -> None:
    chat.world.keeps_text_back = True
    await chat.person("jill").says("Secret", thread_of=message)
    [event] = heard.events
    assert isinstance(event, ThreadReplied)
    assert event.text is None


async def test_people_can_open_a_thread_below_any_message(chat: LocalPlatform, channel: Channel) -> None:
    await chat.send(InChannel(channel.ref), card("", "Week 1\nis here"), key="k")
    reply = await chat.person("jill").says("Thanks", thread_of=channel.last)
    assert str(reply.place) == "#javascript › Week 1"


async def test_the_bot_hears_of_a_reaction_once(chat: LocalPlatform, message: Message, heard: Heard) -> None:
    jill = chat.person("jill", name="Jill")
    await jill.reacts("👍🏽", message)
    await jill.reacts("👍🏽", message)
    assert heard.events == [ReactionAdded(jill.account, message.ref, "👍🏽", "Jill")]


async def test_the_bot_hears_of_a_reaction_that_is_taken_back(
    chat: LocalPlatform, message: Message, heard: Heard
) -> None:
    jill = chat.person("jill")
    await jill.reacts("👍", message)
    await jill.unreacts("👍", message)
    assert heard.events[1:] == [ReactionRemoved(jill.account, message.ref, "👍")]
    assert message.reactions == []
    with pytest.raises(LookupError, match="Jill has no 👍"):
        await jill.unreacts("👍", message)


async def test_a_moderator_clears_reactions(chat: LocalPlatform, message: Message, heard: Heard) -> None:
    jill, admin = chat.person("jill"), chat.person("ada", admin=True)
    for emoji in ("👍", "🎉", "👀"):
        await jill.reacts(emoji, message)
    with pytest.raises(PermissionError):
        await jill.clears_reactions(message)
    await admin.clears_reactions(message, "👍")
    assert [one.emoji for one in message.reactions] == ["🎉", "👀"]
    await admin.clears_reactions(message)
    assert message.reactions == []
    assert heard.events[3:] == [ReactionsCleared(message.ref, "👍"), ReactionsCleared(message.ref, None)]


async def test_each_event_has_a_key_of_its_own(chat: LocalPlatform, message: Message, heard: Heard) -> None:
    for _ in range(3):
        await chat.person("jill").reacts("👍", message)
        await chat.person("jill").unreacts("👍", message)
        await chat.person("jill").says("Hello", thread_of=message)
    assert "" not in heard.keys
    assert len(set(heard.keys)) == 9


async def test_people_delete_their_own_messages_and_moderators_any(
    chat: LocalPlatform, channel: Channel, message: Message, heard: Heard
) -> None:
    jill, admin = chat.person("jill"), chat.person("ada", admin=True)
    mine = await jill.says("Oops", channel)
    with pytest.raises(PermissionError):
        await jill.deletes(message)
    await jill.deletes(mine)
    await admin.deletes(message)
    assert heard.events == [MessageDeleted(mine.ref), MessageDeleted(message.ref)]
    assert channel.messages == []
    with pytest.raises(LookupError, match="deleted"):
        await jill.reacts("👍", message)


async def test_what_robots_do_is_not_told_to_the_bot(chat: LocalPlatform, message: Message, heard: Heard) -> None:
    robot = chat.person("robo", robot=True)
    await robot.reacts("👍", message)
    await robot.says("beep", thread_of=message)
    await robot.unreacts("👍", message)
    assert heard.events == []


@pytest.mark.parametrize("words", ["", "x" * 4_001])
async def test_a_message_holds_1_to_4000_characters(chat: LocalPlatform, channel: Channel, words: str) -> None:
    with pytest.raises(ValueError, match="1 to 4,000 characters"):
        await chat.person("jill").says(words, channel)


async def test_what_happens_while_the_session_is_lost_is_never_told(
    chat: LocalPlatform, message: Message, heard: Heard
) -> None:
    jill = chat.person("jill")
    chat.lose_session()
    await jill.reacts("👍", message)
    assert [one.emoji for one in await chat.reactions(message.ref)] == ["👍"]
    chat.connect(chat.world.bot)
    await jill.reacts("🎉", message)
    assert heard.events == [ReactionAdded(jill.account, message.ref, "🎉", "Jill")]
