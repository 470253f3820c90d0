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

from tests.adapters.slack.machine import LATER, SECONDS, Machine, made, nursery, opened, sends, standing
from tests.fakes.slack import Fault, Interaction, Message, Way

pytestmark = pytest.mark.slow


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with opened(tmp_path) as machine:
        yield machine


def label(message: Message) -> str:
    """Return what stands on a message's first button."""
    return str(message.buttons[0]["label"]) if message.buttons else ""


async def written(machine: Machine, words: str) -> Message:
    """Let Fela write an announcement; return the question below its preview, of which nobody else knows yet."""
    asked = await machine.fake.person("fela").types(f'/study lead announce text:"{words}"', machine.home)
    await machine.fake.until(lambda: any(label(one) == "Post now" for one in asked.shown), SECONDS)
    return asked.shown[-1]


KILLS = {
    ("store: before the commit",): 0,
    ("store: committed",): 0,
    ("delivery: claimed",): 0,
    ("delivery: before the send",): 0,
    ("delivery: sent",): 1,
    ("delivery: before it is kept",): 1,
    ("delivery: kept",): 1,
    ("delivery: sent", "delivery: looked"): 1,
    ("delivery: before the send", "delivery: looked"): 0,
    ("delivery: before the send", "delivery: next try kept", "delivery: sent"): 1,
}
"""Where the bot is killed while it posts an announcement, and again where it takes that up; is it there then?"""


async def test_however_often_it_is_killed_an_announcement_is_posted_once(machine: Machine) -> None:
    fela = machine.fake.person("fela")
    bot = await machine.starts()
    for kills, there in KILLS.items():
        words = f"Flour, killed at {' and '.join(kills)}."
        question = await written(machine, words)
        machine.kill_at(kills[0])
        pressing = asyncio.create_task(fela.presses("Post now", question))
        await bot.is_killed()
        for kill in kills[1:]:
            machine.kill_at(kill)
            bot = await machine.begins(after=LATER)
            await bot.is_killed()
        machine.kill_at("")
        assert len(standing(machine, words)) == there, words
        bot = await machine.starts(after=LATER)
        pressing.cancel()
        if label(question) == "Post now":  # whoever got no answer presses again
            await fela.presses("Post now", question)
        await machine.settles()
        assert len(made(machine, words)) == len(standing(machine, words)) == 1, words


async def test_after_a_lost_answer_and_a_kill_it_is_looked_for_and_not_sent_again(machine: Machine) -> None:
    bot = await machine.starts()
    question = await written(machine, "Bring flour.")
    fault = Fault(Way.LOST, "chat.postMessage", when=lambda one: "Bring flour." in json.dumps(one.args), reset=True)
    machine.fake.faults.add(fault)
    machine.kill_at("delivery: kept")
    pressing = asyncio.create_task(machine.fake.person("fela").presses("Post now", question))
    await bot.is_killed()
    pressing.cancel()
    machine.kill_at("")
    await machine.starts(after=LATER)
    assert len(sends(machine, "Bring flour.")) == len(standing(machine, "Bring flour.")) == 1
    looked = [one.args for one in machine.fake.recorder.to("conversations.history")]
    assert any(one.get("include_all_metadata") for one in looked)


async def test_a_bot_that_froze_while_another_posted_posts_nothing_again_when_it_wakes(machine: Machine) -> None:
    """It is stopped in the middle of a send, for longer than its right to its posts."""
    frozen = await machine.starts()
    question = await written(machine, "Bring flour.")
    fault = Fault(Way.SLOW, "chat.postMessage", when=lambda one: "Bring flour." in json.dumps(one.args), seconds=0.3)
    machine.fake.faults.add(fault)
    pressing = asyncio.create_task(machine.fake.person("fela").presses("Post now", question))
    await machine.fake.until(lambda: bool(standing(machine, "Bring flour.")), SECONDS)
    frozen.signal(signal.SIGSTOP)
    pressing.cancel()
    async with nursery() as other:
        await machine.begins(after=LATER, beside=other)
        await machine.settles()
        frozen.signal(signal.SIGCONT)
        await machine.comes(lambda: not frozen.lives or "Bring flour." in machine.home.messages[-1].text)
        await machine.fake.transport.quiet()
        await machine.settles()
    assert len(sends(machine, "Bring flour.")) == len(made(machine, "Bring flour.")) == 1
    assert len(standing(machine, "Bring flour.")) == 1


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
    [question] = standing(machine, "Which flour")
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
    [question] = standing(machine, "Which flour")
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
    [question] = standing(machine, "Which flour")
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
    assert [one for one in standing(machine, "Which flour") if "1 answer so far" in one.text] == [question]
