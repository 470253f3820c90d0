"""What the bot shows: cards, buttons, forms and replies, within the limits that every platform can draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import is_
from typing import TypeAlias

from bot.language import Language
from bot.measure import cost, excerpt, keep_cost
from bot.text import EMPTY, Text, TextLike, say, to_text

CARD_COST = 3_600
"""Characters a card may hold once escaped for the strictest platform (Discord shows 4,000 in a message)."""
TITLE_COST = 140
"""Characters of a title (Slack's header block holds 150)."""
BLOCKS = 36
"""Blocks of a card (Discord draws 40 components in a message)."""
BLOCK_COST = 2_800
"""Characters of one block (Slack's section holds 3,000)."""
BUTTONS = 10
"""Buttons of a card: two rows of Discord's five."""
LABEL_COST = 72
"""Characters of a button's label (Slack shows 75)."""
CALL_CHARACTERS = 72
"""ASCII characters of a button's command and arguments (Discord's custom_id holds 100, with the delivery key)."""
FIELDS = 5
"""Fields of a form (Discord draws five)."""
FORM_TITLE = 45
"""Characters of a form's title that Discord shows; Slack shows 24 and cuts."""
LONG_TEXT = 4_000
"""Characters that a person may write into one field."""
LABELS = 5
"""Labels of a card (Discord gives a forum's post five tags)."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names what follows."""

    text: Text


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, each item one line or more; `numbered` counts them."""

    items: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody else."""

    text: Text


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines of code, kept as they are."""

    code: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """Short facts, a name and a value each."""

    pairs: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is: `done` of `total`."""

    done: int
    total: int
    label: Text = EMPTY


Block: TypeAlias = Paragraph | Heading | Bullets | Quote | CodeBlock | Fields | Progress


def paragraph(*parts: TextLike) -> Paragraph:
    """Return the parts as one paragraph."""
    text = Text()
    for part in parts:
        text = text + part
    return Paragraph(text)


def bullets(items: Iterable[TextLike], *, numbered: bool = False) -> Bullets:
    """Return a list of the items."""
    return Bullets(tuple(to_text(item) for item in items), numbered)


def fields(pairs: Iterable[tuple[TextLike, TextLike]]) -> Fields:
    """Return facts, a name and a value each."""
    return Fields(tuple((to_text(name), to_text(value)) for name, value in pairs))


class ButtonStyle(StrEnum):
    """How much a button asks for attention."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A command with options filled in, one tap away."""

    label: Text
    command: str
    arguments: tuple[tuple[str, str], ...] = ()
    style: ButtonStyle = ButtonStyle.PLAIN

    def __post_init__(self) -> None:
        _within(cost(self.label), LABEL_COST, "a button's label")
        call = self.command + pack(dict(self.arguments))
        if not call.isascii():
            raise ValueError(f"a button's call is ASCII: {call!r}")
        _within(len(call), CALL_CHARACTERS, "a button's call")


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens a web address."""

    label: Text
    url: str

    def __post_init__(self) -> None:
        _within(cost(self.label), LABEL_COST, "a button's label")


def button(label: TextLike, command: str, *, style: ButtonStyle = ButtonStyle.PLAIN, **arguments: str) -> Button:
    """Return a button that runs `command` with `arguments`; a long label is cut."""
    return Button(excerpt(to_text(label), LABEL_COST), command, tuple(arguments.items()), style)


def pack(arguments: Mapping[str, str]) -> str:
    """Return arguments as the one line that a platform's button carries; `unpack` reads it."""
    return "&".join(f"{name}={value}" for name, value in arguments.items())


def unpack(packed: str) -> dict[str, str]:
    """Return the arguments that `pack` wrote."""
    return dict(pair.split("=", 1) for pair in packed.split("&") if "=" in pair)


@dataclass(frozen=True, slots=True)
class Label:
    """A word by which threads can be sorted, such as the tag of a forum's post; one that is `off` is taken away again.

    What people gave a thread by themselves stays, so a card names all of its labels, those that do not hold as `off`.
    """

    text: Text
    off: bool = False


class Tone(StrEnum):
    """What a card is about, for its accent; a word in the card says it too."""

    PLAIN = "plain"
    DONE = "done"
    NEEDS_YOU = "needs_you"


_OPEN = say("Open")
# In plain words, so that cards are kept without it until they are translated.
_OPEN_PLAINLY = to_text("Open")


@dataclass(frozen=True, slots=True)
class Card:
    """A message of the bot: a title, blocks, a small footer, buttons; `labels` are those of the thread that it heads.

    `opens` stands on the buttons that some platforms put beside a line with an address.
    Raises ValueError where some platform could not draw it; `pages` makes as many cards as long text needs.
    """

    title: Text = EMPTY
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button | LinkButton, ...] = ()
    footer: Text = EMPTY
    tone: Tone = Tone.PLAIN
    labels: tuple[Label, ...] = ()
    opens: Text = _OPEN_PLAINLY

    def __post_init__(self) -> None:
        _within(cost(self.title), TITLE_COST, "a card's title")
        _within(len(self.blocks), BLOCKS, "a card's blocks")
        _within(len(self.buttons), BUTTONS, "a card's buttons")
        _within(len(self.labels), LABELS, "a card's labels")
        blocks = [block_cost(block) for block in self.blocks]
        _within(max(blocks, default=0), BLOCK_COST, "a block")
        _within(cost(self.title) + sum(blocks) + cost(self.footer), CARD_COST, "a card")


def card(
    title: TextLike,
    *blocks: Block | TextLike,
    buttons: Iterable[Button | LinkButton | None] = (),
    footer: TextLike = "",
    tone: Tone = Tone.PLAIN,
    labels: Iterable[Label] = (),
) -> Card:
    """Return a card; a text becomes a paragraph, an empty one and a button that is None are left out."""
    return Card(
        excerpt(to_text(title), TITLE_COST),
        tuple(as_blocks(blocks)),
        tuple(one for one in buttons if one is not None),
        to_text(footer),
        tone,
        tuple(labels),
    )


def as_blocks(blocks: Iterable[Block | TextLike]) -> Iterator[Block]:
    """Yield blocks; a text becomes a paragraph, an empty one nothing."""
    for block in blocks:
        if isinstance(block, Paragraph | Heading | Bullets | Quote | CodeBlock | Fields | Progress):
            yield block
        elif text := to_text(block):
            yield Paragraph(text)


class FieldKind(StrEnum):
    """What a form's field takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    URL = "url"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    LOCAL_TIME = "local_time"
    CHANNEL = "channel"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: its value, what people read, and the shorter words that mean it when typed."""

    value: str
    label: Text
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form; `value` is what stands in it already."""

    name: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    value: str = ""
    longest: int = LONG_TEXT


@dataclass(frozen=True, slots=True)
class Form:
    """Questions that complete a call of `command`; `preset` are its arguments that are settled already."""

    command: str
    title: Text
    fields: tuple[Field, ...]
    preset: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _within(len(self.fields), FIELDS, "a form's fields")


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep: a file's name, media type and content."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that only the person who asked can see: cards, a form, files.

    `update` replaces the private message whose button was pressed, as paging does.
    """

    cards: tuple[Card, ...] = ()
    form: Form | None = None
    files: tuple[File, ...] = ()
    update: bool = False


def reply(*cards: Card, files: Iterable[File] = (), update: bool = False) -> Reply:
    """Return a reply of cards and files."""
    return Reply(cards, None, tuple(files), update)


def translated(card: Card, language: Language) -> Card:
    """Return a card with every sentence in a language; the same one where there is none."""

    def say(text: Text) -> Text:
        said = language.translate(text)
        if said is not text:
            keep_cost(said, cost(text))  # which has room for any language in it
        return said

    title, footer = say(card.title), say(card.footer)
    blocks = tuple([_translated(block, say) for block in card.blocks])
    buttons = tuple([_labelled(button, say(button.label)) for button in card.buttons])
    labels = tuple([replace(label, text=say(label.text)) for label in card.labels]) if card.labels else ()
    opens = say(_OPEN) if card.opens == _OPEN_PLAINLY else card.opens
    same = title is card.title and footer is card.footer and _same(blocks, card.blocks) and _same(buttons, card.buttons)
    same = same and labels == card.labels and opens == card.opens
    return card if same else Card(title, blocks, buttons, footer, card.tone, labels, opens)


def _same(ones: Iterable[object], others: Iterable[object]) -> bool:
    return all(map(is_, ones, others))


def _labelled(button: Button | LinkButton, label: Text) -> Button | LinkButton:
    if label is button.label:
        return button
    if isinstance(button, Button):
        return Button(label, button.command, button.arguments, button.style)
    return LinkButton(label, button.url)


def _translated(block: Block, say: Callable[[Text], Text]) -> Block:
    match block:
        case Paragraph(text) | Heading(text) | Quote(text):
            return block if (said := say(text)) is text else type(block)(said)
        case Bullets(items, numbered):
            told = tuple(map(say, items))
            return block if _same(told, items) else Bullets(told, numbered)
        case Fields(pairs):
            said_pairs = tuple([(say(name), say(value)) for name, value in pairs])
            return block if said_pairs == pairs else Fields(said_pairs)
        case Progress(done, total, label):
            return block if (said := say(label)) is label else Progress(done, total, said)
        case CodeBlock():
            return block


def block_cost(block: Block) -> int:
    """Return how many characters a block takes at most."""
    match block:
        case Paragraph(text) | Heading(text) | Quote(text):
            return cost(text) + 4
        case Bullets(items):
            return sum(map(cost, items)) + 5 * len(items)
        case CodeBlock(code, language):
            return len(code) + len(language) + 9
        case Fields(pairs):
            return sum(cost(name) + cost(value) + 8 for name, value in pairs)
        case Progress(label=label):
            return 30 + cost(label)


def _within(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise ValueError(f"{what} holds {limit}, not {size}")
