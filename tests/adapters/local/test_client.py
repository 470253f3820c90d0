from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.local import Channel, LocalPlatform, Right
from bot.cards import card
from bot.chat import AccountRef, Address, ChannelRef, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.errors import DeliveryError
from bot.ports import Platform, Reacted
from schedules.clock import MovedClock
from tests.adapters.local.conftest import MONDAY

HELLO = card("", "Hello")
NOWHERE = ChannelRef("local", "acme", "nowhere")


async def refusal(chat: LocalPlatform, to: Address) -> str:
    with pytest.raises(DeliveryError) as refused:
        await chat.send(to, HELLO, key="k")
    assert refused.value.permanent
    return refused.value.reason


def test_it_is_a_platform(chat: LocalPlatform) -> None:
    platform: Platform = chat
    assert platform is chat


async def test_a_card_stands_in_its_channel(chat: LocalPlatform, channel: Channel) -> None:
    ref = await chat.send(InChannel(channel.ref), HELLO, key="k")
    assert (channel.last.text, channel.last.ref, ref.channel, ref.thread) == ("Hello", ref, channel.ref, None)
    assert chat.message(ref) is channel.last


async def test_a_new_thread_hangs_below_its_message(chat: LocalPlatform, channel: Channel) -> None:
    ref = await chat.send(OpenThread(channel.ref, "T" * 120), HELLO, key="k")
    thread = channel.last.thread
    assert thread is not None
    assert (ref.thread, thread.title) == (thread.id, "T" * 100)
    below = await chat.send(InThread(ThreadRef(channel.ref, thread.id)), HELLO, key="k2")
    assert (thread.last.ref, below.channel, len(channel.messages)) == (below, channel.ref, 1)


async def test_a_direct_message_reaches_one_person_alone(chat: LocalPlatform) -> None:
    jill, bob = chat.person("jill"), chat.person("bob")
    ref = await chat.send(Direct(jill.account), HELLO, key="k")
    assert ([message.text for message in jill.inbox], bob.inbox) == (["Hello"], [])
    await chat.send(InChannel(ref.channel), card("", "And again"), key="k2")
    assert [message.text for message in jill.inbox] == ["Hello", "And again"]


async def test_what_is_not_there_is_refused_with_a_reason(chat: LocalPlatform, channel: Channel) -> None:
    chat.person("jill").refuses_direct_messages()
    assert [
        await refusal(chat, InChannel(NOWHERE)),
        await refusal(chat, InChannel(ChannelRef("elsewhere", "acme", "javascript"))),
        await refusal(chat, OpenThread(NOWHERE, "Questions")),
        await refusal(chat, InThread(ThreadRef(channel.ref, "7"))),
        await refusal(chat, Direct(AccountRef("local", "nobody"))),
        await refusal(chat, Direct(AccountRef("local", "jill"))),
    ] == [
        "there is no channel local:acme/nowhere",
        "there is no channel elsewhere:acme/javascript",
        "there is no channel local:acme/nowhere",
        "there is no thread local:acme/javascript#7",
        "there is nobody with the account local:nobody",
        "Jill does not take direct messages from me",
    ]


async def test_a_right_that_the_bot_lacks_is_named(chat: LocalPlatform, channel: Channel) -> None:
    channel.deny(Right.THREADS)
    assert await refusal(chat, OpenThread(channel.ref, "Q")) == "I am not allowed to create threads in #javascript"
    channel.deny(Right.WRITE)
    assert await refusal(chat, InChannel(channel.ref)) == "I am not allowed to write in #javascript"
    channel.allow(Right.WRITE)
    await chat.send(InChannel(channel.ref), HELLO, key="k")
    channel.deny(Right.READ)
    with pytest.raises(DeliveryError, match="read the history of #javascript"):
        await chat.find(InChannel(channel.ref), key="k", since=MONDAY)


@pytest.mark.parametrize(
    ("limit", "problem"),
    [("CHARACTERS", "a message holds 2 characters, not 6"), ("BLOCKS", "a message holds 2 blocks, not 3")],
)
async def test_a_message_has_the_limits_of_a_real_one(
    chat: LocalPlatform, channel: Channel, monkeypatch: pytest.MonkeyPatch, limit: str, problem: str
) -> None:
    monkeypatch.setattr(f"adapters.local.cards.MESSAGE_{limit}", 2)
    with pytest.raises(DeliveryError) as refused:
        await chat.send(InChannel(channel.ref), card("", "1", "2", "3"), key="k")
    assert (refused.value.permanent, refused.value.reason) == (True, problem)


async def test_a_message_shows_something(chat: LocalPlatform, channel: Channel) -> None:
    with pytest.raises(DeliveryError, match="a message shows something"):
        await chat.send(InChannel(channel.ref), card(""), key="k")


async def test_the_same_key_twice_posts_twice_and_finds_both(chat: LocalPlatform, channel: Channel) -> None:
    to = InChannel(channel.ref)
    sent = [await chat.send(to, HELLO, key=key) for key in ("a", "a", "b")]
    assert await chat.find(to, key="a", since=MONDAY) == sent[:2]
    assert len({ref.message for ref in sent}) == 3


async def test_what_was_sent_is_found_where_it_was_sent_and_since_then(
    chat: LocalPlatform, channel: Channel, clock: MovedClock
) -> None:
    ref = await chat.send(OpenThread(channel.ref, "Q"), HELLO, key="k")
    assert ref.thread is not None
    there = InThread(ThreadRef(channel.ref, ref.thread))
    assert await chat.find(OpenThread(channel.ref, "Q"), key="k", since=MONDAY) == [ref]
    assert await chat.find(there, key="k", since=MONDAY) == []
    assert await chat.find(InChannel(channel.ref), key="k", since=MONDAY + timedelta(seconds=1)) == []
    assert await chat.find(InChannel(NOWHERE), key="k", since=MONDAY) == []
    await chat.delete(ref)
    assert await chat.find(InChannel(channel.ref), key="k", since=MONDAY) == []


async def test_an_edit_shows_another_card(chat: LocalPlatform, channel: Channel) -> None:
    ref = await chat.send(InChannel(channel.ref), HELLO, key="k")
    await chat.edit(ref, card("", "Good morning"))
    assert chat.person("jill").sees(channel) == ["Studycircle: Good morning (edited)"]


async def test_only_the_bots_own_messages_can_be_edited(chat: LocalPlatform, channel: Channel) -> None:
    message = await chat.person("jill").says("Mine", channel)
    with pytest.raises(DeliveryError, match="only its author"):
        await chat.edit(message.ref, HELLO)


async def test_a_message_that_is_gone_cannot_be_edited_but_deleted_again(chat: LocalPlatform, channel: Channel) -> None:
    ref = await chat.send(InChannel(channel.ref), HELLO, key="k")
    await chat.delete(ref)
    await chat.delete(ref)
    with pytest.raises(DeliveryError, match="the message was deleted") as refused:
        await chat.edit(ref, HELLO)
    assert refused.value.permanent


async def test_ids_are_never_used_again(chat: LocalPlatform, channel: Channel) -> None:
    first = await chat.send(InChannel(channel.ref), HELLO, key="k")
    await chat.delete(first)
    second = await chat.send(InChannel(channel.ref), HELLO, key="k")
    assert first.message != second.message
    assert chat.message(MessageRef(NOWHERE, second.message)) is None


async def test_a_platform_started_anew_repeats_no_id(chat: LocalPlatform, channel: Channel, clock: MovedClock) -> None:
    first = await chat.send(InChannel(channel.ref), HELLO, key="k")
    clock.move_by(timedelta(seconds=1))
    anew = LocalPlatform(clock)
    second = await anew.send(InChannel(anew.space("acme").channel("javascript").ref), HELLO, key="k")
    assert int(second.message) > int(first.message)


async def test_reactions_are_told_by_person_and_emoji_and_bots_are_left_out(
    chat: LocalPlatform, channel: Channel
) -> None:
    jill, bob, robot = chat.person("jill"), chat.person("bob"), chat.person("robo", robot=True)
    ref = await chat.send(InChannel(channel.ref), HELLO, key="k")
    for person, emoji in ((jill, "👍"), (jill, "👍🏽"), (jill, "👍"), (bob, "🎉"), (robot, "👍")):
        await person.reacts(emoji, channel.last)
    assert await chat.reactions(ref) == [
        Reacted(jill.account, "👍"),
        Reacted(jill.account, "👍🏽"),
        Reacted(bob.account, "🎉"),
    ]


async def test_faults_meet_the_requests_that_they_are_meant_for(chat: LocalPlatform, channel: Channel) -> None:
    other = chat.space("acme").channel("python")
    chat.fail_next(DeliveryError("busy"), times=2, verb="send", where=other)
    ref = await chat.send(InChannel(channel.ref), HELLO, key="k")
    await chat.edit(ref, HELLO)
    for _ in range(2):
        with pytest.raises(DeliveryError, match="busy"):
            await chat.send(InChannel(other.ref), HELLO, key="k")
    await chat.send(InChannel(other.ref), HELLO, key="k")
    assert len(other.messages) == 1


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_cut_request_was_accepted_or_not(chat: LocalPlatform, channel: Channel, accepted: bool) -> None:
    chat.fail_next(DeliveryError("cut", sent_maybe=True), accepted=accepted)
    with pytest.raises(DeliveryError, match="cut"):
        await chat.send(InChannel(channel.ref), HELLO, key="k")
    assert len(channel.messages) == accepted


async def test_a_silent_platform_never_answers(chat: LocalPlatform, channel: Channel) -> None:
    chat.go_silent_next()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(chat.send(InChannel(channel.ref), HELLO, key="k"), 0.02)


async def test_without_a_bot_nobody_answers(clock: MovedClock) -> None:
    chat = LocalPlatform(clock)
    with pytest.raises(RuntimeError, match="no bot is connected"):
        await chat.person("jill").types("/help")
