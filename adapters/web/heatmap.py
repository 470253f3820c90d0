"""What somebody made when, as a picture of weeks and days, with the same as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

WEEKS = 53
"""Weeks that the picture shows, the newest."""
FEW = 20
"""Weeks that are few enough to be drawn larger."""
CELL = 13
"""The distance from one day to the next."""
_DAY = 10
_STEPS = (1, 2, 4, 7)
"""From how many things on a day its colour gets deeper."""


@dataclass(frozen=True, slots=True)
class Heatmap:
    """The picture, the text that says the same, and the weeks with their counts."""

    picture: Markup
    weeks: tuple[tuple[date, int], ...]
    total: int
    days: int


def heatmap(days: Mapping[date, int], said: str) -> Heatmap | None:
    """Return the picture of these days, `said` in words for those who don't see it; None for no days at all."""
    if not days:
        return None
    last = _monday(max(days))
    first = max(_monday(min(days)), last - timedelta(weeks=WEEKS - 1))
    shown = {day: count for day, count in days.items() if day >= first and count > 0}
    columns = (last - first).days // 7 + 1
    by_week = {first + timedelta(weeks=number): 0 for number in range(columns)}
    for day, count in shown.items():
        by_week[_monday(day)] += count
    weeks = tuple((week, count) for week, count in by_week.items() if count)
    return Heatmap(_picture(columns, first, shown, said), weeks, sum(shown.values()), len(shown))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _picture(columns: int, first: date, shown: Mapping[date, int], said: str) -> Markup:
    width, height = columns * CELL - (CELL - _DAY), 7 * CELL - (CELL - _DAY)
    scale = 1.6 if columns <= FEW else 1
    return Markup(
        '<svg class="heat" viewBox="0 0 {} {}" width="{:g}" height="{:g}" role="img" aria-label="{}">{}{}</svg>'
    ).format(width, height, width * scale, height * scale, said, _ground(columns), Markup("").join(_days(first, shown)))


def _ground(columns: int) -> Markup:
    """Return all days as one line of squares, on which those with something stand out."""
    squares = "".join(
        f"M{column * CELL} {row * CELL}h{_DAY}v{_DAY}h-{_DAY}z" for column in range(columns) for row in range(7)
    )
    return Markup('<path class="h0" d="{}"/>').format(squares)


def _days(first: date, shown: Mapping[date, int]) -> Iterator[Markup]:
    for day, count in sorted(shown.items()):
        depth = sum(count >= step for step in _STEPS)
        column, row = divmod((day - first).days, 7)
        yield Markup('<rect class="h{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
            depth, column * CELL, row * CELL, _DAY, _DAY
        )
