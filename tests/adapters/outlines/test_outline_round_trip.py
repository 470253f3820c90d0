"""What is written as Markdown reads back as the same outline, and nothing that was read is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.outlines import read_markdown, write_outline
from adapters.outlines.cleaning import clean, one_line
from adapters.outlines.links import web_address
from adapters.outlines.tidying import tidy
from bot.cards import Block, Bullets, CodeBlock, Heading, Paragraph, Quote
from bot.pages import pages
from bot.study.outline import MOST_REVIEWS, ActivityKind, ActivityPlan, Material, MaterialKind, Outline, WeekPlan
from bot.text import Code, Emphasis, Link, Plain, Strong, Text

calm = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

odd = st.sampled_from(
    [
        *"ab1 \n\t*_`[]()<>#-+.!|~{}:&;\\/=\"'%$@é–\u00a0\u200b\u202e",
        "://",
        "http://a.b",
        "&amp;",
        "{{",
        "](",
        "Week 2: ",
    ]
)
words = st.one_of(st.lists(odd, max_size=12).map("".join), st.text(max_size=12), st.sampled_from(["knots", "a rope"]))
urls = st.sampled_from(
    [
        "https://example.org/a",
        "https://example.org/a_(b)?x=1&copy=2&amp=3",
        "https://example.org/~*_x_*/#!/y",
        "http://xn--nxasmq6b.org/%C3%A9.pdf",
        "https://youtu.be/dQw4",
    ]
).map(lambda url: str(web_address(url)))
spans = st.one_of(
    words.map(Plain), words.map(Strong), words.map(Emphasis), words.map(Code), st.builds(Link, words, urls)
)
texts = st.lists(spans, max_size=5).map(tidy).filter(bool)
codes = words.map(lambda code: clean(code)).filter(lambda code: bool(code.strip()))
blocks: st.SearchStrategy[tuple[Block, ...]] = st.lists(
    st.one_of(
        texts.map(Paragraph),
        texts.map(Heading),
        texts.map(Quote),
        st.builds(Bullets, st.lists(texts, min_size=1, max_size=3).map(tuple), st.booleans()),
        st.builds(CodeBlock, codes, st.sampled_from(["", "js", "c++"])),
    ),
    max_size=4,
).map(tuple)
names = (
    st.one_of(
        words,
        st.sampled_from(["Build: a kite (30 min)", "Materials", "Week 1", "1. Knots", "Lesson 3: x (optional)", "C #"]),
    )
    .map(one_line)
    .filter(bool)
)
minutes = st.none() | st.integers(0, 600)
materials = st.builds(Material, st.sampled_from(MaterialKind), names, urls, minutes)
activities = st.builds(
    ActivityPlan,
    st.sampled_from(ActivityKind),
    names,
    blocks,
    st.booleans(),
    minutes,
    st.integers(0, MOST_REVIEWS),
    st.booleans(),
)
weeks = st.builds(
    WeekPlan,
    names,
    blocks,
    st.lists(materials, max_size=2).map(tuple),
    st.lists(activities, max_size=2).map(tuple),
)
outlines = st.builds(
    Outline,
    names,
    st.lists(weeks, min_size=1, max_size=3).map(tuple),
    words.map(lambda text: clean(text).strip()),
    blocks,
    st.none() | names,
)


@pytest.mark.slow
@calm
@given(outlines)
def test_every_outline_reads_back_as_it_was_written(outline: Outline) -> None:
    """P4: the export format loses nothing and invents nothing."""
    assert read_markdown(write_outline(outline)).outline == outline


pieces = st.one_of(
    words,
    st.sampled_from(
        [
            *("# Course\n", "\n## Week 1: Ropes\n", "\n### Build: a swing (5 min)\n", "\n#### Reading\n", "#Hello\n"),
            *(
                "- Video: [knot](https://youtu.be/x) (3 min)\n",
                "1. one\n2. two\n",
                "3. three\n   ```\n   code\n   ```\n",
            ),
            *(
                "> quoted\n> - item\n",
                "| a | b |\n|---|---|\n| c | d |\n",
                "<b>bold</b>",
                "<div>\nboxed <br> words\n</div>\n",
            ),
            *("\n\n", "\n---\n", "\n\tcode\n", "[ref]: https://example.org/ref\n", "[ref]", "![seen](/x.png)"),
            *('{:target="_blank"}', "{{ site.x }}", "<https://example.org>", "https://example.org/bare.", "  \n"),
            *("### Materials\n", "Materials:\n\n- [a](https://a.b)\n", "<!-- hidden -->", "<pre>\nas it is\n</pre>\n"),
        ]
    ),
)
markdown = st.lists(pieces, max_size=14).map(lambda parts: "# Course\n\n## Week 1: Ropes\n\n" + "".join(parts))


@pytest.mark.slow
@calm
@given(markdown)
def test_whatever_markdown_says_is_the_same_after_writing_and_reading_again(text: str) -> None:
    first = read_markdown(text).outline
    if first is not None:
        assert read_markdown(write_outline(first)).outline == first


@pytest.mark.slow
@calm
@given(markdown)
def test_no_word_of_a_course_is_dropped(text: str) -> None:
    """P4: the importer keeps all that people wrote."""
    outline = read_markdown(text).outline
    if outline is not None:
        shown = re.sub(r"<!--.*?-->|<[^<>]*>|\{\{.*?\}\}|\{:[^{}\n]*\}|\]\(/x.png\)|&\w+;", " ", clean(text))
        kept = f"{' '.join(all_words(outline))} week materials min".casefold()
        assert [word for word in re.findall(r"[a-z]{3,}", shown.casefold()) if word not in kept] == []


@pytest.mark.slow
@calm
@given(markdown)
def test_every_week_fits_on_cards_that_all_platforms_can_draw(text: str) -> None:
    """J13: a week longer than a card is split."""
    outline = read_markdown(text).outline
    for week in outline.weeks if outline else ():
        for blocks_of_one in (week.text, *(one.text for one in week.activities)):
            assert pages(week.title, blocks_of_one, more="More")


def all_words(outline: Outline) -> Iterable[str]:
    yield from (outline.title, outline.description, *block_words(outline.introduction))
    for week in outline.weeks:
        yield from (week.title, *block_words(week.text))
        for material in week.materials:
            yield from (material.kind.value, material.title, material.url)
        for one in week.activities:
            yield from (one.kind.value, one.title, "optional", *block_words(one.text))


def block_words(blocks_to_read: Iterable[Block]) -> Iterable[str]:
    for block in blocks_to_read:
        match block:
            case Paragraph(text) | Heading(text) | Quote(text):
                yield text_words(text)
            case Bullets(items):
                yield from map(text_words, items)
            case CodeBlock(code, language):
                yield f"{language} {code}"


def text_words(text: Text) -> str:
    return "".join(f"{s.label} {s.url}" if isinstance(s, Link) else str(getattr(s, "text", "")) for s in text.spans)


@calm
@given(urls)
def test_an_address_that_was_read_is_read_again_as_it_is(url: str) -> None:
    assert web_address(url) == url
