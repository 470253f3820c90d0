"""The picture that a chat or a network shows for a link to a page: 1200 × 630, drawn here, with nobody's face."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from adapters.html import clean
from adapters.html.mark import dot_radius, dots

SIZE = (1200, 630)
_PAPER, _INK, _MUTED, _ACCENT, _LINE = "#fbfaf7", "#1c2427", "#566064", "#0b615b", "#ddd9cf"
_LEFT, _RIGHT = 96, 1104
_FONTS = ("NotoSans-Regular.ttf", "DejaVuSans.ttf")
"""Fonts of the system for letters that the one that comes with Pillow does not have."""
LONGEST = 160
"""Characters of a line that are looked at."""

Font = ImageFont.FreeTypeFont


def picture(title: str, line: str, name: str) -> bytes:
    """Return a PNG with a title, one line below it, and the name of this installation beside the mark."""
    drawn = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(drawn)
    _mark(pen, 96, 92, 64)
    _write(pen, (184, 104), name, 34, _MUTED, 1)
    pen.rectangle((_LEFT, 196, _LEFT + 72, 202), fill=_ACCENT)
    bottom = _write(pen, (_LEFT, 236), title, 72, _INK, 3)
    _write(pen, (_LEFT, min(bottom + 22, 530)), line, 34, _MUTED, 1)
    pen.line((0, SIZE[1] - 1, SIZE[0], SIZE[1] - 1), fill=_LINE)
    written = io.BytesIO()
    drawn.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _mark(pen: ImageDraw.ImageDraw, left: int, top: int, size: int) -> None:
    scale, radius = size / 32, dot_radius() * size / 32
    for x, y in dots():
        middle = (left + x * scale, top + y * scale)
        box = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
        pen.ellipse(box, fill=_ACCENT)


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], words: str, size: int, colour: str, lines: int) -> int:
    """Write words over at most so many lines, with an ellipsis where some are left out; return where they end."""
    shown = " ".join(clean(words).split())[:LONGEST]
    font = _font_for(shown, size)
    shown = "".join(letter for letter in shown if _known(font, letter))
    x, y = at
    broken = list(_lines(shown, font, _RIGHT - x))
    if len(broken) > lines:
        last = broken[lines - 1]
        while last and font.getlength(last + "…") > _RIGHT - x:
            last = last[:-1]
        broken = [*broken[: lines - 1], last.rstrip() + "…"]
    for one in broken:
        pen.text((x, y), one, font=font, fill=colour)
        y += round(size * 1.22)
    return y


def _lines(words: str, font: Font, width: int) -> Iterator[str]:
    """Yield words in lines that are no wider than this; a word alone may be."""
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            yield line
            line = word
        else:
            line = longer
    while font.getlength(line) > width and len(line) > 1:
        fitting = next(end for end in range(len(line) - 1, 0, -1) if end == 1 or font.getlength(line[:end]) <= width)
        yield line[:fitting]
        line = line[fitting:]
    if line:
        yield line


@lru_cache(maxsize=32)
def _fonts(size: int) -> tuple[Font, ...]:
    found = [ImageFont.load_default(size)]
    for name in _FONTS:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:  # this machine has none; letters that no font has are left out
            continue
    return tuple(one for one in found if isinstance(one, Font))


def _font_for(words: str, size: int) -> Font:
    """Return the first font that has most of the letters."""
    return max(_fonts(size), key=lambda font: sum(_known(font, letter) for letter in set(words)))


@lru_cache(maxsize=4096)
def _known(font: Font, letter: str) -> bool:
    """Return whether a font has a letter: it draws something else than for what no font has."""
    if letter == " ":
        return True
    if unicodedata.category(letter)[0] in "CZ":
        return False
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffd"))
