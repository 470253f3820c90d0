"""The course that comes with the project, and the shelf on which it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.outlines import Shelf, UnreadableCourse, read_outline
from bot.cards import File
from bot.errors import UnknownItem
from bot.ports import Outlines
from bot.study.outline import ActivityKind, Outline

COURSES = Path(__file__).parents[3] / "courses"


def sample() -> Outline:
    reading = read_outline(COURSES / "javascript-in-five-weeks.md")
    assert reading.problems == ()
    assert reading.outline is not None
    return reading.outline


def test_the_sample_course_has_five_weeks_of_material_and_activities() -> None:
    """J8, J16: each week has its own."""
    assert len(sample().weeks) == 5
    for week in sample().weeks:
        assert 2 <= len(week.materials) <= 4
        assert 2 <= len(week.activities) <= 3
        assert week.text
        assert any(one.required for one in week.activities)
        assert all(one.minutes and one.text for one in week.activities)


def test_the_sample_course_uses_every_kind_of_activity() -> None:
    """J16: think-and-write questions beside practice."""
    assert {one.kind for week in sample().weeks for one in week.activities} == set(ActivityKind)


def test_the_shelf_offers_the_courses_of_its_folder() -> None:
    shelf: Outlines = Shelf(COURSES)
    assert ("javascript-in-five-weeks", "JavaScript in five weeks") in shelf.names()
    assert shelf.get("javascript-in-five-weeks") == sample()
    with pytest.raises(UnknownItem):
        shelf.get("../javascript-in-five-weeks")


def test_a_broken_course_is_not_offered_but_told_to_whoever_runs_the_bot(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("# Good\n\n## Week 1: A\n")
    (tmp_path / "broken.md").write_text("no heading")
    (tmp_path / "notes.txt").write_text("not a course")
    shelf = Shelf(tmp_path)
    assert shelf.names() == [("good", "Good")]
    assert {problem.file for problem in shelf.problems} == {"broken.md"}


def test_a_written_course_is_a_file_that_reads_back() -> None:
    """P4: export and import are one format."""
    shelf = Shelf(COURSES)
    file = shelf.write(sample())
    assert (file.name, file.media_type) == ("javascript-in-five-weeks.md", "text/markdown")
    assert shelf.read(file) == sample()


def test_an_unreadable_upload_is_refused_with_its_lines() -> None:
    with pytest.raises(UnreadableCourse) as refused:
        Shelf(COURSES).read(File("knots.md", "text/markdown", b"# Knots\n\n\xff"))
    assert refused.value.places["file"] == "knots.md"
    assert "Line {line}" in str(refused.value.places["problems"])
