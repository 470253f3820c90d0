"""Words become values, or a refusal that says what would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Choice, FieldKind, File, Reply, reply
from bot.chat import ChannelRef
from bot.context import Context
from bot.errors import (
    HiddenCharacters,
    NotAChannel,
    NotANumber,
    NotOneOf,
    Refusal,
    TooLong,
    UnknownItem,
)
from bot.feature import Feature
from bot.ids import ActivityId, code
from bot.language import ENGLISH, Language
from bot.options import Command, LongText, Option, Pick, ZoneName, hidden
from bot.study.links import NotALink, Url
from bot.study.outline import ActivityKind
from bot.study.times import LocalTime, NotATime, UnknownZone
from bot.text import say, to_text
from tests.strategies import words

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Desk:
    """All that reading an option needs."""

    language: Language = ENGLISH
    zone: ZoneInfo = BERLIN


HERE = Desk()
FIRST, SECOND = 2**62, 2**62 + 1
feature = Feature("samples")


def open_now(ctx: Context) -> list[Choice]:
    return [
        Choice(code(FIRST), to_text("Week 2, activity 1: Loops"), ("2.1", "1")),
        Choice(code(SECOND), say("Week {n}, activity 1: Values", n=1), ("1.1",)),
    ]


@feature.command(title="Try everything")
def everything(
    ctx: Context,
    activity: Annotated[ActivityId, "Which activity", Pick(open_now)],
    line: Annotated[str | None, "A line"] = None,
    text: Annotated[LongText | None, "Several lines"] = None,
    link: Annotated[Url | None, "A link"] = None,
    number: Annotated[int | None, "A number"] = None,
    agreed: Annotated[bool | None, "Yes or no"] = None,
    when: Annotated[LocalTime | None, "When"] = None,
    where: Annotated[ChannelRef | None, "Where"] = None,
    zone: Annotated[ZoneName | None, "Time zone"] = None,
    kind: Annotated[ActivityKind | None, "What kind"] = None,
    picture: Annotated[File | None, "A picture"] = None,
) -> Reply:
    """Try every kind of option."""
    return reply()


COMMAND: Command = feature.commands[0]
OPTIONS = COMMAND.by_name


def read(name: str, given_: str) -> object:
    return OPTIONS[name].read(given_, HERE)


@given(st.sampled_from([option for option in COMMAND.options if option.kind is not FieldKind.FILE]), words)
def test_whatever_is_written_is_read_or_refused(option: Option, written: str) -> None:
    try:
        value = option.read(written, HERE)
    except Refusal as refusal:
        assert ENGLISH.plain(refusal.text)  # noqa: PT017  # a refusal is one of the two answers
    else:
        if option.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT) and option.type is not ZoneName:
            assert value == written.replace("\r\n", "\n").strip()


@given(
    st.characters(categories=["Cc", "Cs"])
    | st.sampled_from("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff")
)
def test_invisible_characters_are_refused_wherever_they_stand(character: str) -> None:
    if character in "\n\t":
        assert read("text", f"a{character}b") == f"a{character}b"
        return
    assert hidden(character)
    for name in ("line", "text"):
        with pytest.raises(HiddenCharacters) as raised:
            read(name, f"a{character}b")
        assert character not in ENGLISH.plain(raised.value.text)


@pytest.mark.parametrize("written", ["👩🏽‍💻 fine", "نیم‌فاصله", "שלום", "naïve — “quoted” …", "a\tb\nc"])
def test_what_people_write_with_in_any_language_is_fine(written: str) -> None:
    assert read("text", written) == written


def test_line_ends_of_a_web_form_are_ordinary_ones() -> None:
    assert read("text", "one\r\ntwo\r\n") == "one\ntwo"


def test_a_text_has_4000_characters_and_a_line_300() -> None:
    assert read("text", "x" * 4_000) == "x" * 4_000
    assert read("line", "x" * 300) == "x" * 300
    with pytest.raises(TooLong) as raised:
        read("text", "x" * 4_001)
    assert ENGLISH.plain(raised.value.text) == (
        "“Several lines” takes at most 4,000 characters, and yours has 4,001. Shorten it, or put it online and link it."
    )
    with pytest.raises(TooLong):
        read("line", "x" * 301)


@pytest.mark.parametrize(
    ("written", "value"), [("2", 2), (" 7 ", 7), ("-3", -3), ("+3", 3), ("٣", 3), ("999999999", 999999999)]
)
def test_a_number_is_digits(written: str, value: int) -> None:
    assert read("number", written) == value


@pytest.mark.parametrize("written", ["two", "2.5", "1e3", "+-5", "--5", "+", "²", "9999999999", "0x10", "2 3"])
def test_anything_else_is_no_number(written: str) -> None:
    with pytest.raises(NotANumber):
        read("number", written)


def test_yes_and_no_may_be_said_in_several_ways() -> None:
    assert [read("agreed", word) for word in ("yes", "Y", "on", "1", "TRUE")] == [True] * 5
    assert [read("agreed", word) for word in ("no", "N", "off", "0", "false")] == [False] * 5
    with pytest.raises(NotOneOf):
        read("agreed", "perhaps")


def test_a_choice_is_named_by_its_number_its_label_or_its_id() -> None:
    assert [read("activity", word) for word in ("1", "2.1", "week 2, activity 1: loops", code(FIRST))] == [FIRST] * 4
    assert [read("activity", word) for word in ("1.1", "Week 1, activity 1: Values", code(SECOND))] == [SECOND] * 3


def test_an_id_that_is_not_offered_is_left_to_the_rule_beside_the_subject() -> None:
    assert read("activity", code(2**61)) == 2**61


def test_a_choice_that_is_none_names_those_there_are() -> None:
    with pytest.raises(NotOneOf) as raised:
        read("activity", "9")
    assert ENGLISH.plain(raised.value.text) == (
        "I don't know “9” for “Which activity”. You can choose: Week 2, activity 1: Loops, Week 1, activity 1: Values."
    )


def test_where_nothing_can_be_chosen_an_item_is_unknown() -> None:
    none = Option("item", to_text("Item"), FieldKind.CHOICE, ActivityId, True, 300, Pick(lambda ctx: []))
    with pytest.raises(UnknownItem):
        none.read("1", HERE)


def test_an_enum_is_chosen_by_its_value() -> None:
    assert read("kind", "Build") is ActivityKind.BUILD
    with pytest.raises(NotOneOf):
        read("kind", "sleep")


def test_links_times_and_zones_are_read_by_their_own_rules() -> None:
    assert read("link", "https://blog.example/1") == "https://blog.example/1"
    assert str(read("when", "2027-01-18T18:00")) == "2027-01-18 18:00:00"
    assert read("zone", "europe/berlin") == "Europe/Berlin"
    for name, refusal in (("link", NotALink), ("when", NotATime), ("zone", UnknownZone)):
        with pytest.raises(refusal):
            read(name, "nonsense")


def test_an_empty_option_counts_as_not_given() -> None:
    values = COMMAND.bind(HERE, {"line": "  ", "number": "2"}, {"picture": File("a.png", "image/png", b"x")})
    assert values == {"number": 2, "picture": File("a.png", "image/png", b"x")}


def test_a_form_asks_for_what_is_missing_and_keeps_what_was_given() -> None:
    form = COMMAND.form(HERE, {"line": "so far", "group": "abc"}, only=("line", "activity"))
    assert [(field.name, field.value, field.required) for field in form.fields] == [
        ("activity", "", True),
        ("line", "so far", False),
    ]
    assert form.preset == (("group", "abc"),)


def test_a_form_holds_the_choice_that_was_meant_and_no_other() -> None:
    def chosen(given_: str) -> str:
        [field] = COMMAND.form(HERE, {"activity": given_}, only=("activity",)).fields
        return field.value

    assert [chosen(given_) for given_ in ("1", "2.1", code(FIRST), "week 2, activity 1: loops")] == [code(FIRST)] * 4
    assert [chosen(given_) for given_ in ("", "9", code(2**61))] == [""] * 3


def test_what_a_form_has_no_room_for_is_kept_beside_it() -> None:
    form = COMMAND.form(HERE, {"kind": "build", "line": "x"})
    assert [field.name for field in form.fields] == ["activity", "line", "text", "link", "number"]
    assert form.preset == (("kind", "build"),)


def test_a_channel_is_read_as_platforms_name_it() -> None:
    assert read("where", " discord:7/80 ") == ChannelRef("discord", "7", "80")
    for written in ("#questions", "discord:7", "discord:7/80#9", "<#80>"):
        with pytest.raises(NotAChannel):
            read("where", written)


def test_a_command_is_what_its_function_declares() -> None:
    assert COMMAND.help == "Try every kind of option."
    assert ENGLISH.plain(COMMAND.title) == "Try everything"
    assert [option.kind for option in COMMAND.options] == [
        FieldKind.CHOICE,
        FieldKind.TEXT,
        FieldKind.LONG_TEXT,
        FieldKind.URL,
        FieldKind.NUMBER,
        FieldKind.YES_NO,
        FieldKind.LOCAL_TIME,
        FieldKind.CHANNEL,
        FieldKind.TEXT,
        FieldKind.CHOICE,
        FieldKind.FILE,
    ]


def test_a_command_without_help_or_an_option_without_a_label_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="no docstring"):

        @Feature("x").command()
        def silent(ctx: Context) -> Reply:
            return reply()

    with pytest.raises(TypeError, match="no label"):

        @Feature("x").command()
        def vague(ctx: Context, what: str) -> Reply:
            """Do something."""
            return reply()
