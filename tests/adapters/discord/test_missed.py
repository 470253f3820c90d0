"""What was written in threads while nobody heard: it is read afterwards, and counts (J24, J25)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.discord.missed import HEARD, Missed
from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.staging import begun
from tests.fakes.discord import Channel, Message

pytestmark = pytest.mark.slow

HISTORY = "GET /channels/{channel_id}/messages"


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[DiscordStage]:
    """Return a stage in whose first week Jill has asked a question."""
    async with opened(sqlite_url) as stage:
        await begun(stage, "jill", "priya", "ben")
        await stage.passes(days=8)
        await stage.types("jill", "/ask Which flour is best activity:1.1")
        yield stage


def question(stage: DiscordStage) -> Message:
    seen = stage.sees("Which flour")
    assert isinstance(seen, Message)
    return seen


def below(stage: DiscordStage) -> Channel:
    thread = question(stage).thread
    assert thread is not None
    return thread


async def comes_back(stage: DiscordStage, starts: int) -> None:
    """Wait until the bot has a new session, and has done what it does then."""
    async with asyncio.timeout(30):
        while stage.fake.gateway.starts < starts or not stage.adapter.missed._hearing or stage._working():  # noqa: ASYNC110  # nobody is told
            await asyncio.sleep(0.005)


async def loses_its_session(stage: DiscordStage, thread: Channel, who: str) -> None:
    """Let somebody write in a thread while nobody hears, and nobody can be told afterwards."""
    starts = stage.fake.gateway.starts
    stage.fake.gateway.forget()
    stage.fake.person(who).says("Rye, then", thread)
    await comes_back(stage, starts + 1)


async def test_a_reply_that_nobody_heard_is_an_answer_all_the_same(stage: DiscordStage) -> None:
    await stage.says("priya", "The one from the mill", below=stage.sees("Which flour"))
    assert "1 answer so far" in stage.text(question(stage))
    await loses_its_session(stage, below(stage), "ben")
    await stage.settle()

    assert "2 answers so far" in stage.text(question(stage)), "each counts once, heard or read"


async def test_what_cannot_be_read_at_once_is_read_later(stage: DiscordStage) -> None:
    stage.fake.faults.refuse(HISTORY, status=503, times=1_000)
    await loses_its_session(stage, below(stage), "ben")
    assert stage.adapter.missed._waiting
    before = await kept(stage)
    await stage.passes(minutes=5)
    assert await kept(stage) == before, "whoever starts after a crash begins where that one stopped"
    stage.fake.faults.clear()
    await stage.adapter.missed.read(stage.adapter.events)
    await stage.settle()

    assert not stage.adapter.missed._waiting
    assert "1 answer so far" in stage.text(question(stage))


async def kept(stage: DiscordStage) -> str | None:
    """Return what is kept about until when was heard, once it could be."""
    await stage.app.store.write(stage.adapter.missed.note)
    return await stage.app.store.read(lambda uow: uow.memos.get(HEARD))


async def test_until_when_was_heard_is_kept_while_it_is(stage: DiscordStage) -> None:
    """A session that is silent for a while, or lost, is not taken for one that was heard."""
    missed = stage.adapter.missed
    assert await kept(stage) == stage.clock.now().isoformat()
    before = stage.clock.now()
    stage.adapter.hears(False)
    await stage.passes(hours=1)
    assert await kept(stage) == before.isoformat()
    await missed.session_begins()
    assert missed._since == before


@pytest.mark.parametrize(
    ("ago", "several", "hours"),
    [
        (timedelta(hours=3), False, 3),
        (timedelta(days=40), False, 144),
        (None, False, 24),
        (timedelta(hours=3), True, 24),
    ],
)
async def test_replies_are_read_since_the_last_session_and_no_further_than_they_are_known(
    stage: DiscordStage, ago: timedelta | None, several: bool, hours: int
) -> None:
    """Of several connections nobody knows which of them heard what."""
    adapter, now = stage.adapter, stage.clock.now()
    word = (now - ago).isoformat() if ago else "nonsense"
    await stage.app.store.write(lambda uow: uow.memos.keep(HEARD, word))
    missed = Missed(adapter._client, adapter.platform, stage.app.store, stage.clock, several=several)
    await missed.session_begins()
    stage.fake.person("ben").says("Rye", below(stage))
    await stage.settle()
    missed.look_into(adapter._client.guilds[0])

    [(_, since)] = missed._waiting.values()
    assert abs(stage.clock.now() - since - timedelta(hours=hours)) < timedelta(minutes=3)
