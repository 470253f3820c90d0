"""One's own words beside one's work: told, changed, taken away, and part of the portfolio wherever it goes (S5)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from tests.builders import Scene, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, in which Jill has handed in and noted something."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        await opened.does("jill", "/submit https://code.example/1")
        await opened.fills("jill", activity="Week 1, activity 1: Practise values")
        await opened.does("jill", "/note text:About loops")
        yield opened


async def test_a_line_of_ones_own_stands_beside_the_work(js: Scene) -> None:
    """S5: what was learned becomes part of one's own story."""
    listed = await js.does("jill", "/portfolio stories")
    assert "1. Practise values · code.example" in listed
    await js.presses("jill", "Write to 1")
    assert "Kept: your line stands beside it now." in await js.fills("jill", line="My first program that ran.")

    assert "In my own words: My first program that ran." in await js.does("jill", "/portfolio")
    assert "> My first program that ran." in await js.does("jill", "/portfolio stories")
    await js.does("jill", "/portfolio export")
    written, data = (file.content.decode() for file in js.person("jill").files[:2])
    assert "In my own words: My first program that ran." in written
    assert [work["story"] for work in json.loads(data)["chapters"][0]["weeks"][0]["submissions"]] == [
        "My first program that ran."
    ]


async def test_a_line_can_be_changed_and_taken_away(js: Scene) -> None:
    for line, told in (("One", "Kept"), ("Two", "Kept"), ("", "Your line is gone")):
        await js.does("jill", "/portfolio stories")
        await js.presses("jill", "Write to 2")
        assert told in await js.fills("jill", line=line)
        assert ("In my own words: Two" in await js.does("jill", "/portfolio")) is (line == "Two")
    assert "In my own words" not in await js.does("jill", "/portfolio")


async def test_only_what_is_ones_own_takes_a_line_and_a_short_one(js: Scene) -> None:
    notes = await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"]))
    mine = code(notes[0].id)
    before = await js.reads(lambda uow: uow.stories.of_person(js.ids["priya"]))
    assert "Kept" not in await js.calls(
        "priya", "portfolio story", submitted=True, what=f"note:{mine}", line="Mine now"
    )
    assert await js.reads(lambda uow: uow.stories.of_person(js.ids["priya"])) == before == {}
    assert "at most 500 characters" in await js.calls(
        "jill", "portfolio story", submitted=True, what=f"note:{mine}", line="x" * 501
    )


async def test_an_empty_portfolio_has_nothing_to_write_to(js: Scene) -> None:
    assert "There is nothing in your portfolio yet." in (await js.person("gus").types("/portfolio stories")).text


async def test_what_is_put_first_is_first_in_every_form(js: Scene) -> None:
    """J27, S5: the owner says what is read first, in the chat, in files, and for programs."""
    await js.does("jill", "/note text:The best of all")
    listed = await js.does("jill", "/portfolio order")
    assert "1. Practise values" in listed
    assert "Note · Monday 11 January 2027 (comes first)" in await js.presses("jill", "Show 2 first")
    await js.presses("jill", "Show 3 first")
    shown = await js.does("jill", "/portfolio")
    order = [
        shown.index(text) for text in ("Shown first · Week 1", "> The best of all", "> About loops", "code.example")
    ]
    assert order == sorted(order)
    await js.does("jill", "/portfolio export")
    written, data, table, xapi = (file.content.decode() for file in js.person("jill").files)
    for text, work in ((written, "Practise values"), (table, "code.example/1"), (xapi, "code.example/1")):
        places = [text.index(words) for words in ("The best of all", "About loops", work)]
        assert places == sorted(places)
    [week] = json.loads(data)["chapters"][0]["weeks"]
    assert {one["text"]: one["place"] for one in week["notes"]} == {"The best of all": 1, "About loops": 2}
    assert week["submissions"][0]["place"] is None

    await js.does("jill", "/portfolio order")
    await js.presses("jill", "Leave 1 in its week")
    shown = await js.does("jill", "/portfolio")
    assert shown.index("> About loops") < shown.index("code.example") < shown.index("> The best of all")


async def test_nobody_puts_first_what_is_not_theirs(js: Scene) -> None:
    notes = await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"]))
    await js.calls("priya", "portfolio first", what=f"note:{code(notes[0].id)}", first="yes")
    assert await js.reads(lambda uow: uow.publications.first(js.ids["priya"])) == {}


async def test_what_is_first_and_what_is_hidden_are_two_decisions(js: Scene) -> None:
    """J27: what is put first is not shown by that."""
    note = (await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"])))[0]
    await js.calls("jill", "portfolio first", what=f"note:{code(note.id)}", first="yes")
    assert await js.reads(lambda uow: uow.publications.choices(js.ids["jill"])) == {}
    await js.calls("jill", "portfolio item", what=f"note:{code(note.id)}", shown="yes")
    assert await js.reads(lambda uow: uow.publications.choices(js.ids["jill"])) == {("note", note.id): True}
    assert await js.reads(lambda uow: uow.publications.first(js.ids["jill"])) == {("note", note.id): 1}
