"""The YAML of a course: front matter at the top of a file, and `_data/course.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import yaml

from adapters.outlines.cleaning import one_line
from adapters.outlines.problems import Problems
from bot.text import say

LONGEST = 32 * 1024
"""Characters of YAML that are read; a course needs a few hundred."""
DEEPEST = 10
"""Levels of nesting; a course needs two."""

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What YAML said: `values` by key, and the line on which a word stands first."""

    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def words(self, key: str) -> str | None:
        """Return the value of `key` on one line; None if there is none or if it is no text."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int | float | date):
            return None
        return one_line(str(value)) or None

    def line(self, word: str) -> int:
        """Return the line on which `word` stands, the first line if it stands nowhere."""
        return self.lines.get(word, 1)


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its front matter read; `facts` is None if it has none, `first_line` is where `body` begins."""

    facts: Facts | None
    body: str
    first_line: int = 1


def split(text: str, file: str, problems: Problems) -> Document | None:
    """Return a text as front matter and body, or None with the problem recorded."""
    if not re.match(r"---[ \t]*\n", text):
        return Document(None, text)
    found = _FRONT_MATTER.match(text)
    if found is None:
        problems.stop(file, 1, say("The front matter has no end: close it with a line of three dashes, “---”."))
        return None
    facts = facts_of(found[1], file, problems, first_line=2)
    if facts is None:
        return None
    return Document(facts, text[found.end() :], text[: found.end()].count("\n") + 1)


def facts_of(text: str, file: str, problems: Problems, *, first_line: int = 1) -> Facts | None:
    """Return what YAML says as keys and values, or None with the problem recorded."""
    if len(text) > LONGEST:
        problems.stop(file, first_line, say("The YAML is longer than {most} KB.", most=LONGEST // 1024))
        return None
    try:
        lines = _survey(text, first_line)
        values = yaml.safe_load(text)
    except _TooClever as error:
        problems.stop(
            file, first_line + error.line, say("YAML with aliases or deep nesting is not read; write it plainly.")
        )
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        reason = one_line(error.problem or "unclear")
        problems.stop(
            file, line, say("This YAML cannot be read: {reason}. Quotes around the text often help.", reason=reason)
        )
        return None
    except (yaml.YAMLError, ValueError, OverflowError):  # no such date, a number too long
        problems.stop(file, first_line, say("This YAML cannot be read. Quotes around the text often help."))
        return None
    if not isinstance(values, dict | None):
        problems.stop(file, first_line, say("The YAML should be lines such as “title: My course”."))
        return None
    return Facts({str(key): value for key, value in (values or {}).items()}, lines)


class _TooClever(Exception):
    """YAML that could grow without bounds when it is loaded."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _survey(text: str, first_line: int) -> dict[str, int]:
    """Return the line of every word of the YAML; events are read one by one, so nothing can grow here."""
    lines: dict[str, int] = {}
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line if event.start_mark else 0
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            raise _TooClever(line)
        if isinstance(event, yaml.ScalarEvent):
            lines.setdefault(event.value, first_line + line)
    return lines
