from __future__ import annotations

import pytest

from adapters.local import Channel, LocalPlatform, Message
from bot.cards import Button, File, button, card
from bot.chat import InChannel, ThreadRef
from bot.text import to_text
from tests.adapters.local.conftest import Heard

HELP = """Help
Ask me anything.
[Next] [Enrol] [Docs: https://docs.example]
Only you can see this"""


async def posted(chat: LocalPlatform, channel: Channel, *buttons: Button) -> Message:
    await chat.send(InChannel(channel.ref), card("Week 1", buttons=buttons), key="k")
    return channel.last


async def test_a_typed_command_is_answered_to_its_caller_alone(chat: LocalPlatform, channel: Channel) -> None:
    jill, bob = chat.person("jill"), chat.person("bob")
    answer = await jill.types("/help", channel)
    assert answer.text == HELP
    assert (jill.sees(channel), bob.sees(channel), channel.messages) == ([HELP], [], [])


async def test_a_mistyped_command_is_answered_with_the_nearest_one(chat: LocalPlatform, channel: Channel) -> None:
    answer = await chat.person("jill").types("/wek 2", channel)
    assert answer.text == (
        "I don't know “/wek 2”. Did you mean /week? Try /help for everything I can do.\nOnly you can see this"
    )


async def test_a_line_without_a_slash_is_no_command(chat: LocalPlatform, channel: Channel) -> None:
    with pytest.raises(ValueError, match="slash"):
        await chat.person("jill").types("help", channel)


async def test_typed_words_become_arguments(chat: LocalPlatform, channel: Channel, heard: Heard) -> None:
    await chat.person("jill").types("/enrol To build games pace:slow link:https://jill.example", channel)
    assert heard.call.arguments == {"goal": "To build games", "pace": "slow", "link": "https://jill.example"}


async def test_a_call_says_who_made_it_and_where(chat: LocalPlatform, channel: Channel, heard: Heard) -> None:
    jill = chat.person("jill", name="Jill", zone="Europe/Berlin", locale="de", admin=True)
    await jill.types("/help", channel)
    call = heard.call
    assert (call.account, call.name, call.channel, call.thread) == (jill.account, "Jill", channel.ref, None)
    assert (call.zone, call.locale, call.admin, call.submitted) == ("Europe/Berlin", "de", True, False)


async def test_a_call_in_a_thread_names_it_with_its_channel(
    chat: LocalPlatform, channel: Channel, heard: Heard
) -> None:
    jill = chat.person("jill")
    message = await posted(chat, channel)
    reply = await jill.says("A question", thread_of=message)
    await jill.types("/help", reply.place)
    assert message.thread is not None
    assert (heard.call.channel, heard.call.thread) == (channel.ref, ThreadRef(channel.ref, message.thread.id))


async def test_a_call_in_the_direct_conversation_has_no_channel(chat: LocalPlatform, heard: Heard) -> None:
    await chat.person("jill").types("/help")
    assert (heard.call.channel, heard.call.thread) == (None, None)


async def test_every_call_has_an_id_of_its_own(chat: LocalPlatform, channel: Channel, heard: Heard) -> None:
    jill = chat.person("jill")
    for _ in range(3):
        await jill.types("/help", channel)
    assert len({call.id for call in heard.calls}) == 3


async def test_a_button_runs_its_command_with_its_arguments(
    chat: LocalPlatform, channel: Channel, heard: Heard
) -> None:
    message = await posted(chat, channel, button("Open it", "week", number="7"))
    answer = await chat.person("jill").presses("Open it", message)
    assert (heard.call.command, heard.call.arguments) == ("week", {"number": "7"})
    assert answer.text.startswith("Week 7\n")


async def test_without_a_message_the_newest_private_one_is_meant(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    await jill.types("/help", channel)
    assert (await jill.presses("Next")).text.startswith("Week 2")


async def test_an_update_replaces_the_answer_whose_button_was_pressed(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    first = await jill.types("/week", channel)
    second = await jill.presses("Next", first)
    await jill.presses("Next", second)
    assert jill.sees(channel) == ["Week 3\n[Next]\nOnly you can see this"]


async def test_an_update_leaves_a_message_that_others_see_as_it_is(chat: LocalPlatform, channel: Channel) -> None:
    message = await posted(chat, channel, button("Next", "week", number="2"))
    await chat.person("jill").presses("Next", message)
    assert chat.person("bob").sees(channel) == ["Studycircle: Week 1\n[Next]"]


async def test_a_button_that_was_edited_away_still_works_for_who_sees_it(chat: LocalPlatform, channel: Channel) -> None:
    old = button("Open it", "week", number="7")
    message = await posted(chat, channel, old)
    await chat.edit(message.ref, card("Week 1 is over"))
    jill = chat.person("jill")
    with pytest.raises(LookupError, match=r"no button \[Open it\]"):
        await jill.presses("Open it", message)
    assert (await jill.presses(old, message)).text.startswith("Week 7")


async def test_a_button_of_an_older_bot_is_answered_kindly(chat: LocalPlatform, channel: Channel) -> None:
    old = Button(to_text("Vote"), "vote", (("id", "7"),))
    message = await posted(chat, channel, old)
    answer = await chat.person("jill").presses("Vote", message)
    assert "This button is from an older version of me." in answer.text


async def test_a_button_that_is_not_there_names_those_that_are(chat: LocalPlatform, channel: Channel) -> None:
    message = await posted(chat, channel, button("Open it", "week"))
    with pytest.raises(LookupError, match="'Open it'"):
        await chat.person("jill").presses("Close it", message)


async def test_a_link_button_opens_its_page(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    await jill.types("/help", channel)
    with pytest.raises(LookupError, match=r"opens https://docs\.example"):
        await jill.presses("Docs")


async def test_a_menu_entry_is_handed_the_message(chat: LocalPlatform, channel: Channel, heard: Heard) -> None:
    bob = chat.person("bob")
    message = await bob.says("Closures are neat", channel)
    answer = await chat.person("jill").uses_menu("Save to portfolio", message)
    assert answer.text == "Saved: Closures are neat\nOnly you can see this"
    target = heard.call.message
    assert target is not None
    assert (target.ref, target.author, target.author_name) == (message.ref, bob.account, "Bob")
    assert target.link == f"https://chat.example/acme/javascript/{message.id}"


async def test_a_menu_entry_that_is_not_there_names_those_that_are(chat: LocalPlatform, channel: Channel) -> None:
    message = await posted(chat, channel)
    with pytest.raises(LookupError, match="Save to portfolio"):
        await chat.person("jill").uses_menu("Pin", message)


async def test_suggestions_are_those_that_hold_what_was_typed(chat: LocalPlatform, channel: Channel) -> None:
    found = await chat.person("jill").suggestions("group", "topic", "topic 3", channel)
    assert [choice.value for choice in found] == ["t3", "t30", *(f"t3{number}" for number in range(1, 10))]


async def test_at_most_25_suggestions_are_shown(chat: LocalPlatform, channel: Channel) -> None:
    assert len(await chat.person("jill").suggestions("group", "topic", place=channel)) == 25


@pytest.mark.parametrize(("command", "option"), [("secret", "topic"), ("group", "colour"), ("vote", "topic")])
async def test_nothing_is_suggested_for_what_somebody_may_not_call(
    chat: LocalPlatform, channel: Channel, command: str, option: str
) -> None:
    assert await chat.person("jill").suggestions(command, option, place=channel) == ()


async def test_files_go_both_ways(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    mine = File("mine.json", "application/json", b"{}")
    answer = await jill.types("/settings", channel, files={"file": mine})
    assert answer.text == "Read mine.json\n\n(file) backup.json\nOnly you can see this"
    assert jill.files == [File("backup.json", "application/json", b"{}")]
