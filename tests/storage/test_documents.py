"""Cards, addresses and the like as JSON."""

from __future__ import annotations

import json
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import (
    Block,
    Bullets,
    Button,
    Card,
    CodeBlock,
    Fields,
    Heading,
    Label,
    LinkButton,
    Paragraph,
    Progress,
    Quote,
    card,
)
from bot.chat import AccountRef, Address, ChannelRef, Direct, InChannel, InThread, OpenThread, ThreadRef
from bot.study.outline import Material, MaterialKind
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Phrase, Plain, Strong, Text, say
from storage.documents import format_of

WORDS = st.text(max_size=12)
INSTANTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]))


def _phrases(texts: st.SearchStrategy[Text]) -> st.SearchStrategy[Text]:
    places = st.lists(st.tuples(WORDS, texts), max_size=2).map(tuple)
    phrases = st.builds(Phrase, WORDS, places, st.none() | WORDS, st.none() | st.integers())
    return st.builds(Text, st.lists(SPANS | phrases, max_size=3).map(tuple))


SPANS = st.one_of(
    *(st.builds(kind, WORDS) for kind in (Plain, Strong, Emphasis, Code)),
    st.builds(Link, WORDS, WORDS),
    st.builds(Mention, WORDS, st.lists(WORDS, max_size=2).map(tuple), st.booleans()),
    st.builds(Moment, INSTANTS, st.sampled_from(MomentStyle)),
)
TEXTS = st.recursive(st.builds(Text, st.lists(SPANS, max_size=3).map(tuple)), _phrases, max_leaves=6)
SHORT = st.builds(Text, st.lists(st.builds(Plain, WORDS), max_size=1).map(tuple))
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    *(st.builds(kind, TEXTS) for kind in (Paragraph, Heading, Quote)),
    st.builds(Bullets, st.lists(TEXTS, max_size=3).map(tuple), st.booleans()),
    st.builds(CodeBlock, WORDS, WORDS),
    st.builds(Fields, st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple)),
    st.builds(Progress, st.integers(0, 9), st.integers(1, 9), TEXTS),
)
BUTTONS = st.builds(Button, SHORT, st.just("submit"), st.just((("id", "7"),))) | st.builds(LinkButton, SHORT, WORDS)
CARDS = st.builds(
    Card,
    SHORT,
    st.lists(BLOCKS, max_size=3).map(tuple),
    st.lists(BUTTONS, max_size=2).map(tuple),
    SHORT,
    labels=st.lists(st.builds(Label, SHORT, st.booleans()), max_size=2).map(tuple),
)
CHANNELS = st.builds(ChannelRef, st.just("local"), st.just("space"), WORDS)
ADDRESSES: st.SearchStrategy[Address] = st.one_of(
    st.builds(InChannel, CHANNELS),
    st.builds(OpenThread, CHANNELS, WORDS),
    st.builds(InThread, st.builds(ThreadRef, CHANNELS, WORDS)),
    st.builds(Direct, st.builds(AccountRef, WORDS, WORDS)),
)


@given(CARDS)
def test_every_card_is_read_as_it_was_written(value: Card) -> None:
    kept = format_of(Card | None)
    assert kept.read(kept.write(value)) == value


@given(st.lists(BLOCKS, max_size=4).map(tuple))
def test_every_run_of_blocks_is_read_as_it_was_written(value: tuple[Block, ...]) -> None:
    kept = format_of(tuple[Block, ...])
    assert kept.read(kept.write(value)) == value


@given(st.none() | ADDRESSES)
def test_every_address_is_read_as_it_was_written(value: Address | None) -> None:
    kept = format_of(Address | None)
    assert kept.read(kept.write(value)) == value


def test_what_is_at_its_default_is_left_out() -> None:
    kept = format_of(tuple[Material, ...])
    material = Material(MaterialKind.VIDEO, "Closures", "https://example.org")
    assert kept.write((material,)) == '[{"kind":"video","title":"Closures","url":"https://example.org"}]'


def test_a_field_that_is_gone_is_passed_over() -> None:
    kept = format_of(Card)
    older = json.loads(kept.write(card("Hi"))) | {"picture": "cat.png"}
    assert kept.read(json.dumps(older)) == card("Hi")


def test_a_thread_that_was_opened_with_tags_is_still_read() -> None:
    older = (
        '{"$":"OpenThread","channel":{"platform":"discord","space":"7","channel":"8"},"title":"How?","tags":["Open"]}'
    )
    assert format_of(Address).read(older) == OpenThread(ChannelRef("discord", "7", "8"), "How?")


def test_a_document_without_a_field_that_is_needed_is_an_error() -> None:
    with pytest.raises(ValueError, match="a Material without url"):
        format_of(Material).read('{"kind":"video","title":"Closures"}')


def test_a_card_from_before_the_limits_narrowed_is_still_read() -> None:
    long = "x" * 5_000
    older = f'{{"blocks":[{{"$":"Paragraph","text":{{"spans":[{{"$":"Plain","text":"{long}"}}]}}}}]}}'
    assert format_of(Card).read(older).blocks == (Paragraph(Text((Plain(long),))),)


def test_a_sentence_keeps_what_people_wrote_in_its_places() -> None:
    kept = format_of(Text)
    sentence = say("{who} asks: {what}", who=Mention("Ann", ("local:ann",)), what='<@&1> "\\u0000" {who} 🙂')
    assert kept.read(kept.write(sentence)) == sentence


def test_a_type_that_has_no_json_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="no JSON for"):
        format_of(dict[str, int])
