"""Templates: one's own, with the shared filters."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.html.cards import blocks
from adapters.html.mark import mark
from adapters.html.people import avatar
from adapters.html.text import words

STATIC = Path(__file__).parent / "static"
"""The folder of the shared files."""
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
"""The style sheet that comes before one's own."""


def environment(folder: Path) -> Environment:
    """Return an environment whose templates are in `folder`; all that they show is escaped, and no name is guessed."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"words": words, "blocks": blocks}
    made.globals |= {"mark": mark, "avatar": avatar}
    return made
