"""The bot on a Discord is killed again and again: nothing is lost, nothing is seen twice, and what was missed is found.

J28: what the group was told stands there once, and likes are those that stand on Discord.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.discord.machine import SEND, Machine, connected, opened
from tests.adapters.machine import (
    LATER,
    SECONDS,
    is_killed_while_it_posts,
    is_posted_once_however_often_it_is_killed,
)
from tests.fakes.discord import Fault, May, Message, Way

pytestmark = pytest.mark.slow


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with opened(tmp_path) as machine:
        yield machine


# Sends


async def test_however_often_it_is_killed_an_announcement_is_posted_once(machine: Machine) -> None:
    await is_posted_once_however_often_it_is_killed(machine)


async def killed_after_a_lost_answer(machine: Machine, words: str) -> None:
    """Let the answer to an announcement be lost, and the bot be killed when it has written that down."""
    machine.fake.faults.add(Fault(Way.LOST, SEND, when=lambda asked: words in json.dumps(asked.body), reset=True))
    await is_killed_while_it_posts(machine, words)
    assert len(machine.standing(words)) == 1


async def test_within_a_minute_it_is_sent_again_under_the_same_nonce(machine: Machine) -> None:
    await killed_after_a_lost_answer(machine, "Bring flour.")
    await machine.starts()
    first, again = machine.sends("Bring flour.")
    assert first.body["nonce"] == again.body["nonce"]
    assert (first.body["enforce_nonce"], again.body["enforce_nonce"]) == (True, True)
    assert len(machine.made("Bring flour.")) == len(machine.standing("Bring flour.")) == 1


async def test_after_a_minute_it_is_looked_for_as_no_nonce_would_stop_a_second_one(machine: Machine) -> None:
    await killed_after_a_lost_answer(machine, "Bring flour.")
    await machine.starts(after=LATER)
    assert len(machine.sends("Bring flour.")) == 1
    assert len(machine.standing("Bring flour.")) == 1


# What is more than one message


async def joins(machine: Machine, *who: str) -> None:
    """Let people come into the group."""
    for one in who:
        person = machine.fake.person(one)
        await person.types("/enrol")
        await person.fills(goal="Bread", zone="UTC")


async def asks(machine: Machine, who: str, question: str) -> None:
    person, home = machine.fake.person(who), machine.fake.channel("javascript")
    offered = await person.suggestions("/ask", "activity", "", home)
    await person.types("/ask", home, question=question, activity=next(iter(offered.values())))


async def test_a_question_whose_thread_is_missing_gets_it_after_a_kill(machine: Machine) -> None:
    bot = await machine.starts()
    await joins(machine, "jill")
    machine.fake.faults.add(
        Fault(Way.SLOW, SEND, when=lambda asked: "Which flour" in json.dumps(asked.body), seconds=9)
    )
    asking = asyncio.create_task(asks(machine, "jill", "Which flour"))
    await machine.fake.until(lambda: bool(machine.standing("Which flour")), SECONDS)
    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    await asking
    [question] = machine.standing("Which flour")
    assert question.thread is None
    await machine.starts(after=LATER)
    assert machine.standing("Which flour") == [question]
    assert len(machine.made("Which flour")) == 1
    assert question.thread is not None


async def test_a_post_of_a_forum_is_looked_for_after_a_kill_as_it_has_no_nonce(machine: Machine) -> None:
    bot = await machine.starts()
    forum = machine.fake.forum("questions")
    await joins(machine, "jill")
    await machine.fake.person("fela").types("/lead group questions", channel=forum)
    machine.fake.faults.slow("POST /channels/{channel_id}/threads", seconds=9)
    asking = asyncio.create_task(asks(machine, "jill", "Which flour"))
    threads = machine.fake.guild().threads
    await machine.fake.until(lambda: bool(threads), SECONDS)
    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    await asking
    await machine.starts(after=LATER)
    assert [one.name for one in threads.values()] == ["Which flour"]
    assert len(machine.fake.recorder.to("POST /channels/{channel_id}/threads")) == 1


# What was not told


def reactions(message: Message) -> dict[str, int]:
    return {str(emoji.name): sum(map(len, kinds.values())) for emoji, kinds in message.reactions.items()}


async def test_reactions_that_nobody_told_of_are_found_after_a_kill_and_after_a_lost_session(machine: Machine) -> None:
    """J28: likes are those that stand on Discord."""
    fake = machine.fake
    bot = await machine.starts()
    await joins(machine, "jill", "priya", "tomas")
    await asks(machine, "jill", "Which flour")
    await machine.settles()
    [question] = machine.standing("Which flour")
    priya, tomas = fake.person("priya"), fake.person("tomas")
    priya.reacts("👍", question)
    tomas.reacts("👍", question)
    await machine.comes(lambda: machine.likes() == {"👍": 2})

    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    priya.unreacts("👍", question)
    priya.reacts("🎉", question)
    tomas.reacts("🎉", question, burst=True)
    await machine.starts()
    await machine.comes(lambda: machine.likes() == {"👍": 1, "🎉": 2} == reactions(question))

    fake.gateway.invalidate()
    tomas.unreacts("👍", question)
    priya.reacts("🌱", question)
    await fake.until(lambda: fake.gateway.starts == 3 and connected(fake), SECONDS)
    await machine.comes(lambda: machine.likes() == {"🎉": 2, "🌱": 1} == reactions(question))


# Roles

GIVEN = "roster: carried out"
"""Where a role is given or taken, and nobody has noted it yet."""


async def test_killed_before_it_is_noted_a_role_is_given_and_taken_all_the_same(machine: Machine) -> None:
    fake, guild, home = machine.fake, machine.fake.guild(), machine.fake.channel("javascript")
    fela = fake.person("fela")
    fake.world.join(guild, fela.user, admin=True)
    bakers = fake.world.add_role(guild, "Bakers")
    mine = next(one for one in guild.roles.values() if one.of_bot is not None)
    fake.world.change_role(guild, mine, mine.permissions | May.MANAGE_ROLES)
    roles = guild.members[fela.user.id].roles
    bot = await machine.starts()
    machine.kill_at(GIVEN)
    choosing = asyncio.create_task(fela.types("/lead group role", home, role=bakers))
    await bot.is_killed()
    await choosing
    assert bakers.id in roles
    machine.kill_at("")
    bot = await machine.starts(LATER)
    await machine.comes(lambda: not machine.ask("SELECT 1, 1 FROM roster_entry WHERE due_at IS NOT NULL"))
    assert bakers.id in roles
    offered = await machine.offered(fela, "Give it no more", "/lead group role", home)
    machine.kill_at(GIVEN)
    pressing = asyncio.create_task(fela.presses("Give it no more", offered))
    await bot.is_killed()
    await pressing
    machine.kill_at("")
    await machine.starts(LATER)
    await machine.comes(lambda: not machine.ask("SELECT 1, 1 FROM roster_entry"))
    assert bakers.id not in roles
