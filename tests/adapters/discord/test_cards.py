"""Cards as Discord's messages: within its limits whatever they hold, and notifying nobody but who was named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.cards import (
    COMPONENTS,
    MESSAGE,
    OPENED,
    PLAIN_MESSAGE,
    direct_message,
    file_name,
    label,
    message,
    with_files,
)
from adapters.discord.marks import Json, mark_of, read_mark, walked
from bot.cards import (
    BUTTONS,
    Block,
    Bullets,
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
    bullets,
    button,
    card,
    fields,
    paragraph,
    translated,
)
from bot.language import ENGLISH, Languages
from bot.pages import pages
from bot.text import Code, Emphasis, Link, Mention, Plain, Strong, Text, say, to_text
from storage.documents import format_of
from tests.pseudo import CODE, pseudo_locale

MARK = mark_of("abcdefghij0123456789")


def words(body: Json) -> str:
    """Return all text of a message."""
    texts = [str(part["content"]) for part in walked(body.get("components", ())) if part["type"] == 10]
    return "\n".join([*([body["content"]] if "content" in body else []), *texts])


def ids(body: Json) -> list[str]:
    return [str(part["custom_id"]) for part in walked(body["components"]) if "custom_id" in part]


def test_a_card_is_a_frame_with_words_and_buttons() -> None:
    shown = card(
        say("Week 2: {title}", title="Lists *and* loops"),
        paragraph(say("Everything begins.")),
        Heading(to_text("Do")),
        bullets(["one", "two\nlines"]),
        Quote(to_text("a\nb")),
        CodeBlock("x = 1", "python"),
        fields([("Length", "5 weeks")]),
        Progress(1, 4, to_text("done")),
        buttons=[button("Submit work", "submit", activity="abc")],
        footer="small",
        tone=Tone.DONE,
    )
    assert message(shown) == {
        "components": [
            {
                "type": 17,
                "components": [
                    {
                        "type": 10,
                        "content": "### Week 2: Lists \\*and\\* loops\nEverything begins.\n\n**Do**\n- one\n- two\n"
                        "  lines\n> a\n> b\n```python\nx = 1\n```\n**Length**: 5 weeks\n▰▰▱▱▱▱▱▱▱▱ 1/4 done\n-# small",
                    },
                    {
                        "type": 1,
                        "components": [
                            {"type": 2, "style": 2, "label": "Submit work", "custom_id": "sc1:submit:activity=abc:0"}
                        ],
                    },
                ],
                "accent_color": 0x2E7D32,
            }
        ],
        "flags": COMPONENTS,
        "allowed_mentions": {"parse": [], "users": [], "replied_user": False},
    }


def test_the_first_address_stands_beside_the_words() -> None:
    drawn = message(card("Read", buttons=[LinkButton(to_text("Open"), "https://a.example"), button("Help", "help")]))
    head, row = drawn["components"][0]["components"]
    assert head["type"] == 9
    assert head["accessory"] == {"type": 2, "style": 5, "label": "Open", "url": "https://a.example"}
    assert [one["label"] for one in row["components"]] == ["Help"]


def test_every_message_of_the_outbox_carries_its_key_with_or_without_a_button() -> None:
    for shown in (card("", "words"), card("x", "y", buttons=[button("A", "help")]), card("x", "y" * 2_500)):
        for drawn in (message(shown, MARK), direct_message(shown, MARK)):
            read = read_mark(drawn["components"])
            assert read is not None
            assert read.numbers == MARK.numbers


def test_the_key_is_the_last_part_of_the_first_buttons_id() -> None:
    drawn = message(card("x", buttons=[button("A", "help"), button("B", "help")]), MARK)
    assert ids(drawn) == ["sc1:help::abcdefghij0123456789", "sc1:help::1"]


def test_a_mark_that_was_read_back_can_be_drawn_again() -> None:
    read = read_mark(message(card("", "no button"), MARK)["components"])
    again = read_mark(direct_message(card("x", buttons=[button("A", "help")]), read)["components"])
    assert again is not None
    assert again.numbers == MARK.numbers


def test_a_direct_message_is_plain_words_that_a_locked_phone_shows() -> None:
    shown = card("Week 3 ends in 2 days", "Activity 2 is still open.", buttons=[button("Open it", "week")])
    assert direct_message(shown) == {
        "content": "**Week 3 ends in 2 days**\nActivity 2 is still open.",
        "components": [
            {"type": 1, "components": [{"type": 2, "style": 2, "label": "Open it", "custom_id": "sc1:week::0"}]}
        ],
        "flags": 4,
        "allowed_mentions": {"parse": [], "users": [], "replied_user": False},
    }


def test_a_long_direct_message_is_made_of_components() -> None:
    shown = card("x", "long " * 500, buttons=[button("A", "help")])
    assert direct_message(shown, MARK) == message(shown, MARK)


def test_only_who_is_to_be_notified_is() -> None:
    jill = Mention("Jill", ("discord:42",), ping=True)
    fela = Mention("Fela", ("discord:43",))
    shown = card("", say("{a} asks {b}: {c}", a=jill, b=fela, c="<@44> @everyone"), bullets([to_text(jill)]))
    for drawn in (message(shown), direct_message(shown)):
        assert drawn["allowed_mentions"] == {"parse": [], "users": ["42"], "replied_user": False}


def test_a_code_block_cannot_be_left() -> None:
    drawn = words(message(card("", CodeBlock("a\n```\n@everyone", "py thon"))))
    assert drawn == "```\na\n``ˋ\n@everyone\n```"


def test_labels_fit_on_one_line() -> None:
    assert label(to_text("a\nb")) == "a b"
    assert label(to_text("x" * 100), 10) == "xxxxxxxxx…"
    assert label(to_text("")) == "…"


def test_files_stand_below_under_names_that_discord_keeps() -> None:
    files = [File("my portfolio ü.md", "text/markdown", b"a"), File("../..", "text/plain", b"b")]
    drawn = with_files(message(card("", "Here it is")), files)
    assert [part["file"]["url"] for part in drawn["components"][1:]] == [
        "attachment://my_portfolio_.md",
        "attachment://file1",
    ]
    assert [one["filename"] for one in drawn["attachments"]] == [file_name(file, at) for at, file in enumerate(files)]


HOSTILE = st.text(st.sampled_from("<>@#&!:/\\*_~`|-+.()[]{} \n1aé0=^$т"), min_size=1, max_size=120)
SPANS = st.one_of(
    HOSTILE.map(Plain),
    HOSTILE.map(Strong),
    HOSTILE.map(Emphasis),
    HOSTILE.map(Code),
    st.builds(Link, HOSTILE, st.text("a/()?=", max_size=900).map(lambda path: f"https://a.example/{path}")),
    st.builds(Mention, HOSTILE, st.just(("discord:80351110224678912",)), st.booleans()),
)
TEXTS = st.lists(SPANS, min_size=1, max_size=12).map(lambda spans: Text(tuple(spans)))
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    TEXTS.map(Paragraph),
    TEXTS.map(Heading),
    TEXTS.map(Quote),
    st.lists(TEXTS, min_size=1, max_size=8).map(lambda items: Bullets(tuple(items))),
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4).map(lambda pairs: Fields(tuple(pairs))),
    HOSTILE.map(lambda code: CodeBlock(code * 20)),
    st.builds(Progress, st.integers(0, 9), st.integers(0, 9), TEXTS),
)


def whole(blocks: list[Block], title: Text, count: int) -> tuple[Card, ...]:
    pressed = [button(f"Button {number}", "answer", question="a" * 13, group="b" * 13) for number in range(count)]
    return pages(title, blocks, more="continued", buttons=pressed, footer="small")


@pytest.mark.slow
@given(st.lists(BLOCKS, min_size=1, max_size=40), TEXTS, st.integers(0, BUTTONS))
def test_no_card_passes_a_limit_of_discord(blocks: list[Block], title: Text, count: int) -> None:
    for shown in whole(blocks, title, count):
        for drawn in (message(shown, MARK), direct_message(shown, MARK)):
            parts = list(walked(drawn["components"]))
            assert len(parts) <= 40
            room = PLAIN_MESSAGE if "content" in drawn else MESSAGE
            assert 0 < len(words(drawn)) <= room
            assert not words(drawn).endswith("…") or len(words(drawn)) < room
            assert all(len(row["components"]) <= 5 for row in parts if row["type"] == 1)
            assert all(len(one["label"]) <= 80 for one in parts if one["type"] == 2)
            assert all(len(id) <= 100 for id in ids(drawn))
            assert len(set(ids(drawn))) == len(ids(drawn))


def test_a_line_with_an_address_has_a_button_that_opens_it() -> None:
    """On a phone a link in the text is small; the words stay as they are, and so does the mark."""
    links = [to_text(Link(f"Part {number}", f"https://a.example/{number}")) for number in range(7)]
    shown = card("Week 1", Heading(to_text("Material")), bullets(links), "Then talk.", footer="small")
    parts = message(shown, MARK)["components"][0]["components"]
    assert [part["type"] for part in parts] == [10, *[9] * OPENED, 10]
    assert [part["accessory"]["url"] for part in parts if part["type"] == 9] == [
        f"https://a.example/{number}" for number in range(OPENED)
    ]
    assert {part["accessory"]["label"] for part in parts if part["type"] == 9} == {"Open"}
    assert parts[0]["content"] == "### Week 1\n\n**Material**"
    assert parts[-1]["content"].splitlines() == [
        "- [Part 5](<https://a.example/5>)",
        "- [Part 6](<https://a.example/6>)",
        "Then talk.",
        "-# small",
    ]
    assert read_mark(message(shown, MARK)["components"]) is not None
    assert message(shown, MARK)["components"][0]["accent_color"] == 0x0F766E
    assert "accent_color" not in message(shown)["components"][0], "what one person alone sees has no colour of its own"


@pytest.mark.slow
def test_what_stands_on_that_button_is_in_the_groups_language(tmp_path: Path) -> None:
    language = Languages(pseudo_locale(tmp_path)).get(CODE)
    shown = translated(card("Week 1", "Read", to_text(Link("this", "https://a.example/1"))), language)
    kept = format_of(Card).read(format_of(Card).write(shown))
    [words] = [part["accessory"]["label"] for part in message(kept)["components"][0]["components"] if part["type"] == 9]
    assert words == "⟦Open⟧"
    assert "opens" not in format_of(Card).write(translated(card("Week 1"), ENGLISH)), "it says nothing new"


@pytest.mark.parametrize(
    "url",
    [
        *("mailto:a@b.example", "https://localhost/1", "https://a.example/“x”", "http://a..example"),
        *("https://ä.example/1", "https://a.example/" + "x" * 500, "https://user@a.example:x/", "https://a.example\\b"),
    ],
)
def test_an_address_that_discord_may_refuse_gets_no_button(url: str) -> None:
    """It would refuse the whole message; the words stand all the same."""
    shown = message(card("Links", bullets(["first", to_text(Link("x", url))])))
    assert [part["type"] for part in shown["components"][0]["components"]] == [10]


def test_several_addresses_in_one_line_get_no_button() -> None:
    both = to_text(Link("a", "https://a.example")) + to_text(Link("b", "https://b.example"))
    shown = card("Links", bullets(["first", both]))
    assert [part["type"] for part in message(shown)["components"][0]["components"]] == [10]


def test_the_most_that_a_card_can_hold_is_within_forty_parts() -> None:
    links = [to_text(Link(f"Part {number}", f"https://a.example/{number}")) for number in range(30)]
    pressed = [button(f"Do {number}", "help", number=str(number)) for number in range(BUTTONS)]
    full = message(card("Week 1", "Read.", bullets(links), buttons=pressed), MARK)
    assert sum(1 for _ in walked(full["components"])) <= 40
