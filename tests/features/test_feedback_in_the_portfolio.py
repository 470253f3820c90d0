"""Feedback that somebody gave is in their portfolio, item by item, in every form (J27, P13, S5).

S7: whose work it was about is not told.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.study.public import portfolio_view
from bot.study.reviews import Review
from tests.builders import Scene, scene
from tests.features.test_publishing import SITE, publication
from tests.features.test_reviews import SUGGESTION, WORKS, gives


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, in which Jill gave feedback on what Priya handed in, and on nothing else."""
    async with scene(sqlite_url, FEATURES, tmp_path, site=SITE) as opened:
        await opened.open_week(1)
        await opened.does("priya", "/submit https://code.example/priyas-secret-project activity:1.1")
        await gives(opened, "jill", opened.home.last)
        yield opened


async def given(js: Scene) -> Review:
    [one] = await js.reads(lambda uow: uow.reviews.by_person(js.group.id, js.ids["jill"]))
    return one


async def test_it_stands_in_its_week_with_both_parts_and_what_came_of_it(js: Scene) -> None:
    await js.calls("priya", "review helped", id=code((await given(js)).id))

    shown = await js.does("jill", "/portfolio")
    assert (
        "Week 1: values\n"
        "Gave feedback on somebody's work: Practise values · it helped · Monday 11 January 2027\n"
        f"> {WORKS}\n> \n> {SUGGESTION}\n"
    ) in shown
    assert "Priya" not in shown
    assert "secret" not in shown


async def test_it_is_in_every_file(js: Scene) -> None:
    review = await given(js)
    await js.calls(
        "jill", "portfolio story", submitted=True, what=f"review:{code(review.id)}", line="It taught me, too."
    )
    await js.calls("jill", "portfolio first", what=f"review:{code(review.id)}", first="yes")
    await js.does("jill", "/portfolio export")

    written, data, table, xapi = (file.content.decode("utf-8-sig") for file in js.person("jill").files)
    assert "Gave feedback on somebody's work: Practise values" in written
    assert "In my own words: It taught me, too." in written
    [week] = json.loads(data)["chapters"][0]["weeks"]
    [item] = week["reviews"]
    assert (item["activity"], item["works"], item["suggestion"]) == ("Practise values", WORKS, SUGGESTION)
    assert (item["helped"], item["likes"], item["story"], item["place"]) == (False, 0, "It taught me, too.", 1)
    [row] = [row for row in csv.DictReader(io.StringIO(table)) if row["kind"] == "review"]
    assert (row["title"], row["story"]) == ("Practise values", "It taught me, too.")
    [statement] = [one for one in json.loads(xapi) if one["verb"]["id"].endswith("/commented")]
    assert statement["result"]["response"] == f"{WORKS}\n\n{SUGGESTION}"
    for one in (written, data, table, xapi):
        assert "Priya" not in one
        assert "secret" not in one


async def test_it_is_shown_to_others_only_where_its_author_chose_that(js: Scene) -> None:
    """It was meant for one person, so that it is hidden until its author shows it."""
    review = await given(js)
    await js.calls("jill", "portfolio publish now")
    found = await publication(js)
    assert found is not None

    async def shown() -> list[str]:
        view = await js.reads(lambda uow: portfolio_view(uow, found))
        assert view is not None
        return [one.works for chapter in view.chapters for part in chapter.parts for one in part.reviews]

    assert await shown() == []
    assert "Hidden: week 1, your feedback The loop ends where it should." in await js.calls("jill", "portfolio items")
    await js.calls("jill", "portfolio item", what=f"review:{code(review.id)}", shown="yes")
    assert await shown() == [WORKS]

    await js.calls("jill", "review withdraw", id=code(review.id))
    assert await shown() == []
    assert "Gave feedback" not in await js.does("jill", "/portfolio")


async def test_whoever_gave_it_keeps_it_where_the_work_is_taken_back(js: Scene) -> None:
    activity = await js.activity(1)
    work = await js.reads(lambda uow: uow.submissions.of(activity, js.ids["priya"]))
    assert work is not None
    await js.calls("priya", "submission withdraw", id=code(work.id))

    assert WORKS in await js.does("jill", "/portfolio")


async def test_nobody_writes_to_feedback_that_others_gave(js: Scene) -> None:
    review = await given(js)
    await js.calls("priya", "portfolio story", submitted=True, what=f"review:{code(review.id)}", line="Mine now")

    assert await js.reads(lambda uow: uow.stories.of_person(js.ids["priya"])) == {}
    assert "Gave feedback" not in await js.does("priya", "/portfolio")
