"""Courses for tests: written into a temporary folder, or found among the real ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.outlines import Reading, check_lines, read_outline

MENU = "title: Knots\ndescription: Tying knots together\nmodules: [ropes]\n"


def post(title: str, text: str = "Some words.") -> str:
    """Return a post with front matter."""
    return f"---\ntitle: {title}\n---\n\n{text}\n"


def write_course(root: Path, files: Mapping[str, str | bytes], menu: str = MENU) -> Path:
    """Write a Course-in-a-Box folder and return it."""
    for name, content in {"_data/course.yml": menu, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read_course(root: Path, files: Mapping[str, str | bytes], menu: str = MENU) -> Reading:
    """Write a Course-in-a-Box folder and return its reading."""
    return read_outline(write_course(root, files, menu))


def told(reading: Reading) -> list[str]:
    """Return what `course check` prints of the problems."""
    return [line for line in check_lines(reading) if not line.startswith("Week")]


def titles(reading: Reading) -> list[str]:
    """Return the titles of the weeks; the reading must have an outline."""
    assert reading.outline is not None, told(reading)
    return [week.title for week in reading.outline.weeks]


def real_course(name: str) -> Path:
    """Return a real course's folder, or skip the test where the data are not at hand."""
    data = os.environ.get("STUDYCIRCLE_TEST_DATA")
    if not data:
        pytest.skip("STUDYCIRCLE_TEST_DATA does not name the folder of real courses")
    folder = Path(data) / "courses" / name
    if not folder.is_dir():
        pytest.skip(f"there is no real course at {folder}")
    return folder
