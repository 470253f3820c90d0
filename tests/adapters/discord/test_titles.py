"""After somebody is erased no title of a thread holds their name or words, over the wire (P13, S6): canary words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.scenarios import HOME
from tests.adapters.staging import begun
from tests.fakes.discord import Channel, openapi

pytestmark = pytest.mark.slow

CANARY, PARROT = "canaryword", "parrotword"


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[DiscordStage]:
    """Return a stage with a group of Fela's whose first week is out, in which Jill and Priya learn."""
    async with opened(sqlite_url) as stage:
        await begun(stage, "jill", "priya")
        await stage.passes(days=8)
        yield stage
        assert openapi.problems(stage.fake.recorder.asked) == []


def threads(stage: DiscordStage) -> dict[str, Channel]:
    return {one.name: one for one in stage.fake.guild().threads.values()}


def everything(stage: DiscordStage) -> str:
    """Return all that the bot has standing in the server: titles, messages, and the lines that tell of new titles."""
    guild = stage.fake.guild()
    places = [*guild.channels.values(), *guild.threads.values()]
    bot = stage.fake.world.application.user
    said = [text for place in places for one in place.messages if one.author is bot for text in one.texts]
    return "\n".join([*(place.name for place in places), *said])


async def is_forgotten(stage: DiscordStage, who: str) -> None:
    await stage.types(who, "/settings erase")
    assert "I have forgotten you" in await stage.presses(who, "Yes, erase everything")
    await stage.settle()


async def test_titles_of_questions_and_work_hold_nothing_of_somebody_who_is_erased(stage: DiscordStage) -> None:
    forum = stage.fake.forum("questions")
    await stage.types("jill", f"/ask Where does my {CANARY} end")
    await stage.fake.person("fela").types("/lead group questions", stage.fake.channel(HOME), channel=forum)
    await stage.settle()
    await stage.types("jill", f"/ask Who ever saw a {PARROT}")
    await stage.types("jill", f"/submit 1.1 link:https://code.example/{CANARY}")
    await stage.settle()
    answered = threads(stage)[f"Where does my {CANARY} end"]
    stage.fake.person("priya").says("Behind the hills", answered)
    await stage.settle()
    put_away = threads(stage)[f"Who ever saw a {PARROT}"]
    stage.fake.world.archive(put_away)
    [work] = [one for name, one in threads(stage).items() if name.startswith("Jill: ")]

    await is_forgotten(stage, "jill")

    for word in (CANARY, PARROT, "Jill"):
        assert word not in everything(stage)
    assert [one.name for one in (answered, put_away)] == ["A question from a former member"] * 2
    assert work.name == "Work of a former member"
    assert answered.messages[0].content == "Behind the hills"


async def test_a_name_that_somebody_has_now_is_given_to_no_thread_as_discord_keeps_the_line_that_tells_of_it(
    stage: DiscordStage,
) -> None:
    await stage.types("jill", "/submit 1.1 link:https://code.example/1")
    await stage.settle()
    await stage.types("jill", "/settings name:Jillian")
    await stage.types("jill", "/submit 1.1 link:https://code.example/2")
    await stage.settle()
    assert [*threads(stage)] == ["Jill: Feel three flours"]

    await is_forgotten(stage, "jill")

    assert "Jill" not in everything(stage)


async def test_a_thread_that_was_renamed_twice_just_now_gets_its_last_title_ten_minutes_later(
    stage: DiscordStage,
) -> None:
    await stage.types("jill", f"/ask Where does my {CANARY} end")
    await stage.settle()
    [thread] = stage.fake.guild().threads.values()
    for number in range(2):
        stage.fake.world.rename(thread, f"{CANARY} {number}")  # a moderator's hand, in the bot's own count

    await is_forgotten(stage, "jill")
    assert CANARY in thread.name
    await stage.passes(minutes=11)
    await stage.settle()
    assert thread.name == "A question from a former member"


async def test_a_locked_thread_is_told_to_who_leads_without_its_title(stage: DiscordStage) -> None:
    await stage.types("jill", f"/ask Where does my {CANARY} end")
    await stage.settle()
    [thread] = stage.fake.guild().threads.values()
    stage.fake.world.archive(thread, locked=True)

    await is_forgotten(stage, "jill")

    told = stage.told("fela")[-1]
    assert told.startswith("A thread could not get another title")
    assert "A question from a former member" in told
    assert "Unlock it" in told
    assert CANARY not in told
    stage.fake.world.archive(thread, archived=True, locked=False)
    await stage.presses("fela", "Try again", stage.fake.person("fela").inbox[-1])
    await stage.settle()
    assert thread.name == "A question from a former member"
    assert CANARY not in everything(stage)
