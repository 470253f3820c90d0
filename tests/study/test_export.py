"""Tables that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.export import FORMULAS, as_csv, guarded


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  @x", "\uff1d1"])
def test_what_looks_like_a_formula_gets_an_apostrophe(words: str) -> None:
    assert guarded(words) == f"'{words}"


@pytest.mark.parametrize("words", ["Jill", "2 + 2 = 4", "", "1", "a=b"])
def test_other_words_stay_as_they_are(words: str) -> None:
    assert guarded(words) == words


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(words: list[str]) -> None:
    written = as_csv(["words"], [{"words": word} for word in words])
    rows = list(csv.reader(io.StringIO(written, newline="")))[1:]

    assert len(rows) == len(words)
    for row, word in zip(rows, words, strict=True):
        assert not row or not row[0].lstrip(" ").startswith(FORMULAS)
        assert "".join(row).removeprefix("'" if guarded(word) != word else "") == word
