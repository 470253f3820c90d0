"""S6: a group leaves a platform with its history, and its people find their place again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.local import LocalPlatform
from bot.__main__ import app
from bot.chat import AccountRef, ChannelRef
from bot.command_line.moving import Wish, _is_there, _moved
from bot.study.codes import PLACE_LASTS, Purpose, made
from tests.homes.stage import CODE, Two, founded, two

TO = "right:workers/javascript"


def move(url: str, *options: str, to: str = TO, fails: bool = False, **settings: str) -> str:
    env = {"STUDYCIRCLE_STORAGE__URL": url, **settings}
    ran = CliRunner().invoke(app, ["group", "move", "javascript", "--to", to, *options], env=env)
    assert (ran.exit_code != 0) is fails, ran.output
    return ran.output


async def played(both: Two) -> None:
    """Let Jill and Ray learn on the left; Ray is on the right as well, and linked."""
    await founded(both)
    jill, ray = both.left.person("jill"), both.left.person("ray")
    rayb = both.right.person("rayb")
    await both.enrols(jill, ray)
    await both.links(ray, rayb)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Eleven tomatoes."')
    await both.types(ray, '/ask question:"How do I count?"')


@pytest.mark.slow
def test_a_group_moves_with_its_history_and_people(tmp_path: Path) -> None:
    """S6."""
    import asyncio

    url = f"sqlite:///{tmp_path / 'two.db'}"

    async def before_and_after() -> None:
        async with two(url) as both:
            await played(both)
            group = both.group
            assert group is not None

            planned = await asyncio.to_thread(move, url)
            assert "JavaScript (running) goes on in right:workers/javascript." in planned
            assert "It leaves left:makers/javascript" in planned
            assert "1 people have an account on Right and keep everything: Ray" in planned
            assert "2 have none there yet: Fela, Jill" in planned
            assert planned.rstrip().endswith("Run it again with --yes to do it.")
            homes = await both.app.store.read(lambda uow: uow.groups.homes(group.id))
            assert [str(home.channel) for home in homes] == ["left:makers/javascript"]

            both.channel(both.right)  # the channel is there
            done = await asyncio.to_thread(move, url, "--yes", "--codes")
            codes = dict(line.split("\t/link ") for line in done.splitlines() if "\t/link " in line)
            assert set(codes) == {"Fela", "Jill"}
            await both.settle()
            last = both.channel(both.left).last.text
            assert last.startswith("JavaScript goes on in a channel on Right.")
            there = "\n".join(message.text for message in both.channel(both.right).messages)
            assert "Study group: JavaScript" in there
            assert "Week 1: Values" in there
            assert "How do I count?" in there

            # Who is linked goes on at once; who is not has their place back with a code, from the bot or the operator.
            rayb, jilly, fe = (both.right.person(name) for name in ("rayb", "jilly", "fe"))
            assert "Saved" in await both.types(rayb, '/submit note:"From here."')
            await both.passes(days=1)
            assert CODE.fullmatch(codes["Jill"])
            # The command goes by this machine's clock; the story's is ahead of it, so she gets one of its time.
            hers, then = await both.person(both.left.person("jill").account), both.clock.now()
            code = await both.app.store.write(
                lambda uow: made(uow, Purpose.PERSON, hers, None, then, PLACE_LASTS)  # as the command does
            )
            await both.passes(days=2)
            await both.types(jilly, f"/link {code}")
            await both.presses(jilly, "Join both")
            assert await both.member(jilly) is not None
            assert await both.person(jilly.account) == await both.person(both.left.person("jill").account)
            fela = both.left.person("fela")
            await both.presses(fela, "Link my accounts", both.channel(both.left).last)
            [code] = CODE.findall(fela.answers[-1].text)
            await both.types(fe, f"/link {code}")
            await both.presses(fe, "Join both")
            member = await both.member(fe)
            assert member is not None
            assert member.leads

            # The next week opens there alone.
            await both.passes(days=6)
            assert "Week 2" in "\n".join(message.text for message in both.channel(both.right).messages)
            assert "Week 2:" not in "\n".join(message.text for message in both.channel(both.left).messages)

    asyncio.run(before_and_after())


async def moved(both: Two, to: str, *, codes: bool = False, on: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Let a group move as the command does, by the story's clock."""
    wish = Wish("javascript", ChannelRef.parse(to), (), codes, on)
    _, made_for = await both.app.bot.perform(lambda ctx: _moved(ctx, wish))
    await both.settle()
    await both.passes(minutes=1)
    return made_for


def shown(both: Two, side: LocalPlatform, name: str = "javascript") -> str:
    return "\n---\n".join(message.text for message in both.channel(side, name).messages)


@pytest.mark.slow
async def test_within_one_space_questions_come_along_and_the_old_channel_rests(both: Two) -> None:
    """S6."""
    await played(both)
    both.channel(both.left, "second")
    await moved(both, "left:makers/second")
    there = shown(both, both.left, "second")
    assert "How do I count?" in there
    assert "Week 1: Values" in there
    jill = both.left.person("jill")
    await both.types(jill, "/ask Another one?", where="second")
    assert "Another one?" in shown(both, both.left, "second")
    assert "Another one?" not in shown(both, both.left)


@pytest.mark.slow
async def test_back_where_it_came_from_everything_goes_on_there(both: Two) -> None:
    await played(both)
    both.channel(both.right)
    await moved(both, TO)
    rayb = both.right.person("rayb")
    await both.types(rayb, '/submit note:"On the other side."')
    await moved(both, "left:makers/javascript")
    assert both.channel(both.right).last.text.startswith("JavaScript goes on in a channel on Left.")
    assert shown(both, both.left).count("Week 1: Values") == 1
    asked = both.channel(both.left).message("How do I count?")
    await both.says(both.left.person("jill"), "One, two.", asked)
    assert "1 answer so far" in asked.text
    await both.passes(days=7)
    assert shown(both, both.left).count("Week 2: Lists") == 1
    assert "Week 2: Lists" not in shown(both, both.right)


@pytest.mark.slow
async def test_a_platform_that_is_switched_off_gets_no_last_post_that_would_wait_for_ever(both: Two) -> None:
    await played(both)
    both.channel(both.right)
    before = shown(both, both.left)
    await moved(both, TO, on=("right",))
    assert shown(both, both.left) == before
    figures = await both.app.store.read(lambda uow: uow.outbox.figures(both.clock.now()))
    assert (figures.due, figures.dead) == (0, 0)


@pytest.mark.slow
async def test_codes_can_be_had_again_and_the_ones_before_are_worth_nothing(both: Two) -> None:
    await played(both)
    both.channel(both.right)
    first = dict(await moved(both, TO, codes=True))
    again = dict(await moved(both, TO, codes=True))
    assert set(first) == set(again) == {"Fela", "Jill"}
    jilly = both.right.person("jilly")
    assert "does not work" in await both.types(jilly, f"/link {first['Jill']}")
    assert "Are both of them you?" in await both.types(jilly, f"/link {again['Jill']}")


@pytest.mark.slow
async def test_who_has_applied_gets_a_code_too(both: Two) -> None:
    await played(both)
    fela, wanda = (both.left.person(name) for name in ("fela", "wanda"))
    await both.types(fela, "/lead group enrolment auto_accept:no")
    await both.enrols(wanda)
    assert "Wanda" in dict(await moved(both, TO, codes=True))


def test_an_account_of_another_workspace_is_not_where_the_group_goes() -> None:
    to = ChannelRef.parse("slack:T1/C1")
    there = {user: _is_there(AccountRef("slack", user), to) for user in ("T1/U1", "T2/U1")}
    assert there == {"T1/U1": True, "T2/U1": False}
    assert _is_there(AccountRef("discord", "80351"), ChannelRef.parse("discord:1/2"))
    assert not _is_there(AccountRef("discord", "80351"), to)


def test_no_group_moves_to_a_platform_that_is_not_switched_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'two.db'}"
    said = move(url, to="slak:T1/C1", fails=True, STUDYCIRCLE_LOCAL__ENABLED="true")
    assert "slak is not switched on here" in said
