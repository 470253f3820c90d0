"""Cards as Slack's blocks: within its limits whatever stands in them, and nothing that people wrote acts (S4)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.cards import VIEW_BLOCKS, blocks, label, message, stacked
from adapters.slack.marks import key_of, read_action
from bot.cards import (
    BUTTONS,
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
    button,
    card,
    paragraph,
)
from bot.pages import pages
from bot.text import Code, Emphasis, Link, Mention, Moment, Plain, Strong, Text, say, to_text
from tests.adapters.slack.checking import modelled
from tests.fakes.slack.blocks import problems
from tests.strategies import MARKS

AT = datetime(2027, 1, 11, 17, tzinfo=UTC)
HOSTILE = 10_000
"""Texts that people might write, drawn with a fixed seed."""


def walked(part: object) -> Iterator[dict[str, Any]]:
    """Yield every object in blocks."""
    if isinstance(part, dict):
        yield part
        for one in part.values():
            yield from walked(one)
    elif isinstance(part, list):
        for one in part:
            yield from walked(one)


def test_a_card_is_a_header_rich_text_small_print_and_buttons() -> None:
    shown = card(
        "Week 1",
        "Read this.",
        Heading(to_text("Then")),
        Bullets((to_text("one"), to_text("two")), numbered=True),
        Quote(to_text("so it goes")),
        CodeBlock("x = 1\ny = 2", "python"),
        Progress(3, 10, to_text("done")),
        buttons=[button("Submit work", "submit", style=ButtonStyle.PRIMARY, activity="abc")],
        footer="Until Sunday",
    )
    body = message(shown, "k" * 20)
    assert [one["type"] for one in body["blocks"]] == ["header", "rich_text", "context", "actions"]
    rich = body["blocks"][1]["elements"]
    assert [one["type"] for one in rich] == [
        "rich_text_section",
        "rich_text_list",
        "rich_text_quote",
        "rich_text_preformatted",
        "rich_text_section",
    ]
    assert rich[1]["style"] == "ordered"
    assert "".join(one["text"] for one in rich[0]["elements"]) == "Read this.\n\nThen"
    assert "▰▰▰▱▱▱▱▱▱▱ 3/10 done" in rich[4]["elements"][0]["text"]
    pressed = body["blocks"][3]["elements"][0]
    assert pressed["style"] == "primary"
    assert read_action(pressed) == ("submit", {"activity": "abc"})
    assert body["text"].splitlines() == [
        "Week 1",
        "Read this.",
        "Then",
        "1. one",
        "2. two",
        "so it goes",
        "x = 1",
        "y = 2",
        "3/10 done",
        "Until Sunday",
    ]


def test_a_message_carries_its_key_twice() -> None:
    body = message(card("a", "b"), "key")
    assert key_of(body) == "key"
    assert key_of({"blocks": body["blocks"]}) == "key"
    assert key_of({"metadata": body["metadata"], "blocks": []}) == "key"
    assert key_of({"blocks": [{"block_id": "x"}]}) is None
    assert key_of({"metadata": {"event_type": "studycircle_post", "event_payload": {"key": 7}}}) is None
    assert key_of({}) is None


def test_more_than_a_row_of_buttons_goes_into_a_menu() -> None:
    many = [button(f"Do {number}", "week", number=str(number)) for number in range(BUTTONS)]
    drawn = blocks(card("a", buttons=many))[-1]["elements"]
    assert [one["type"] for one in drawn] == ["button"] * 5 + ["overflow"]
    options = drawn[-1]["options"]
    assert [one["text"]["text"] for one in options] == [f"Do {number}" for number in range(5, BUTTONS)]
    chosen = {"action_id": drawn[-1]["action_id"], "selected_option": options[2]}
    assert read_action(chosen) == ("week", {"number": "7"})
    assert len(blocks(card("a", buttons=many[:6]))[-1]["elements"]) == 6


def test_a_link_is_a_button_that_asks_for_nothing() -> None:
    (drawn,) = blocks(Card(buttons=(LinkButton(to_text("Open"), "https://a.example"),)))[-1]["elements"]
    assert drawn["url"] == "https://a.example"
    assert read_action(drawn) == ("", {})


def test_a_button_to_an_address_that_slack_would_not_take_is_left_out() -> None:
    drawn = blocks(card("Title", "Words", buttons=[LinkButton(to_text("Open"), "https://a b")]))
    assert [one["type"] for one in drawn] == ["header", "rich_text"]


def test_the_words_of_the_bot_name_commands_as_they_are_called_here_and_quotes_stay_as_they_are() -> None:
    shown = blocks(
        card("", paragraph("Type /week."), Quote(to_text("my /week"))), lambda words: words.replace("/", "/study ")
    )
    texts = [one["text"] for one in walked(shown) if one.get("type") == "text"]
    assert texts == ["Type /study week.", "my /week"]


def test_an_empty_card_is_something_to_see() -> None:
    assert problems(blocks(Card()), "message") == []
    assert message(Card())["text"]


def test_several_cards_have_buttons_of_their_own_and_room() -> None:
    many = [card(f"{number}", "x", buttons=[button("Go", "week")]) for number in range(60)]
    drawn = stacked(many)
    assert len(drawn) <= VIEW_BLOCKS
    ids = [one["action_id"] for one in walked(drawn) if "action_id" in one]
    assert len(ids) == len(set(ids))
    assert problems(drawn, "modal") == []


def test_labels_are_one_line_and_never_empty() -> None:
    assert label(to_text("a\nb")) == "a b"
    assert label(to_text("")) == "…"
    assert len(label(to_text("x" * 500))) == 75


def hostile(chance: random.Random) -> str:
    """Return what somebody might write who wants to ping, link or format."""
    return "".join(chance.choice(MARKS) for _ in range(chance.randint(1, 12)))


def drawn_from(chance: random.Random, words: str) -> Card:
    """Return a card in which words stand wherever they can."""
    there = to_text(words)
    kinds: list[Block] = [
        Paragraph(there),
        Paragraph(say("{who} asks", who=words)),
        Paragraph(Text((Strong(words), Plain(words), Emphasis(words), Code(words)))),
        Paragraph(Text((Mention(words, ("slack:T1/U7",)), Moment(AT)))),
        Heading(there),
        Bullets((there, there), numbered=chance.random() < 0.5),
        Quote(there),
        CodeBlock(words or "x", words),
        Fields(((there, there),)),
        Progress(chance.randint(-1, 9), chance.randint(0, 9), there),
        Paragraph(Text((Link(words, "https://ours.example/page"),))),
    ]
    title, footer = (there if chance.random() < 0.4 else "" for _ in range(2))
    pressed = [button(there, "week", number="1")] if chance.random() < 0.5 else []
    return card(title, *chance.sample(kinds, chance.randint(0, 4)), footer=footer, buttons=pressed)


@pytest.mark.slow
def test_ten_thousand_hostile_texts_ping_nobody_and_link_nowhere() -> None:
    chance = random.Random(20270111)
    for number in range(HOSTILE):
        words = hostile(chance)
        body = message(drawn_from(chance, words), "key")
        assert problems(body["blocks"], "message") == [], words
        if not number % 5:  # the library's models know less, and take their time
            assert modelled(body["blocks"]) == [], words
        assert not set("<>") & set(body["text"]), words
        for one in walked(body["blocks"]):
            kind = one.get("type")
            assert kind not in ("user", "usergroup", "broadcast", "channel", "emoji"), words
            if kind == "link":
                assert one["url"] == "https://ours.example/page", words
            if kind == "mrkdwn":  # the small print: what has angles is a moment or a link of ours
                assert "<!" not in one["text"].replace("<!date^", ""), words
                assert "<@" not in one["text"], words
                assert "<#" not in one["text"], words
                assert "<http" not in one["text"].replace("<https://ours.example/page", ""), words


@pytest.mark.slow
def test_the_longest_cards_have_room() -> None:
    chance = random.Random(7)
    for _ in range(100):
        long = "".join(hostile(chance) for _ in range(400))
        for one in pages("A title", [Paragraph(to_text(long)), Bullets((to_text(long[:500]),) * 3)], more="more"):
            body = message(one, "key")
            assert problems(body["blocks"], "message") == []
            assert len(body["text"]) <= 40_000


def test_only_whoever_is_to_be_notified_is_mentioned_in_a_card() -> None:
    person = Mention("Priya", ("slack:T1/U7",), ping=True)
    body = message(card("", paragraph(person, ": an answer"), buttons=[Button(to_text("Read"), "question")]))
    assert [one["user_id"] for one in walked(body["blocks"]) if one.get("type") == "user"] == ["U7"]
