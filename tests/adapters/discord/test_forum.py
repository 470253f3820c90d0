"""Questions in a forum, over the wire: the unmodified discord.py, on the fake Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.scenarios import HOME
from tests.adapters.staging import begun
from tests.fakes.discord import Channel
from tests.fakes.discord.permissions import May
from tests.fakes.discord.things import Overwrite

pytestmark = pytest.mark.slow


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[DiscordStage]:
    """Return a stage with a group of Fela's whose first week is out, in which Jill and Priya learn."""
    async with opened(sqlite_url) as stage:
        await begun(stage, "jill", "priya")
        await stage.passes(days=8)
        yield stage


async def questions_go(stage: DiscordStage, forum: Channel) -> str:
    fela, home = stage.fake.person("fela"), stage.fake.channel(HOME)
    return await stage._read("fela", await fela.types("/lead group questions", home, channel=forum))


def tags(forum: Channel, post: Channel) -> list[str]:
    return [tag.name for id in post.applied for tag in forum.tags if tag.id == id]


async def test_questions_are_posts_of_a_forum_with_tags_that_say_how_they_stand(stage: DiscordStage) -> None:
    forum = stage.fake.forum("questions", "Bug")
    bot = stage.fake.world.application.user
    forum.overwrites[bot.id] = Overwrite(of_role=False, allow=May.MANAGE_CHANNELS)
    stage.fake.world.change_channel(forum)
    assert (await questions_go(stage, forum)).startswith("Questions go to that channel from now on.")
    before = len(stage.fake.channel(HOME).messages)

    await stage.types("jill", "/ask Which flour is best activity:1.1")
    [post] = stage.fake.guild().threads.values()
    assert (post.parent, post.name) == (forum, "Which flour is best")
    assert tags(forum, post) == ["Open", "Week 1"]
    assert len(stage.fake.channel(HOME).messages) == before

    post.applied.append(forum.tags[0].id)  # a moderator's hand
    stage.fake.person("priya").says("The one from the mill", post)
    await stage.settle()
    assert tags(forum, post) == ["Week 1", "Bug", "Answered"]
    assert [tag.name for tag in forum.tags] == ["Bug", "Open", "Week 1", "Answered"]
    assert "1 answer so far" in stage.text(post.messages[0])


async def test_where_we_may_not_make_tags_posts_get_those_that_are_there(stage: DiscordStage) -> None:
    forum = stage.fake.forum("questions", "Answered")
    await questions_go(stage, forum)
    await stage.types("jill", "/ask Which flour is best activity:1.1")
    [post] = stage.fake.guild().threads.values()
    assert tags(forum, post) == []
    stage.fake.person("priya").says("The one from the mill", post)
    await stage.settle()
    assert tags(forum, post) == ["Answered"]
    assert [tag.name for tag in forum.tags] == ["Answered"]


async def test_a_channel_can_only_be_chosen_by_somebody_who_can_write_there(stage: DiscordStage) -> None:
    forum = stage.fake.forum("announcements")
    fela = stage.fake.person("fela")
    stage.fake.guild().members[fela.user.id].roles.clear()
    forum.overwrites[stage.fake.guild().id] = Overwrite(of_role=True, deny=May.SEND_MESSAGES)
    assert (await questions_go(stage, forum)).startswith("You can't write in #announcements yourself")


async def test_progress_is_seen_from_the_menu_on_a_member(stage: DiscordStage) -> None:
    home, fela, jill = stage.fake.channel(HOME), stage.fake.person("fela"), stage.fake.person("jill")
    told = await stage._read("fela", await fela.opens_menu_on(jill, "Their progress", home))
    assert told.startswith("Progress of @Jill")


async def test_a_post_that_was_closed_before_we_knew_of_it_is_found_again(stage: DiscordStage) -> None:
    forum = stage.fake.forum("questions")
    await questions_go(stage, forum)
    stage.fake.faults.lose_answer("POST /channels/{channel_id}/threads")
    jill, home = stage.fake.person("jill"), stage.fake.channel(HOME)
    await jill.types("/ask", home, question="Which flour is best", activity="1.1")
    await stage.heard()
    await stage.app.runner.run_due()
    [post] = stage.fake.guild().threads.values()
    stage.fake.world.archive(post)
    await stage.settle()
    await stage.passes(minutes=10)

    assert [*stage.fake.guild().threads.values()] == [post]
    stage.fake.person("priya").says("The one from the mill", post)
    await stage.settle()
    assert "1 answer so far" in stage.text(post.messages[0])
