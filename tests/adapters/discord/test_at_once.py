"""Much at once on Discord, and servers that go: each thing counts once, and what is for others goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat import ChannelRef
from bot.outbox import PostState
from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.scenarios import HOME
from tests.adapters.staging import begun

pytestmark = pytest.mark.slow

PEOPLE = ("jill", "priya", "ben")


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[DiscordStage]:
    """Return a stage with a group of Fela's whose first week is out."""
    async with opened(sqlite_url) as stage:
        await begun(stage, *PEOPLE)
        await stage.passes(days=8)
        yield stage


async def test_a_button_that_is_pressed_twice_at_once_counts_once(stage: DiscordStage) -> None:
    fela = stage.fake.person("fela")
    await stage.types("fela", "/lead announce text:Hello")
    previewed = next(one for one in reversed(fela.shown) if any(b["label"] == "Post now" for b in one.buttons))
    answers = await asyncio.gather(*(fela.presses("Post now", previewed) for _ in range(3)))
    await stage.settle()

    told = ["\n".join(text for one in each.shown for text in one.texts) for each in answers]
    assert sorted("Posted: everyone" in words for words in told) == [False, False, True]
    assert sum("is posted already" in words for words in told) == 2
    assert sum("A word from" in text for text in stage.channel()) == 1


async def test_suggestions_that_many_want_at_once_all_come(stage: DiscordStage) -> None:
    place = stage.fake.channel(HOME)
    alone = await stage.fake.person("jill").suggestions("/submit", "activity", "", place)
    typing = [stage.fake.person(who).suggestions("/submit", "activity", "", place) for who in PEOPLE * 10]
    assert alone
    assert all(one == alone for one in await asyncio.gather(*typing))


async def test_a_server_that_the_bot_has_to_leave_keeps_nobody_else_waiting(stage: DiscordStage) -> None:
    there = stage.fake.channel(HOME)
    other = stage.fake.channel("elsewhere", guild="other")
    ada = stage.fake.person("ada", guild="other", admin=True)
    await stage.heard()
    assert (await ada.types("/study about", other)).shown

    stage.fake.world.remove_bot(stage.fake.guild())
    await stage.passes(days=8)
    here = ChannelRef("discord", str(there.guild.id), str(there.id)) if there.guild else None
    assert here is not None
    posts = await stage.app.store.read(lambda uow: uow.outbox.of_group(uow.groups.in_channel(here).id))  # type: ignore[union-attr]
    assert {one.state for one in posts} >= {PostState.SENT, PostState.DEAD}
    assert not {PostState.DUE, PostState.SENDING} & {one.state for one in posts}
    assert (await ada.types("/study about", other)).shown
