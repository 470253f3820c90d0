"""A card that exists can be drawn on every platform; one that could not is refused when it is made."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import (
    BLOCK_COST,
    BLOCKS,
    BUTTONS,
    CALL_CHARACTERS,
    FIELDS,
    LABEL_COST,
    TITLE_COST,
    Button,
    Card,
    CodeBlock,
    Field,
    Form,
    LinkButton,
    Paragraph,
    Quote,
    button,
    card,
    pack,
    paragraph,
    reply,
    unpack,
)
from bot.ids import code
from bot.language import ENGLISH
from bot.measure import cost
from bot.text import EMPTY, say, to_text
from tests.strategies import words

names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=10)
ids = st.integers(0, 2**63 - 1).map(code)


def test_a_card_holds_so_much_and_no_more() -> None:
    full = Paragraph(to_text("x" * (BLOCK_COST - 8)))
    assert Card(blocks=(full,))
    with pytest.raises(ValueError, match=r"a block holds 2800, not 2801"):
        Card(blocks=(Paragraph(to_text("x" * (BLOCK_COST - 7))),))
    with pytest.raises(ValueError, match="a card holds 3600"):
        Card(blocks=(full, Paragraph(to_text("x" * 800))))
    with pytest.raises(ValueError, match="a card's blocks"):
        Card(blocks=(paragraph("x"),) * (BLOCKS + 1))
    with pytest.raises(ValueError, match="a card's buttons"):
        Card(buttons=(button("x", "help"),) * (BUTTONS + 1))
    with pytest.raises(ValueError, match="a card's title"):
        Card(to_text("x" * TITLE_COST))


def test_a_footer_counts_too() -> None:
    with pytest.raises(ValueError, match="a card holds 3600"):
        Card(footer=to_text("x" * 3_600))


def test_a_button_is_short_and_ascii() -> None:
    with pytest.raises(ValueError, match="a button's label"):
        Button(to_text("x" * LABEL_COST), "help")
    with pytest.raises(ValueError, match="a button's label"):
        LinkButton(to_text("x" * LABEL_COST), "https://example.org")
    with pytest.raises(ValueError, match="ASCII"):
        button("x", "submit", link="é")
    with pytest.raises(ValueError, match="a button's call"):
        button("x", "submit", note="x" * CALL_CHARACTERS)


@given(words)
def test_a_button_can_be_named_after_anything(title: str) -> None:
    assert cost(button(title * 9, "help").label) <= LABEL_COST


@given(words)
def test_a_title_can_be_anything(title: str) -> None:
    assert cost(card(title * 20).title) <= TITLE_COST


def test_a_form_asks_five_questions_at_most() -> None:
    with pytest.raises(ValueError, match="a form's fields"):
        Form("x", EMPTY, tuple(Field(str(number), EMPTY) for number in range(FIELDS + 1)))


@given(st.dictionaries(names, ids | st.integers(0, 999).map(str), max_size=4))
def test_a_button_brings_its_arguments_back(arguments: dict[str, str]) -> None:
    assert unpack(pack(arguments)) == arguments


@given(words)
def test_whatever_comes_back_of_a_button_can_be_read(packed: str) -> None:
    assert isinstance(unpack(packed), dict)


def test_empty_parts_and_buttons_that_are_none_are_left_out() -> None:
    assert card("Title", "", EMPTY, "words", buttons=[None, button("x", "help"), None]) == Card(
        to_text("Title"), (paragraph("words"),), (button("x", "help"),)
    )


def test_a_reply_is_cards_and_files() -> None:
    assert reply(card("a"), card("b"), update=True).cards == (card("a"), card("b"))
    assert reply().form is None


def test_content_of_a_file_is_not_shown_in_logs() -> None:
    from bot.cards import File

    assert "secret" not in repr(File("a.txt", "text/plain", b"secret"))


def test_code_and_quotes_are_blocks_of_their_own() -> None:
    shown = card("", CodeBlock("a = 1", "python"), Quote(to_text("words")), say("{who} wrote", who="Ada"))
    assert [type(block).__name__ for block in shown.blocks] == ["CodeBlock", "Quote", "Paragraph"]
    assert ENGLISH.plain(shown.blocks[2].text) == "Ada wrote"  # type: ignore[union-attr]
