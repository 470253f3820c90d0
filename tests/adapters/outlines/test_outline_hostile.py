"""Broken and hostile courses: one clear line each, nothing created, in little time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from adapters.outlines import Reading, read_markdown, read_outline
from adapters.outlines.files import FILE_BYTES
from tests.adapters.outlines.course_builder import MENU, post, read_course, told, write_course

GOOD = "modules/ropes/_posts/2000-01-01-week-1.md"
BAD = "modules/ropes/_posts/2000-01-02-week-2.md"


def only_problem(reading: Reading) -> str:
    """Return the one thing that is told; nothing may have been created."""
    assert reading.outline is None
    (line,) = told(reading)
    return line


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("No front matter.", f"{BAD}, line 1: This post has no front matter: begin it with “---”"),
        ("---\ntitle: Bends\n", f"{BAD}, line 1: The front matter has no end"),
        ("---\ntitle: Bends\nmore: [a\n---\n", f"{BAD}, line 4: This YAML cannot be read: "),
        ("---\ntitle: a: b\n---\n", f"{BAD}, line 2: This YAML cannot be read: mapping values are not allowed here."),
        ("---\njust words\n---\n", f"{BAD}, line 2: The YAML should be lines such as “title: My course”."),
        ("---\nday: 2000-13-45\n---\n", f"{BAD}, line 2: This YAML cannot be read."),
        (f"---\nx: {'9' * 5000}\n---\n", f"{BAD}, line 2: This YAML cannot be read."),
        ("---\na: &a [x, x]\nb: [*a, *a]\n---\n", f"{BAD}, line 3: YAML with aliases or deep nesting is not read"),
        (f"---\na: {'[' * 5000}\n---\n", f"{BAD}, line 2: YAML with aliases or deep nesting is not read"),
        ("---\na: !!python/object/apply:os.system [id]\n---\n", f"{BAD}, line 2: This YAML cannot be read: "),
        (f"---\na: {'b' * 40_000}\n---\n", f"{BAD}, line 2: The YAML is longer than 32 KB."),
        (b"---\ntitle: x\n---\n\x00\x01", f"{BAD}, line 4: This is no text"),
        (b"---\ntitle: x\n---\n\nsch\xf6n", f"{BAD}, line 5: This is no text in UTF-8"),
        (f"---\ntitle: x\n---\n\n{'> ' * 500}deep", f"{BAD}, line 5: Lists or quotes are nested too deeply here"),
        (f"---\ntitle: x\n---\n\n\n{'[' * 50_000}", f"{BAD}, line 6: This paragraph is too long"),
        ("---\ntitle: x\n---\n" + "\n" * 9_000, f"{BAD}, line 8000: This file has more than 8000 lines"),
        (b"x" * 10_000_000, f"{BAD}, line 1: This file is larger than 256 KB; split it up."),
    ],
)
def test_a_broken_post_gets_one_line_and_nothing_is_created(tmp_path: Path, content: str | bytes, problem: str) -> None:
    """P4: a facilitator learns what to repair, and where."""
    before = time.process_time()
    line = only_problem(read_course(tmp_path, {GOOD: post("Bends"), BAD: content}))
    assert line.startswith(f"Problem: {problem}")
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("menu", "problem"),
    [
        ("title: K\nmodules: [ropes,\n  knots]\n", "line 3: The module “knots” has no folder modules/knots."),
        ("title: K\nmodules: [ropes, ../ropes]\n", "line 2: The module “../ropes” is not the name of a folder."),
        ("title: K\nmodules: [ropes, /etc]\n", "line 2: The module “/etc” is not the name of a folder."),
        ("title: K\nmodules: [ropes, ..]\n", "line 2: The module “..” is not the name of a folder."),
        (f"title: K\nmodules: [{'x' * 500}]\n", "line 2: The module “xxx"),
        ('title: K\nmodules: [ropes, "a\\0b"]\n', "line 2: The module “ab” is not the name of a folder."),
        ("title: K\nmodules: ropes\n", "line 2: “modules” should be a list of folder names"),
        ("title: K\nmodules: [{a: b}]\n", "line 2: “modules” should be a list of folder names"),
        ("title: K\nmodules: []\n", "line 1: No posts were found"),
        ("title: 'K\n", "line 2: This YAML cannot be read"),
    ],
)
def test_a_broken_menu_gets_one_line_and_nothing_is_created(tmp_path: Path, menu: str, problem: str) -> None:
    reading = read_course(tmp_path, {GOOD: post("Bends")}, menu)
    assert reading.outline is None
    assert told(reading)[0].startswith(f"Problem: _data/course.yml, {problem}")


def test_every_broken_file_is_told_at_once(tmp_path: Path) -> None:
    files = {f"modules/ropes/_posts/2000-01-0{day}-x.md": "Nothing." for day in range(1, 4)}
    reading = read_course(tmp_path, files)
    assert reading.outline is None
    assert len(told(reading)) == 3


def test_links_that_lead_outside_of_the_course_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(post("Secret"))
    course = write_course(tmp_path / "course", {GOOD: post("Bends")})
    (course / BAD).symlink_to(secret)
    outside = f"Problem: {BAD}, line 1: This leads outside of the course's folder; put a copy there instead."
    assert only_problem(read_outline(course)) == outside


@pytest.mark.parametrize("name", ["modules/ropes", "modules/ropes/_posts", "modules", "_data"])
def test_folders_that_lead_outside_are_not_followed(tmp_path: Path, name: str) -> None:
    elsewhere = write_course(tmp_path / "elsewhere", {GOOD: post("Secret")})
    course = write_course(tmp_path / "course", {"modules/other/_posts/2000-01-01-x.md": post("X")})
    link = course / name
    if link.exists():
        link.rename(tmp_path / "aside")
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere / name)
    reading = read_outline(course)
    assert reading.outline is None
    assert any("This leads outside of the course's folder" in line for line in told(reading))


def test_a_link_to_itself_and_a_pipe_are_refused_without_waiting(tmp_path: Path) -> None:
    course = write_course(tmp_path, {GOOD: post("Bends")})
    (course / BAD).symlink_to(course / BAD)
    os.mkfifo(course / "modules/ropes/_posts/2000-01-03-pipe.md")
    reading = read_outline(course)
    assert reading.outline is None
    assert len(told(reading)) == 2


@pytest.mark.slow
def test_a_thousand_posts_are_refused(tmp_path: Path) -> None:
    files = {f"modules/ropes/_posts/2000-01-01-post-{number}.md": post("X") for number in range(1_000)}
    reading = read_course(tmp_path, files)
    assert only_problem(reading).startswith("Problem: modules/ropes/_posts, line 1: The course has more than 300 posts")


def test_a_course_of_very_many_weeks_is_refused() -> None:
    text = "# K\n" + "".join(f"\n## Week {number}: X\n" for number in range(1, 200))
    assert only_problem(read_markdown(text)) == (
        "Problem: course.md, line 203: The course has 199 weeks; 100 is the most."
    )


def test_a_course_of_very_much_text_is_refused(tmp_path: Path) -> None:
    code = "```\n" + ("x" * 99 + "\n") * 2_000 + "```"
    files = {f"modules/ropes/_posts/2000-01-01-{number}.md": post("X", code) for number in range(8)}
    reading = read_course(tmp_path, files)
    assert reading.outline is None
    assert "The course is too large: its files hold more than 1 MB of text." in told(reading)[0]


@pytest.mark.parametrize("path", ["missing", "empty", "file.bin"])
def test_what_is_no_course_is_told(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.bin").write_bytes(bytes(range(256)))
    assert only_problem(read_outline(tmp_path / path)).startswith("Problem: ")


def test_an_upload_of_ten_megabytes_is_refused_at_once() -> None:
    assert "larger than 256 KB" in only_problem(read_markdown(b"# a\n" * 2_500_000))
    assert "larger than 256 KB" in only_problem(read_markdown("é" * FILE_BYTES))


def test_halves_of_characters_in_an_upload_are_no_failure() -> None:
    assert read_markdown("# K\n\n## A \ud800").outline is not None


HARD = {
    "openings": "[" * 9_900,
    "pictures": "![" * 4_900,
    "backticks": "".join("`" * (length % 90) + "a" for length in range(200)),
    "stars": "*a_" * 3_300,
    "links": "[a](" * 2_400,
    "comments": "<!--" * 2_400,
    "liquid": "{{" * 4_900,
    "tags": "{%" * 4_900,
    "braces": "{:" * 4_900,
    "lazy": "> " * 8 + "a\n" + "b\n" * 4_900,
    "brackets": "](" * 4_900,
    "broken links": "](http://a" * 990,
    "entities": "&a" * 4_900,
    "html": "<a b=" * 1_900,
    "script": "<script>" * 1_200,
    "escapes": "\\" * 9_900,
    "items": "- a\n" * 7_900,
    "definitions": "[a]: b\n\n" * 3_900,
    "tables": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|\n" * 500,
    "urls": "http://" * 1_400,
    "spaces": " a" * 4_900,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HARD)
def test_markdown_made_to_take_long_does_not(kind: str) -> None:
    before = time.process_time()
    read_markdown(f"# K\n\n## A\n\n{HARD[kind]}\n")
    assert time.process_time() - before < 5


def test_names_of_files_are_told_without_control_characters(tmp_path: Path) -> None:
    files = {GOOD: post("Bends"), "modules/ropes/_posts/2000-01-02-\u202eweek\u0007 2.md": "Nothing."}
    assert only_problem(read_course(tmp_path, files, MENU)).startswith(f"Problem: {BAD[:-9]}week 2.md, line 1")
