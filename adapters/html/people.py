"""People as initials on a quiet colour."""

from __future__ import annotations

from hashlib import sha256

from markupsafe import Markup

from adapters.html.text import clean

HUES = 8
"""How many quiet colours there are (`.hue-0` and on in the style sheet)."""


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    begins = [next((sign for sign in part if sign.isalnum()), "") for part in clean(name).split()]
    letters = [letter for letter in begins if letter]
    return "".join(letters[:1] + letters[1:][-1:]).upper()[:2] or "?"


def hue(id: int) -> int:
    """Return somebody's colour, the same everywhere."""
    return sha256(str(id).encode()).digest()[0] % HUES


def avatar(id: int, name: str) -> Markup:
    """Return a round with somebody's initials; the name itself stands beside it."""
    return Markup('<span class="avatar hue-{}" aria-hidden="true">{}</span>').format(hue(id), initials(name))
