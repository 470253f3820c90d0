"""Cards as Slack's blocks: a header, rich text, small print and buttons, with all words beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.slack.marks import OVERFLOW, action_id, entry, first_block, metadata
from adapters.slack.text import Json, Shown, as_it_is, elements, escape, joined, mrkdwn, one_line, opens, plain
from bot.cards import (
    Block,
    Bullets,
    Button,
    ButtonStyle,
    Card,
    CodeBlock,
    Fields,
    Heading,
    LinkButton,
    Paragraph,
    Progress,
    Quote,
    pack,
    translated,
)
from bot.language import ENGLISH
from bot.text import Text

BLOCKS = 50
"""Blocks of a message."""
VIEW_BLOCKS = 100
"""Blocks of a dialog, and of the App Home."""
HEADER = 150
"""Characters of a header."""
BUTTON = 75
"""Characters of a button's label, and of an entry of a menu."""
ENTRY = 150
"""Characters that an entry of a menu carries."""
SECTION = 3_000
"""Characters of a line of small print."""
WORDS = 3_900
"""Characters of the words beside the blocks; Slack advises 4,000 at most."""
ROW = 5
"""Buttons that stand side by side; where there are more than one above, the rest is in a menu."""
_BAR = 10
_STYLES = {ButtonStyle.PRIMARY: "primary", ButtonStyle.DANGER: "danger"}


def message(card: Card, key: str | None = None, shown: Shown = as_it_is) -> Json:
    """Return a card as a message, which carries the key under which it is sent."""
    card = translated(card, ENGLISH)
    drawn = blocks(card, shown)
    body: Json = {
        "text": escape(words(card, shown)),
        "blocks": drawn,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if key is not None:
        drawn[0]["block_id"] = first_block(key)
        body["metadata"] = metadata(key)
    return body


def blocks(card: Card, shown: Shown = as_it_is, *, start: int = 0) -> list[Json]:
    """Return a card as blocks, never none; `start` numbers buttons where several cards stand in one view."""
    card = translated(card, ENGLISH)
    drawn: list[Json] = []
    if title := one_line(plain(card.title, shown)).strip():
        drawn.append({"type": "header", "text": _plain_text(_cut(title, HEADER))})
    body = list(_parts(card.blocks, shown, titled=bool(drawn)))
    if body:
        drawn.append({"type": "rich_text", "elements": body})
    if card.footer and (small := mrkdwn(card.footer, shown).strip()):
        said = {"type": "mrkdwn", "text": _cut(small, SECTION), "verbatim": True}  # bare names and addresses stay words
        drawn.append({"type": "context", "elements": [said]})
    drawn += _buttons(card.buttons, start)
    return drawn or [{"type": "rich_text", "elements": [_section([{"type": "text", "text": "…"}])]}]


def words(card: Card, shown: Shown = as_it_is) -> str:
    """Return all that a card says in plain words: for notifications, and for those who have it read to them."""
    card = translated(card, ENGLISH)
    lines = [one_line(plain(card.title, shown)).strip(), *(_said(block, shown) for block in card.blocks)]
    lines += [plain(card.footer, shown).strip()]
    return _cut("\n".join(line for line in lines if line), WORDS) or "…"


def label(text: Text, longest: int = BUTTON) -> str:
    """Return a text as Slack shows it where it knows no marks: on buttons, in menus and above fields."""
    return _cut(one_line(ENGLISH.plain(text)).strip(), longest) or "…"


def plain_text(text: Text, longest: int = BUTTON) -> Json:
    """Return a text as an object of plain words."""
    return _plain_text(label(text, longest))


def _plain_text(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": False}


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


# Words


def _section(parts: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": joined(parts)}


def _parts(body: Sequence[Block], shown: Shown, *, titled: bool) -> Iterator[Json]:
    """Yield the parts of one block of rich text: lines that follow each other stand together, as Slack writes them."""
    lines: list[Json] = []
    for number, block in enumerate(body):
        apart = _apart(block, shown)
        if apart is not None:
            if lines:
                yield _section(lines)
                lines = []
            if apart["elements"]:
                yield apart
            continue
        for line in _lines(block, shown):
            if line:
                room = "\n" if lines else ""
                if isinstance(block, Heading) and (number or titled):
                    room += "\n"  # which also tells it from a line of bold words
                lines += [*_text(room), *line]
    if lines:
        yield _section(lines)


def _apart(block: Block, shown: Shown) -> Json | None:
    """Return a block that stands apart from the lines around it."""
    match block:
        case Quote(text):
            return {"type": "rich_text_quote", "elements": elements(text)}
        case Bullets(items, numbered):
            style = "ordered" if numbered else "bullet"
            listed = [_section(drawn) for item in items if (drawn := elements(item, shown))]
            return {"type": "rich_text_list", "style": style, "indent": 0, "elements": listed}
        case CodeBlock(code):
            return {"type": "rich_text_preformatted", "elements": _text(code)}
    return None


def _text(words: str) -> list[Json]:
    return [{"type": "text", "text": words}] if words else []


def _lines(block: Block, shown: Shown) -> Iterator[list[Json]]:
    match block:
        case Heading(text):
            yield _bold(text, shown)
        case Paragraph(text):
            yield elements(text, shown)
        case Fields(pairs):
            for name, value in pairs:
                yield [*_bold(name + ": ", shown), *elements(value, shown)]
        case Progress(done, total, text):
            yield [*_text(_bar(done, total)), *elements(text, shown)]


def _bold(text: Text, shown: Shown) -> list[Json]:
    drawn = elements(text, shown)
    return [
        {**one, "style": {**one.get("style", {}), "bold": True}} if one["type"] in ("text", "link") else one
        for one in drawn
    ]


def _bar(done: int, total: int) -> str:
    filled = min(_BAR, max(0, done) * _BAR // total) if total > 0 else 0
    return f"{'▰' * filled}{'▱' * (_BAR - filled)} {done}/{total} "


def _said(block: Block, shown: Shown) -> str:
    """Return what a block says, in plain words."""
    match block:
        case Paragraph(text) | Heading(text):
            return plain(text, shown)
        case Quote(text):
            return plain(text)
        case Bullets(items, numbered):
            marks = [f"{number}. " if numbered else "• " for number, _ in enumerate(items, 1)]
            return "\n".join(mark + plain(item, shown) for mark, item in zip(marks, items, strict=True))
        case CodeBlock(code):
            return code
        case Fields(pairs):
            return "\n".join(f"{plain(name, shown)}: {plain(value, shown)}" for name, value in pairs)
        case Progress(done, total, text):
            return f"{done}/{total} {plain(text, shown)}".strip()


# Buttons


def _buttons(buttons: Sequence[Button | LinkButton], start: int) -> list[Json]:
    """Return the buttons: a row of them, and below more than that a menu with the rest."""
    buttons = [one for one in buttons if not isinstance(one, LinkButton) or opens(one.url)]
    if not buttons:
        return []
    side_by_side = buttons if len(buttons) <= ROW + 1 else buttons[:ROW]
    drawn = [_button(one, number) for number, one in enumerate(side_by_side, start)]
    if rest := buttons[len(side_by_side) :]:
        options = [_entry(one) for one in rest]
        drawn.append({"type": "overflow", "action_id": action_id(OVERFLOW, start + ROW), "options": options})
    return [{"type": "actions", "elements": drawn}]


def _button(button: Button | LinkButton, number: int) -> Json:
    shown: Json = {"type": "button", "text": plain_text(button.label)}
    if isinstance(button, LinkButton):
        return {**shown, "action_id": action_id("", number), "url": button.url}
    shown |= {"action_id": action_id(button.command, number)}
    if packed := pack(dict(button.arguments)):
        shown["value"] = packed
    return {**shown, "style": _STYLES[button.style]} if button.style in _STYLES else shown


def _entry(button: Button | LinkButton) -> Json:
    shown: Json = {"text": plain_text(button.label)}
    if isinstance(button, LinkButton):
        return {**shown, "value": "|", "url": button.url}
    return {**shown, "value": entry(button)}


# Several cards


def stacked(cards: Iterable[Card], shown: Shown = as_it_is, *, room: int = VIEW_BLOCKS) -> list[Json]:
    """Return several cards below each other, as many as have room; no two buttons have the same id."""
    drawn: list[Json] = []
    start = 0
    for card in cards:
        one = blocks(card, shown, start=start)
        start += len(card.buttons) + 1
        between: list[Json] = [{"type": "divider"}] if drawn else []
        if len(drawn) + len(between) + len(one) > room:
            break
        drawn += between + one
    return drawn


def without_buttons(card: Card) -> Card:
    """Return a card that can only be read."""
    return replace(card, buttons=())
