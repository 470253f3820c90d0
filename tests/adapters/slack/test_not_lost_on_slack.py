"""What Slack or its libraries would let go by: deletions, replies, sockets, receipts, words that were typed (J28).

Each was lost once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack import brought, missed
from bot.chat import ChannelRef, MessageRef
from bot.errors import ConfigError
from schedules.clock import MovedClock
from tests.adapters.scenarios import BEGINS, HOME
from tests.adapters.slack.checking import problems
from tests.adapters.slack.stage import SlackStage, opened, played
from tests.adapters.staging import begun
from tests.fakes.slack import FakeSlack, Fault, Message, Way
from tests.fakes.slack.people import fields_of

pytestmark = pytest.mark.slow


async def begins(stage: SlackStage) -> None:
    """Let Ada ask something in the first week of Fela's group."""
    await begun(stage, "ada", "ben")
    await stage.passes(days=8)
    await stage.types("ada", "/ask Which flour activity:1.1")


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[SlackStage]:
    async with opened(sqlite_url) as stage:
        await begins(stage)
        yield stage
        assert problems(stage.fake.recorder.asked) == []


def question(stage: SlackStage) -> Message:
    found = stage.sees("Which flour")
    assert isinstance(found, Message)
    return found


async def likes(stage: SlackStage, seen: Message) -> int:
    ref = MessageRef(ChannelRef("slack", stage.fake.team().id, seen.channel.id), seen.ts)
    shown = await stage.app.store.read(lambda uow: uow.likes.shown([ref]))
    return sum(shown.get(ref, {}).values())


async def test_a_message_of_the_bot_that_a_moderator_deletes_takes_its_likes_along(stage: SlackStage) -> None:
    """The library takes an event about a message of the bot for one by the bot, and passes it."""
    asked = question(stage)
    await stage.reacts("ben", "👍", asked)
    assert await likes(stage, asked) == 1
    stage.fake.person("fela").deletes(asked)
    await stage.heard()
    assert await likes(stage, asked) == 0


async def test_an_address_that_did_not_open_is_not_tried_for_ever(stage: SlackStage) -> None:
    """An address opens one socket, for moments; the library keeps the one that it has until it opens."""
    transport = stage.fake.transport
    transport._tickets = late = Late()
    before = transport.starts
    await transport.drop()
    await transport.connected(starts=before + 1)
    assert len(late.given) >= 2


class Late(set[str]):
    """Tickets of which the first is good no more when it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def add(self, ticket: str) -> None:
        self.given.append(ticket)
        if len(self.given) > 1:
            super().add(ticket)


async def test_where_the_socket_is_switched_off_the_bot_ends_and_says_so(sqlite_url: str) -> None:
    async with opened(sqlite_url) as stage:
        for one in stage.fake.transport.sockets:
            await one.ws.send_json({"type": "disconnect", "reason": "link_disabled"})
        async with asyncio.timeout(20):
            await stage.adapter._stopping.wait()
        assert isinstance(stage.adapter._ended, ConfigError)
        assert "Socket Mode" in str(stage.adapter._ended)
        stage.adapter._ended = None  # the stage closes it as usual


@pytest.mark.parametrize("way", [Way.REFUSED, Way.CUT])
async def test_replies_that_could_not_be_read_are_read_later(
    sqlite_url: str, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a gap Slack may be busy; that what it holds was heard is not noted before it was read."""
    limited = {"ok": False, "error": "ratelimited"}
    clock = MovedClock(BEGINS)
    async with FakeSlack(clock.now) as fake:
        fake.channel(HOME)
        async with played(sqlite_url, fake, clock, "socket") as stage:
            await begins(stage)
            asked = question(stage)
        fake.transport.again = ()
        fake.person("ben").says("Rye, to begin with.", asked)  # nobody hears it
        monkeypatch.setattr(missed, "_PACE", 0.0)
        after = {"Retry-After": "1"}
        fake.faults.add(Fault(way, "conversations.replies", 50, status=429, body=limited, headers=after))
        async with played(sqlite_url, fake, clock, "socket") as stage:
            for who in ("ada", "ben"):
                stage.enters(who, zone="Europe/Berlin")
            await stage.heard()
            await stage.adapter.missed.keep_up()
            assert "answer so far" not in stage.text(question(stage))
            fake.faults.clear()
            await stage.adapter.missed.keep_up()
            await stage.settle()
            assert "1 answer so far" in stage.text(question(stage))


async def test_a_form_that_comes_too_late_still_holds_what_was_typed(stage: SlackStage) -> None:
    stage.fake.faults.refuse("views.open", error="expired_trigger_id")
    person = stage.fake.person("ada")
    asked = await person.types("/study note week:1", stage.fake.channel(HOME))
    await stage.heard()
    assert [one["label"] for message in asked.shown for one in message.buttons] == ["Fill it in"]
    await person.presses("Fill it in", asked.shown[-1])
    await stage.heard()
    form = person.form
    assert form is not None
    assert fields_of(form)["week"]["element"]["initial_value"] == "1"


async def test_what_was_told_somebody_who_typed_a_command_stands_in_their_home(stage: SlackStage) -> None:
    await stage.types("ada", "/submit 1.1 https://ada.example/bread")
    await stage.fake.person("ada").opens_home()
    await stage.heard()
    home = stage.fake.person("ada").home
    assert home is not None
    words = str(home.data["blocks"])
    assert "What I told you last" in words
    assert "Saved" in words


async def test_a_form_that_slack_does_not_open_is_behind_a_button(stage: SlackStage) -> None:
    """Whatever the reason: whoever asked is not left with nothing."""
    stage.enters("cho", zone="Asia/Tokyo")
    stage.fake.faults.limit("views.open", after=30)
    asked = await stage.fake.person("cho").types("/enrol", stage.fake.channel(HOME))
    await stage.heard()
    assert [one["label"] for message in asked.shown for one in message.buttons] == ["Fill it in"]


async def test_a_bug_in_the_adapter_is_owned_up_to(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*about: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(stage.adapter.calls, "_done", breaks)
    asked = await stage.fake.person("ada").types("/study week", stage.fake.channel(HOME))
    await stage.heard()
    assert ["it is my fault" in stage.text(one) for one in asked.shown] == [True]


async def test_an_answer_goes_to_slack_alone(stage: SlackStage) -> None:
    """Wherever the address of an answer leads: nothing is posted to other machines."""
    answers = stage.adapter.calls._answers
    raw = brought.Raw("1", stage.fake.team().id, "U1", response_url="http://169.254.169.254/latest")
    assert await answers._respond(raw, {"text": "hello"}, False) is False
    assert await answers._respond(replace(raw, response_url="https://slack.com.evil.example/x"), {}, False) is False


async def test_nobody_sends_questions_where_they_are_not_by_writing_a_channel_oddly(stage: SlackStage) -> None:
    """A private channel that Fela is not in, though the bot is."""
    hidden = stage.fake.channel("hidden", private=True)
    hidden.members = {stage.fake.team().installed.user.id}  # type: ignore[union-attr]
    ref = f"slack:{stage.fake.team().id}/{hidden.id}"
    for words in (ref, f'" {ref}"', f'"{ref} "'):
        told = await stage.types("fela", f"/lead group questions channel:{words}")
        assert "I can't see that you are in that channel" in told, words
