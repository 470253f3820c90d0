"""Hostile words on their way to Discord: nobody is notified, nothing is formatted, and no limit is passed.

What is looked at is what would be sent, by the fake's own reading of Discord's rules and of its Markdown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.webhook.async_ import AsyncWebhookAdapter
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.answers import Answer
from adapters.discord.cards import EPHEMERAL, direct_message, label, message
from adapters.discord.forms import modal
from adapters.discord.marks import Json, mark_of
from adapters.discord.platform import DiscordPlatform
from bot.cards import (
    Block,
    Bullets,
    Card,
    Choice,
    CodeBlock,
    Field,
    FieldKind,
    Fields,
    File,
    Form,
    Heading,
    Label,
    Paragraph,
    Progress,
    Quote,
    button,
    card,
    reply,
)
from bot.chat import Address, Direct, InChannel, InThread, OpenThread, ThreadRef
from bot.pages import pages
from bot.text import Mention, Text, to_text
from tests.adapters.discord.hostile import FORUM, HOME, JILL, KEY, TEXTS, Wire, looked_at, messages_in, platform_of
from tests.fakes.discord.reading import marks
from tests.fakes.discord.rules import check_modal
from tests.fakes.discord.rules_of_commands import check_suggestions

pytestmark = pytest.mark.slow

AT_ONCE = 5
"""Texts of one example."""
EXAMPLES = settings.default.max_examples * 25 if settings.default else 2_000
"""With 80 examples of the usual profile 2,000, which are 10,000 texts."""


def one_line(words: str) -> Text:
    return to_text(words[:60])


SHAPES: tuple[tuple[Callable[[str], Card], set[str]], ...] = (
    (lambda words: card("", *pages_of(Paragraph(to_text(words)))), set()),
    (lambda words: card(words, "x"), {"heading"}),
    (lambda words: card("", "x", footer=one_line(words)), {"small"}),
    (lambda words: card("", *pages_of(Heading(to_text(words)))), {"strong"}),
    (lambda words: card("", *pages_of(Quote(to_text(words)))), {"quote"}),
    (lambda words: card("", *pages_of(Bullets((to_text(words), to_text("x"))))), {"list"}),
    (lambda words: card("", *pages_of(Bullets((to_text("x"), to_text(words)), numbered=True))), {"list"}),
    (lambda words: card("", Fields(((one_line(words), one_line(words)),))), {"strong"}),
    (lambda words: card("", Progress(1, 2, one_line(words))), set()),
    (lambda words: card("", CodeBlock(words[:2_000], words[:30])), {"block"}),
)
"""A card with hostile words in one place, and what it may have that is more than words."""


def pages_of(block: Block) -> tuple[Block, ...]:
    """Return the first page of a block that may be too long for one."""
    return pages("", [block], more="")[0].blocks


def whole(texts: Sequence[str]) -> tuple[Card, ...]:
    """Return the first and the last card of a page with words in all places at once."""
    title, *more = texts
    named = (Mention(title, (str(JILL),), ping=True), Mention(title, ("discord:43",)))
    blocks: list[Block] = [Paragraph(to_text(one)) for one in named]
    for words in more:
        blocks += [
            Heading(one_line(words)),
            Quote(to_text(words)),
            Bullets((to_text(words),)),
            CodeBlock(words, words[:30]),
        ]
        blocks += [
            Paragraph(to_text(words)),
            Fields(((one_line(title), to_text(words)),)),
            Progress(1, 2, one_line(words)),
        ]
    pressed = [button(words, "answer", question="a" * 13) for words in texts]
    drawn = pages(title, blocks, more=title, buttons=pressed, footer=one_line(more[0]))
    return (drawn[0], drawn[-1])


# Every shape of a card, every way to send it


@given(texts=st.lists(TEXTS, min_size=AT_ONCE, max_size=AT_ONCE))
@settings(max_examples=EXAMPLES)
def test_no_words_in_any_place_of_a_card_are_more_than_words(texts: list[str]) -> None:
    for at, words in enumerate(texts):
        for make, may in SHAPES:
            shown = make(words)
            if at % 2:
                drawn = message(shown, mark_of(KEY))
            else:
                drawn = direct_message(replace(shown, buttons=(button("x", "help"),)), mark_of(KEY))
            written = looked_at(drawn)
            plain = "content" in drawn  # there the title is bold
            if may == {"block"}:
                # Where the block is not left, nothing in it means anything.
                assert written.count("```") == 2
                assert written.startswith("```")
                assert written.endswith("\n```")
            else:
                assert set(marks(written)) <= may | ({"strong"} if plain else set()), written


@given(texts=st.lists(TEXTS, min_size=AT_ONCE, max_size=AT_ONCE))
@settings(max_examples=max(EXAMPLES // 10, 1))
def test_every_send_and_edit_is_within_the_limits_and_notifies_only_who_is_named(texts: list[str]) -> None:
    wire = Wire()
    asyncio.run(_sent_and_edited(platform_of(wire), texts))
    bodies = list(messages_in(wire.bodies))
    assert len(bodies) >= 2 * len(whole(texts)) * 5
    for body in bodies:
        looked_at({"content": None, "flags": 0, **body}, [JILL.user])


async def _sent_and_edited(platform: DiscordPlatform, texts: Sequence[str]) -> None:
    labels = [Label(to_text(words)) for words in texts]
    places: list[Address] = [
        InChannel(HOME),
        OpenThread(HOME, texts[0]),
        InThread(ThreadRef(HOME, "71")),
        Direct(JILL),
        OpenThread(FORUM, texts[1]),
    ]
    for shown in whole(texts):
        for to in places:
            labelled = Card(shown.title, shown.blocks, shown.buttons, shown.footer, shown.tone, tuple(labels))
            sent = await platform.send(to, labelled, key=KEY)
            await platform.edit(sent, labelled)


@given(texts=st.lists(TEXTS, min_size=AT_ONCE, max_size=AT_ONCE))
@settings(max_examples=max(EXAMPLES // 10, 1))
def test_every_answer_form_and_choice_is_within_the_limits(texts: list[str]) -> None:
    answered = asyncio.run(_answered(texts))
    for body, files in answered:
        data = body.get("data", body)
        assert data["flags"] & EPHEMERAL
        looked_at(data, [JILL.user], files)
        assert all(files)
    choices = tuple(Choice(f"c{at}", to_text(words)) for at, words in enumerate(texts))
    asked = [
        Field("text", to_text(texts[0]), FieldKind.LONG_TEXT, value=texts[1], longest=4_000),
        Field("short", to_text(texts[1]), value=texts[2], longest=60),
        Field("choice", to_text(texts[2]), FieldKind.CHOICE, choices=choices, value=texts[3]),
        Field("sure", to_text(texts[3]), FieldKind.YES_NO),
        Field("many", to_text(texts[4]), FieldKind.CHOICE, choices=choices * 6, value=texts[0]),
    ]
    check_modal(modal(Form("ask", to_text(texts[0]), tuple(asked)), "sc1:ask::"))
    check_suggestions([{"name": label(one.label, 100), "value": one.value} for one in choices], 3)


async def _answered(texts: Sequence[str]) -> list[tuple[Json, list[str]]]:
    """Return the bodies of an answer with cards and files, with the names of the files that come along."""
    answered: list[tuple[Json, list[str]]] = []

    async def request(*_: object, **how: Any) -> None:
        parts: list[Json] = how.get("multipart") or []
        body = how["payload"] or discord.utils._from_json(parts[0]["value"])
        answered.append((body, [part["filename"] for part in parts[1:]]))

    asked = SimpleNamespace(
        id=1, application_id=2, token="t", message=None, type=2, created_at=datetime.now(UTC), _session=None
    )
    answer = Answer(cast(Any, asked))
    answer._web = cast(AsyncWebhookAdapter, SimpleNamespace(request=request))
    files = [File(words[:200], "text/plain", b"x") for words in texts]
    await answer.tell(reply(*whole(texts), files=files))
    return answered
