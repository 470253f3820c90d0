"""Reading files of a course: inside its folder only, ordinary files only, UTF-8 only, and never much of them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from adapters.outlines.cleaning import clean, unseen
from adapters.outlines.problems import Problems
from bot.text import say, say_n

FILE_BYTES = 256 * 1024
"""Bytes of one file: a long book chapter; the longest lesson of the courses we know has 7,000."""
COURSE_BYTES = 1024 * 1024
"""Bytes of all files of a course together."""
FILE_LINES = 8_000
"""Lines of one file; the time to read Markdown grows with lines as much as with bytes."""
ENTRIES = 1_000
"""Names that are listed in one folder."""


@dataclass(slots=True)
class CourseFolder:
    """A course's folder; what lies outside of it is out of reach, also through links."""

    root: Path
    problems: Problems
    bytes_left: int = COURSE_BYTES

    def name(self, path: Path) -> str:
        """Return how a file is named to people: its path inside the course."""
        return clean(path.relative_to(self.root).as_posix())

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder, sorted; none where it is missing, foreign or holds too many."""
        if self._inside(folder) is None:
            return []
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in islice(entries, ENTRIES + 1)]
        except OSError:
            return []
        if len(names) > ENTRIES:
            many = say("There are more than {most} files in this folder; no course needs so many.", most=ENTRIES)
            self.problems.stop(self.name(folder), 1, many)
            return []
        return sorted(names)

    def text(self, path: Path, *, longest: int = FILE_BYTES) -> str | None:
        """Return the text of a file, or None with its problem recorded."""
        real = self._inside(path)
        if real is None:
            return None
        if self.bytes_left <= 0:
            self.problems.stop(
                self.name(path), 1, say("The course is too large: its files hold more than 1 MB of text.")
            )
            return None
        content = read_bytes(real, self.name(path), self.problems, longest)
        self.bytes_left -= len(content or b"")
        return None if content is None else decode(content, self.name(path), self.problems)

    def _inside(self, path: Path) -> Path | None:
        try:
            real = path.resolve()
        except (OSError, RuntimeError):  # a link that leads to itself
            real = Path("/")
        if real.is_relative_to(self.root):
            return real
        self.problems.stop(
            self.name(path), 1, say("This leads outside of the course's folder; put a copy there instead.")
        )
        return None


def read_bytes(path: Path, name: str, problems: Problems, longest: int = FILE_BYTES) -> bytes | None:
    """Return a file's content, or None with its problem recorded; never waits, never reads more than `longest`."""
    try:
        # A pipe would keep us waiting for ever without O_NONBLOCK.
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        problems.stop(name, 1, say("This file cannot be opened: {reason}.", reason=error.strerror or "unknown reason"))
        return None
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            problems.stop(name, 1, say("This is not an ordinary file."))
            return None
        content = file.read(longest + 1)
    if len(content) > longest:
        problems.stop(name, 1, say("This file is larger than {most} KB; split it up.", most=longest // 1024))
        return None
    return content


def decode(content: bytes, name: str, problems: Problems) -> str | None:
    """Return the text that `content` is in UTF-8, cleaned, or None with the problem recorded."""
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        problems.stop(name, line, say("This is no text; save it as a plain text file in UTF-8."))
        return None
    try:
        raw = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.stop(name, line, say("This is no text in UTF-8; save the file with that encoding."))
        return None
    if taken := unseen(raw):
        hidden = say_n(
            "I took out a character that nobody can see.", "I took out {n} characters that nobody can see.", taken
        )
        problems.note(name, 1, hidden)
    text = clean(raw)
    if text.count("\n") > FILE_LINES:
        problems.stop(name, FILE_LINES, say("This file has more than {most} lines; split it up.", most=FILE_LINES))
        return None
    return text
