from __future__ import annotations

import pytest

from adapters.local import Channel, FormNotTaken, LocalPlatform
from bot.cards import File
from tests.adapters.local.conftest import Heard

FORM = """Join a group
  Your goal (required):
  Your pace: slow | fast
  Your page:
  A picture:"""


async def test_an_empty_call_opens_the_form(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    answer = await jill.types("/enrol", channel)
    assert answer.text == FORM
    assert jill.form is not None
    assert jill.answers == []


async def test_what_was_given_already_stands_in_the_form(chat: LocalPlatform, channel: Channel) -> None:
    answer = await chat.person("jill").types("/enrol pace:fast", channel)
    assert "  Your pace: slow | fast = fast\n" in answer.text


async def test_a_filled_form_is_submitted_with_what_stood_in_it(
    chat: LocalPlatform, channel: Channel, heard: Heard
) -> None:
    jill = chat.person("jill")
    await jill.types("/enrol pace:fast", channel)
    answer = await jill.fills({"goal": "To build games"})
    assert answer.text == "Welcome. Your goal: To build games\nOnly you can see this"
    assert heard.call.arguments == {"goal": "To build games", "pace": "fast", "link": ""}
    assert (heard.call.submitted, heard.call.channel, jill.form) == (True, channel.ref, None)


async def test_a_choice_can_be_named_as_people_read_it(chat: LocalPlatform, channel: Channel, heard: Heard) -> None:
    jill = chat.person("jill")
    await jill.types("/enrol", channel)
    await jill.fills({"goal": "Games", "pace": "slow"})
    assert heard.call.arguments["pace"] == "slow"


async def test_a_form_takes_a_file(chat: LocalPlatform, channel: Channel, heard: Heard) -> None:
    jill = chat.person("jill")
    await jill.types("/enrol", channel)
    picture = File("me.png", "image/png", b"png")
    await jill.fills({"goal": "Games", "picture": picture})
    assert heard.call.files == {"picture": picture}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "“Your goal” is required"),
        ({"goal": "x" * 4_001}, "“Your goal” takes at most 4,000 characters"),
        ({"goal": "x", "pace": "warp"}, "“Your pace” has no choice 'warp'; there are ['slow', 'fast']"),
        ({"goal": "x", "colour": "red"}, "there is no field 'colour'; there are ['goal', 'pace', 'link', 'picture']"),
    ],
)
async def test_a_form_that_is_not_right_stays_open(
    chat: LocalPlatform, channel: Channel, heard: Heard, values: dict[str, str | File], problem: str
) -> None:
    jill = chat.person("jill")
    await jill.types("/enrol", channel)
    with pytest.raises(FormNotTaken) as refused:
        await jill.fills(values)
    assert refused.value.problems == (problem,)
    assert jill.form is not None
    assert heard.calls == []


async def test_a_required_file_has_to_be_there(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    await jill.types("/settings", channel)
    with pytest.raises(FormNotTaken, match="“Your settings” needs a file"):
        await jill.fills({"file": "a name is no file"})


async def test_the_answer_to_a_form_replaces_the_message_whose_button_opened_it(
    chat: LocalPlatform, channel: Channel
) -> None:
    jill = chat.person("jill")
    await jill.types("/help", channel)
    await jill.presses("Enrol")
    await jill.fills({"goal": "Games"})
    assert jill.sees(channel) == ["Welcome. Your goal: Games\nOnly you can see this"]


async def test_a_closed_form_cannot_be_filled_in(chat: LocalPlatform, channel: Channel) -> None:
    jill = chat.person("jill")
    await jill.types("/enrol", channel)
    jill.closes_form()
    with pytest.raises(LookupError, match="Jill has no form open"):
        await jill.fills({"goal": "Games"})
