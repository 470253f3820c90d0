"""What a text costs is never less than what it takes, and making it fit loses nothing but what is said to be lost."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from adapters.local.cards import Reader
from bot.language import ENGLISH
from bot.markdown import markdown
from bot.measure import cost, excerpt, split_text
from bot.study.times import zone_names
from bot.text import Code, Emphasis, Link, Mention, Moment, Phrase, Plain, Span, Strong, Text, TextLike, say, say_n
from tests.strategies import words

long_words = st.tuples(words, st.integers(1, 60)).map(lambda drawn: drawn[0] * drawn[1])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)).map(Moment)  # noqa: DTZ001
spans: st.SearchStrategy[Span] = st.one_of(
    st.sampled_from((Plain, Strong, Emphasis, Code)).flatmap(lambda kind: long_words.map(kind)),
    long_words.map(lambda label: Link(label or "x", "https://example.org/a-page?with=words")),
    words.map(lambda name: Mention(name, ("local:x",))),
    moments,
)
texts: st.SearchStrategy[Text] = st.recursive(
    st.lists(spans, max_size=4).map(lambda drawn: Text(tuple(drawn))),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: say("{who} asked {what}: {who}", who=two[0], what=two[1])),
        inner.map(lambda one: say_n("{n} like - {who}", "{n} likes - {who}", 3, who=one)),
        st.tuples(inner, inner).map(lambda two: two[0] + two[1]),
    ),
    max_leaves=5,
)


def read(text: TextLike) -> str:
    """Return the words of a text, moments in the shortest way."""
    return ENGLISH.plain(text)


def drawn(text: Text) -> str:
    """Return words as the local platform draws them, an @ before each name."""
    return Reader(zone=ZoneInfo("America/Argentina/ComodRivadavia")).words(text)


@given(texts)
def test_nothing_takes_more_room_than_it_costs(text: Text) -> None:
    translated = ENGLISH.translate(text)
    as_entities = "".join(html.escape(drawn(Text((span,))), quote=False) for span in translated.spans)
    assert len(drawn(text)) <= cost(text) + _address_room(translated)
    assert len(as_entities) <= cost(text) + _address_room(translated)
    assert len(re.sub("\u00a0+", " ", markdown(translated))) <= cost(text)  # an export has no limit for its indents


def _address_room(text: Text) -> int:
    """Return what plain words take for a link's address in brackets, which platforms do not show."""
    return 3 * sum(isinstance(span, Link) for span in text.spans)


def test_a_moment_costs_no_less_than_its_longest_words() -> None:
    at = datetime(2026, 9, 30, 18, tzinfo=UTC)  # a Wednesday in September
    longest = max(len(Reader(zone=ZoneInfo(name)).words(Text((Moment(at),)))) for name in zone_names())
    assert longest <= cost(Text((Moment(at),)))


def test_a_sentence_has_room_to_grow_in_translation() -> None:
    assert cost(say("Hand in your work for an activity.")) >= 1.35 * len("Hand in your work for an activity.")


@given(texts, st.integers(20, 400))
def test_an_excerpt_fits(text: Text, longest: int) -> None:
    assert cost(excerpt(text, longest)) <= longest


@given(texts)
def test_what_fits_is_not_cut(text: Text) -> None:
    assert excerpt(text, cost(text)) == text


@given(long_words, st.integers(20, 400))
def test_an_excerpt_is_the_beginning_and_says_that_more_follows(written: str, longest: int) -> None:
    whole = Text((Plain(written),))
    shorter = read(excerpt(whole, longest))
    assert shorter == written or (shorter.endswith("…") and written.startswith(shorter[:-1]))


@given(long_words, st.integers(120, 400))
def test_an_excerpt_of_a_sentence_is_a_sentence_with_less_in_its_places(written: str, longest: int) -> None:
    said = say("{who} asks: {question}", who="Ada", question=written)
    shorter = read(excerpt(said, longest))
    assert shorter.startswith("Ada asks: ")
    assert len(shorter) >= min(len(read(said)), (longest - 90) // 5)


@given(
    st.lists(st.sampled_from((Plain, Strong, Emphasis, Code)).flatmap(lambda kind: long_words.map(kind)), max_size=5)
)
def test_splitting_words_drops_and_repeats_nothing(spans: list[Span]) -> None:
    text = Text(tuple(spans))
    parts = list(split_text(text, 200))
    assert "".join(map(read, parts)) == read(text)
    assert all(cost(part) <= 200 for part in parts)


@given(texts, st.integers(200, 3_000))
def test_splitting_anything_drops_nothing_and_each_part_fits(text: Text, longest: int) -> None:
    parts = list(split_text(text, longest))
    together = "".join(map(read, parts))
    assert all(cost(part) <= longest for part in parts)
    for written in _peoples_words(text):
        assert written in together or written.replace(" ", "") in together.replace(" ", "")


def _peoples_words(text: Text) -> list[str]:
    found: list[str] = []
    for span in text.spans:
        match span:
            case Plain(part) | Strong(part) | Emphasis(part) | Code(part) | Link(part, _) | Mention(part):
                found.append(part)
            case Phrase(_, places):
                found += [word for _, value in places for word in _peoples_words(value)]
    return found


def test_words_stay_whole_where_they_can() -> None:
    parts = [*split_text(Text((Plain("word " * 100),)), 200)]
    assert all(read(part).strip().removesuffix("word").replace("word ", "").strip() == "" for part in parts)
