"""`schedule show`: what comes, for whoever runs the installation; it changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import UnitOfWork
from bot.study.agenda import Due, DueKind
from bot.study.ledger import SHOWN
from tests.builders import MONDAY, scene
from tests.features.weekly import FEATURES
from tests.features.weekly import schedule as let_come
from tests.processes import in_plain_words, run
from tests.test_command_line import DATABASE, create

pytestmark = pytest.mark.slow  # each starts the program


def test_without_a_group_it_prints_what_comes_next_of_all_by_their_clocks(tmp_path: Path) -> None:
    create(tmp_path, title="First one")
    create(tmp_path, title="Second one", home="discord:1970384/2", zone="Asia/Tokyo")
    before = (tmp_path / DATABASE).read_bytes()

    ended = run("schedule", "show", cwd=tmp_path)

    assert (ended.status, ended.err) == (0, "")
    lines = [line.split("\t") for line in ended.out.splitlines()]
    # Two groups with a start, five weeks and an end each; Tokyo's evening comes first.
    assert len(lines) == 14
    assert [(name, what) for name, _, what in lines[:2]] == [
        ("second-one", "The group starts"),
        ("second-one", "Week 1 opens: Values and functions in the console"),
    ]
    assert lines[0][1].endswith("-01-11 18:00 Asia/Tokyo")
    assert lines[-1][1].endswith("18:00 Europe/Berlin")
    assert (tmp_path / DATABASE).read_bytes() == before


async def test_what_comes_of_groups_is_found_behind_any_number_of_things_that_concern_single_people(
    database_url: str, tmp_path: Path
) -> None:
    """A large installation looks after thousands of members before its next week opens."""
    async with scene(database_url, FEATURES, tmp_path) as js:
        await let_come(js, 2)

        def crowd(uow: UnitOfWork) -> list[Due]:
            for member in range(500):
                uow.agenda.set(DueKind.NUDGE, member, MONDAY, js.group.id)
            return uow.agenda.coming(SHOWN, MONDAY + timedelta(days=30), 30)

        assert [line.kind for line in await js.writes(crowd)] == [DueKind.PUBLISH_WEEK, DueKind.END_GROUP]


def test_with_a_group_it_prints_its_ledger(tmp_path: Path) -> None:
    create(tmp_path, title="First one")

    ended = run("schedule", "show", "first-one", cwd=tmp_path)

    assert (ended.status, ended.err) == (0, "")
    lines = [line.split("\t") for line in ended.out.splitlines()]
    assert [line[0] for line in lines] == ["next"] * 7 + ["on the way"]
    assert lines[-1][2] == "The group's card"


def test_a_group_that_is_not_there_is_told_in_plain_words(tmp_path: Path) -> None:
    create(tmp_path, title="First one")
    ended = run("schedule", "show", "nothing", cwd=tmp_path)

    assert (ended.status, ended.out) == (1, "")
    assert in_plain_words(ended.err)
    assert ended.err.startswith("There is no group “nothing”.")


def test_where_no_database_is_none_is_made(tmp_path: Path) -> None:
    ended = run("schedule", "show", cwd=tmp_path)

    assert ended.status == 1
    assert "There is no database" in ended.err
    assert list(tmp_path.iterdir()) == []
