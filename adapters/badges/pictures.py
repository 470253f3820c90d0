"""The picture of a badge: the ring with its open place, what was finished, by whom, and where."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from PIL import Image, ImageDraw, ImageFont

from adapters.html import clean
from adapters.html.mark import dot_radius, dots
from bot.study.badges import Claim

SIZE = 640
_PAPER, _INK, _MUTED, _ACCENT, _LINE = "#fbfaf7", "#1c2427", "#566064", "#0b615b", "#ddd9cf"
_FONTS = ("NotoSans-Regular.ttf", "DejaVuSans.ttf")
_RING = (176, 48, 288)
"""Where the ring stands: left, top and size."""
_TITLE, _NAME, _SMALL = 44, 32, 24
_WIDE = 540
_FINE = 3

Font = ImageFont.FreeTypeFont
Line = tuple[int, str, int, str]
"""The height at which a line stands, its words, its size and its colour."""


def svg(claim: Claim) -> str:
    """Return the picture as SVG; what people wrote is text in it, whatever it looks like."""
    left, top, size = _RING
    scale = size / 32
    ring = "".join(
        f'<circle cx="{left + x * scale:g}" cy="{top + y * scale:g}" r="{dot_radius() * scale:g}"/>' for x, y in dots()
    )
    lines = "".join(
        f'<text x="{SIZE // 2}" y="{y + size}" font-size="{size}" fill="{colour}">{escape(words)}</text>'
        for y, words, size, colour in _lines(claim)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" role="img">'
        f"<title>{escape(_seen(claim.description))}</title>"
        f'<rect x="1" y="1" width="{SIZE - 2}" height="{SIZE - 2}" rx="10" fill="{_PAPER}" stroke="{_LINE}"/>'
        f'<g fill="{_ACCENT}">{ring}</g>'
        f'<g text-anchor="middle" font-family="Charter, Cambria, Noto Serif, serif">{lines}</g></svg>'
    )


def png(claim: Claim) -> bytes:
    """Return the picture as PNG."""
    # Larger first and then smaller, as Pillow draws circles with steps in their edges.
    large = Image.new("RGB", (SIZE * _FINE, SIZE * _FINE), _PAPER)
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle((_FINE, _FINE, (SIZE - 1) * _FINE, (SIZE - 1) * _FINE), 10 * _FINE, None, _LINE, 2 * _FINE)
    left, top, size = (_FINE * length for length in _RING)
    scale, radius = size / 32, dot_radius() * size / 32
    for x, y in dots():
        middle = (left + x * scale, top + y * scale)
        pen.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=_ACCENT)
    drawn = large.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(drawn)
    for y, words, height, colour in _lines(claim):
        pen.text((SIZE // 2, y), words, font=_font(height), fill=colour, anchor="ma")
    written = io.BytesIO()
    drawn.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _lines(claim: Claim) -> Iterator[Line]:
    """Yield the lines below the ring: the group on at most two, the name, and what it is."""
    y = 372
    for words in _broken(_seen(claim.group), _TITLE, 2):
        yield y, words, _TITLE, _INK
        y += 54
    for words in _broken(_seen(claim.badge.name), _NAME, 1):
        yield y + 14, words, _NAME, _ACCENT
    for words in _broken(_seen(claim.kind), _SMALL, 1):
        yield 572, words, _SMALL, _MUTED


def _seen(words: str) -> str:
    return " ".join(clean(words).split())[:160]


def _broken(words: str, size: int, most: int) -> list[str]:
    """Return words in at most so many lines, with an ellipsis where some are left out."""
    font, lines = _font(size), [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > _WIDE and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return [_cut(line, font) for line in lines]


def _cut(line: str, font: Font) -> str:
    while len(line) > 1 and font.getlength(line) > _WIDE:
        line = f"{line.rstrip('…')[:-1].rstrip()}…"
    return line


@lru_cache(maxsize=8)
def _font(size: int) -> Font:
    """Return a font of the system that has most letters, or else the one that comes with Pillow."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont), "Pillow comes with one"
    return found
