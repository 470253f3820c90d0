"""Cards as Discord's messages: components in a coloured frame, or plain words with buttons for direct messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapters.discord.marks import Json, Mark, call_id
from adapters.discord.text import draw_text, one_line, user_of
from bot.cards import (
    Block,
    Bullets,
    Button,
    ButtonStyle,
    Card,
    CodeBlock,
    Fields,
    File,
    Heading,
    LinkButton,
    Paragraph,
    Progress,
    Quote,
    Tone,
    pack,
    translated,
)
from bot.language import ENGLISH
from bot.text import Link, Mention, Text

MESSAGE = 4_000
"""Characters of a message made of components."""
PLAIN_MESSAGE = 2_000
"""Characters of a message of plain words."""
ROW = 5
"""Buttons of a row."""
LABEL = 80
"""Characters of a button's label."""
PINGED = 100
"""People whom one message can notify."""
OPENED = 5
"""Lines with an address that get a button to open it: a message has room for forty parts."""

COMPONENTS = 1 << 15
"""The flag of a message that is made of components."""
EPHEMERAL = 1 << 6
"""The flag of a message that one person alone sees."""
NO_PREVIEWS = 1 << 2
"""The flag of a message whose links are not unfolded."""

_ACCENTS = {Tone.DONE: 0x2E7D32, Tone.NEEDS_YOU: 0xB26A00}
_POSTED = 0x0F766E
_STYLES = {ButtonStyle.PRIMARY: 1, ButtonStyle.PLAIN: 2, ButtonStyle.DANGER: 4}
_OPENABLE = re.compile(
    r"https?://(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}(?::\d{1,5})?(?:[/?#][a-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{0,400})?", re.I
)
"""Addresses that are surely well formed: for a button with another, Discord refuses the whole message."""
_LANGUAGE = re.compile(r"[a-zA-Z0-9_+.#-]+")
_BAR = 10


def message(card: Card, mark: Mark | None = None) -> Json:
    """Return a card as a message of components, in a frame that shows its tone."""
    card = translated(card, ENGLISH)
    framed: Json = {"type": 17, "components": _shown(card, mark) + _rows(card, mark)}
    accent = _ACCENTS.get(card.tone)
    if mark is not None:
        framed["id"] = mark.numbers[0]
        accent = accent or _POSTED  # what stands for everyone has our colour, so that it is found among their talk
    if accent:
        framed["accent_color"] = accent
    return {"components": [framed], "flags": COMPONENTS, "allowed_mentions": pings(card)}


def direct_message(card: Card, mark: Mark | None = None) -> Json:
    """Return a card as plain words with buttons, which read well on a locked phone.

    One that is too long for that, or has no button that could carry the mark, is made of components.
    """
    card = translated(card, ENGLISH)
    words = _words(card)
    if not 0 < len(words) <= PLAIN_MESSAGE or not any(isinstance(one, Button) for one in card.buttons):
        return message(card, mark)
    rows = _rows(card, mark, links=True)
    return {"content": words, "components": rows, "flags": NO_PREVIEWS, "allowed_mentions": pings(card)}


def with_files(body: Json, files: Sequence[File]) -> Json:
    """Return a message of components with files below, in the order in which they are sent along."""
    names = [file_name(file, number) for number, file in enumerate(files)]
    shown = [{"type": 13, "file": {"url": f"attachment://{name}"}} for name in names]
    sent = [{"id": str(number), "filename": name} for number, name in enumerate(names)]
    return {**body, "components": [*body["components"], *shown], "attachments": sent}


def file_name(file: File, number: int = 0) -> str:
    """Return a file's name as Discord keeps it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", file.name).strip("._") or f"file{number}"


def pings(card: Card) -> Json:
    """Return whom a card may notify: those whom it names for that, and nobody else, whatever its words look like."""
    users = [user_of(mention) for mention in _mentions(card) if mention.ping]
    known = dict.fromkeys(str(user) for user in users if user is not None)
    return {"parse": [], "users": list(known)[:PINGED], "replied_user": False}


def _mentions(card: Card) -> Iterator[Mention]:
    for text in (card.title, *(text for block in card.blocks for text in _texts(block)), card.footer):
        yield from (span for span in text.spans if type(span) is Mention)


def _texts(block: Block) -> tuple[Text, ...]:
    match block:
        case Paragraph(text) | Heading(text) | Quote(text) | Progress(label=text):
            return (text,)
        case Bullets(items):
            return items
        case Fields(pairs):
            return tuple(text for pair in pairs for text in pair)
        case CodeBlock():
            return ()


def _shown(card: Card, mark: Mark | None) -> list[Json]:
    """Return the words of a card: first all up to a line with an address, which has a button of its own, and so on.

    The first address that the card itself leads to stands beside the first of them.
    """
    parts: list[Json] = []
    room = MESSAGE
    leads_to = next((one for one in card.buttons if isinstance(one, LinkButton)), None)
    for words, link in _runs(card):
        if room <= 0:
            break
        shown: Json = {"type": 10, "content": _fitting(words, room)}
        room -= len(shown["content"])
        if mark is not None and not parts:
            shown["id"] = mark.numbers[1]
        beside = link or (leads_to if not parts else None)
        parts.append({"type": 9, "components": [shown], "accessory": _link(beside)} if beside else shown)
    return parts


def _runs(card: Card) -> Iterator[tuple[str, LinkButton | None]]:
    """Yield the words of a card in runs; a line with an address is one by itself, unless the card begins with it."""
    run: list[str] = []
    opened = 0
    for line, url in _lines(card, "### "):
        if url is None or opened == OPENED or not (opened or any(run)):
            run.append(line)
            continue
        if words := "\n".join(run).rstrip():
            yield words.lstrip("\n") if not opened else words, None
        yield line, LinkButton(card.opens, url)
        opened += 1
        run = []
    if words := "\n".join(run).rstrip():
        yield words.lstrip("\n") if not opened else words, None


def _rows(card: Card, mark: Mark | None, *, links: bool = False) -> list[Json]:
    """Return the buttons in rows; the first address stands beside the words, unless `links` are all to be here."""
    first = None if links else next((one for one in card.buttons if isinstance(one, LinkButton)), None)
    shown: list[Json] = []
    carried = mark
    for number, one in enumerate(card.buttons):
        if isinstance(one, Button):
            shown.append(_button(one, carried.tail if carried else str(number)))
            carried = None
        elif one is not first:
            shown.append(_link(one))
    return [{"type": 1, "components": shown[at : at + ROW]} for at in range(0, len(shown), ROW)]


def _button(button: Button, tail: str) -> Json:
    id = call_id(button.command, pack(dict(button.arguments)), tail)
    return {"type": 2, "style": _STYLES[button.style], "label": label(button.label), "custom_id": id}


def _link(button: LinkButton) -> Json:
    return {"type": 2, "style": 5, "label": label(button.label), "url": button.url}


def label(text: Text, longest: int = LABEL) -> str:
    """Return a text as Discord shows it where it knows no marks: on buttons, in menus and above fields."""
    words = one_line(ENGLISH.plain(text)).strip() or "…"
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _words(card: Card) -> str:
    return "\n".join(line for line, _ in _lines(card, "")).strip()


def _lines(card: Card, title: str) -> Iterator[tuple[str, str | None]]:
    """Yield the lines of a card, each with the address that it is about, if it is about one."""
    if card.title:
        yield _headed(card.title, title), None
    for number, block in enumerate(card.blocks):
        if isinstance(block, Heading) and (number or card.title):
            yield "", None  # room above it, which also tells it from a line of bold words
        yield from _block(block)
    if card.footer:
        yield "\n".join(f"-# {line}" for line in draw_text(card.footer).split("\n") if line.strip()), None


def _headed(text: Text, marks: str = "") -> str:
    """Return a line that names what follows; in bold letters where there are no marks for headings."""
    line = one_line(draw_text(text)).strip()
    return f"{marks}{line}" if marks or not line or "**" in line else f"**{line}**"


def _block(block: Block) -> Iterator[tuple[str, str | None]]:
    match block:
        case Paragraph(text):
            yield draw_text(text), _address(text) if len(text.spans) == 1 else None
        case Bullets(items, numbered=False):
            for item in items:
                yield _item("- ", item), _address(item)
        case _:
            yield from ((line, None) for line in _unlinked(block))


def _unlinked(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield _headed(text)
        case Bullets(items):
            yield from (_item(f"{number}. ", item) for number, item in enumerate(items, 1))
        case Quote(text):
            yield "> " + draw_text(text).replace("\n", "\n> ")
        case CodeBlock(code, language):
            named = language if _LANGUAGE.fullmatch(language) else ""
            yield f"```{named}\n{code.replace('```', '``ˋ')}\n```"
        case Fields(pairs):
            yield from (f"{_headed(name)}: {draw_text(value)}" for name, value in pairs)
        case Progress(done, total, text):
            filled = min(_BAR, max(0, done) * _BAR // total) if total > 0 else 0
            yield f"{'▰' * filled}{'▱' * (_BAR - filled)} {done}/{total} {draw_text(text)}".rstrip()


def _item(mark: str, item: Text) -> str:
    return mark + draw_text(item).replace("\n", "\n  ")


def _address(text: Text) -> str | None:
    """Return the one address in a text, where a button can open it."""
    found = [span.url for span in text.spans if isinstance(span, Link)]
    return found[0] if len(found) == 1 and _OPENABLE.fullmatch(found[0]) else None


def _fitting(words: str, room: int) -> str:
    """Return words that surely fit; cards are measured, so nothing is ever cut here but by a mistake of ours."""
    return words if len(words) <= room else words[: room - 1] + "…"
