"""Who calls, from where, and what they may: decided by the core for every platform alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import Button
from bot.chat import AccountRef, ChannelRef, Invocation
from bot.ids import MemberId, code, new_id
from bot.language import ENGLISH
from bot.ports import UnitOfWork
from bot.study.founding import found
from bot.study.members import Member, MemberState, Role
from tests.bot.samples import call, feature, read, untouched, went
from tests.builders import OUTLINE, Scene, plain, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    went.clear()
    async with scene(sqlite_url, [feature], tmp_path) as opened:
        yield opened


# Who and where


@pytest.mark.parametrize(
    ("name", "known_as"),
    [
        ("Lin", "Lin"),
        (" Ne\u202ew\n\x00 Person\ud800 ", "New Person"),
        ("\u2066\u200b", "new"),
        ("", "new"),
        ("x" * 200, "x" * 80),
        ("**Jill** {who}", "**Jill** {who}"),
    ],
)
async def test_whoever_calls_first_becomes_known_by_a_name_that_can_be_read(
    js: Scene, name: str, known_as: str
) -> None:
    answer = await js.bot.invoke(Invocation("1", "enrol", AccountRef("local", "new"), name, js.home.ref))
    assert plain(answer.cards[0]) == f"Welcome {known_as}."
    known = await js.reads(lambda uow: uow.people.by_account(AccountRef("local", "new")))
    assert known is not None
    assert known.name == known_as


async def test_reading_makes_nobody_known(js: Scene) -> None:
    await js.calls("stranger", "responses")
    assert await js.reads(lambda uow: uow.people.by_account(AccountRef("local", "stranger"))) is None


async def test_whoever_may_not_is_told_who_may(js: Scene) -> None:
    told = await js.calls("jill", "lead announce")
    assert told == "Only facilitators can do this. Here, that is Fela."


async def test_a_guest_is_told_how_to_join(js: Scene) -> None:
    told = await js.calls("gus", "note", text="x")
    assert (
        told
        == "This is for members of JavaScript in three weeks. Join with /enrol, and the facilitator will let you in."
    )


async def test_a_command_in_no_table_is_nobodys(js: Scene) -> None:
    for who in ("fela", "jill", "gus"):
        assert (await js.calls(who, "nobody's")).startswith("Only ")


async def test_whoever_was_removed_may_no_longer(js: Scene) -> None:
    await js.changes("jill", state=MemberState.REMOVED)
    assert "This is for members of" in await js.calls("jill", "note", text="x")


async def test_in_a_direct_conversation_ones_only_group_is_meant(js: Scene) -> None:
    assert await read(js, "jill", "responses", direct=True) == "Jill reads in JavaScript in three weeks."


async def test_in_the_wrong_place_ones_groups_are_offered(js: Scene) -> None:
    python = await js.another_group()
    answer = await js.bot.invoke(call(js, "fela", "responses", direct=True))
    [shown] = answer.cards
    assert plain(shown) == (
        "Run this in a group's channel, or choose one below.\n[Python together] [JavaScript in three weeks]"
    )
    pressed = shown.buttons[0]
    assert isinstance(pressed, Button)
    told = await read(js, "fela", pressed.command, direct=True, **dict(pressed.arguments))
    assert told == "Fela reads in Python together."
    assert python.title == "Python together"


async def test_in_the_wrong_place_a_long_text_is_given_back(js: Scene) -> None:
    await js.another_group()
    written = "What I tried before I asked, in more words than a button can carry along."
    answer = await js.bot.invoke(call(js, "fela", "note", direct=True, text=written))
    shown = plain(answer.cards[0])
    assert shown.startswith("Run this in a group's channel, or choose one below.")
    assert f"> {written}" in shown


async def test_in_a_channel_only_groups_of_that_space_are_offered(js: Scene) -> None:
    await js.another_group()
    elsewhere = ChannelRef("local", "other", "javascript")
    answer = await js.bot.invoke(call(js, "fela", "responses", channel=elsewhere))
    assert answer.cards[0].buttons == ()
    assert "JavaScript" not in plain(answer.cards[0])


async def test_a_group_with_the_strangest_title_can_be_offered(js: Scene) -> None:
    await js.another_group(title="C++ & C# (in-depth) [2027] *week-by-week* ~ part_1.2.3 | a_b_c_d.e.f.g.h.i.j.k")
    answer = await js.bot.invoke(call(js, "fela", "responses", direct=True))
    assert len(answer.cards[0].buttons) == 2


async def test_a_group_of_another_space_cannot_be_named(js: Scene) -> None:
    """The same ids in two spaces are two things."""
    twin = ChannelRef("local", "other", "javascript")
    told = await read(js, "jill", "responses", channel=twin, group=code(js.group.id))
    assert told == "I can't find that any more. It may have been removed, or it belongs to another group."
    told = await read(js, "jill", "note", channel=twin, group=code(js.group.id), text="x")
    assert told.startswith("I can't find that any more.")
    assert await untouched(js)


@pytest.mark.parametrize("named", ["0", "zzzzzzzzzzzzz", "JS", "-1", "1e9", "javascript"])
async def test_a_group_that_is_none_is_not_found(js: Scene, named: str) -> None:
    assert (await js.calls("jill", "responses", group=named)).startswith("I can't find that any more.")


async def test_a_member_of_another_space_is_a_guest_here(js: Scene) -> None:
    def begin(uow: UnitOfWork) -> None:
        other = ChannelRef("local", "other", "javascript")
        group = found(
            uow,
            OUTLINE,
            title="Other",
            channels=[other],
            owner=js.ids["tomas"],
            starts=js.group.starts,
            zone="UTC",
            now=js.clock.now(),
        )
        now = js.clock.now()
        uow.members.add(
            Member(MemberId(new_id(now)), group.id, js.ids["gus"], Role.FACILITATOR, MemberState.ACTIVE, now)
        )

    await _before(js, begin)
    assert (await js.calls("gus", "lead announce")).startswith("Only facilitators can do this.")
    assert (await js.calls("gus", "note", text="x")).startswith("This is for members of JavaScript")


async def _before(on: Scene, work: Callable[[UnitOfWork], None]) -> None:
    """Do something a day earlier."""
    now = on.clock.now()
    on.clock.move_by(-timedelta(days=1))
    await on.writes(work)
    on.clock.move_to(now)


async def test_a_zone_that_only_the_platform_knows_is_passed_over(js: Scene) -> None:
    odd = Invocation("1", "week", AccountRef("local", "new"), "New", js.home.ref, zone="Mars/Olympus")
    assert plain((await js.bot.invoke(odd)).cards[0]).endswith("in Europe/Berlin")


# Suggestions


async def test_what_can_be_chosen_is_suggested_to_whoever_may(js: Scene) -> None:
    [choice] = await js.bot.suggest(call(js, "jill", "responses"), "activity")
    assert ENGLISH.plain(choice.label) == "Activity of JavaScript in three weeks"
    assert await js.bot.suggest(call(js, "gus", "responses"), "activity") == ()
    assert await js.bot.suggest(call(js, "jill", "responses"), "page") == ()
    assert await js.bot.suggest(call(js, "jill", "unknown"), "activity") == ()
    assert await js.bot.suggest(call(js, "jill", "responses", group="zzz"), "activity") == ()
    assert went == ["suggested"]
