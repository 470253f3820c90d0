"""Discord as it is on a bad day: it makes us wait, fails, breaks off, tells twice; some people take no messages.

J28: whatever was said stands there once, and nobody is held up by others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.chat import ChannelRef, MessageRef
from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.scenarios import HOME
from tests.adapters.staging import begun
from tests.fakes.discord import Fault, Message, Way, openapi

pytestmark = pytest.mark.slow

WAIT = {"message": "You are being rate limited.", "retry_after": 0.05, "global": False}
SEND = "POST /channels/{channel_id}/messages"
THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
LEARNERS = ("ada", "ben", "cho", "dea", "eli", "fay", "gus", "hal", "ida", "jon")
POST = "POST /channels/{channel_id}/threads"
CLOSED = LEARNERS[::4]
"""Three of ten take no direct messages."""


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[DiscordStage]:
    """Return a stage with a group of Fela's in which ten people learn, a day before its first week."""
    async with opened(sqlite_url) as stage:
        await begun(stage, *LEARNERS)
        yield stage
        assert openapi.problems(stage.fake.recorder.asked) == []


WAYS = {
    "Which flour": Fault(Way.REFUSED, status=429, body=WAIT, headers={"Retry-After": "0.05", "Via": "1.1 google"}),
    "Why salt": Fault(Way.REFUSED, status=503, body="<html>503</html>"),
    "How warm": Fault(Way.CUT),
    "Is it done": Fault(Way.CUT, reset=True),
    "My crust cracks": Fault(Way.LOST),
    "Rye or wheat": Fault(Way.LOST, reset=True),
}
"""What goes wrong, each with the question that somebody asks then."""


@pytest.mark.parametrize("route", [SEND, THREAD, POST])
async def test_however_a_request_fails_there_is_one_message_with_one_thread(stage: DiscordStage, route: str) -> None:
    home, forum = stage.fake.channel(HOME), stage.fake.forum("questions")
    if route is POST:
        await stage._read("fela", await stage.fake.person("fela").types("/lead group questions", home, channel=forum))
    await stage.passes(days=8)
    for who, (question, way) in zip(LEARNERS, WAYS.items(), strict=False):
        fault = stage.fake.faults.add(replace(way, where=route, times=2))
        await stage.types(who, f"/ask {question} activity:1.1")
        await stage.passes(minutes=2)
        assert fault.times < 2, question
        stage.fake.faults.clear()
    await stage.passes(hours=1)
    threads = list(stage.fake.guild().threads.values())
    assert [one.name for one in threads] == list(WAYS)
    heads = [one.messages[0] for one in threads] if route is POST else home.messages
    asked = [(one.id, question) for one in heads for question in WAYS if question in stage.text(one)]
    assert asked == [(one.id, one.name) for one in threads]
    assert [one.route for one in stage.fake.recorder.asked if one.method == "DELETE"] == []


async def test_who_takes_no_direct_messages_holds_up_nobody_and_is_not_written_to_again(stage: DiscordStage) -> None:
    for who in LEARNERS:
        await stage.types(who, "/settings reminders:yes")
    for who in CLOSED:
        stage.fake.person(who).user.takes_direct_messages = False
    before = {who: len(stage.told(who)) for who in LEARNERS}
    stage.fake.recorder.clear()
    await stage.passes(days=42)
    new = {who: len(stage.told(who)) - before[who] for who in LEARNERS}
    assert {who: count for who, count in new.items() if count != 2} == dict.fromkeys(CLOSED, 0)
    refused = Counter(one.at["channel_id"] for one in stage.fake.recorder.to(SEND) if one.status == 403)
    assert refused == {str(stage.fake.person(who).direct.id): 1 for who in CLOSED}


async def test_what_is_told_again_when_a_session_goes_on_has_no_second_effect(stage: DiscordStage) -> None:
    await stage.passes(days=8)
    await stage.types("ada", "/ask Which flour activity:1.1")
    question = stage.sees("Which flour")
    assert isinstance(question, Message)
    assert question.thread is not None
    [session] = stage.fake.gateway.sessions.values()
    heard = len(session.told)

    stage.fake.gateway.cut()
    stage.fake.person("ben").says("The one from the mill", question.thread)
    stage.fake.person("cho").reacts("👍", question)
    asked = await stage.fake.person("dea").types("/note", stage.fake.channel(HOME), text="Rye is sour.", share=True)
    await stage.settle()
    before = stage.told("dea")
    assert stage.fake.gateway.resumes == 1
    assert session.connection is not None
    for event in session.told[heard:]:  # as after a sequence number that lags behind
        session.connection.send(event)
    await stage.reacts("eli", "🎉", question)  # something new, after which all that was heard

    assert "1 answer so far" in stage.text(question)
    assert len(asked.shown) == 1
    assert stage.told("dea") == before, "a second answer came too late for its place"
    assert sum("Rye is sour." in text for text in stage.channel()) == 1
    ref = MessageRef(ChannelRef("discord", str(stage.fake.guild().id), str(question.channel.id)), str(question.id))
    assert await stage.app.store.read(lambda uow: uow.likes.shown([ref])) == {ref: {"👍": 1, "🎉": 1}}
