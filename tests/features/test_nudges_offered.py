"""P8: in a small group those who lead can write first, and where the bot may not write they are the only ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ids import code
from bot.study import contact
from bot.study.members import MemberState, Role
from tests.builders import Scene


def _code(scene: Scene, name: str) -> str:
    return code(scene.members[name])


SUGGESTED = (
    "JavaScript in three weeks: a kind word may help\n"
    "It has been quiet around Nadia.\n"
    "You could write, in your own words:\n"
    "> Hi Nadia, Week 1, activity 1 is open and takes about 30 minutes. Is there anything I can help with?\n"
)


@pytest.fixture
async def nadia(js: Scene) -> Scene:
    """Return the scene in which Nadia agreed to messages and the others have done their part."""
    await js.agrees("nadia")
    for name in ("jill", "priya"):
        await js.does(name, "/submit https://code.example/1 activity:1.1")
    await js.writes(lambda uow: uow.agenda.clear("end group", js.group.id))
    return js


async def test_a_facilitator_sees_the_suggestion_before_the_bot_writes(nadia: Scene) -> None:
    await nadia.passes(days=8)

    assert nadia.inbox("nadia") == []
    assert nadia.inbox("fela") == [
        SUGGESTED + "If nobody takes this up, I'll send a few kind words in 2 days.\n"
        "[I'll write] [Let the bot write] [Not now] [See their progress]"
    ]


async def test_the_bot_writes_when_nobody_acted_within_48_hours(nadia: Scene) -> None:
    await nadia.passes(days=8)
    asked = nadia.person("fela").inbox[-1]

    await nadia.passes(days=2)

    [written] = nadia.person("nadia").inbox
    assert written.at - asked.at >= timedelta(hours=48)
    assert "is still open" in written.text
    assert nadia.inbox("fela") == [
        "JavaScript in three weeks: a kind word may help\n"
        "It has been quiet around Nadia.\n"
        "I wrote to them.\n"
        "[See their progress]"
    ]


async def test_the_bot_keeps_silent_when_they_are_back_meanwhile(nadia: Scene) -> None:
    await nadia.passes(days=8)

    await nadia.does("nadia", "/note text:I am here")
    await nadia.passes(days=3)

    assert nadia.inbox("nadia") == []
    settled = await nadia.presses("fela", "I'll write", nadia.person("fela").inbox[-1])
    assert (
        settled
        == "This is settled: they were written to, or they are back.\n[See their progress]\nOnly you can see this"
    )


async def test_the_bot_keeps_out_of_it_when_a_facilitator_writes(nadia: Scene) -> None:
    await nadia.passes(days=8)

    told = await nadia.presses("fela", "I'll write", nadia.person("fela").inbox[-1])
    assert told.startswith("Thank you. I leave it to you.\nA short, personal line helps most.\n[Who else is quiet]")
    assert nadia.inbox("fela")[0].splitlines()[2:] == ["Fela writes to them.", "[See their progress]"]
    await nadia.passes(days=5)

    assert nadia.inbox("nadia") == []
    assert (await nadia.member("nadia")).nudges == 1


async def test_not_now_leaves_them_in_peace_until_the_next_step(nadia: Scene) -> None:
    await nadia.passes(days=8)

    assert "I won't write to them for now" in await nadia.presses("fela", "Not now", nadia.person("fela").inbox[-1])
    await nadia.passes(days=5)
    assert len(nadia.inbox("fela")) == 1

    await nadia.passes(days=3)
    assert len(nadia.inbox("fela")) == 2
    assert nadia.inbox("nadia") == []


async def test_a_facilitator_can_let_the_bot_write_at_once(nadia: Scene) -> None:
    await nadia.passes(days=8)

    told = await nadia.presses("fela", "Let the bot write", nadia.person("fela").inbox[-1])
    assert told.startswith("I'll send a few kind words, at an hour that suits them.")
    await nadia.passes(hours=20)

    assert len(nadia.inbox("nadia")) == 1


async def test_of_two_who_lead_one_sees_that_the_other_writes(nadia: Scene) -> None:
    await nadia.changes("tomas", role=Role.FACILITATOR)
    await nadia.passes(days=8)

    await nadia.presses("tomas", "I'll write", nadia.person("tomas").inbox[-1])

    assert "Tomas writes to them." in nadia.inbox("fela")[-1]
    late = await nadia.calls("fela", "lead nudge send", member=_code(nadia, "nadia"))
    assert late.startswith("This is settled")
    await nadia.passes(days=4)
    assert nadia.inbox("nadia") == []


@pytest.mark.parametrize("reminders", [None, False])
@pytest.mark.parametrize("large", [False, True])
async def test_without_consent_nobody_but_a_facilitator_writes(
    nadia: Scene, reminders: bool | None, large: bool
) -> None:
    if large:
        await nadia.crowds(12)
    await nadia.agrees("nadia", reminders=reminders)  # type: ignore[arg-type]

    await nadia.passes(days=8)
    assert nadia.inbox("fela") == [
        SUGGESTED + "I can't write to Nadia myself.\n[I'll write] [Not now] [See their progress]"
    ]
    await nadia.passes(days=60)

    assert nadia.inbox("nadia") == []
    assert len(nadia.inbox("fela")) == 3
    assert (await nadia.member("nadia")).state is MemberState.DORMANT


async def test_a_suggestion_waits_for_the_morning_of_its_reader(nadia: Scene) -> None:
    """Nadia's day is Fela's night."""
    await nadia.does("nadia", "/settings zone:Pacific/Auckland")

    await nadia.passes(days=9)

    [suggestion] = nadia.person("fela").inbox
    assert 9 <= (suggestion.at + timedelta(hours=1)).hour < 21


@pytest.mark.slow
async def test_facilitators_are_asked_about_a_few_members_a_day(nadia: Scene) -> None:
    await nadia.agrees("nadia", reminders=False)
    names = [f"quiet{number}" for number in range(8)]
    for name in names:
        await nadia.joins(name)

    await nadia.passes(days=8)
    assert len(nadia.inbox("fela")) == contact.OFFERS_A_DAY

    await nadia.passes(days=1)
    assert len(nadia.inbox("fela")) == 9


async def test_other_members_cannot_decide_about_it(nadia: Scene) -> None:
    await nadia.passes(days=8)

    for command in ("lead nudge write", "lead nudge send", "lead nudge skip"):
        assert "Only" in await nadia.calls("jill", command, member=_code(nadia, "nadia"))
    assert (await nadia.member("nadia")).offered_until is not None
