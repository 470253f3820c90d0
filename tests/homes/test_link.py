"""S4: accounts on several platforms that are one person, and taken apart again with what each made."""

from __future__ import annotations

import pytest

from adapters.local import Person
from bot.ids import PersonId
from bot.study.audit import scope_of
from bot.study.codes import Code, EnoughTries, Purpose, WrongCode, made, tried
from bot.study.members import MemberState, Role
from tests.homes.stage import CODE, Two, founded


async def test_a_code_joins_two_accounts_after_both_were_named(both: Two) -> None:
    """S4."""
    jill, jay = both.left.person("jill"), both.right.person("jay", name="Jill K")
    shown = await both.types(jill, "/link")
    assert shown.startswith("Your accounts\n• Jill on Left\n")
    [code] = CODE.findall(shown)
    assert await both.types(jay, f"/link {code}") == (
        "Are both of them you?\n"
        "• Jill on Left\n"
        "• Jill K on Right\n"
        "If you join them, your work, likes, places in groups and settings are together, here and there.\n"
        "Did somebody else give you this code? Then stop here: nothing has happened yet.\n"
        "[Join both]\n"
        "Only you can see this"
    )
    assert await both.person(jill.account) != await both.person(jay.account)
    assert (await both.presses(jay, "Join both")).startswith("Done: you are one person with all of these.")
    assert await both.person(jill.account) == await both.person(jay.account)
    assert jill.reads(jill.inbox[-1]).startswith("Your accounts are linked\n")
    lines = await both.app.store.read(lambda uow: uow.audit.read(scope_of(None)))
    assert [line.action for line in lines] == ["link join"]


@pytest.mark.slow
async def test_a_code_is_used_once_and_by_whoever_typed_it_first(both: Two) -> None:
    jill, jay, mallory = both.left.person("jill"), both.right.person("jay"), both.right.person("mallory")
    [code] = CODE.findall(await both.types(jill, "/link"))
    await both.types(jay, f"/link {code}")
    assert "This code does not work here" in await both.types(mallory, f"/link {code}")
    await both.presses(jay, "Join both")
    assert "used already" in await both.presses(jay, "Join both")
    assert "does not work" in await both.types(jay, f"/link {code}")


async def test_a_code_lasts_ten_minutes_and_a_new_one_takes_its_place(both: Two) -> None:
    jill, jay = both.left.person("jill"), both.right.person("jay")
    [first] = CODE.findall(await both.types(jill, "/link"))
    [second] = CODE.findall(await both.types(jill, "/link"))
    assert "does not work" in await both.types(jay, f"/link {first}")
    await both.passes(minutes=10)
    assert "does not work" in await both.types(jay, f"/link {second}")


async def test_a_confirmation_that_comes_too_late_joins_nothing(both: Two) -> None:
    jill, jay = both.left.person("jill"), both.right.person("jay")
    [code] = CODE.findall(await both.types(jill, "/link"))
    await both.types(jay, f"/link {code}")
    await both.passes(minutes=10)
    assert "its time is over" in await both.presses(jay, "Join both")
    assert await both.person(jill.account) != await both.person(jay.account)


async def test_ones_own_code_joins_nothing(both: Two) -> None:
    jill = both.left.person("jill")
    [code] = CODE.findall(await both.types(jill, "/link"))
    assert "it is your own" in await both.types(jill, f"/link {code}")


@pytest.mark.slow
async def test_whoever_guesses_is_stopped_and_a_right_code_helps_no_more(both: Two) -> None:
    jill, mallory = both.left.person("jill"), both.right.person("mallory")
    [code] = CODE.findall(await both.types(jill, "/link"))
    for number in range(6):
        assert "does not work" in await both.types(mallory, f"/link 2222-222{'23456789'[number]}")
    assert "a lot of codes" in await both.types(mallory, f"/link {code}")
    jay = both.right.person("jay")
    assert "Are both of them you?" in await both.types(jay, f"/link {code}")


@pytest.mark.parametrize("where", ["a channel", "direct messages"])
async def test_many_who_guess_together_are_stopped_and_right_codes_do_not_count(both: Two, where: str) -> None:
    """A whole group that moves types its codes within one hour."""
    guessers = [both.right.person(f"m{number}") for number in range(11)]
    at = both.channel(both.right).ref if where == "a channel" else None
    space, now = str(at.where) if at is not None else "", both.clock.now()

    async def tries(who: Person, letters: str) -> object:
        return await both.app.store.write(
            lambda uow: tried(uow, Purpose.PERSON, letters, PersonId(2), who.account, space, now)
        )

    for number in range(70):
        code = await both.app.store.write(lambda uow: made(uow, Purpose.PERSON, PersonId(1), None, now))
        assert isinstance(await tries(both.right.person(f"right{number}"), code), Code)
    for number in range(60):
        assert isinstance(await tries(guessers[number // 6], "2222-2222"), WrongCode)
    code = await both.app.store.write(lambda uow: made(uow, Purpose.PERSON, PersonId(1), None, now))
    assert isinstance(await tries(guessers[10], code), EnoughTries)


async def test_codes_are_kept_as_hashes_only(both: Two) -> None:
    shown = await both.types(both.left.person("jill"), "/link")
    [code] = CODE.findall(shown)
    letters = code.replace("-", "")

    def held(uow: object) -> str:
        db = uow._db  # type: ignore[attr-defined]
        return repr(db.exec_driver_sql("SELECT * FROM code").all())

    assert letters not in await both.app.store.read(held)


async def test_making_codes_has_an_end(both: Two) -> None:
    jill = both.left.person("jill")
    for _ in range(6):
        await both.types(jill, "/link")
    assert "You have made 6 codes within an hour" in await both.types(jill, "/link")


@pytest.mark.slow
async def test_two_places_in_a_group_become_one_with_the_better_of_each(both: Two) -> None:
    """S4: membership, role and what was written follow the person; unlinked, each is as it was."""
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill)
    await both.types(jay, "/enrol")
    await both.fills(jay, goal="From the other side", offer="I can explain")
    before = [await both.member(who) for who in (jill, jay)]
    await both.types(fela, "/lead members role member:Jay role:mentor learning:no")
    await both.links(jill, jay)
    together = await both.member(jill)
    assert together is not None
    assert together == await both.member(jay)
    assert (together.role, together.state, together.offer) == (Role.MENTOR, MemberState.ACTIVE, "I can explain")
    assert (await both.types(fela, "/participants")).startswith("2 people in JavaScript")
    await both.unlinks(jay)
    mine, theirs = await both.member(jill), await both.member(jay)
    assert mine is not None
    assert theirs is not None
    assert (mine.role, theirs.role) == (Role.LEARNER, Role.MENTOR)
    assert [mine.id, theirs.id] == [one.id for one in before if one is not None]


@pytest.mark.slow
async def test_what_was_decided_meanwhile_holds_for_both(both: Two) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill, jay)
    await both.links(jill, jay)
    await both.types(fela, "/lead members remove member:Jill")
    await both.presses(fela, "Take them out")
    together = await both.member(jill)
    assert together is not None
    assert together.state is MemberState.REMOVED
    await both.unlinks(jill)
    for who in (jill, jay):
        member = await both.member(who)
        assert member is not None
        assert member.state is MemberState.REMOVED


@pytest.mark.slow
async def test_a_place_that_only_one_account_had_comes_along_and_goes_back(both: Two) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.types(jill, "/settings name:Jill")
    await both.enrols(jay)
    place = await both.member(jay)
    await both.links(jill, jay)
    assert (await both.member(jill)) is not None
    await both.unlinks(jill)
    assert await both.member(jill) is None
    again = await both.member(jay)
    assert again is not None
    assert place is not None
    assert again.id == place.id


@pytest.mark.parametrize("said", [("yes", "no"), ("no", "yes")])
async def test_a_no_to_messages_holds_for_the_whole_person(both: Two, said: tuple[str, str]) -> None:
    jill, jay = both.left.person("jill"), both.right.person("jay")
    for who, word in zip((jill, jay), said, strict=True):
        await both.types(who, f"/settings reminders:{word}")
    await both.links(jill, jay)
    person = await both.app.store.read(lambda uow: uow.people.by_account(jill.account))
    assert person is not None
    assert person.reminders is False
