"""Course-in-a-Box folders: which posts are weeks, in which order, and under which titles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.outlines import check_lines
from bot.cards import Heading, paragraph
from bot.study.outline import ActivityKind, Outline
from bot.text import to_text
from tests.adapters.outlines.course_builder import post, read_course, titles, told


def outline(root: Path, files: Mapping[str, str | bytes], menu: str = "title: Knots\nmodules: [ropes]\n") -> Outline:
    reading = read_course(root, files, menu)
    assert reading.outline is not None, told(reading)
    return reading.outline


@pytest.mark.parametrize("unit", ["week", "Week", "day", "Unit", "lesson"])
def test_posts_numbered_in_their_file_names_are_one_week_each(tmp_path: Path, unit: str) -> None:
    """J8: each week has its own material."""
    files = {
        f"modules/ropes/_posts/2000-01-0{number}-{unit}_{number}.markdown": post(f"{number}. {title}")
        for number, title in ((1, "Bends"), (2, "Hitches"))
    }
    assert titles(read_course(tmp_path, files)) == ["Bends", "Hitches"]


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Week 1: Bends", "Bends"),
        ("week 1 - Bends", "Bends"),
        ("Unit One – Bends", "Bends"),
        ("Lesson 1. Bends", "Bends"),
        ("Bends (Week 1)", "Bends"),
        ("Week 1 & 2: Bends", "Bends"),
        ("Day 1", "A first knot"),
    ],
)
def test_a_week_s_title_says_no_number(tmp_path: Path, title: str, clean: str) -> None:
    files = {"modules/ropes/_posts/2000-01-01-start.md": post(f'"{title}"', "# A first knot")}
    assert titles(read_course(tmp_path, files)) == [clean]


def test_numbers_decide_the_order_of_weeks_not_dates(tmp_path: Path) -> None:
    files = {
        "modules/ropes/_posts/1999-12-31-c.md": post("Week 10"),
        "modules/ropes/_posts/2000-01-01-a.md": post("Week 2", "# Two"),
        "modules/ropes/_posts/2000-01-01-b.md": post("Week 1", "# One"),
    }
    reading = read_course(tmp_path, files)
    assert titles(reading) == ["One", "Two", "Week 10"]
    assert told(reading) == ["Note: _data/course.yml, line 1: Numbers are left out: week 3, 4, 5, 6, 7, 8, 9."]


def test_modules_beside_numbered_weeks_become_the_introduction(tmp_path: Path) -> None:
    files = {
        "modules/weeks/_posts/2000-01-01-week-1.md": post("Bends"),
        "modules/about/_posts/2000-01-01-why.md": post("Why knots", "Because."),
        "modules/about/_posts/2000-01-02-how.md": post("How", "## How\n\nSlowly."),
    }
    course = outline(tmp_path, files, "title: Knots\nmodules: [weeks, about]\n")
    assert [week.title for week in course.weeks] == ["Bends"]
    why = (Heading(to_text("Why knots")), paragraph("Because."))
    assert course.introduction == (*why, Heading(to_text("How")), paragraph("Slowly."))


def test_without_numbers_each_module_of_the_menu_is_a_week_and_its_posts_are_sections(tmp_path: Path) -> None:
    """P4: a course that does not count in weeks still becomes one."""
    files = {
        "modules/before-you-start/_posts/2000-01-02-rope.md": post("Rope", "Buy some."),
        "modules/before-you-start/_posts/2000-01-01-hands.md": post("Hands", "Wash them."),
        "modules/zeppelin bends/_posts/2000-01-01-first.md": post("First", "Cross over."),
    }
    course = outline(tmp_path, files, "title: Knots\nmodules: [zeppelin bends, before-you-start]\n")
    assert [week.title for week in course.weeks] == ["Zeppelin bends", "Before you start"]
    assert course.weeks[1].text == (
        *(Heading(to_text("Hands")), paragraph("Wash them.")),
        *(Heading(to_text("Rope")), paragraph("Buy some.")),
    )


def test_numbered_modules_are_weeks_also_where_their_posts_count_days(tmp_path: Path) -> None:
    files = {
        f"modules/week-{week}/_posts/2000-01-0{day}-day-{day}.md": post(f"Day {day}", f"Text {week} {day}.")
        for week in (1, 2)
        for day in (1, 2)
    }
    course = outline(tmp_path, files, "title: Knots\nmodules: [week-1, week-2]\n")
    assert [week.title for week in course.weeks] == ["Week 1", "Week 2"]
    assert course.weeks[1].text == (
        *(Heading(to_text("Day 1")), paragraph("Text 2 1.")),
        *(Heading(to_text("Day 2")), paragraph("Text 2 2.")),
    )


def test_a_post_without_a_number_belongs_to_the_week_before_it_or_to_the_introduction(tmp_path: Path) -> None:
    files = {
        "modules/ropes/_posts/2000-01-01-hello.md": post("Hello", "Welcome."),
        "modules/ropes/_posts/2000-01-02-week-1.md": post("Bends", "Bend."),
        "modules/ropes/_posts/2000-01-03-more.md": post("More", "Bend again."),
    }
    course = outline(tmp_path, files)
    assert course.introduction == (Heading(to_text("Hello")), paragraph("Welcome."))
    assert course.weeks[0].text == (paragraph("Bend."), Heading(to_text("More")), paragraph("Bend again."))


def test_file_names_may_hold_spaces_commas_and_exclamation_marks_and_dates_may_repeat(tmp_path: Path) -> None:
    files = {
        "modules/ropes, lines!/_posts/1999-01-01-Week 1, go!.md": post("Go"),
        "modules/ropes, lines!/_posts/1999-01-01-Week 2, stop!.md": post("Stop"),
    }
    reading = read_course(tmp_path, files, 'title: Knots\nmodules: ["ropes, lines!"]\n')
    assert titles(reading) == ["Go", "Stop"]
    assert reading.problems == ()


def test_a_readme_is_no_post(tmp_path: Path) -> None:
    files = {
        "modules/README.md": "How to write modules.",
        "modules/ropes/_posts/README.md": "How to write posts.",
        "modules/ropes/_posts/2000-01-01-bends.md": post("Bends"),
    }
    reading = read_course(tmp_path, files)
    assert titles(reading) == ["Ropes"]
    assert reading.problems == ()


def test_what_the_course_s_own_site_would_not_show_is_left_out_and_told(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "modules/ropes/_posts/2000-01-01-bends.md": post("Bends"),
        "modules/ropes/_posts/undated.md": post("Undated"),
        "modules/ropes/_posts/2000-01-02-draft.md": "---\ntitle: Draft\npublished: false\n---\nNot yet.",
        "modules/ropes/_posts/2000-01-02-picture.png": b"\x89PNG\x00",
        "modules/attic/_posts/2000-01-01-old.md": post("Old"),
    }
    reading = read_course(tmp_path, files)
    assert titles(reading) == ["Ropes"]
    assert told(reading) == [
        "Note: modules/attic, line 1: This module is not listed in _data/course.yml, so I left it out.",
        "Note: modules/ropes/_posts/2000-01-02-picture.png, line 1: This is no Markdown file, so I left it out.",
        "Note: modules/ropes/_posts/undated.md, line 1: "
        "Its name begins with no date such as 2000-01-01-, so it is no post and I left it out.",
        "Note: modules/ropes/_posts/2000-01-02-draft.md, line 3: This post is not published, so I left it out.",
    ]


def test_without_a_menu_all_modules_count(tmp_path: Path) -> None:
    files = {f"modules/{name}/_posts/2000-01-01-x.md": post("X") for name in ("b", "a")}
    reading = read_course(tmp_path, files, "description: Only this\n")
    assert titles(reading) == ["A", "B"]
    assert [line.partition(": ")[0] for line in told(reading)] == ["Note", "Note"]


def test_the_description_and_source_of_a_course_are_kept_as_words(tmp_path: Path) -> None:
    """P4: a group links the course that it is built on."""
    menu = (
        'title: Knots\ndescription: Made by <a href="https://x.org">sailors &amp; friends</a>\n'
        "source: https://x.org/knots\nmodules: [ropes]\n"
    )
    course = outline(tmp_path, {"modules/ropes/_posts/2000-01-01-x.md": post("X")}, menu)
    assert (course.title, course.description) == ("Knots", "Made by sailors & friends")
    assert course.source == "https://x.org/knots"


SECTIONS = """
# Hello

Read [chapter two](https://x.org/two.html).

####_Trying it out_
Tie it.

## Exercises

Some.

### Exercise 1
One.

### Exercise 2 (optional, 20 min)
Two.

## Discuss: Which is best?
Say why.

## Summary
Well done.

### Project
Make a net.

#### Step one
Cut the rope.

## How to start a project without any rope at hand
Think.
"""


def test_parts_that_ask_for_work_become_activities_and_the_rest_stays_text(tmp_path: Path) -> None:
    """J16: several activities a week, each with a kind."""
    week = outline(tmp_path, {"modules/ropes/_posts/2000-01-01-week-1.md": post("Bends", SECTIONS)}).weeks[0]
    assert [(one.kind, one.title, one.required, one.minutes) for one in week.activities] == [
        (ActivityKind.PRACTICE, "Trying it out", True, None),
        (ActivityKind.PRACTICE, "Exercise 1", True, None),
        (ActivityKind.PRACTICE, "Exercise 2", False, 20),
        (ActivityKind.DISCUSS, "Which is best?", True, None),
        (ActivityKind.BUILD, "Project", True, None),
    ]
    assert week.activities[4].text == (
        paragraph("Make a net."),
        Heading(to_text("Step one")),
        paragraph("Cut the rope."),
    )
    headings = [block.text for block in week.text if isinstance(block, Heading)]
    assert headings == [
        *map(to_text, ["Hello", "Exercises", "Summary", "How to start a project without any rope at hand"])
    ]


def test_a_post_that_is_a_project_becomes_an_activity_of_its_module_s_week(tmp_path: Path) -> None:
    files = {
        "modules/ropes/_posts/2000-01-01-concepts.md": post("Concepts", "Think."),
        "modules/ropes/_posts/2000-01-02-projects.md": post(
            "Projects", "## Projects\n\nMake a net.\n\n### Help\n\nAsk."
        ),
    }
    week = outline(tmp_path, files).weeks[0]
    assert week.text == (Heading(to_text("Concepts")), paragraph("Think."))
    assert [(one.title, one.kind) for one in week.activities] == [("Projects", ActivityKind.BUILD)]
    assert week.activities[0].text == (paragraph("Make a net."), Heading(to_text("Help")), paragraph("Ask."))


def test_course_check_prints_a_line_for_each_week_and_then_the_problems(tmp_path: Path) -> None:
    files = {
        "modules/ropes/_posts/2000-01-01-week-1.md": post(
            "Week 1", "[a](https://x.org/a) [b](https://x.org/b)\n\n# Exercise\n\nTie."
        ),
        "modules/ropes/_posts/2000-01-02-week-3.md": post("Lines", "[a](https://x.org/a)"),
    }
    assert check_lines(read_course(tmp_path, files)) == [
        "Week 1 (2 materials, 1 activity)",
        "Week 2: Lines (1 material, 0 activities)",
        "Note: _data/course.yml, line 1: Numbers are left out: week 2.",
    ]
