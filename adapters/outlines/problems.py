"""What is wrong with a course's files: one kind sentence each, with its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.study.outline import Outline
from bot.text import Phrase, Plain, Text, fill, say

MOST = 50
"""Problems that are told; nobody repairs more in one go, and hostile files could make millions."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to repair, or to know: `sentence` is translated for its reader, `fatal` prevents the import."""

    file: str
    line: int
    sentence: Text
    fatal: bool

    @property
    def words(self) -> str:
        """The sentence in English."""
        return "".join(_words(self.sentence))


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a course gave: an outline, unless something fatal was in the way, and all problems."""

    outline: Outline | None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Problems:
    """Collects problems while files are read."""

    found: list[Problem] = field(default_factory=list)
    fatal: bool = False

    def stop(self, file: str, line: int, sentence: Text) -> None:
        """Record something that prevents the import."""
        self.fatal = True
        self._add(Problem(file, line, sentence, fatal=True))

    def note(self, file: str, line: int, sentence: Text) -> None:
        """Record something to know; the import goes on."""
        self._add(Problem(file, line, sentence, fatal=False))

    def reading(self, outline: Outline | None) -> Reading:
        """Return the outcome: the outline only if nothing fatal was found, fatal problems first."""
        problems = tuple(sorted(self.found, key=lambda problem: not problem.fatal))
        return Reading(None if self.fatal else outline, problems)

    def _add(self, problem: Problem) -> None:
        if len(self.found) < MOST or (problem.fatal and not any(one.fatal for one in self.found)):
            self.found.append(problem)
        elif len(self.found) == MOST:
            more = say("There are more problems; repair these first, then check again.")
            self.found.append(Problem(problem.file, problem.line, more, problem.fatal))


def check_lines(reading: Reading) -> list[str]:
    """Return what `course check` prints: a line for each week, then a line for each problem."""
    lines = []
    for number, week in enumerate(reading.outline.weeks if reading.outline else (), start=1):
        title = "" if week.title == f"Week {number}" else f": {week.title}"
        materials = _count(len(week.materials), "material", "materials")
        activities = _count(len(week.activities), "activity", "activities")
        lines.append(f"Week {number}{title} ({materials}, {activities})")
    for problem in reading.problems:
        kind = "Problem" if problem.fatal else "Note"
        lines.append(f"{kind}: {problem.file}, line {problem.line}: {problem.words}")
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _words(text: Text) -> Iterator[str]:
    for span in text.spans:
        if isinstance(span, Phrase):
            template = span.plural if span.plural and span.n != 1 else span.template
            yield from _words(Text(tuple(fill(template, dict(span.places)))))
        elif isinstance(span, Plain):
            yield span.text
