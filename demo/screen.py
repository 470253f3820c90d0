"""What the audience sees: the conversation as it goes, and how far the group is."""

from __future__ import annotations

import sys
import textwrap
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, Progress, TextColumn

from adapters.local import Happening, Kind

WIDTH = 100
_DEEDS: dict[Kind, str] = {
    Kind.PRESSED: "presses",
    Kind.CHOSE: "chooses",
    Kind.REACTED: "reacts with",
    Kind.UNREACTED: "takes back",
}
_PRIVATE = frozenset({Kind.ASKED, Kind.TOLD})
_UNSEEN = _PRIVATE | {Kind.FILLED}


class Screen:
    """Writes happenings as a conversation: whole into the transcript, and shortened to whoever watches."""

    def __init__(self, zone: ZoneInfo, *, terminal: TextIO = sys.stdout, lines: int = 14) -> None:
        self._zone = zone
        self._terminal = terminal
        self._lines = lines
        self._day = ""
        self._whole: list[str] = []
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=40),
            TextColumn("{task.percentage:3.0f} %"),
            disable=not terminal.isatty(),
            transient=True,
        )

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self._write(["", f"── {title} " + "─" * max(4, WIDTH - len(title) - 4)], whole=True)

    def show(self, happening: Happening) -> None:
        """Write one thing that happened."""
        head = self._head(happening)
        body = "" if happening.kind in _DEEDS or happening.kind is Kind.TYPED else happening.text
        mark = "┊ " if happening.kind in _UNSEEN or happening.direct else "│ "
        lines = [mark + part for line in body.splitlines() for part in _wrapped(line)]
        self._begin_day(happening.at)
        self._write([head, *lines], whole=True, shown=self._lines)

    def _head(self, happening: Happening) -> str:
        clock = happening.at.astimezone(self._zone).strftime("%H:%M")
        who, where, kind = happening.who, happening.where, happening.kind
        if kind is Kind.TYPED:
            return f"{clock}  {who} in {where}: {happening.text}"
        if kind in _DEEDS:
            return f"{clock}  {who} {_DEEDS[kind]} [{happening.text}] in {where}"
        if kind in _PRIVATE:
            return f"{clock}  ↪ to {who}:"
        if kind is Kind.FILLED:
            return f"{clock}  {who} fills in the form:"
        if kind is Kind.EDITED:
            return f"{clock}  {who} changes a message in {where}:"
        if kind is Kind.DELETED:
            return f"{clock}  {who} removes a message in {where}:"
        return f"{clock}  {who} in {where}:"

    def _begin_day(self, at: datetime) -> None:
        day = at.astimezone(self._zone).strftime("%A %d %B %Y")
        if day != self._day:
            self._day = day
            self._write(["", f"· {day} ·"], whole=True)

    def _write(self, lines: list[str], *, whole: bool, shown: int | None = None) -> None:
        self._whole += lines
        left_out = len(lines) - shown - 1 if shown is not None else 0
        more = [f"│ … {left_out} more lines in the transcript"]
        visible = [*lines[: shown + 1], *more] if left_out > 2 and shown else lines
        self.progress.console.print("\n".join(visible), markup=False, highlight=False, soft_wrap=True)

    @property
    def transcript(self) -> str:
        """Everything that happened."""
        return "\n".join(self._whole).strip() + "\n"


def _wrapped(line: str) -> list[str]:
    hanging = " " * (len(line) - len(line.lstrip()) + (2 if line.lstrip()[:1] in "•>" else 0))
    return textwrap.wrap(line, WIDTH, subsequent_indent=hanging, replace_whitespace=False) or [""]
