"""What people cannot see or should not trust is taken out of text before anything reads it."""

from __future__ import annotations

import re

# Control characters but newline and tab, marks that turn the reading direction, byte order marks, halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ODD_BREAKS = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return `text` without unseen control and direction characters, every line ending with a plain newline."""
    return _ODD_BREAKS.sub(" ", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def unseen(text: str) -> int:
    """Return how many characters `clean` takes out; a byte order mark at the start is customary and not counted."""
    return len(_UNSEEN.findall(text.removeprefix("\ufeff")))


def one_line(text: str) -> str:
    """Return `text` clean and on one line, single spaces between its words."""
    return " ".join(clean(text).split())
