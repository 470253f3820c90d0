"""The demonstration, started as a newcomer does: what it tells, and what it leaves behind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.config import StorageSettings
from tests.adapters.outlines.course_builder import real_course
from tests.processes import ROOT, Ended, in_plain_words, run

ONE_WEEK = "# A single week\n\n## Week 1: All of it\n\n### Practice: Do it (10 min)\n\nJust once.\n"
SCHEMA = ROOT / "docs" / "schemas" / "portfolio.schema.json"
FILES = {"transcript.txt", "portfolio.md", "portfolio.json", "portfolio.csv", "portfolio-xapi.json", "demo.db", "site"}


def played(ended: Ended, out: Path) -> str:
    """Assert that a demonstration ended well and left all that it promises; return its transcript."""
    assert ended.status == 0, ended.err
    assert ended.err == ""
    assert in_plain_words(ended.out)
    assert {path.name for path in out.iterdir()} == FILES
    for name in FILES:
        assert str(out / name) in ended.out
    transcript = (out / "transcript.txt").read_text(encoding="utf-8")
    assert in_plain_words(transcript)
    for sign in ("{", "}", "None", "<Text", "Reference "):
        assert not any(sign in line for line in transcript.splitlines() if line.startswith("┊ [")), sign
    portfolio_is_documented(out)
    with closing(sqlite3.connect(out / "demo.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return transcript


def portfolio_is_documented(out: Path) -> None:
    """Assert that the portfolio is what its published schema says, and no more."""
    whole = json.loads((out / "portfolio.json").read_text(encoding="utf-8"))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"), object_hook=closed)
    Draft202012Validator(schema).validate(whole)
    assert (whole["format"], whole["version"], whole["name"]) == ("studycircle-portfolio", 1, "Jill")
    assert (out / "portfolio.md").read_text(encoding="utf-8").startswith("# Portfolio of Jill\n")


def closed(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a schema that allows no more than it describes; what is published leaves room for more."""
    return {"additionalProperties": False, **part} if "required" in part and "properties" in part else part


def in_this_order(text: str, *landmarks: str) -> None:
    """Assert that a text has the landmarks one after the other."""
    at = 0
    for landmark in landmarks:
        found = text.find(landmark, at)
        assert found >= 0, f"after {text[at : at + 60]!r} there is no {landmark!r}"
        at = found


@pytest.mark.slow
def test_the_demonstration_tells_of_a_living_group(tmp_path: Path) -> None:
    """It has the landmarks of the learner's story, from the empty channel to the portfolio."""
    transcript = played(run("demo", "--out", tmp_path / "out", cwd=tmp_path), tmp_path / "out")
    in_this_order(
        transcript,
        "Jill in #study-circle: /groups",
        "Jill presses [Enrol]",
        "Fela presses [Accept]",
        "Welcome to JavaScript in five weeks",
        "/participants",
        "│ Week 1: Values and functions in the console",
        "Saved: Week 1, activity 1.",
        "/responses",
        "│ Week 2: Objects and arrays",
        "a kind word may help",
        "[Mark as answer]",
        "the next one who is stuck finds it",
        "[Show me the step]",
        "Tomás presses [Show me the step]",
        "@Tomás handed in Week 2, activity 1",
        "│ Week 3: Pages that answer",
        "/lead pulse",
        "│ Week 4: Waiting without standing still",
        "Still waiting for an answer",
        "A word from @Fela",
        "│ Week 5: A small thing of your own",
        "/progress",
        "JavaScript in five weeks has come to its end",
        "Everyone who learned here has a participation record.",
        "/portfolio",
        "[Download]",
    )
    ending = transcript[transcript.index("has come to its end") :]
    assert "What next" in ending or "/groups shows when one is" in ending
    chapter = json.loads((tmp_path / "out" / "portfolio.json").read_text(encoding="utf-8"))["chapters"][-1]
    assert chapter["completion"]["finished"] is True
    assert chapter["completion"]["recorded_at"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gentle-python", "course-in-a-box"])
def test_the_demonstration_plays_a_real_course(name: str, tmp_path: Path) -> None:
    course = real_course(name)
    ended = run("demo", "--course", course, "--out", tmp_path / "out", cwd=tmp_path)
    transcript = played(ended, tmp_path / "out")
    weeks = {"gentle-python": 6}.get(name)
    if weeks:
        in_this_order(transcript, *(f"── Week {number} of {weeks} ─" for number in range(1, weeks + 1)))
    in_this_order(transcript, "── Week 1 of ", "has come to its end", "/portfolio")


@pytest.mark.slow
def test_the_demonstration_plays_a_course_of_one_week(tmp_path: Path) -> None:
    (tmp_path / "one week.md").write_text(ONE_WEEK)
    ended = run("demo", "--course", "one week.md", "--out", tmp_path / "out", cwd=tmp_path)
    transcript = played(ended, tmp_path / "out")
    in_this_order(transcript, "Week 1 of 1", "│ Week 1: All of it", "A single week has come to its end")


@pytest.mark.slow
def test_a_course_that_cannot_be_read_is_told_line_by_line_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("# Bad\n\nNo week at all.\n")
    ended = run("demo", "--course", "bad.md", "--out", tmp_path / "out", cwd=tmp_path)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        "bad.md cannot be played:",
        "Problem: bad.md, line 1: There are no weeks: begin each with a heading such as “## Week 1: First steps”.",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    ended = run("demo", "--out", "taken", cwd=tmp_path)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "taken cannot be written: File exists. Choose another folder with --out.\n"


@pytest.mark.slow
def test_the_demonstration_can_be_played_again_over_what_it_left(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(ONE_WEEK)
    for _ in range(2):
        ended = run("demo", "--course", "one.md", "--out", tmp_path / "out", cwd=tmp_path)
        assert "Week 1 of 1" in played(ended, tmp_path / "out")


@pytest.mark.slow
def test_the_demonstration_leaves_the_database_of_a_bot_alone(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(ONE_WEEK)
    real = tmp_path / Path(StorageSettings().url).name
    real.write_text("everything that anybody ever learned")
    assert run("demo", "--course", "one.md", "--out", tmp_path, cwd=tmp_path).status == 0
    assert real.read_text() == "everything that anybody ever learned"
