"""What is shown, as plain text."""

from __future__ import annotations

from bot.cards import (
    Block,
    Bullets,
    Button,
    Card,
    CodeBlock,
    Fields,
    Heading,
    LinkButton,
    Paragraph,
    Progress,
    Quote,
    Reply,
)
from bot.language import ENGLISH


def plain(shown: Reply | Card) -> str:
    """Return what is shown as plain text: cards one below the other, buttons in brackets, a form by its fields."""
    if isinstance(shown, Card):
        return "\n".join(_lines(shown))
    parts = [plain(card) for card in shown.cards]
    if shown.form is not None:
        names = [f"{ENGLISH.plain(one.label)}{'*' if one.required else ''}: {one.value}" for one in shown.form.fields]
        parts.append("\n".join([f"Form: {ENGLISH.plain(shown.form.title)}", *names]))
    return "\n---\n".join(parts)


def _lines(card: Card) -> list[str]:
    lines = [f"# {ENGLISH.plain(card.title)}"] if card.title else []
    lines += [line for block in card.blocks for line in _block(block)]
    if card.footer:
        lines.append(f"({ENGLISH.plain(card.footer)})")
    if card.buttons:
        lines.append(" ".join(f"[{_label(one)}]" for one in card.buttons))
    return lines


def _label(one: Button | LinkButton) -> str:
    return ENGLISH.plain(one.label)


def _block(block: Block) -> list[str]:
    say = ENGLISH.plain
    match block:
        case Paragraph(text):
            return say(text).splitlines()
        case Heading(text):
            return [f"## {say(text)}"]
        case Quote(text):
            return [f"> {line}" for line in say(text).splitlines()]
        case Bullets(items, numbered):
            return [f"{f'{number}.' if numbered else '-'} {say(item)}" for number, item in enumerate(items, 1)]
        case Fields(pairs):
            return [f"{say(name)}: {say(value)}" for name, value in pairs]
        case CodeBlock(code):
            return code.splitlines()
        case Progress(done, total, label):
            return [f"{say(label)} {done}/{total}".strip()]
