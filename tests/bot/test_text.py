"""Whatever people write comes out as they wrote it."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from bot.language import ENGLISH, Language
from bot.text import EMPTY, Phrase, Plain, Strong, Text, fill, join, say, say_n, to_text
from tests.strategies import words

places = st.sampled_from(("who", "question", "n", "group"))
templates = st.lists(places.map("{{{}}}".format) | st.text(string.ascii_letters + " .{}:", max_size=6), max_size=6).map(
    "".join
)


class Shouting(Language):
    """A language in which every sentence of the bot's is in capitals, its places untouched."""

    def translate(self, text: Text) -> Text:
        def shout(span: object) -> object:
            if not isinstance(span, Phrase):
                return span
            parts = fill(
                span.template.upper().replace("{WHO}", "{who}"), {n: self.translate(v) for n, v in span.places}
            )
            return Text(tuple(parts))

        spans: list[object] = []
        for span in text.spans:
            made = shout(span)
            spans += made.spans if isinstance(made, Text) else [made]
        return Text(tuple(spans))  # type: ignore[arg-type]


@given(words)
def test_what_people_write_is_shown_literally(written: str) -> None:
    assert ENGLISH.plain(written) == written
    assert ENGLISH.plain(say("{who} asks: {question}", who="Ada", question=written)) == f"Ada asks: {written}"


@given(words, words)
def test_a_place_inside_peoples_words_is_never_filled(one: str, other: str) -> None:
    said = say("{who} likes {question}", who=one + "{question}", question=other + "{who}")
    assert ENGLISH.plain(said) == f"{one}{{question}} likes {other}{{who}}"


@given(words)
def test_translation_never_touches_peoples_words(written: str) -> None:
    told = Shouting("loud").translate(say("{who} said something", who=written))
    assert told == Text((*to_text(written).spans, Plain(" SAID SOMETHING")))


@given(templates, st.dictionaries(places, words))
def test_a_template_without_its_places_reads_the_same_whatever_fills_them(
    template: str, given_: dict[str, str]
) -> None:
    filled = "".join(
        span.text if isinstance(span, Plain) else "⟦" + span.text + "⟧"
        for span in fill(template, {name: Text((Strong(value),)) for name, value in given_.items()})
        if isinstance(span, Plain | Strong)
    )
    expected = template
    for number, name in enumerate(given_):  # in two steps, so that no value is searched for places
        expected = expected.replace(f"{{{name}}}", f"\x00{number}\x00")
    for number, value in enumerate(given_.values()):
        expected = expected.replace(f"\x00{number}\x00", f"⟦{value}⟧")
    assert filled == expected


def test_a_place_that_is_not_known_stays_as_it_is_written() -> None:
    assert ENGLISH.plain(say("{who} and {whom}", who="Ada")) == "Ada and {whom}"


def test_a_sentence_has_one_form_for_one_and_another_for_many() -> None:
    answered = [say_n("{n} answer from {who}", "{n} answers from {who}", n, who="Ada") for n in (0, 1, 2)]
    assert [*map(ENGLISH.plain, answered)] == ["0 answers from Ada", "1 answer from Ada", "2 answers from Ada"]


def test_sentences_stand_in_sentences() -> None:
    inner = say("Week {number}", number=2)
    assert ENGLISH.plain(say("{week} is out.", week=inner)) == "Week 2 is out."


def test_texts_are_put_together() -> None:
    assert to_text("") == EMPTY
    assert not EMPTY
    assert to_text(7) == Text((Plain("7"),))
    assert to_text("a") + Strong("b") + 3 == Text((Plain("a"), Strong("b"), Plain("3")))
    assert join([to_text("a"), to_text("b")], " or ") == Text((Plain("a"), Plain(" or "), Plain("b")))
