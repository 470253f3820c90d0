"""Swapping responses (J19, J29): everyone gives feedback on one, and nobody's work is left without."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ids import PersonId, SubmissionId, code
from bot.ports import UnitOfWork
from bot.study.members import MemberState
from bot.study.swaps import Assignment, Response, deal
from tests.builders import Scene

# The rule alone

numbers = st.integers(2, 60) | st.sampled_from([100, 199, 200])


def responses(people: range, seen: dict[int, int] | None = None) -> list[Response]:
    """Return a response of each of these people."""
    return [Response(SubmissionId(1_000 + one), PersonId(one), (seen or {}).get(one, 0)) for one in people]


def check(dealt: dict[PersonId, SubmissionId]) -> None:
    assert all(work != 1_000 + person for person, work in dealt.items()), "somebody got their own"


@settings(max_examples=25)
@given(numbers, st.integers())
def test_on_time_everyone_gives_one_and_gets_one(number: int, seed: int) -> None:
    everyone = range(number)
    dealt = deal(responses(everyone), set(everyone), (), {}, seed=seed)  # type: ignore[arg-type]
    check(dealt)
    assert set(dealt) == set(everyone)
    assert Counter(dealt.values()) == {1_000 + one: 1 for one in everyone}


@settings(max_examples=25)
@given(st.integers(2, 40), st.lists(st.integers(0, 5), max_size=5), st.sets(st.integers(0, 60), max_size=20))
def test_whoever_is_late_takes_part_in_the_next_round_and_nobody_is_left_without(
    on_time: int, later: list[int], out: set[int]
) -> None:
    """Some come late, round by round, and some have said that they would rather not."""
    taken: set[tuple[PersonId, SubmissionId]] = set()
    given: Counter[PersonId] = Counter()
    there = 0
    for number, more in enumerate([on_time, *later]):
        there += more
        part = [one for one in range(there) if one not in out]
        seen = Counter(work - 1_000 for _, work in taken)
        work = [Response(SubmissionId(1_000 + one), PersonId(one), seen[one]) for one in part]
        fresh = {PersonId(one) for one in part if not given[PersonId(one)]}
        dealt = deal(work, fresh, taken, given, seed=number)
        check(dealt)
        assert not taken & set(dealt.items()), "two were together twice"
        assert out.isdisjoint(dealt)
        taken |= set(dealt.items())
        given.update(dealt.keys())
        if len(part) >= 2:
            counts = Counter(work for _, work in taken)
            assert all(counts[SubmissionId(1_000 + one)] >= 1 for one in part), "somebody is left without"
            assert all(given[PersonId(one)] >= 1 for one in part), "somebody has nothing to look at"
            assert max(given.values()) <= number + 1
            assert max(counts.values()) <= number + 1


@given(st.integers(3, 40), st.data())
def test_what_others_saw_to_already_comes_last(number: int, data: st.DataObject) -> None:
    everyone = range(number)
    seen = {one: data.draw(st.integers(0, 2)) for one in everyone}
    dealt = deal(responses(everyone, seen), set(everyone), (), {}, seed=1)  # type: ignore[arg-type]
    check(dealt)
    total = {one: seen[one] + Counter(dealt.values())[SubmissionId(1_000 + one)] for one in everyone}
    assert min(total.values()) >= 1
    lowest = {one for one in everyone if seen[one] == 0}
    assert all(total[one] >= 1 for one in lowest)


@given(st.integers(2, 30), st.integers())
def test_the_same_round_is_dealt_the_same_again(number: int, seed: int) -> None:
    everyone = range(number)
    once, again = (deal(responses(everyone), set(everyone), (), {}, seed=seed) for _ in range(2))  # type: ignore[arg-type]
    assert once == again


def test_one_alone_has_nobody_to_swap_with() -> None:
    assert deal(responses(range(1)), {PersonId(0)}, (), {}, seed=1) == {}


# In a group


async def given_to(js: Scene) -> dict[str, str]:
    """Return whose work everyone has to look at."""
    names = {id: name for name, id in js.ids.items()}
    activity = await js.activity(1)

    def view(uow: UnitOfWork) -> list[tuple[Assignment, PersonId]]:
        listed = []
        for one in uow.swaps.assignments(activity):
            work = uow.submissions.get(one.submission)
            if one.released_at is None and work is not None:
                listed.append((one, work.person))
        return listed

    return {names[one.person]: names[whose] for one, whose in await js.reads(view)}


async def hands_in(js: Scene, *names: str) -> None:
    for name in names:
        await js.does(name, f"/submit activity:1.1 https://{name}.example/")


async def test_a_facilitator_lets_responses_be_swapped_after_a_time(js: Scene) -> None:
    await js.agrees("priya")
    await hands_in(js, "jill", "priya", "nadia")
    read = await js.does("fela", "/lead week swap number:1 when:2027-01-13T18:00")
    assert "everyone who has handed in Week 1, activity 1 gets one response" in read
    await js.passes(days=1)
    assert await given_to(js) == {}

    await js.passes(days=1, hours=1)

    pairs = await given_to(js)
    assert set(pairs) == set(pairs.values()) == {"jill", "priya", "nadia"}
    assert all(name != whose for name, whose in pairs.items())
    assert "Everyone who has handed in has one response of somebody else's to look at now." in js.home.last.text
    assert [line.splitlines()[0] for line in js.inbox("priya")] == ["Somebody's work is yours to look at"]
    mine = await js.presses("jill", "Show me mine", js.home.last)
    assert f"1. {pairs['jill'].title()} · Week 1, activity 1" in mine
    assert "yours to look at" in mine


async def test_whoever_is_late_is_seen_to_in_the_next_round(js: Scene) -> None:
    await hands_in(js, "jill", "priya")
    await js.does("fela", "/lead week swap number:1 activity:1 when:2027-01-13T18:00")
    await js.passes(days=3)
    assert set(await given_to(js)) == {"jill", "priya"}
    await hands_in(js, "nadia")
    await js.passes(days=3)

    pairs = await given_to(js)
    assert "nadia" in pairs
    assert "nadia" in pairs.values() or len(pairs) == 3
    told = [message.text for message in js.home.messages if "More work has come in." in message.text]
    assert len(told) == 1
    assert "@Nadia" in told[0]


async def test_somebody_who_cannot_is_replaced_and_may_stay_out_of_it(js: Scene) -> None:
    await hands_in(js, "jill", "priya", "nadia")
    await js.does("fela", "/lead week swap number:1 when:2027-01-13T18:00")
    await js.passes(days=2, hours=1)
    left = (await given_to(js))["jill"]
    assert (await js.presses("jill", "Not this time", js.home.last)).startswith("That is fine.")
    assert (await js.presses("jill", "Never give me any")).startswith("You are left out of swaps")
    assert (await js.member("jill")).swaps is False
    await js.passes(days=3)
    assert left in (await given_to(js)).values()
    assert "jill" not in await given_to(js)


@pytest.mark.parametrize("goes", ["leaves", "is erased", "wants none any more"])
async def test_what_somebody_was_given_who_goes_is_given_to_another(js: Scene, goes: str) -> None:
    await hands_in(js, "jill", "priya", "nadia")
    await js.does("fela", "/lead week swap number:1 when:2027-01-13T18:00")
    await js.passes(days=2, hours=1)
    left = (await given_to(js))["jill"]

    def leave(uow: UnitOfWork) -> None:
        member = uow.members.of(js.group.id, js.ids["jill"])
        assert member is not None
        uow.members.save(replace(member, state=MemberState.LEFT))

    match goes:
        case "leaves":
            await js.writes(leave)
        case "is erased":
            await js.writes(lambda uow: uow.my_data.erase(js.ids["jill"], js.clock.now()))
        case _:
            await js.calls("jill", "review swaps", join="no")
    await js.passes(days=3)
    pairs = await given_to(js)
    assert left in {whose for name, whose in pairs.items() if name != "jill"}


async def test_a_swap_can_be_called_off_until_it_happens(js: Scene) -> None:
    await hands_in(js, "jill", "priya")
    await js.does("fela", "/lead week swap number:1 when:2027-01-13T18:00")
    assert (await js.presses("fela", "Don't swap")).startswith("Responses are not swapped.")
    await js.passes(days=3)
    assert await given_to(js) == {}

    await js.does("fela", "/lead week swap number:1 when:2027-01-16T18:00")
    await js.passes(days=4)
    assert len(await given_to(js)) == 2
    assert (await js.does("fela", "/lead week swap number:1 on:no")).startswith(
        "Responses to this were swapped already"
    )


async def test_what_a_swap_cannot_be_is_said(js: Scene) -> None:
    assert (await js.does("fela", "/lead week swap number:9")).startswith("There is no week 9 with activities")
    assert (await js.does("fela", "/lead week swap number:1 activity:7")).startswith("Week 1 has no activity 7.")
    assert (await js.does("fela", "/lead week swap number:1 when:2026-01-16T18:00")).startswith("That time has passed.")
    assert (await js.does("fela", "/lead week swap number:1 when:2030-01-16T18:00")).startswith("That is more than a")
    assert (await js.calls("jill", "review pass", activity=code(await js.activity(1)))).startswith("You have nothing")
    assert await js.calls("jill", "review pass", activity=code(2**61)) != ""
