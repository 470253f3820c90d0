"""Markdown as blocks: a text becomes sections, each with a heading's level, title, line and blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.tree import SyntaxTreeNode

from adapters.outlines.cleaning import clean, one_line
from adapters.outlines.kramdown import TooMuch, parse, tokens
from adapters.outlines.problems import Problems
from adapters.outlines.spans import html_texts, inline_text
from adapters.outlines.tidying import tidy
from bot.cards import Block, Bullets, CodeBlock, Heading, Paragraph, Quote
from bot.text import EMPTY, Emphasis, Link, Plain, Strong, Text, join, say, to_text

_BREAKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 "
        "header hr li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul",
    )
)
_UNSHOWN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_PREFORMATTED = re.compile(r"\s*<pre\b.*</pre\s*>\s*\Z", re.DOTALL | re.IGNORECASE)
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}", re.ASCII)


@dataclass(slots=True)
class Section:
    """What stands below one heading up to the next; level 0 is what comes before the first."""

    level: int
    title: Text = EMPTY
    line: int = 1
    blocks: list[Block] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The title without its formatting, on one line."""
        return one_line(plain(self.title))

    @property
    def below_title(self) -> list[Block]:
        """The blocks where the heading becomes a mere title: a link in it is kept as a paragraph of theirs."""
        linked = any(isinstance(span, Link) for span in self.title.spans)
        return [Paragraph(self.title), *self.blocks] if linked else self.blocks

    def all_blocks(self) -> Iterator[Block]:
        """Yield the heading, if there is one, and the blocks."""
        if self.title:
            yield Heading(self.title)
        yield from self.blocks


def plain(text: Text) -> str:
    """Return a text without its formatting."""
    return "".join(span.label if isinstance(span, Link) else str(getattr(span, "text", "")) for span in text.spans)


def flat(sections: Iterable[Section]) -> tuple[Block, ...]:
    """Return sections as blocks, each heading before what it heads."""
    return tuple(block for section in sections for block in section.all_blocks())


def read_sections(markdown: str, file: str, first_line: int, problems: Problems) -> list[Section]:
    """Return Markdown as sections; one that is too long or too deep is recorded as a problem and gives none."""
    try:
        return sections(markdown, first_line)
    except TooMuch as error:
        line = first_line + error.line
        if error.deep:
            problems.stop(file, line, say("Lists or quotes are nested too deeply here; ten levels are enough."))
        else:
            problems.stop(file, line, say("This paragraph is too long; split it with empty lines."))
    return []


def sections(markdown: str, first_line: int = 1) -> list[Section]:
    """Return Markdown as sections, the first one of level 0; raises TooMuch."""
    found = [Section(0, line=first_line)]
    for node in parse(markdown).children:
        if node.type == "heading":
            line = first_line + (node.map[0] if node.map else 0)
            if title := inline_text(tokens(node)):
                found.append(Section(int(node.tag[1]), title, line))
        else:
            found[-1].blocks.extend(_blocks(node))
    return found


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "paragraph":
            if text := inline_text(tokens(node)):
                yield Paragraph(text)
        case "heading":  # inside a list or quote
            if text := inline_text(tokens(node)):
                yield Paragraph(_strong(text))
        case "bullet_list" | "ordered_list":
            yield from _list(node)
        case "blockquote":
            yield from _quote(node)
        case "fence" | "code_block":
            yield from _code(node.content, node.info)
        case "html_block":
            yield from _html(node.content)
        case "table":
            yield from _table(node)


def _code(content: str, info: str = "") -> Iterator[Block]:
    code = clean(content).removesuffix("\n")
    if code.strip():
        language = _LANGUAGE.match(info.strip())
        yield CodeBlock(code, language[0] if language else "")


def _html(markup: str) -> Iterator[Block]:
    if _PREFORMATTED.match(markup):
        yield from _code(html.unescape(HTML_TAG_RE.sub("", markup)).strip("\n"))
        return
    if "-->" not in markup:
        markup = markup.replace("<!--", "")  # a comment that never ends was not meant to hide the rest
    for text in html_texts(_UNSHOWN.sub("", markup), _BREAKS):
        yield Paragraph(text)


def _list(node: SyntaxTreeNode) -> Iterator[Block]:
    numbered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) if numbered else 1
    items = [list(_inside(item)) for item in node.children]
    if first == 1 and not any(isinstance(block, CodeBlock) for item in items for block in item):
        texts = [text for item in items if (text := _lines(item))]
        if texts:
            yield Bullets(tuple(texts), numbered)
        return
    # A card's list holds no code and counts from 1, so such a list becomes its items one by one.
    for number, item in enumerate(items, start=first):
        yield from _opened_out(item, f"{number}. " if numbered else "")


def _opened_out(item: Sequence[Block], marker: str) -> Iterator[Block]:
    if marker and isinstance(item[0] if item else None, CodeBlock):
        yield Paragraph(to_text(marker.strip()))
    for at, block in enumerate(item):
        if at or isinstance(block, CodeBlock):
            yield block
        elif marker:
            yield Paragraph(tidy([Plain(marker), *_lines([block]).spans]))
        else:
            yield Bullets((_lines([block]),))


def _quote(node: SyntaxTreeNode) -> Iterator[Block]:
    waiting: list[Block] = []
    for block in _inside(node):
        if isinstance(block, CodeBlock):
            if text := _lines(waiting):
                yield Quote(text)
            waiting = []
            yield block
        else:
            waiting.append(block)
    if text := _lines(waiting):
        yield Quote(text)


def _inside(node: SyntaxTreeNode) -> Iterator[Block]:
    for child in node.children:
        yield from _blocks(child)


def _lines(blocks: Iterable[Block]) -> Text:
    """Return blocks as one text, a line each; the items of a list within keep a dash or their number."""
    lines: list[Text] = []
    for block in blocks:
        match block:
            case Paragraph(text) | Heading(text) | Quote(text):
                lines.append(text)
            case Bullets(items, numbered):
                markers = (f"{number}. " if numbered else "– " for number in range(1, len(items) + 1))
                lines.extend(to_text(marker) + item for marker, item in zip(markers, items, strict=True))
    return tidy(join(lines, "\n").spans)


def _strong(text: Text) -> Text:
    return tidy(Strong(span.text) if isinstance(span, Plain | Emphasis) else span for span in text.spans)


def _table(node: SyntaxTreeNode) -> Iterator[Block]:
    rows: list[Text] = []
    for row in (row for part in node.children for row in part.children):
        cells = [inline_text(tokens(cell)) for cell in row.children]
        if row.children and row.children[0].type == "th":
            cells = [_strong(cell) for cell in cells]
        rows.append(tidy(join([cell for cell in cells if cell], " · ").spans))
    shown = tuple(row for row in rows if row)
    if shown:
        yield Bullets(shown)
