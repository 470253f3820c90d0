"""Two real courses: all of their words arrive, in weeks that a facilitator would recognise."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from adapters.outlines import check_lines, read_markdown, read_outline, write_outline
from bot.cards import CodeBlock, block_cost
from bot.pages import pages
from bot.study.outline import ActivityKind, Outline
from tests.adapters.outlines.course_builder import real_course
from tests.adapters.outlines.test_outline_round_trip import all_words

both = pytest.mark.parametrize("name", ["gentle-python", "course-in-a-box"])


def course(name: str) -> Outline:
    reading = read_outline(real_course(name))
    assert reading.problems == ()
    assert reading.outline is not None
    return reading.outline


def posts(name: str) -> Iterable[Path]:
    return sorted(real_course(name).glob("modules/*/_posts/*"))


@both
def test_no_word_of_a_real_course_is_dropped(name: str) -> None:
    """P4: an existing online course is imported whole."""
    kept = words(" ".join(all_words(course(name))))
    for path in posts(name):
        assert words(prose(path.read_text("utf-8"))) - kept == set(), path.name


def prose(source: str) -> str:
    """Return what a post says: no front matter, attributes, Liquid, HTML tags, list numbers and own addresses."""
    text = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    text = re.sub(r"^```.*?^```", " ", text, flags=re.DOTALL | re.MULTILINE)  # code has its own test
    text = re.sub(r"\{:[^}\n]*\}|<!--.*?-->|</?[a-zA-Z][^>]*>", " ", text, flags=re.DOTALL)
    text = re.sub(r"\]\((?!\s*http)[^()\n]*\)", "] ", text)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|^\s*\d+\. ", " ", text, flags=re.MULTILINE)
    return html.unescape(text)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text))


@both
def test_every_line_of_code_of_a_real_course_is_kept_as_it_is(name: str) -> None:
    blocks = [
        block for week in course(name).weeks for block in (*week.text, *(b for a in week.activities for b in a.text))
    ]
    code = {line.strip() for block in blocks if isinstance(block, CodeBlock) for line in block.code.splitlines()}
    for path in posts(name):
        for fence in re.findall(r"^```.*?\n(.*?)^```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            assert {line.strip() for line in fence.splitlines()} <= code


@both
def test_a_real_course_reads_back_from_its_export(name: str) -> None:
    """P4: the export format holds a whole course."""
    assert read_markdown(write_outline(course(name))).outline == course(name)


@both
def test_the_weeks_of_a_real_course_fit_on_cards(name: str) -> None:
    """J13: nothing of a long week is cut off."""
    for week in course(name).weeks:
        for blocks in (week.text, *(one.text for one in week.activities)):
            cards = pages(week.title, blocks, more="More")
            assert sum(map(block_cost, blocks)) == 0 or all(card.blocks for card in cards)


def test_the_python_course_has_six_weeks_under_clean_titles() -> None:
    """J8, P4: one week for each numbered post, the other modules before them."""
    weeks = course("gentle-python").weeks
    sources = real_course("gentle-python").glob("modules/materials/_posts/*")
    told = [re.search(r"^title: \d\. (.+)$", path.read_text("utf-8"), re.MULTILINE) for path in sorted(sources)]
    assert [week.title for week in weeks] == [title[1] for title in told if title]
    assert len(weeks) == 6
    assert course("gentle-python").introduction


def test_the_python_course_s_exercises_and_projects_are_activities() -> None:
    """J16: several activities a week."""
    weeks = course("gentle-python").weeks
    assert [len(week.activities) for week in weeks] == [3, 3, 3, 3, 3, 2]
    assert {one.kind for week in weeks for one in week.activities} == {ActivityKind.PRACTICE, ActivityKind.BUILD}
    assert all(week.activities[-1].kind is ActivityKind.BUILD for week in weeks)


def test_the_modules_of_the_other_course_are_its_weeks_in_the_menu_s_order() -> None:
    """P4: a course that does not count in weeks."""
    lines = check_lines(read_outline(real_course("course-in-a-box")))
    assert [line.partition(" (")[0] for line in lines] == ["Week 1: Setup", "Week 2: Content", "Week 3: Customize"]


@both
def test_all_materials_of_a_real_course_have_telling_titles(name: str) -> None:
    """J13: no material is called "here"."""
    for week in course(name).weeks:
        for material in week.materials:
            assert re.search(r"[^\W\d]{3,}", material.title)
            assert material.title.lower() not in {"here", "link", "more info"}
            assert material.url.startswith(("http://", "https://"))
