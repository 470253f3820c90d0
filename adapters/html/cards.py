"""A card's blocks as HTML."""

from __future__ import annotations

from markupsafe import Markup

from adapters.html.text import ANYBODY, Reader, clean, words
from bot.cards import Block, Bullets, Card, CodeBlock, Fields, Heading, Paragraph, Progress, Quote


def blocks(card: Card, reader: Reader = ANYBODY, *, heading: int = 4) -> Markup:
    """Return a card's blocks; its headings are of the level `heading`."""
    return Markup("\n").join(_block(block, reader, heading) for block in card.blocks)


def _block(block: Block, reader: Reader, heading: int) -> Markup:
    match block:
        case Paragraph(text):
            return Markup("<p>{}</p>").format(words(text, reader))
        case Heading(text):
            return Markup("<h{0}>{1}</h{0}>").format(heading, words(text, reader))
        case Bullets(items, numbered):
            listed = Markup("").join(Markup("<li>{}</li>").format(words(item, reader)) for item in items)
            return Markup("<{0}>{1}</{0}>").format("ol" if numbered else "ul", listed)
        case Quote(text):
            return Markup("<blockquote>{}</blockquote>").format(words(text, reader))
        case CodeBlock(code):
            return Markup('<pre tabindex="0"><code>{}</code></pre>').format(clean(code))
        case Fields(pairs):
            return Markup('<dl class="facts">{}</dl>').format(_pairs(block, reader)) if pairs else Markup("")
        case Progress():
            return _progress(block, reader)


def _pairs(block: Fields, reader: Reader) -> Markup:
    return Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(words(name, reader), words(value, reader))
        for name, value in block.pairs
    )


def _progress(block: Progress, reader: Reader) -> Markup:
    """Return how far something is as a bar, with the numbers in words beside it."""
    total = max(block.total, 1)
    done = min(max(block.done, 0), total)
    bar = Markup('<progress max="{}" value="{}" aria-label="{}"></progress>').format(
        total, done, reader.language.plain(block.label, reader.zone, reader.now) or f"{block.done}/{block.total}"
    )
    label = words(block.label, reader)
    return Markup('<p class="progress">{} <span class="number">{}/{}</span> {}</p>').format(
        bar, block.done, block.total, label
    )
