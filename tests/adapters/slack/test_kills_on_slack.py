"""The bot on a Slack is killed again and again: nothing is lost, nothing is seen twice, and what was missed is found.

J28: what the group was told stands there once, and likes are those that stand on Slack, which knows no keys: what may
have arrived is read before anything is sent again.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.machine import (
    LATER,
    SECONDS,
    is_killed_while_it_posts,
    is_posted_once_however_often_it_is_killed,
)
from tests.adapters.slack.machine import Machine, nursery, opened
from tests.fakes.slack import Fault, Interaction, Way

pytestmark = pytest.mark.slow


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with opened(tmp_path) as machine:
        yield machine


async def test_however_often_it_is_killed_an_announcement_is_posted_once(machine: Machine) -> None:
    await is_posted_once_however_often_it_is_killed(machine)


async def test_after_a_lost_answer_and_a_kill_it_is_looked_for_and_not_sent_again(machine: Machine) -> None:
    fault = Fault(Way.LOST, "chat.postMessage", when=lambda one: "Bring flour." in json.dumps(one.args), reset=True)
    machine.fake.faults.add(fault)
    await is_killed_while_it_posts(machine, "Bring flour.")
    await machine.starts(after=LATER)
    assert len(machine.sends("Bring flour.")) == len(machine.standing("Bring flour.")) == 1
    looked = [one.args for one in machine.fake.recorder.to("conversations.history")]
    assert any(one.get("include_all_metadata") for one in looked)


async def test_a_bot_that_froze_while_another_posted_posts_nothing_again_when_it_wakes(machine: Machine) -> None:
    """It is stopped in the middle of a send, for longer than its right to its posts."""
    frozen = await machine.starts()
    question = await machine.written("Bring flour.")
    fault = Fault(Way.SLOW, "chat.postMessage", when=lambda one: "Bring flour." in json.dumps(one.args), seconds=0.3)
    machine.fake.faults.add(fault)
    pressing = asyncio.create_task(machine.fake.person("fela").presses("Post now", question))
    await machine.fake.until(lambda: bool(machine.standing("Bring flour.")), SECONDS)
    frozen.signal(signal.SIGSTOP)
    pressing.cancel()
    async with nursery() as other:
        await machine.begins(after=LATER, beside=other)
        await machine.settles()
        frozen.signal(signal.SIGCONT)
        await machine.comes(lambda: not frozen.lives or "Bring flour." in machine.home.messages[-1].text)
        await machine.fake.transport.quiet()
        await machine.settles()
    assert len(machine.sends("Bring flour.")) == len(machine.made("Bring flour.")) == 1
    assert len(machine.standing("Bring flour.")) == 1


async def asks(machine: Machine, who: str, question: str) -> Interaction:
    return await machine.fake.person(who).types(f'/ask question:"{question}" activity:1.1', machine.home)


async def joins(machine: Machine, *who: str) -> None:
    """Let people come into the group."""
    for one in who:
        person = machine.fake.person(one)
        await person.types("/enrol", machine.home)
        await person.fills(goal="Bread")
        await machine.fake.until(lambda person=person: bool(person.inbox or person.shown), SECONDS)  # type: ignore[misc]


async def test_an_event_that_was_being_saved_when_it_was_killed_is_told_again_and_counts_once(
    machine: Machine,
) -> None:
    """Between the acknowledgement and the commit there is nothing to lose: an event is saved first."""
    bot = await machine.starts()
    await joins(machine, "jill", "priya")
    await asks(machine, "jill", "Which flour")
    await machine.settles()
    [question] = machine.standing("Which flour")
    machine.fake.transport.waits = True
    machine.kill_at("store: before the commit")
    machine.fake.person("priya").reacts("👍", question)
    await bot.is_killed()
    machine.kill_at("")
    await machine.starts()
    await machine.comes(lambda: machine.likes() != {})
    await machine.fake.transport.quiet()
    assert list(machine.likes().values()) == [1]


async def test_reactions_that_nobody_told_of_are_found_after_a_kill(machine: Machine) -> None:
    """J28: likes are those that stand on Slack."""
    bot = await machine.starts()
    await joins(machine, "jill", "priya", "tomas")
    await asks(machine, "jill", "Which flour")
    await machine.settles()
    [question] = machine.standing("Which flour")
    priya, tomas = machine.fake.person("priya"), machine.fake.person("tomas")
    priya.reacts("👍", question)
    tomas.reacts("👍", question)
    await machine.comes(lambda: sum(map(int, map(str, machine.likes().values()))) == 2)
    await machine.settles()
    assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    machine.fake.transport.again = ()
    priya.unreacts("👍", question)
    priya.reacts("🎉", question)
    await machine.fake.transport.quiet()
    assert len(machine.fake.transport.lost) >= 2
    await machine.starts(after=LATER)
    await machine.comes(lambda: len(machine.likes()) == 2)
    assert sorted(map(int, map(str, machine.likes().values()))) == [1, 1]


async def test_an_event_that_is_told_four_times_to_two_processes_has_one_effect(machine: Machine) -> None:
    """The acknowledgements are lost, so that another process is told again."""
    await machine.starts()
    await joins(machine, "jill", "priya")
    await asks(machine, "jill", "Which flour")
    await machine.settles()
    [question] = machine.standing("Which flour")
    priya, transport = machine.fake.person("priya"), machine.fake.transport
    async with nursery() as other:
        second = await machine.begins(beside=other)
        await transport.connected(SECONDS, starts=2)
        await transport.quiet()
        for act in (lambda: priya.says("Rye, to begin with.", question), lambda: priya.reacts("🎉", question)):
            transport.loses_acks, before = 3, len(transport.deliveries)
            act()
            await transport.quiet()
            told = transport.deliveries[before]
            assert (told.tries, told.taken) == (4, True)
            to = [sum(one["payload"] is told.news.payload for one in each.told) for each in transport.sockets]
            assert to == [2, 2]
            await machine.settles()
        assert await second.ends(signal.SIGKILL) == -signal.SIGKILL
    assert list(machine.likes().values()) == [1]
    assert [one for one in machine.standing("Which flour") if "1 answer so far" in one.text] == [question]
