"""Course outlines in and out: Course-in-a-Box folders and one Markdown file."""

from adapters.outlines.problems import Problem, Reading, check_lines
from adapters.outlines.reading import read_markdown, read_outline
from adapters.outlines.shelf import Shelf, UnreadableCourse
from adapters.outlines.writing import write_outline

__all__ = [
    "Problem",
    "Reading",
    "Shelf",
    "UnreadableCourse",
    "check_lines",
    "read_markdown",
    "read_outline",
    "write_outline",
]
