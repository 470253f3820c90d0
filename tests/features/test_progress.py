"""How far somebody is, and who may see it."""

from __future__ import annotations

import pytest

from bot.ids import code
from tests.builders import Scene


async def test_a_learner_sees_what_is_done_and_what_is_open(js: Scene) -> None:
    await js.open_week(2)
    await js.does("jill", "/submit https://code.example/1 activity:1.1")

    assert await js.does("jill", "/progress") == (
        "Your progress in JavaScript in three weeks\n"
        "▓▓▓░░░░░░░ 1/3 Required activities done\n"
        "\n"
        "Done\n"
        "• Week 1, activity 1: Practise values · 30 minutes\n"
        "\n"
        "Open, smallest first\n"
        "• Week 2, activity 1: Practise functions · 30 minutes\n"
        "2 activities come in later weeks.\n"
        "\n"
        "Help\n"
        "• None yet: an answer to a question, or feedback on a response, means a lot to somebody.\n"
        "Finishing takes 80 % of the required activities and help with 1 question or response of others. "
        "There is still time.\n"
        "[Submit 2.1] [Open questions] [Give feedback] [My portfolio] [Where my points come from]\n"
        "Only you can see this"
    )
    await js.presses("jill", "Submit 2.1")
    assert js.person("jill").form is not None


async def test_help_is_counted(js: Scene) -> None:
    await js.does("priya", "/ask Why does my loop never end")
    reply = await js.says("jill", "Look at i++", js.home.last)
    await js.uses_menu("priya", "Mark as answer", reply)

    read = await js.does("jill", "/progress")

    assert "• Helped with 1 question of others. 1 answer solved it." in read


async def test_all_that_is_needed_is_said_to_be_enough(js: Scene) -> None:
    await js.changes_group(finish_percent=30, finish_help=0)
    await js.does("jill", "/submit https://code.example/1 activity:1.1")

    assert "You have all it takes to finish: 30 % of the required activities." in await js.does("jill", "/progress")


async def test_a_mentor_sees_everyone_and_each(js: Scene) -> None:
    assert await js.does("tomas", "/progress") == (
        "Progress in JavaScript in three weeks\n"
        "• Jill: 0 of 3 done\n"
        "• Priya: 0 of 3 done\n"
        "• Nadia: 0 of 3 done\n"
        "[Jill] [Priya] [Nadia]\n"
        "Only you can see this"
    )
    assert (await js.presses("tomas", "Nadia")).startswith("Progress of @Nadia\n")


async def test_a_learner_does_not_see_how_others_are_doing(js: Scene) -> None:
    read = await js.calls("jill", "progress", member=code(js.members["priya"]))

    assert read.startswith("You can see your own progress.")


async def test_an_observer_sees_no_progress(js: Scene) -> None:
    assert (await js.does("olu", "/progress")).startswith("You follow JavaScript in three weeks, so you can read")


async def test_a_member_of_another_group_is_not_found(js: Scene) -> None:
    other = await js.another_group()
    owner = await js.reads(lambda uow: uow.members.of(other.id, js.ids["fela"]))
    assert owner is not None

    assert (await js.calls("tomas", "progress", member=code(owner.id))).startswith("I can't find that any more.")


async def test_a_long_list_of_what_is_done_says_how_much_it_leaves_out(
    js: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.features.progress.LATEST", 1)
    for number in (1, 2):
        await js.does("jill", f"/submit https://jill.example/{number} activity:1.{number}")

    assert "• Week 1, activity 2: Reflect on values · 10 minutes\n1 more before these.\n" in await js.does(
        "jill", "/progress"
    )
