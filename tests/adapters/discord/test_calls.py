"""Commands, buttons, menus, forms and suggestions: what the bot is asked, and how Discord is answered."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from adapters.discord import answers
from adapters.discord.marks import Json
from bot.chat import AccountRef, ChannelRef, MessageRef, ThreadRef
from tests.adapters.discord.conftest import Heard, Server, words
from tests.adapters.discord.stand_in import channel, refused


def held_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let the bot work only once the event is set, as with a database that is locked."""
    gate = asyncio.Event()
    invoke = server.adapter.bot.invoke

    async def slow(call: Any) -> Any:
        await gate.wait()
        return await invoke(call)

    monkeypatch.setattr(server.adapter.bot, "invoke", slow)
    monkeypatch.setattr(server.adapter.calls, "_hurry", 0.0)
    return gate


async def slowly(server: Server, gate: asyncio.Event, doing: Any) -> None:
    """Do something whose work begins only after Discord was told to wait."""
    server.heard.clear()
    task = asyncio.create_task(doing)
    async with asyncio.timeout(5):
        await server.heard.wait()
    gate.set()
    await task


async def test_a_quick_call_is_answered_at_once_to_that_person_alone(server: Server, heard: Heard) -> None:
    await server.types("help")
    [(verb, body)] = server.answered
    assert (verb, body["type"], body["data"]["flags"]) == ("callback", 4, 1 << 6 | 1 << 15)
    assert words(body) == "### Help\nAsk me."
    call = heard.call
    assert (call.account, call.name, call.channel, call.thread) == (
        AccountRef("discord", "42"),
        "Jill",
        ChannelRef("discord", "7", "70"),
        None,
    )
    assert (call.locale, call.admin) == ("de", False)


async def test_who_manages_the_server_is_an_admin(server: Server, heard: Heard) -> None:
    await server.types("help", permissions=1 << 5)
    assert heard.call.admin


async def test_a_call_in_a_thread_is_made_in_its_channel(server: Server, heard: Heard) -> None:
    server.wire.answers["GET /channels/70"] = channel(70)
    metadata = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2027-01-01T00:00:00+00:00"}
    thread = channel(71, 11, parent_id="70", owner_id="1", message_count=1, member_count=1, thread_metadata=metadata)
    await server.types("help", channel=thread)
    home = ChannelRef("discord", "7", "70")
    assert (heard.call.channel, heard.call.thread) == (home, ThreadRef(home, "71"))


async def test_a_slow_call_is_acknowledged_first_and_answered_when_it_is_done(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slowly(server, held_up(server, monkeypatch), server.types("week"))
    assert server.kinds == [("callback", 5), ("original", None), ("follow-up", None)]
    assert server.answered[0][1] == {"type": 5, "data": {"flags": 1 << 6}}
    assert [words(body) for _, body in server.answered[1:]] == ["### Week 1", "### More"]


async def test_a_button_on_a_private_message_may_change_it(server: Server) -> None:
    await server.presses("sc1:week:number=2:0", private=True)
    assert server.kinds == [("callback", 7), ("follow-up", None)]
    assert words(server.answered[0][1]) == "### Week 2"


async def test_a_button_on_a_post_never_changes_the_post(server: Server) -> None:
    await server.presses("sc1:week:number=2:abcdefghij0123456789")
    assert server.kinds == [("callback", 4), ("follow-up", None)]


async def test_a_slow_button_on_a_private_message_changes_it_or_answers_below(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = held_up(server, monkeypatch)
    await slowly(server, gate, server.presses("sc1:week:number=2:0", private=True))
    assert server.kinds == [("callback", 6), ("original", None), ("follow-up", None)]
    server.answered.clear()
    gate.clear()
    await slowly(server, gate, server.presses("sc1:help::0", private=True))
    assert server.kinds == [("callback", 6), ("follow-up", None)]


@pytest.mark.parametrize("id", ["sc1:gone::0", "v1:submit:3", "sc1", "sc1:enrol:~lost:", ""])
async def test_an_old_button_answers_kindly(server: Server, id: str) -> None:
    await server.presses(id)
    assert "older version of me" in words(server.answered[0][1])


async def test_an_empty_call_opens_the_form_and_the_form_makes_the_call(server: Server, heard: Heard) -> None:
    await server.types("enrol")
    [(_, body)] = server.answered
    assert body["type"] == 9
    assert [one["component"]["custom_id"] for one in body["data"]["components"]] == ["goal", "sure"]
    filled: Json = {
        "custom_id": body["data"]["custom_id"],
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "goal", "value": "A garden"}},
            {"type": 18, "component": {"type": 3, "custom_id": "sure", "values": ["yes"]}},
        ],
    }
    await server.adapter.calls.answer(server.interaction(5, filled))
    assert words(server.answered[1][1]) == "Welcome. A garden"
    assert heard.call.submitted
    assert heard.call.arguments == {"goal": "A garden", "sure": "yes"}


async def test_an_answer_that_is_there_as_the_time_is_over_needs_no_delay(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke = server.adapter.bot.invoke

    async def held_up_by_others(call: Any) -> Any:
        answer = await invoke(call)
        found: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(found.set_result, None)
        time.sleep(0.06)  # noqa: ASYNC251 - the loop is what is held up
        await found
        return answer

    monkeypatch.setattr(server.adapter.bot, "invoke", held_up_by_others)
    monkeypatch.setattr(server.adapter.calls, "_hurry", 0.03)
    await server.types("enrol")
    assert [body["type"] for _, body in server.answered] == [9]


async def test_after_a_delay_a_form_comes_by_a_button(
    server: Server, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "I want to & I will = " * 10
    gate = held_up(server, monkeypatch)
    await slowly(server, gate, server.types("enrol", {"name": "sure", "type": 5, "value": True}))
    [button] = server.answered[1][1]["components"][0]["components"][1]["components"]
    assert button["label"] == "Fill it in"
    assert button["custom_id"] == "sc1:enrol:sure=yes:0"
    server.answered.clear()
    server.adapter.calls._hurry = 5
    await server.presses(button["custom_id"], private=True)
    assert server.answered[0][1]["type"] == 9
    # What has no room in a button is remembered for it.
    kept = server.adapter.calls._id("enrol", {"goal": long})
    await server.presses(kept, private=True)
    assert heard.call.arguments == {"goal": long}


async def test_a_form_that_a_menu_led_to_is_kept_for_the_button_after_a_delay(
    server: Server, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same call could not be made again by a button: the message is not there any more."""
    author = {"id": "43", "username": "fela", "global_name": "Fela"}
    resolved = {"messages": {"800": {"id": "800", "channel_id": "70", "content": "How?", "author": author}}}
    data = {"id": "1", "name": "Thank for it", "type": 3, "target_id": "800", "resolved": resolved}
    gate = held_up(server, monkeypatch)
    await slowly(server, gate, server.adapter.calls.answer(server.interaction(2, data)))
    [button] = server.answered[1][1]["components"][0]["components"][1]["components"]
    await server.presses(button["custom_id"], private=True)
    assert server.answered[2][1]["data"]["custom_id"] == "sc1:thank:draft=5:"


async def test_a_file_is_fetched_and_files_are_sent_along(server: Server, heard: Heard) -> None:
    server.wire.answers["https://cdn.example/a"] = b"# Course"
    data = {
        "id": "1",
        "name": "bring",
        "type": 1,
        "options": [{"name": "file", "type": 11, "value": "5"}],
        "resolved": {"attachments": {"5": {"id": "5", "filename": "c.md", "size": 8, "url": "https://cdn.example/a"}}},
    }
    await server.adapter.calls.answer(server.interaction(2, data))
    [(_, body)] = server.answered
    assert words(body) == "Read c\\.md"
    assert body["data"]["attachments"] == [{"id": "0", "filename": "back.txt"}]
    data["resolved"]["attachments"]["5"]["size"] = 6_000_000  # type: ignore[index]
    await server.adapter.calls.answer(server.interaction(2, data))
    assert "too large" in words(server.answered[1][1])
    assert len(heard.calls) == 1


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(server: Server) -> None:
    data = {
        "custom_id": "sc1:bring::",
        "components": [{"type": 18, "component": {"type": 19, "custom_id": "file", "values": ["5"]}}],
        "resolved": {"attachments": {"5": {"id": "5", "filename": "c.md", "size": 8, "url": "https://cdn.example/a"}}},
    }
    await server.adapter.calls.answer(server.interaction(5, data))
    assert "Attach it and try again" in words(server.answered[0][1])


async def test_an_entry_of_a_menu_brings_the_message_with_its_text(server: Server, heard: Heard) -> None:
    author = {"id": "43", "username": "fela", "global_name": "Fela"}
    resolved = {"messages": {"800": {"id": "800", "channel_id": "70", "content": "How?", "author": author}}}
    data = {"id": "1", "name": "Save to portfolio", "type": 3, "target_id": "800", "resolved": resolved}
    await server.adapter.calls.answer(server.interaction(2, data))
    target = heard.call.message
    assert target is not None
    assert (target.ref, target.author, target.author_name, target.text, target.link) == (
        MessageRef(ChannelRef("discord", "7", "70"), "800"),
        AccountRef("discord", "43"),
        "Fela",
        "How?",
        "https://discord.com/channels/7/70/800",
    )


async def test_an_entry_of_the_menu_on_a_person_brings_the_person(server: Server, heard: Heard) -> None:
    data = {"id": "1", "name": "Look at them", "type": 2, "target_id": "43", "resolved": {"users": {}}}
    await server.adapter.calls.answer(server.interaction(2, data))
    assert (heard.call.command, heard.call.person) == ("look", AccountRef("discord", "43"))


@pytest.mark.parametrize("filled_in", [False, True])
async def test_a_channel_can_be_chosen_by_those_who_can_write_there(
    server: Server, heard: Heard, *, filled_in: bool
) -> None:
    chosen = {"id": "80", "name": "questions", "type": 15, "permissions": str((1 << 10) | (1 << 11))}
    data: Json = {"id": "1", "name": "move", "type": 1, "options": [{"name": "where", "type": 7, "value": "80"}]}
    if filled_in:
        chooser = {"type": 18, "component": {"type": 8, "custom_id": "where", "values": ["80"]}}
        data = {"custom_id": "sc1:move::", "components": [chooser]}
    data["resolved"] = {"channels": {"80": chosen}}
    kind = 5 if filled_in else 2
    await server.adapter.calls.answer(server.interaction(kind, data))
    assert heard.call.arguments == {"where": "discord:7/80"}
    chosen["permissions"] = str(1 << 10)
    await server.adapter.calls.answer(server.interaction(kind, data))
    assert "You can't write in" in words(server.answered[1][1])
    chosen["permissions"] = str(1 << 3)
    await server.adapter.calls.answer(server.interaction(kind, data))
    assert len(heard.calls) == 2


async def test_suggestions_are_those_that_hold_what_was_typed(server: Server) -> None:
    topic = {"name": "topic", "type": 3, "value": "", "focused": True}
    data = {"id": "1", "name": "group", "type": 1, "options": [topic]}
    await server.adapter.calls.answer(server.interaction(4, data))
    [(_, body)] = server.answered
    assert (body["type"], len(body["data"]["choices"])) == (8, 25)
    topic["value"] = "topic 3"
    await server.adapter.calls.answer(server.interaction(4, data))
    assert server.answered[1][1]["data"]["choices"][0] == {"name": "Topic 3", "value": "t3"}
    assert len(server.answered[1][1]["data"]["choices"]) == 11


async def test_what_comes_too_late_for_an_answer_comes_as_a_direct_message(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.wire.answers |= {"POST /users/@me/channels": {"id": "500"}, "POST /channels/500/messages": {"id": "9"}}
    monkeypatch.setattr(answers, "TOKEN_LASTS", -1.0)
    await server.types("help")
    assert server.answered == []
    assert server.wire.requests[-1][1]["content"] == "**Help**\nAsk me."


async def test_a_clock_that_is_wrong_makes_no_answer_late(server: Server) -> None:
    await server.types("help", at=datetime.now(UTC) - timedelta(hours=1))
    assert server.kinds == [("callback", 4)]


@pytest.mark.parametrize("error", [refused(404, 10062), refused(400, 50083)], ids=["given up", "in a locked thread"])
async def test_an_interaction_that_cannot_be_answered_there_is_answered_directly(
    server: Server, error: Exception
) -> None:
    server.wire.answers |= {
        "POST /users/@me/channels": {"id": "500"},
        "POST /channels/500/messages": refused(403, 50007),
    }
    server.fails = [error]
    await server.types("help")
    assert server.answered == []
    assert server.wire.asked[-1] == "POST /channels/500/messages"


async def test_an_answer_that_was_cut_is_given_again_and_one_that_had_arrived_is_enough(server: Server) -> None:
    server.fails = [aiohttp.ServerDisconnectedError()]
    await server.types("help")
    assert server.kinds == [("callback", 4)]
    server.fails = [aiohttp.ServerDisconnectedError(), refused(400, 40060)]
    await server.types("help")
    assert server.kinds == [("callback", 4)]


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_answer_comes_also_where_nobody_knows_whether_the_delay_was_told(
    server: Server, monkeypatch: pytest.MonkeyPatch, *, arrived: bool
) -> None:
    gate = held_up(server, monkeypatch)
    server.fails = [aiohttp.ServerDisconnectedError(), aiohttp.ServerDisconnectedError()]
    server.fails += [refused(400, 40060)] if arrived else []
    task = asyncio.create_task(server.types("help"))
    async with asyncio.timeout(5):
        for _ in range(2):
            await server.heard.wait()
            server.heard.clear()
        gate.set()
        await task
    assert server.kinds == [("original", None) if arrived else ("callback", 4)]


async def test_a_failing_answer_is_logged_without_its_token(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.fails = [refused(400, 50035)]
    await server.types("help")
    assert "could not be given: 400, 50035" in caplog.text
    assert "secret-token" not in caplog.text


async def test_stopping_waits_for_answers_under_way(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = held_up(server, monkeypatch)
    task = asyncio.create_task(server.types("help"))
    async with asyncio.timeout(5):
        await server.heard.wait()
    ending = asyncio.create_task(server.adapter.calls.finish(5))
    gate.set()
    await ending
    assert task.done()
    assert server.kinds[-1] == ("original", None)
