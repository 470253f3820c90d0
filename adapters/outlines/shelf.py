"""The courses at hand: those in a folder of this installation, and files that people hand in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from adapters.outlines.problems import Problem
from adapters.outlines.reading import read_markdown, read_outline
from adapters.outlines.writing import write_outline
from bot.cards import File
from bot.errors import Refusal, UnknownItem
from bot.study.outline import Outline
from bot.text import Text, join, say

SHOWN = 5
"""Problems that a refusal tells; the rest comes when these are repaired."""


class UnreadableCourse(Refusal):
    """I can't make a course from “{file}” yet, so nothing was created.

    {problems}
    """


class Shelf:
    """Course outlines of one folder, each a Markdown file or a Course-in-a-Box folder; broken ones are not offered."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[Problem] = []
        """What is wrong with courses in the folder, for whoever runs this installation."""
        self._outlines: dict[str, Outline] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_dir() or path.suffix.lower() in {".md", ".markdown"}:
                reading = read_outline(path)
                self.problems.extend(problem for problem in reading.problems if problem.fatal)
                if reading.outline:
                    self._outlines[path.stem] = reading.outline

    def names(self) -> Sequence[tuple[str, str]]:
        """Return the outlines at hand: a short name and a title each."""
        return [(name, outline.title) for name, outline in self._outlines.items()]

    def get(self, name: str) -> Outline:
        """Return an outline at hand; raises UnknownItem."""
        if name not in self._outlines:
            raise UnknownItem
        return self._outlines[name]

    def read(self, file: File) -> Outline:
        """Return the outline in a Markdown file; raises UnreadableCourse, which names each line to repair."""
        reading = read_markdown(file.content, file.name)
        if reading.outline is None:
            raise UnreadableCourse(
                file=file.name, problems=join([_told(one) for one in reading.problems[:SHOWN]], "\n")
            )
        return reading.outline

    def write(self, outline: Outline) -> File:
        """Return an outline as a Markdown file that `read` takes."""
        name = "-".join(re.findall(r"\w+", outline.title.lower()))[:60] or "course"
        return File(f"{name}.md", "text/markdown", write_outline(outline).encode())


def _told(problem: Problem) -> Text:
    return say("Line {line}: {sentence}", line=problem.line, sentence=problem.sentence)
