"""S4: codes that are used at once, and people who act while they are linked."""

from __future__ import annotations

import asyncio

import pytest

from adapters.local import Person
from bot.chat import Invocation
from bot.ids import new_id
from bot.study import linking, reputation
from tests.homes.stage import CODE, Two, founded

pytestmark = pytest.mark.slow


def pressed(both: Two, who: Person, label: str) -> Invocation:
    """Return the call that a button of the newest private answer makes."""
    [button] = [one for one in who.answers[-1].cards[-1].buttons if label in str(one.label)]
    call = Invocation(
        id=str(new_id(both.clock.now())),
        command=button.command,  # type: ignore[union-attr]
        account=who.account,
        name=who.name,
        channel=both.channel(both.side(who)).ref,
        arguments=dict(button.arguments),  # type: ignore[union-attr]
    )
    return call


async def test_a_code_that_is_confirmed_many_times_at_once_joins_once(both_anywhere: Two) -> None:
    both = both_anywhere
    jill, jay = both.left.person("jill"), both.right.person("jay")
    [code] = CODE.findall(await both.types(jill, "/link"))
    await both.types(jay, f"/link {code}")
    from dataclasses import replace

    call = pressed(both, jay, "Join both")
    answers = await asyncio.gather(
        *(both.app.bot.invoke(replace(call, id=f"{call.id} {number}")) for number in range(5))
    )
    done = [answer for answer in answers if "Done" in str(answer.cards[0].blocks)]
    assert len(done) == 1
    assert await both.person(jill.account) == await both.person(jay.account)


async def test_two_who_type_each_others_code_at_once_are_one(both_anywhere: Two) -> None:
    both = both_anywhere
    jill, jay = both.left.person("jill"), both.right.person("jay")
    [hers] = CODE.findall(await both.types(jill, "/link"))
    [his] = CODE.findall(await both.types(jay, "/link"))
    await both.types(jill, f"/link {his}")
    await both.types(jay, f"/link {hers}")
    calls = [pressed(both, who, "Join both") for who in (jill, jay)]
    await asyncio.gather(*(both.app.bot.invoke(call) for call in calls))
    assert await both.person(jill.account) == await both.person(jay.account)
    aliases = await both.app.store.read(
        lambda uow: uow.people.aliases(uow.people.by_account(jill.account).id)  # type: ignore[union-attr]
    )
    assert len(aliases) == 1


async def test_whoever_acts_while_linking_goes_on_loses_nothing(both_anywhere: Two) -> None:
    """What is handed in and liked at the same moment is the person's, whichever comes first."""
    both = both_anywhere
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, jay, ray = both.left.person("jill"), both.right.person("jay"), both.right.person("ray")
    await both.enrols(jill, jay, ray)
    await both.passes(hours=1)
    await both.types(ray, '/submit note:"Look."')
    work = both.channel(both.right).message("Look.")
    ids = [await both.person(who.account) for who in (jill, jay)]
    now = both.clock.now()

    async def link_and_unlink() -> None:
        for _ in range(3):
            await both.app.store.write(lambda uow: linking.join(uow, ids[0], ids[1], now=now))
            await asyncio.sleep(0)
            person = await both.person(jill.account)
            await both.app.store.write(lambda uow, person=person: linking.part(uow, person, now=now))  # type: ignore[misc]
        await both.app.store.write(lambda uow: linking.join(uow, ids[0], ids[1], now=now))

    async def acts() -> None:
        channel = both.channel(both.right)
        for number in range(4):
            await jay.types(f'/note text:"{number}"', channel)
        await jay.reacts("👍", work)

    await asyncio.gather(link_and_unlink(), acts())
    await both.settle()
    person = await both.person(jay.account)
    group = both.group
    assert group is not None
    notes = await both.app.store.read(lambda uow: uow.notes.by_person(group.id, person))
    assert sorted(note.text for note in notes) == ["0", "1", "2", "3"]
    likes = await both.app.store.read(lambda uow: uow.likes.in_group(group.id))
    assert [like.person for like in likes] == [person]
    assert await both.app.store.write(lambda uow: reputation.rebuild(uow, group.id, check=True)) == []
    await both.app.store.write(lambda uow: linking.part(uow, person, now=now))
    back = await both.app.store.read(lambda uow: uow.notes.by_person(group.id, ids[1]))
    assert len(back) == 4
