"""Long portfolios over several pages, each small enough for a slow line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import escape

from bot.study.pieces import Asked, Kept, Part, Reviewed, Thing, Work, things
from bot.study.portfolio import Chapter, arranged

ROOM = 26_000
"""Bytes of one page that the things of a portfolio fill, unless one thing alone is larger."""
_AROUND = 520
"""Bytes of the marks around one thing."""
_HEAD = 2_600
"""Bytes of what is said of a chapter."""


@dataclass(slots=True)
class Week:
    """What of a week stands on one page; `goes_on` says that it began on the page before."""

    part: Part
    goes_on: bool
    things: list[Thing] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """What of a chapter stands on one page."""

    chapter: Chapter
    goes_on: bool
    weeks: list[Week] = field(default_factory=list)


def size(piece: Thing) -> int:
    """Return how many bytes a thing takes on a page, roughly."""
    words = [piece.text, piece.story]
    if isinstance(piece, Work | Kept):
        words.append((piece.link or "") * 2)
    if isinstance(piece, Work | Reviewed):
        words.append(piece.activity)
    if isinstance(piece, Asked):
        words.append(piece.details)
    return _AROUND + sum(len(escape(one).encode(errors="replace")) + 3 * one.count("\n") for one in words)


def paged(chapters: Iterable[Chapter]) -> list[list[Section]]:
    """Return the pages of a portfolio, at least one."""
    page: list[Section] = []
    pages, left = [page], ROOM
    for chapter in chapters:
        if left < _HEAD and page:
            page, left = _turned(pages)
        page.append(Section(chapter, goes_on=False))
        left -= _HEAD
        for part, piece in _things(chapter):
            room = size(piece)
            if room > left and page[-1].weeks:
                page, left = _turned(pages)
                page.append(Section(chapter, goes_on=True))
            section = page[-1]
            if not section.weeks or section.weeks[-1].part is not part:
                section.weeks.append(Week(part, goes_on=_goes_on(pages, part)))
            section.weeks[-1].things.append(piece)
            left -= room
    return pages


def _turned(pages: list[list[Section]]) -> tuple[list[Section], int]:
    pages.append([])
    return pages[-1], ROOM


def _goes_on(pages: list[list[Section]], part: Part) -> bool:
    """Return whether a week began on the page before."""
    if len(pages) < 2 or not pages[-2] or not pages[-2][-1].weeks:
        return False
    return pages[-2][-1].weeks[-1].part is part


def _things(chapter: Chapter) -> Iterator[tuple[Part, Thing]]:
    for part in arranged(chapter):
        for piece in things(part):
            yield part, piece
