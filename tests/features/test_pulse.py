"""What those who lead a group see of how it is doing."""

from __future__ import annotations

import pytest

from bot.study.members import MemberState
from tests.builders import Scene


@pytest.mark.slow
async def test_whoever_is_quiet_or_waits_is_named(js: Scene) -> None:
    """P8: every voice is heard, because those who lead see which was not."""
    await js.does("priya", "/submit https://code.example/1 activity:1.1")
    await js.does("jill", "/submit https://code.example/2 activity:1.1")
    await js.likes("tomas", js.home.last)
    await js.does("priya", "/ask Why does my loop never end")
    await js.passes(days=8)

    assert await js.does("fela", "/lead pulse") == (
        "How JavaScript in three weeks is doing\n"
        "\n"
        "1 person is quiet\n"
        "Nadia\n"
        "A short personal message helps most.\n"
        "\n"
        "1 question waits for an answer\n"
        "• Priya, 8 days ago: Why does my loop never end\n"
        "\n"
        "1 response has no reaction yet\n"
        "• Priya: Week 1, activity 1\n"
        "\n"
        "2 responses wait for feedback\n"
        "/review begins with the one that has waited longest.\n"
        "\n"
        "1 person has contributed and heard nothing back\n"
        "Priya\n"
        "[Nadia: progress] [Answer Priya] [Read Priya]\n"
        "Only you can see this"
    )


async def test_a_tap_leads_to_what_waits(js: Scene) -> None:
    await js.does("priya", "/submit https://code.example/1 activity:1.1")
    await js.passes(days=8)
    await js.does("fela", "/lead pulse")
    shown = js.person("fela").answers[-1]

    assert (await js.presses("fela", "Jill: progress", shown)).startswith("Progress of @Jill")
    assert "code.example/1" in await js.presses("fela", "Read Priya", shown)


async def test_names_stand_in_alphabetical_order(js: Scene) -> None:
    await js.passes(days=8)

    assert "3 people are quiet\nJill, Nadia, Priya\n" in await js.does("fela", "/lead pulse")


async def test_work_that_somebody_wrote_about_has_been_heard(js: Scene) -> None:
    await js.does("priya", "/submit https://code.example/1 activity:1.1")
    await js.says("jill", "Nice!", js.home.last)

    read = await js.does("fela", "/lead pulse")

    assert "has no reaction yet" not in read
    assert "heard nothing back" not in read


async def test_an_answer_is_a_voice_too(js: Scene) -> None:
    await js.does("priya", "/ask Why does my loop never end")
    await js.says("jill", "Look at i++", js.home.last)

    assert "heard nothing back\nJill\n" in await js.does("fela", "/lead pulse")


async def test_all_is_well_in_the_beginning(js: Scene) -> None:
    assert "All is well: nobody is quiet, and nothing waits for an answer." in await js.does("fela", "/lead pulse")


async def test_only_those_who_lead_see_it(js: Scene) -> None:
    for name in ("jill", "tomas", "olu", "gus"):
        assert "quiet" not in await js.does(name, "/lead pulse")


async def test_whoever_fell_silent_for_good_is_still_named(js: Scene) -> None:
    """The bot leaves them in peace; a person may still write."""
    await js.passes(days=8)
    await js.changes("nadia", state=MemberState.DORMANT)

    assert "3 people are quiet\nJill, Nadia, Priya\n" in await js.does("fela", "/lead pulse")


async def test_several_responses_of_one_person_have_one_button(js: Scene) -> None:
    await js.does("priya", "/submit https://code.example/1 activity:1.1")
    await js.does("priya", "/submit https://code.example/2 activity:1.2")

    assert "[Read Priya]\n" in await js.does("fela", "/lead pulse")
