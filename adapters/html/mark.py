"""The mark: a ring of seven dots with one place open. There is room for you."""

from __future__ import annotations

from math import cos, pi, sin

from markupsafe import Markup

PLACES = 8
"""Seven dots and the place that is open, at the upper right."""
OPEN = 1
_RADIUS = 11.5
_DOT = 3.3
_INK = "#0b615b"


def dots() -> list[tuple[float, float]]:
    """Return where the seven dots are in a square of 32."""
    angles = (2 * pi * place / PLACES - pi / 2 for place in range(PLACES) if place != OPEN)
    return [(round(16 + _RADIUS * cos(angle), 2), round(16 + _RADIUS * sin(angle), 2)) for angle in angles]


def dot_radius() -> float:
    """Return the radius of a dot in a square of 32."""
    return _DOT


def mark(size: int = 24) -> Markup:
    """Return the mark as SVG in the colour of the words around it; the name stands beside it."""
    return Markup(
        '<svg class="mark" width="{0}" height="{0}" viewBox="0 0 32 32" fill="currentColor" aria-hidden="true">'
        "{1}</svg>"
    ).format(size, _circles())


def mark_file() -> str:
    """Return the mark as an SVG file of its own, in the one colour."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="{_INK}">{_circles()}</svg>\n'


def _circles() -> Markup:
    return Markup("").join(Markup('<circle cx="{:g}" cy="{:g}" r="{:g}"/>').format(x, y, _DOT) for x, y in dots())
