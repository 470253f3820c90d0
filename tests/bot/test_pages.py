"""Long text goes on over several cards, and nothing of it is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.cards import draw
from bot.cards import Block, Bullets, Card, CodeBlock, Fields, Heading, Paragraph, Progress, Quote, bullets, button
from bot.measure import cost
from bot.pages import pages, split_block
from bot.text import Plain, Strong, Text, say, to_text
from tests.strategies import words

long_words = st.tuples(words, st.integers(1, 150)).map(lambda drawn: (drawn[0] * drawn[1])[:9_000])
texts = st.lists(long_words.map(Plain) | words.map(Strong), max_size=3).map(lambda spans: Text(tuple(spans)))
blocks: st.SearchStrategy[Block] = st.one_of(
    texts.map(Paragraph),
    texts.map(Heading),
    texts.map(Quote),
    st.tuples(st.lists(texts, max_size=6), st.booleans()).map(lambda drawn: Bullets(tuple(drawn[0]), drawn[1])),
    long_words.map(CodeBlock),
    st.lists(st.tuples(words.map(to_text), texts), max_size=4).map(lambda pairs: Fields(tuple(pairs))),
    words.map(lambda label: Progress(2, 5, to_text(label))),
)


def letters(cards: tuple[Card, ...]) -> str:
    """Return all that cards show, in order, without marks of lists and quotes, spaces and line breaks."""
    return _bare("\n".join(map(draw, cards)))


def _bare(shown: str) -> str:
    return "".join(character for character in shown if character.isalnum())


def _written(block: Block) -> list[str]:
    match block:
        case Paragraph(text) | Heading(text) | Quote(text):
            return [_plain(text)]
        case Bullets(items):
            return [_plain(item) for item in items]
        case Fields(pairs):
            return [_plain(part) for pair in pairs for part in pair]
        case CodeBlock(code):
            return [code]
        case Progress(label=label):
            return [_plain(label)]


def _plain(text: Text) -> str:
    return "".join(span.text for span in text.spans if isinstance(span, Plain | Strong))


@pytest.mark.slow
@given(words, st.lists(blocks, max_size=6), words)
def test_pages_hold_everything_in_order_and_no_card_is_too_much(title: str, shown: list[Block], footer: str) -> None:
    made = pages(title, shown, more=say("Continued"), buttons=[button("Next", "help")], footer=footer[:60])
    everything = letters(made)
    at = 0
    for written in (part for block in shown for part in _written(block)):
        at = _after(everything, _bare(written), at)


def _after(everything: str, written: str, at: int) -> int:
    """Return where `written` ends in `everything`, each page of it between titles of the pages."""
    for character in written:
        at = everything.index(character, at) + 1
    return at


@pytest.mark.slow
@given(st.lists(blocks, max_size=6))
def test_the_buttons_and_the_footer_are_on_the_last_page_alone(shown: list[Block]) -> None:
    *before, last = pages("Title", shown, more="More", buttons=[button("Next", "help")], footer="Page 1 of 2")
    assert [one for one in before if one.buttons or one.footer] == []
    assert last.buttons == (button("Next", "help"),)
    assert last.footer == to_text("Page 1 of 2")


def test_what_fits_is_one_card() -> None:
    [only] = pages("Title", ["one", "", "two"], more="More")
    assert only == Card(to_text("Title"), (Paragraph(to_text("one")), Paragraph(to_text("two"))))


def test_later_pages_say_so() -> None:
    first, second = pages("Title", ["x" * 2_500, "y" * 2_500], more="Title, continued")
    assert draw(first) == "Title\n" + "x" * 2_500
    assert draw(second) == "Title, continued\n" + "y" * 2_500


def test_a_heading_goes_with_what_follows_it() -> None:
    first, second = pages("Title", ["x" * 2_500, Heading(to_text("Part two")), "y" * 2_500], more="More")
    assert draw(first) == "Title\n" + "x" * 2_500
    assert draw(second) == "More\n\nPart two\n" + "y" * 2_500


def test_a_long_numbered_list_counts_on() -> None:
    shown = "\n".join(map(draw, pages("", [bullets(["word " * 60] * 30, numbered=True)], more="More")))
    assert [number for number in range(1, 31) if f"{number}. word" not in shown] == []


def test_lines_of_code_stay_whole_where_they_can() -> None:
    code = "".join(f"print({number})\n" for number in range(600))
    parts = [*split_block(CodeBlock(code, "python"))]
    assert len(parts) > 1
    assert "".join(part.code for part in parts if isinstance(part, CodeBlock)) == code
    assert all(part.code.endswith(")\n") for part in parts if isinstance(part, CodeBlock))


@given(st.text(max_size=3_000), st.text(max_size=3_000))
def test_a_sentence_with_endless_words_in_it_is_still_drawn(one: str, other: str) -> None:
    said = say("{who} asks: {question}", who=one * 3, question=other * 3)
    made = pages(said, [Paragraph(said), bullets([said, said])], more="More")
    assert all(cost(card.title) <= 140 for card in made)
