from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.local import Channel, Happening, Kind, LocalPlatform
from bot.cards import Quote, bullets, card, fields, paragraph
from bot.chat import Direct, InChannel, OpenThread
from bot.text import Mention, Moment, MomentStyle, say, to_text
from schedules.clock import MovedClock
from tests.adapters.local.conftest import MONDAY


def test_a_person_is_the_same_at_every_mention(chat: LocalPlatform) -> None:
    first = chat.person("jill", name="Jill", admin=True)
    again = chat.person("jill")
    assert (str(again), again.account, again.direct) == ("Jill", first.account, first.direct)


def test_a_person_who_is_said_to_have_another_name_has_it_from_then_on(chat: LocalPlatform) -> None:
    jill = chat.person("jill")
    chat.person("jill", name="Jill of Leipzig")
    assert (jill.name, chat.person("jill").name) == ("Jill of Leipzig", "Jill of Leipzig")


async def test_a_channel_shows_messages_and_private_answers_in_their_order(
    chat: LocalPlatform, channel: Channel
) -> None:
    jill, bob = chat.person("jill"), chat.person("bob")
    await bob.says("Hi", channel)
    await jill.types("/week", channel)
    await chat.send(OpenThread(channel.ref, "Q"), card("", "Who knows?"), key="k")
    question = channel.last
    await bob.says("Me", thread_of=question)
    await bob.reacts("👍", question)
    await jill.reacts("👍", question)
    await jill.reacts("🎉", question)
    assert jill.sees(channel) == [
        "Bob: Hi",
        "Week 1\n[Next]\nOnly you can see this",
        "Studycircle: Who knows?\n👍 2  🎉 1\n(1 in the thread)",
    ]


async def test_everybody_reads_times_in_their_own_zone(chat: LocalPlatform, channel: Channel) -> None:
    when = card("", paragraph("We meet at ", Moment(MONDAY, MomentStyle.TIME)))
    await chat.send(InChannel(channel.ref), when, key="k")
    read = [chat.person(zone, zone=zone).reads(channel.last) for zone in ("Europe/Berlin", "America/New_York")]
    assert read == ["We meet at 18:00 (Europe/Berlin)", "We meet at 12:00 (America/New_York)"]


async def test_a_message_notifies_only_those_whom_it_is_meant_to(chat: LocalPlatform, channel: Channel) -> None:
    bob, amy = Mention("Bob", ("local:bob",), ping=True), Mention("Amy", ("local:amy",))
    shown = card(
        say("{who} asks", who=bob), "@everyone <@jill>", bullets([amy]), Quote(to_text(bob)), fields([("By", amy)])
    )
    await chat.send(InChannel(channel.ref), shown, key="k")
    assert channel.last.pings == ("Bob", "Bob")


async def test_a_message_is_found_by_its_words(chat: LocalPlatform, channel: Channel) -> None:
    for words in ("Week 1", "Week 2", "Week 2, again"):
        await chat.send(InChannel(channel.ref), card("", words), key="k")
    assert channel.message("Week 2").text == "Week 2, again"
    with pytest.raises(LookupError, match="no message in #javascript says 'Week 3'"):
        channel.message("Week 3")


def test_an_empty_place_has_no_last_message(chat: LocalPlatform, channel: Channel) -> None:
    with pytest.raises(LookupError, match="nothing has been written in #javascript"):
        _ = channel.last


async def test_a_watcher_sees_everything_in_the_order_in_which_it_happens(
    chat: LocalPlatform, channel: Channel, clock: MovedClock
) -> None:
    seen: list[Happening] = []
    chat.watch(seen.append)
    jill = chat.person("jill", name="Jill")
    await jill.types("/enrol pace:fast", channel)
    await jill.fills({"goal": "Games"})
    ref = await chat.send(OpenThread(channel.ref, "Q"), card("", "Who knows?"), key="k")
    clock.move_by(timedelta(hours=1))
    await jill.says("Me", thread_of=channel.last)
    await jill.reacts("👍", channel.last)
    await jill.unreacts("👍", channel.last)
    await jill.uses_menu("Save to portfolio", channel.last)
    await chat.edit(ref, card("", "Solved"))
    await chat.delete(ref)
    await chat.send(Direct(jill.account), card("", "Psst"), key="k")
    await jill.types("/help")
    await jill.presses("Next")
    assert [(one.kind, one.who, one.where, one.text.partition("\n")[0]) for one in seen] == [
        (Kind.TYPED, "Jill", "#javascript", "/enrol pace:fast"),
        (Kind.ASKED, "Jill", "#javascript", "Join a group"),
        (Kind.FILLED, "Jill", "#javascript", "Your goal: Games"),
        (Kind.TOLD, "Jill", "#javascript", "Welcome. Your goal: Games"),
        (Kind.POSTED, "Studycircle", "#javascript", "Who knows?"),
        (Kind.SAID, "Jill", "#javascript › Q", "Me"),
        (Kind.REACTED, "Jill", "#javascript", "👍"),
        (Kind.UNREACTED, "Jill", "#javascript", "👍"),
        (Kind.CHOSE, "Jill", "#javascript", "Save to portfolio"),
        (Kind.TOLD, "Jill", "#javascript", "Saved: Who knows?"),
        (Kind.EDITED, "Studycircle", "#javascript", "Solved"),
        (Kind.DELETED, "Studycircle", "#javascript", "Solved"),
        (Kind.POSTED, "Studycircle", "@Jill", "Psst"),
        (Kind.TYPED, "Jill", "@Jill", "/help"),
        (Kind.TOLD, "Jill", "@Jill", "Help"),
        (Kind.PRESSED, "Jill", "@Jill", "Next"),
        (Kind.TOLD, "Jill", "@Jill", "Week 2"),
    ]
    assert [one.at for one in (seen[0], seen[-1])] == [MONDAY, MONDAY + timedelta(hours=1)]
    assert [one.direct for one in (seen[4], seen[12])] == [False, True]
