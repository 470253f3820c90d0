"""Discord's Markdown is read as its app shows it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fakes.discord.reading import Reader, marks

READER = Reader({42: "Jill"}.__getitem__, lambda at, style: f"{at:%H:%M} ({style})")
SIX = int(datetime(2027, 1, 11, 17, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("written", "read", "kinds"),
    [
        ("plain words", "plain words", []),
        (r"\*not\* \_marked\_ \<@42\>", "*not* _marked_ <@42>", []),
        ("**bold *and slanted***", "bold and slanted", ["strong", "slanted"]),
        ("`a*b*` and ```py\nx = 1\n```", "a*b* and x = 1", ["code", "block"]),
        ("<@42> and <@!42>", "@Jill and @Jill", ["user", "user"]),
        (f"at <t:{SIX}:F>", "at 17:00 (F)", ["time"]),
        (f"at <t:{SIX}>", "at 17:00 (f)", ["time"]),
        (r"[a \*label\*](<https://a.example/x>)", "a *label* (https://a.example/x)", ["link"]),
        ("<https://a.example>", "https://a.example", ["quiet"]),
        ("see https://a.example/b.", "see https://a.example/b.", ["url"]),
        ("@everyone", "@everyone", ["loud"]),
        ("~~gone~~ ||secret|| __under__", "gone secret under", ["struck", "hidden", "underlined"]),
        ("snake_case_name", "snake_case_name", []),
        ("_slanted_", "slanted", ["slanted"]),
        ("# Title", "# Title", ["heading"]),
        ("-# small", "-# small", ["small"]),
        ("> said\n- one\n1. first", "> said\n- one\n1. first", ["quote", "list", "list"]),
        (r"\# no \- list", "# no - list", []),
    ],
)
def test_words_and_marks(written: str, read: str, kinds: list[str]) -> None:
    assert READER.words(written) == read
    assert marks(written) == kinds
