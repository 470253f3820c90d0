"""A language that nobody speaks: every sentence of the bot's in ⟦ ⟧, so that what was not translated stands out.

`Languages(pseudo_locale(folder))` speaks it as `CODE`; `untranslated(card)` names the words that stand outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.cards import Block, Bullets, Button, Card, CodeBlock, Fields, Form, Heading, Paragraph, Progress, Quote, Reply
from bot.language import DOMAIN
from bot.text import Mention, Moment, Phrase, Text
from tools.messages import catalogue

CODE = "xx"
"""What the language is called."""


def pseudo_locale(folder: Path) -> Path:
    """Write the compiled catalogue into a folder and return the folder, for `Languages(folder)`."""
    compiled = folder / CODE / "LC_MESSAGES" / f"{DOMAIN}.mo"
    compiled.parent.mkdir(parents=True, exist_ok=True)
    compiled.write_bytes(_compiled())
    return folder


@cache
def _compiled() -> bytes:
    pseudo = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for message in catalogue():
        if isinstance(message.id, tuple):
            pseudo.add(message.id, tuple(f"⟦{form}⟧" for form in message.id))
        elif message.id:
            pseudo.add(message.id, f"⟦{message.id}⟧")
    with BytesIO() as file:
        write_mo(file, pseudo)
        return file.getvalue()


def untranslated(shown: Reply | Card | Form | Text, people: Iterable[str] = ()) -> list[str]:
    """Return the words that stand outside of any translated sentence and that none of the `people` wrote."""
    theirs = sorted(people, key=len, reverse=True)
    found: list[str] = []
    for text in _texts(shown):
        for words in _outside(text):
            for written in theirs:
                words = words.replace(written, " ")
            found += re.findall(r"[^\W\d_]{2,}", words)
    return found


def _outside(text: Text) -> Iterator[str]:
    """Yield the words of a text that stand at no depth of brackets."""
    depth = 0
    for span in text.spans:
        match span:
            case Phrase(template):
                yield template  # nobody translated it
            case Mention() | Moment():
                continue
            case _:
                words = span.label if hasattr(span, "label") else span.text
                for part in re.split(r"([⟦⟧])", words):
                    if part in ("⟦", "⟧"):
                        depth += 1 if part == "⟦" else -1
                    elif depth == 0:
                        yield part


def _texts(shown: Reply | Card | Form | Text) -> Iterator[Text]:
    match shown:
        case Text():
            yield shown
        case Reply(cards, form):
            for card in cards:
                yield from _texts(card)
            if form is not None:
                yield from _texts(form)
        case Form(_, title, fields):
            yield title
            for field in fields:
                yield field.label
                yield from (choice.label for choice in field.choices)
        case Card(title, blocks, buttons, footer):
            yield from (title, footer)
            for block in blocks:
                yield from _block(block)
            yield from (button.label for button in buttons if isinstance(button, Button))


def _block(block: Block) -> Iterator[Text]:
    match block:
        case Paragraph(text) | Heading(text):
            yield text
        case Bullets(items):
            yield from items
        case Fields(pairs):
            yield from (part for pair in pairs for part in pair)
        case Progress(label=label):
            yield label
        case Quote() | CodeBlock():
            return
