"""What was measured, as a table that can be read on a terminal and committed as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

HEADINGS = ("Measured", "Result", "Target", "", "In absolute terms")


@dataclass(frozen=True, slots=True)
class Result:
    """One line: what was measured, the figure that counts, what it should be, and the numbers behind it."""

    what: str
    figure: str
    target: str = ""
    met: bool | None = None
    context: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it stands in the table."""
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return (self.what, self.figure, self.target, verdict, self.context)


def at_most(what: str, ratio: float, limit: float, context: str) -> Result:
    """Return the result for a ratio that should be small."""
    return Result(what, f"{ratio:.2f} ×", f"≤ {limit:g} ×", ratio <= limit, context)


def only_told(what: str, ratio: float, context: str) -> Result:
    """Return the result for a ratio that has no target."""
    return Result(what, f"{ratio:.2f} ×", context=context)


def at_least(what: str, ratio: float, limit: float, context: str) -> Result:
    """Return the result for a ratio that should be large."""
    return Result(what, f"{ratio:.1f} ×", f"≥ {limit:g} ×", ratio >= limit, context)


def aligned(results: Sequence[Result]) -> str:
    """Return results as lines for a terminal: the figures in columns, the numbers behind them below each."""
    rows = [result.cells for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = []
    for row in rows:
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip())
        if row[4]:
            lines.append(f"    {row[4]}")
    return "\n".join(lines)


def markdown(results: Sequence[Result], notes: Sequence[str], load: float) -> str:
    """Return results as a Markdown page, with where and when they were measured and what is compared.

    `load` is how many processes wanted a CPU before the first was measured.
    """
    table = [HEADINGS, ("---",) * len(HEADINGS), *(result.cells for result in results)]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `./run bench` on {datetime.now(UTC):%Y-%m-%d}: Python {platform.python_version()}, "
            f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, load {load:.1f} before it began. "
            "A ratio compares two things in one run; the absolute numbers are context.",
            "",
            *(f"| {' | '.join(row)} |" for row in table),
            "",
            "## What is compared",
            "",
            *(f"- {note}" for note in notes),
            "",
        ]
    )
