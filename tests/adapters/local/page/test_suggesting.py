"""What is offered while somebody types: commands, their options, and what can be chosen now."""

from __future__ import annotations

import pytest

from adapters.local.page.suggesting import Offer, offers
from tests.adapters.local.page.conftest import Served


async def offered(there: Served, line: str, user: str = "priya") -> list[Offer]:
    world = there.tried.chat.world
    return await offers(world, world.join(user), there.tried.home, line)


@pytest.mark.slow
async def test_a_slash_lists_the_commands_a_learner_s_first(there: Served) -> None:
    found = await offered(there, "/")
    names = [one.label for one in found]
    assert names[0] == "/ask"
    assert names.index("/week") < names.index("/lead announce")
    assert "/help" in names
    assert not any("anyway" in name for name in names)  # what is behind buttons only
    assert next(one.hint for one in found if one.label == "/submit")


@pytest.mark.slow
async def test_letters_narrow_the_list_and_what_begins_so_comes_first(there: Served) -> None:
    assert [one.label for one in await offered(there, "/resp")] == ["/responses"]
    assert next(one.label for one in await offered(there, "/sub")) == "/submit"


@pytest.mark.slow
async def test_words_that_are_no_command_offer_nothing(there: Served) -> None:
    assert await offered(there, "hello /ask") == []
    assert await offered(there, "") == []


@pytest.mark.slow
async def test_a_command_offers_its_options_with_what_must_be_given(there: Served) -> None:
    found = await offered(there, "/ask ")
    assert [one.label for one in found][:2] == ["question:", "details:"]
    assert found[0].line == "/ask question:"
    required = await offered(there, "/lead week material ", "fela")
    assert [one.hint.endswith("(required)") for one in required][:2] == [True, True]
    rest = await offered(there, '/ask question:"Why?" ')
    assert [one.label for one in rest][:1] == ["details:"]


@pytest.mark.slow
async def test_an_option_offers_what_can_be_chosen_now(there: Served) -> None:
    await there.tried.app.runner.advance(there.tried.clock, there.tried.home.last.at.replace(day=12))
    found = await offered(there, "/submit activity:")
    assert found[0].label.startswith("Week 1, activity 1")
    assert found[0].line == "/submit activity:1.1 "
    assert await offered(there, "/submit activity:nothing-like-it") == []
    assert [one.line for one in await offered(there, "/settings reminders:")] == [
        "/settings reminders:yes ",
        "/settings reminders:no ",
    ]


@pytest.mark.slow
async def test_who_may_not_run_a_command_gets_no_choices(there: Served) -> None:
    assert await offered(there, "/lead members role member:", "jill") == []
    assert await offered(there, "/lead members role member:", "fela") != []
