"""Cards as plain text lines, the way a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.cards import (
    Block,
    Bullets,
    Button,
    Card,
    CodeBlock,
    Field,
    Fields,
    File,
    Form,
    Heading,
    LinkButton,
    Paragraph,
    Progress,
    Quote,
)
from bot.language import ENGLISH, Language
from bot.text import Mention, Plain, Span, Text

ONLY_YOU = "Only you can see this"
"""What stands below a private reply."""
MESSAGE_CHARACTERS = 4_000
"""Characters of a message, as on Discord."""
MESSAGE_BLOCKS = 40
"""Blocks of a message, as Discord's components."""
PROGRESS_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: in which language and zone, and when."""

    language: Language = ENGLISH
    zone: tzinfo = UTC
    now: datetime | None = None

    def words(self, text: Text) -> str:
        """Return a text as this person reads it; people whom the platform knows have an @ before their name."""
        return self.language.plain(Text(tuple(map(_named, self.language.translate(text).spans))), self.zone, self.now)


ANYBODY = Reader()
"""Reads English, in UTC."""


def _named(span: Span) -> Span:
    return Plain(f"@{span.name}") if isinstance(span, Mention) and span.accounts else span


def draw(card: Card, reader: Reader = ANYBODY) -> str:
    """Return a card as lines: title, blocks, buttons, footer."""
    return "\n".join(_lines(card, reader))


def _lines(card: Card, reader: Reader) -> Iterator[str]:
    if card.title:
        yield reader.words(card.title)
    for number, block in enumerate(card.blocks):
        if isinstance(block, Heading) and (number or card.title):
            yield ""
        yield from _block(block, reader)
    if card.buttons:
        yield " ".join(f"[{_label(button, reader)}]" for button in card.buttons)
    if card.footer:
        yield reader.words(card.footer)


def _block(block: Block, reader: Reader) -> Iterator[str]:
    match block:
        case Paragraph(text) | Heading(text):
            yield from reader.words(text).split("\n")
        case Bullets(items, numbered):
            for number, item in enumerate(items, 1):
                mark = f"{number}." if numbered else "•"
                yield from _hanging(f"{mark} ", " " * (len(mark) + 1), reader.words(item))
        case Quote(text):
            yield from _hanging("> ", "> ", reader.words(text))
        case CodeBlock(code):
            yield from _hanging("    ", "    ", code)
        case Fields(pairs):
            for name, value in pairs:
                yield from f"{reader.words(name)}: {reader.words(value)}".split("\n")
        case Progress(done, total, label):
            yield f"{bar(done, total)} {done}/{total} {reader.words(label)}".rstrip()


def _hanging(first: str, later: str, words: str) -> Iterator[str]:
    for number, line in enumerate(words.split("\n")):
        yield (later if number else first) + line


def bar(done: int, total: int) -> str:
    """Return how far something is as a bar of ten signs."""
    filled = min(PROGRESS_WIDTH, done * PROGRESS_WIDTH // total) if total > 0 else 0
    return "▓" * filled + "░" * (PROGRESS_WIDTH - filled)


def _label(button: Button | LinkButton, reader: Reader) -> str:
    label = reader.words(button.label)
    return f"{label}: {button.url}" if isinstance(button, LinkButton) else label


def buttons(cards: tuple[Card, ...], reader: Reader = ANYBODY) -> dict[str, Button | LinkButton]:
    """Return the buttons of cards by the label that a person reads."""
    return {reader.words(button.label): button for card in cards for button in card.buttons}


def mentions(card: Card) -> list[Mention]:
    """Return the people whom a card names, in no particular order."""
    texts = [card.title, card.footer]
    for block in card.blocks:
        match block:
            case Paragraph(text) | Heading(text) | Quote(text) | Progress(label=text):
                texts.append(text)
            case Bullets(items):
                texts += items
            case Fields(pairs):
                texts += [text for pair in pairs for text in pair]
    spans = (span for text in texts for span in ENGLISH.translate(text).spans)
    return [span for span in spans if isinstance(span, Mention)]


def draw_form(form: Form, reader: Reader = ANYBODY) -> str:
    """Return a form as lines: its title, then each question with its choices and what stands in it already."""
    return "\n".join([reader.words(form.title), *(_field(field, reader) for field in form.fields)])


def _field(field: Field, reader: Reader) -> str:
    question = reader.words(field.label) + (" (required)" if field.required else "")
    chosen = {choice.value: reader.words(choice.label) for choice in field.choices}
    offered = f" {' | '.join(chosen.values())}" if chosen else ""
    filled = f" = {chosen.get(field.value, field.value)}" if field.value else ""
    return f"  {question}:{offered}{filled}"


def draw_files(files: tuple[File, ...]) -> str:
    """Return files as lines, a name each."""
    return "\n".join(f"(file) {file.name}" for file in files)


def unfit(card: Card) -> str | None:
    """Return why a card is no message of this platform, in words, or None where it is one."""
    if not draw(card).strip():
        return "a message shows something"
    # Marks, indents and addresses behind buttons are this drawing's, not the message's.
    length = sum(len(line.strip(" >")) + 1 for line in _lines(replace(card, buttons=()), ANYBODY))
    if length > MESSAGE_CHARACTERS:
        return f"a message holds {MESSAGE_CHARACTERS:,} characters, not {length:,}"
    if len(card.blocks) > MESSAGE_BLOCKS:
        return f"a message holds {MESSAGE_BLOCKS} blocks, not {len(card.blocks)}"
    return None
