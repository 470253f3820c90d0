"""A portfolio for other programs: as its published schema says, as statements, as a safe table (P13, J15)."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.ids import GroupId, PersonId
from bot.language import ENGLISH
from bot.study import portfolio_exports, portfolio_json
from bot.study.export import FORMULAS
from bot.study.members import Role
from bot.study.notes import NoteKind
from bot.study.pieces import Answered, Asked, Kept, Part, Reviewed, Work, things
from bot.study.portfolio import Chapter, arranged
from bot.study.progress import Help
from bot.study.questions import QuestionState
from bot.text import to_text

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/portfolio.schema.json").read_text())
AT = datetime(2027, 1, 11, 17, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
LINKS = st.none() | st.just("https://code.example/1")
COUNTS = st.integers(0, 9)
IDS = st.integers(1, 2**62)
PLACES = st.none() | st.integers(1, 9)
BOOLS = st.booleans()
PARTS = st.builds(
    Part,
    st.none() | st.integers(1, 9),
    WORDS,
    st.lists(
        st.builds(Work, WORDS, LINKS, WORDS, st.just(AT), st.integers(1, 3), COUNTS, IDS, WORDS, PLACES), max_size=2
    ).map(tuple),
    st.lists(
        st.builds(
            Kept, LINKS, WORDS, st.just(AT), st.booleans(), COUNTS, IDS, WORDS, PLACES, st.sampled_from(NoteKind), BOOLS
        ),
        max_size=2,
    ).map(tuple),
    st.lists(
        st.builds(Asked, WORDS, WORDS, st.just(AT), st.sampled_from(QuestionState), COUNTS, COUNTS, IDS), max_size=2
    ).map(tuple),
    st.lists(st.builds(Answered, WORDS, st.just(AT), st.booleans(), st.booleans(), COUNTS, IDS), max_size=2).map(tuple),
    st.just(value=False),
    st.lists(st.builds(Reviewed, WORDS, WORDS, WORDS, st.just(AT), BOOLS, COUNTS, IDS, WORDS, PLACES), max_size=2).map(
        tuple
    ),
)


def a_chapter(*parts: Part, **more: Any) -> Chapter:
    fields: dict[str, Any] = {
        "group": GroupId(21),
        "title": "JavaScript",
        "source": None,
        "starts": AT,
        "ended_at": AT,
        "facilitators": ("Fela",),
        "role": Role.LEARNER,
        "joined_at": AT,
        "learning": True,
        "goal": "Build a game",
        "finished": True,
        "done": 3,
        "required": 3,
        "criteria": to_text("80 %"),
        "recorded_at": AT,
        "help": Help(1, 1, 0, 2, 3, 1),
        "points": 20,
        "parts": parts,
    }
    return Chapter(**fields | more)


@given(st.lists(PARTS, max_size=3))
def test_the_json_is_as_its_schema_says(parts: list[Part]) -> None:
    written = portfolio_json.as_json("Jill", [a_chapter(*parts)], ENGLISH, now=AT)
    Draft202012Validator(SCHEMA).validate(json.loads(written))


def test_the_schema_tells_what_is_wrong() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    written = json.loads(portfolio_json.as_json("Jill", [a_chapter()], ENGLISH, now=AT))
    changes: list[dict[str, Any]] = [{"format": "other"}, {"version": 2}, {"written_at": "now"}, {"chapters": [{}]}]
    for change in changes:
        assert list(Draft202012Validator(SCHEMA).iter_errors(written | change))


@given(st.lists(PARTS, max_size=3), st.sampled_from(FORMULAS))
def test_no_cell_of_the_table_can_run(parts: list[Part], sign: str) -> None:
    evil = Part(1, "", (Work(f"{sign}1+1", None, f" {sign}cmd", AT, 1, 0, 7),))
    rows = list(csv.DictReader(io.StringIO(portfolio_exports.as_table([a_chapter(*parts, evil)]))))
    items = sum(len(list(things(part))) for part in parts)
    assert len(rows) == items + 1
    assert not [cell for row in rows for cell in row.values() if cell.lstrip(" ").startswith(FORMULAS)]


@pytest.mark.slow
@given(st.lists(PARTS, max_size=3))
def test_each_item_is_a_statement_of_the_same_actor(parts: list[Part]) -> None:
    found = json.loads(portfolio_exports.as_xapi(PersonId(11), "Jill", [a_chapter(*parts)], ENGLISH, None))
    items = sum(len(list(things(part))) for part in parts)
    assert len(found) == items + 1
    for one in found:
        assert one["actor"]["account"] == {"homePage": portfolio_exports.NOWHERE, "name": "11"}
        assert {"id", "actor", "verb", "object", "timestamp"} <= set(one)
        assert one["verb"]["id"].startswith("http://")
        assert datetime.fromisoformat(one["timestamp"]) == AT
    again = json.loads(portfolio_exports.as_xapi(PersonId(11), "Jill", [a_chapter(*parts)], ENGLISH, None))
    assert [one["id"] for one in found] == [one["id"] for one in again]


@pytest.mark.parametrize(("finished", "recorded_at"), [(False, AT), (True, None)])
def test_only_what_was_finished_and_recorded_is_completed(finished: bool, recorded_at: datetime | None) -> None:
    chapter = a_chapter(finished=finished, recorded_at=recorded_at)
    assert json.loads(portfolio_exports.as_xapi(PersonId(11), "Jill", [chapter], ENGLISH, None)) == []


@pytest.mark.slow
@given(st.lists(PARTS, max_size=4))
def test_what_comes_first_does_so_and_nothing_is_lost_or_twice(parts: list[Part]) -> None:
    """J27: the owner's order is that of every form."""
    one = a_chapter(*parts)
    found = [thing for part in arranged(one) for thing in things(part)]
    before = [thing for part in parts for thing in things(part)]
    places = [thing.place for thing in before if thing.place is not None]
    assert [thing.place for thing in found[: len(places)]] == sorted(places)
    assert all(thing.place is None for thing in found[len(places) :])
    assert sorted(map(repr, found)) == sorted(map(repr, before))
    assert [part.first for part in arranged(one)].count(True) == len(places)
