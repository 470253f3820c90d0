"""Long text over several cards: nothing is dropped, and no card is more than a platform can draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.cards import (
    BLOCK_COST,
    BLOCKS,
    CARD_COST,
    TITLE_COST,
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
    Tone,
    as_blocks,
    block_cost,
    card,
)
from bot.measure import cost, excerpt, split_text
from bot.text import Text, TextLike, say, to_text


def split_block(block: Block, longest: int = BLOCK_COST) -> Iterator[Block]:
    """Yield blocks with the content of `block`, none dearer than `longest`; nothing is dropped."""
    if block_cost(block) <= longest:
        yield block
        return
    match block:
        case Paragraph(text) | Heading(text):
            yield from (Paragraph(part) for part in split_text(text, longest - 8))
        case Quote(text):
            yield from (Quote(part) for part in split_text(text, longest - 8))
        case Bullets(items, numbered):
            # A platform would count each part from 1 again, so the numbers of a long list are words.
            whole = [to_text(f"{n}. ") + item for n, item in enumerate(items, 1)] if numbered else items
            flat = [part for item in whole for part in split_text(item, longest - 8)]
            yield from (Bullets(tuple(group)) for group in _packed(flat, longest))
        case CodeBlock(code, language):
            yield from (CodeBlock(part, language) for part in _split_lines(code, longest - 16 - len(language)))
        case Fields(pairs):
            for name, value in pairs:
                yield from (Paragraph(part) for part in split_text(name + ": " + value, longest - 8))
        case Progress(done, total, label):
            yield Progress(done, total)
            yield from split_block(Paragraph(label), longest)


def _packed(items: list[Text], longest: int) -> Iterator[list[Text]]:
    group: list[Text] = []
    used = 0
    for item in items:
        if group and used + cost(item) + 5 > longest:
            yield group
            group, used = [], 0
        group.append(item)
        used += cost(item) + 5
    if group:
        yield group


def _split_lines(code: str, longest: int) -> Iterator[str]:
    part = ""
    for line in code.splitlines(keepends=True):
        while len(line) > longest:
            if part:
                yield part
                part = ""
            yield line[:longest]
            line = line[longest:]
        if len(part) + len(line) > longest:
            yield part
            part = ""
        part += line
    if part:
        yield part


def _heading_of(group: list[Block], room: int) -> list[Block]:
    """Take the heading off the end of a group, so that it stands over what follows, where there is room for both."""
    last = group[-1]
    if isinstance(last, Heading) and len(group) > 1 and block_cost(last) <= room:
        return [group.pop()]
    return []


def pages(
    title: TextLike,
    blocks: Iterable[Block | TextLike],
    *,
    more: TextLike,
    buttons: Iterable[Button | LinkButton | None] = (),
    footer: TextLike = "",
    numbered: bool = False,
    tone: Tone = Tone.PLAIN,
) -> tuple[Card, ...]:
    """Return one card, or as many as the blocks need, the buttons on the last; later ones are titled `more`.

    `footer` stands on the last; `numbered` ones say instead which of how many each is, for showing one at a time.
    """
    heading, later = excerpt(to_text(title), TITLE_COST), excerpt(to_text(more), TITLE_COST)
    below = max(cost(to_text(footer)), cost(_number(999, 999)) if numbered else 0)
    room = CARD_COST - max(cost(heading), cost(later)) - below
    groups: list[list[Block]] = [[]]
    used = 0
    for block, price in _priced(blocks):
        if groups[-1] and (used + price > room or len(groups[-1]) == BLOCKS):
            carried = _heading_of(groups[-1], room - price)
            groups.append(carried)
            used = sum(map(block_cost, carried))
        groups[-1].append(block)
        used += price
    last = len(groups) - 1
    return tuple(
        card(
            later if number else heading,
            *group,
            buttons=buttons if number == last else (),
            footer=_number(number + 1, last + 1) if numbered and last else footer if number == last else "",
            tone=tone,
        )
        for number, group in enumerate(groups)
    )


def _priced(blocks: Iterable[Block | TextLike]) -> Iterator[tuple[Block, int]]:
    """Yield blocks that a card can have, each with what it costs."""
    for block in as_blocks(blocks):
        price = block_cost(block)
        if price <= BLOCK_COST:
            yield block, price
        else:
            yield from ((part, block_cost(part)) for part in split_block(block))


def _number(page: int, last: int) -> Text:
    return say("Page {page} of {last}", page=page, last=last)
