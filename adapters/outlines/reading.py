"""Reading a course outline from a folder, a file or an upload."""

from __future__ import annotations

from os.path import exists, isdir  # unlike Path's, these never raise
from pathlib import Path

from adapters.outlines.cleaning import one_line
from adapters.outlines.course_in_a_box import read_course_in_a_box
from adapters.outlines.files import read_bytes
from adapters.outlines.markdown_file import read_markdown_file
from adapters.outlines.problems import Problems, Reading
from bot.text import say


def read_outline(path: Path) -> Reading:
    """Return the outline in a Course-in-a-Box folder or a Markdown file, and every problem with it."""
    problems = Problems()
    if isdir(path):
        return problems.reading(read_course_in_a_box(path, problems))
    name = one_line(path.name) or "."
    if not exists(path):
        problems.stop(name, 1, say("There is no such file or folder."))
        return problems.reading(None)
    content = read_bytes(path, name, problems)
    return problems.reading(None if content is None else read_markdown_file(content, name, problems))


def read_markdown(content: bytes | str, name: str = "course.md") -> Reading:
    """Return the outline in an uploaded Markdown file, and every problem with it."""
    problems = Problems()
    return problems.reading(read_markdown_file(content, one_line(name) or "course.md", problems))
