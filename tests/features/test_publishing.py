"""Publishing by chat: private until published, looked at before, each thing by choice (J27, J11, P16)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.study import publishing
from bot.study.groups import GroupState
from bot.study.members import MemberState
from bot.study.public import portfolio_view
from bot.study.publishing import Kind, Publication
from tests.builders import Scene, scene

SITE = "https://circle.example/"


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group on an installation with public pages."""
    async with scene(sqlite_url, FEATURES, tmp_path, site=SITE) as opened:
        await opened.open_week(1)
        yield opened


async def publication(js: Scene, name: str = "jill") -> Publication | None:
    return await js.reads(lambda uow: publishing.published(uow.publications, js.ids[name]))


async def test_publishing_asks_first_and_shows_what_it_would_show(js: Scene) -> None:
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    await js.does("jill", "/note text:Private")
    said = await js.does("jill", "/portfolio publish")
    assert "Anybody who has the address will see your name and this:" in said
    assert "JavaScript in three weeks: 1 piece of work" in said
    assert "1 thing of yours stays hidden." in said
    assert re.search(r"\[Look at it first: https://circle\.example/p/[a-z2-7]{32}/\]", said)
    assert await publication(js) is None
    assert "Show it to whom you like" in await js.presses("jill", "Publish it")
    found = await publication(js)
    assert found is not None
    assert f"{SITE}p/{found.slug}/" in await js.does("jill", "/portfolio link")


async def test_the_preview_has_another_address_than_the_portfolio_will_have(js: Scene) -> None:
    first = re.findall(r"/p/(\w+)/", await js.does("jill", "/portfolio publish"))[0]
    second = re.findall(r"/p/(\w+)/", await js.does("jill", "/portfolio publish"))[0]
    await js.presses("jill", "Publish it")
    found = await publication(js)
    assert found is not None
    assert len({first, second, found.slug}) == 3


async def test_taken_down_and_published_again_it_has_the_address_that_it_had(js: Scene) -> None:
    await js.calls("jill", "portfolio publish now")
    before = await publication(js)
    assert "private again" in await js.does("jill", "/portfolio hide")
    assert await publication(js) is None
    await js.calls("jill", "portfolio publish now")
    after = await publication(js)
    assert before is not None
    assert after is not None
    assert before.slug == after.slug


async def test_another_address_leaves_the_old_one_for_good(js: Scene) -> None:
    await js.calls("jill", "portfolio publish now", listed="yes")
    before = await publication(js)
    await js.passes(minutes=1)
    await js.calls("jill", "portfolio new address")
    after = await publication(js)
    assert before is not None
    assert after is not None
    assert before.slug != after.slug
    assert after.listed
    old = await js.reads(lambda uow: uow.publications.at(before.slug))
    assert old is not None
    assert old.withdrawn_at is not None


async def test_who_has_not_published_has_nothing_to_take_down(js: Scene) -> None:
    for line in ("/portfolio hide", "/portfolio link"):
        assert "Your portfolio is private" in await js.does("jill", line)
    assert "Your portfolio is private" in await js.calls("jill", "portfolio new address")


async def test_without_pages_the_bot_says_so_and_offers_files(sqlite_url: str, tmp_path: Path) -> None:
    async with scene(sqlite_url, FEATURES, tmp_path) as js:
        for line in ("/portfolio publish", "/portfolio link", "/lead group page"):
            assert "shows nothing on the web yet" in await js.does("fela", line)


async def test_nobody_publishes_what_is_empty(js: Scene) -> None:
    assert "empty so far" in await js.does("gus", "/portfolio publish")
    assert "empty so far" in await js.calls("gus", "portfolio publish now")


async def test_each_thing_is_shown_or_hidden_by_its_owner(js: Scene) -> None:
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    await js.does("jill", "/note text:A thought of mine")
    listed = await js.calls("jill", "portfolio items")
    assert "Shown: week 1, your work for Practise values" in listed
    assert "Hidden: week 1, your note A thought of mine" in listed
    await js.does("jill", "/portfolio publish")
    await js.presses("jill", "Choose what is shown")
    await js.presses("jill", "Hide Practise values")
    listed = await js.presses("jill", "Show A thought of mine")
    assert "Hidden: week 1, your work for Practise values" in listed
    assert "Shown: week 1, your note A thought of mine" in listed

    await js.calls("jill", "portfolio publish now")
    found = await publication(js)
    assert found is not None
    view = await js.reads(lambda uow: portfolio_view(uow, found))
    assert view is not None
    [part] = view.chapters[0].parts
    assert (part.work, [note.text for note in part.notes]) == ((), ["A thought of mine"])


async def test_a_whole_chapter_can_be_hidden_and_the_goal_be_shown(js: Scene) -> None:
    await js.changes("jill", goal="Build a game")
    assert "Hidden: your goal: Build a game" in await js.calls("jill", "portfolio items")
    found = await js.writes(
        lambda uow: publishing.publish(uow.publications, js.ids["jill"], listed=None, now=js.clock.now())
    )
    for kind, shown, chapters in ((Kind.GOAL, True, 1), (Kind.GROUP, False, 0)):
        await js.writes(
            lambda uow, kind=kind, shown=shown: publishing.choose(  # type: ignore[misc]
                uow.publications, js.ids["jill"], (kind, js.group.id), shown=shown, now=js.clock.now()
            )
        )
        view = await js.reads(lambda uow: portfolio_view(uow, found))
        assert view is not None
        assert len(view.chapters) == chapters
        assert [one.goal for one in view.chapters] == ["Build a game"] * chapters


async def test_nobody_chooses_for_others(js: Scene) -> None:
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    [work] = await js.reads(lambda uow: uow.submissions.by_person(js.group.id, js.ids["jill"]))
    said = await js.calls("priya", "portfolio item", what=f"submission:{code(work.id)}", shown="no")
    assert "Saved" not in said
    assert await js.reads(lambda uow: uow.publications.choices(js.ids["jill"])) == {}
    assert await js.reads(lambda uow: uow.publications.choices(js.ids["priya"])) == {}


async def test_a_long_list_of_things_has_pages(js: Scene) -> None:
    for number in range(20):
        await js.does("jill", f'/note text:"Thought {number:02}"')
    assert "Page 1 of 3" in await js.calls("jill", "portfolio items")
    assert "Thought 19" in await js.calls("jill", "portfolio items", page="99")


# Groups


async def test_those_who_lead_make_a_page_and_the_group_is_told(js: Scene) -> None:
    said = await js.does("fela", "/lead group page")
    assert "Anybody on the web would see:" in said
    assert "who leads it, with their track record: Fela" in said
    assert await js.reads(lambda uow: uow.publications.of_group(js.group.id)) is None
    assert "I told the group" in await js.presses("fela", "Make it public")
    told = js.home.last.text
    assert f"{SITE}g/{js.group.slug}/" in told
    assert "Those who learn here are a number on it." in told
    assert "Your name stands on the group's page" in await js.presses("jill", "Name me there", js.home.last)
    assert await js.reads(lambda uow: uow.publications.named(js.group.id)) == {js.ids["jill"]}
    assert "not on the group's page any more" in await js.presses("jill", "Take my name off")
    assert await js.reads(lambda uow: uow.publications.named(js.group.id)) == set()


async def test_a_page_is_taken_down_with_the_message_that_told_of_it(js: Scene) -> None:
    await js.calls("fela", "lead group page", public="yes", join="https://chat.example/invite")
    before = len(js.home.messages)
    assert "is taken down" in await js.calls("fela", "lead group page", public="no")
    assert len(js.home.messages) == before - 1
    assert "nothing changed" in await js.calls("fela", "lead group page", public="no")
    assert "has no public page" in await js.calls("jill", "group name me", shown="yes")
    assert "It is on the web now" in await js.calls("fela", "lead group page", public="yes")
    found = await js.reads(lambda uow: uow.publications.of_group(js.group.id))
    assert found is not None
    assert found.join_link == "https://chat.example/invite"


@pytest.mark.parametrize("name", ["jill", "tomas", "olu", "gus"])
async def test_nobody_else_makes_a_page(name: str, js: Scene) -> None:
    await js.calls(name, "lead group page", public="yes")
    assert await js.reads(lambda uow: uow.publications.of_group(js.group.id)) is None


async def test_a_cancelled_group_gets_no_page(js: Scene) -> None:
    await js.changes_group(state=GroupState.CANCELLED)
    assert "was cancelled" in await js.calls("fela", "lead group page", public="yes")


async def test_who_left_still_publishes_what_they_made(js: Scene) -> None:
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    await js.changes("jill", state=MemberState.LEFT)
    await js.calls("jill", "portfolio publish now")
    found = await publication(js)
    assert found is not None
    view = await js.reads(lambda uow: portfolio_view(uow, found))
    assert view is not None
    assert len(view.chapters[0].parts[0].work) == 1
