"""Forms as Slack's dialogs: every kind of field, read back, and checked while the dialog is still open (J17, S4)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.slack.forms import ELEMENT, LONGEST, Filled, Origin, modal, problems, read_view
from adapters.slack.marks import FORM
from bot.bootstrap import FEATURES
from bot.cards import Choice, Field, FieldKind, Form
from bot.language import ENGLISH, Language
from bot.text import say, to_text
from tests.adapters.slack.checking import modelled
from tests.fakes.slack.blocks import view_problems
from tests.strategies import MARKS

COMMANDS = {command.name: command for feature in FEATURES for command in feature.commands}


BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Around:
    language: Language = ENGLISH
    zone: ZoneInfo = BERLIN


def shown(*fields: Field, origin: Origin | None = None) -> dict[str, Any]:
    form = Form("submit", say("Hand in your work, all of it"), tuple(fields))
    view = modal(form, origin or Origin("submit"), ENGLISH)
    assert view_problems(view) == []
    assert modelled(view["blocks"]) == []
    return view


def element(kind: FieldKind, value: str = "", **more: Any) -> dict[str, Any]:
    view = shown(Field("a", to_text("What"), kind, value=value, **more))
    found: dict[str, Any] = view["blocks"][0]["element"]
    return found


def submitted(**values: dict[str, Any]) -> Filled:
    return read_view({"state": {"values": {name: {ELEMENT: value} for name, value in values.items()}}})


def test_a_form_is_a_dialog_with_a_field_for_each_question() -> None:
    view = shown(
        Field("link", to_text("Where it is"), FieldKind.URL, required=True),
        Field("note", to_text("A word on it"), FieldKind.LONG_TEXT),
    )
    assert (view["callback_id"], view["title"]["text"]) == (FORM, "Hand in your work, all…")
    assert [one["block_id"] for one in view["blocks"]] == ["link", "note"]
    assert [one["optional"] for one in view["blocks"]] == [False, True]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (FieldKind.TEXT, "plain_text_input"),
        (FieldKind.LONG_TEXT, "plain_text_input"),
        (FieldKind.URL, "url_text_input"),
        (FieldKind.NUMBER, "number_input"),
        (FieldKind.YES_NO, "static_select"),
        (FieldKind.LOCAL_TIME, "datepicker"),
        (FieldKind.CHANNEL, "conversations_select"),
        (FieldKind.FILE, "file_input"),
        (FieldKind.CHOICE, "plain_text_input"),
    ],
)
def test_each_kind_of_field_is_slacks_own(kind: FieldKind, wanted: str) -> None:
    assert element(kind)["type"] == wanted


def test_what_stands_in_a_field_already_is_shown() -> None:
    assert element(FieldKind.TEXT, "ab")["initial_value"] == "ab"
    assert element(FieldKind.NUMBER, "3")["initial_value"] == "3"
    assert "initial_value" not in element(FieldKind.NUMBER, "three")
    assert element(FieldKind.URL, "https://a.example")["initial_value"] == "https://a.example"
    assert element(FieldKind.URL, "no link")["type"] == "plain_text_input"
    assert element(FieldKind.YES_NO, "no")["initial_option"]["value"] == "no"
    assert element(FieldKind.CHANNEL, "slack:T1/C7")["initial_conversation"] == "C7"
    assert "initial_conversation" not in element(FieldKind.CHANNEL, "discord:1/2")
    chosen = element(FieldKind.CHOICE, "B", choices=(Choice("a", to_text("One")), Choice("b", to_text("Two"))))
    assert chosen["initial_option"]["text"]["text"] == "Two"


def test_a_moment_is_a_date_and_a_time() -> None:
    view = shown(Field("when", to_text("When"), FieldKind.LOCAL_TIME, required=True, value="2027-01-11 18:00"))
    date, time = view["blocks"]
    assert (date["element"]["initial_date"], time["element"]["initial_time"]) == ("2027-01-11", "18:00")
    filled = submitted(
        **{
            "when": {"type": "datepicker", "selected_date": "2027-02-01"},
            "when:time": {"type": "timepicker", "selected_time": "09:30"},
        }
    )
    assert filled.arguments == {"when": "2027-02-01 09:30"}
    assert filled.half == ()
    half = submitted(**{"when": {"type": "datepicker"}, "when:time": {"type": "timepicker", "selected_time": "09:30"}})
    assert half.half == ("when",)
    other = submitted(
        **{"when": {"type": "datepicker", "selected_date": "2027-02-01"}, "when:time": {"type": "timepicker"}}
    )
    assert other.half == ("when:time",)


def test_a_text_that_is_longer_than_slacks_fields_is_not_cut() -> None:
    long = "a" * LONGEST + "the end"
    view = shown(Field("note", to_text("A word"), FieldKind.LONG_TEXT, required=True, value=long, longest=4_000))
    parts = [one["element"]["initial_value"] for one in view["blocks"]]
    assert "".join(parts) == long
    names = [one["block_id"] for one in view["blocks"]]
    given = {name: {"type": "plain_text_input", "value": part} for name, part in zip(names, parts, strict=True)}
    assert submitted(**given).arguments == {"note": long}
    empty = submitted(**{"note": given["note"], "note:more": {"type": "plain_text_input", "value": None}})
    assert empty.arguments == {"note": "a" * LONGEST}


def test_more_choices_than_a_list_holds_are_looked_up_while_somebody_types() -> None:
    many = tuple(Choice(str(number), to_text(f"Number {number}")) for number in range(101))
    assert element(FieldKind.CHOICE, choices=many[:100])["type"] == "static_select"
    assert element(FieldKind.CHOICE, choices=many)["type"] == "external_select"


def test_what_was_filled_in_is_read_back() -> None:
    filled = submitted(
        link={"type": "url_text_input", "value": "https://a.example"},
        note={"type": "plain_text_input", "value": None},
        week={"type": "number_input", "value": "2"},
        which={"type": "static_select", "selected_option": {"value": "open"}},
        none={"type": "static_select", "selected_option": None},
        where={"type": "conversations_select", "selected_conversation": "C1"},
        file={"type": "file_input", "files": [{"id": "F1"}]},
        nothing={"type": "file_input", "files": []},
    )
    assert filled.arguments == {"link": "https://a.example", "note": "", "week": "2", "which": "open", "none": ""}
    assert (filled.channels, filled.files) == ({"where": "C1"}, {"file": "F1"})
    assert read_view({}) == Filled()


def test_a_field_that_cannot_be_meant_is_told_below_it_and_the_dialog_stays() -> None:
    wrong = problems(COMMANDS["submit"], Filled({"link": "no link at all", "note": "x" * 5_000}), Around())
    assert set(wrong) == {"link", "note"}
    assert all(0 < len(words) <= 1_000 for words in wrong.values())
    assert problems(COMMANDS["submit"], Filled({"link": "https://a.example", "note": ""}), Around()) == {}
    unknown = problems(COMMANDS["settings"], Filled({"zone": "Berlinn", "reminders": "perhaps"}), Around())
    assert set(unknown) == {"zone", "reminders"}
    half = Filled({"when": "2027-02-01"}, half=("when:time",))
    assert set(problems(COMMANDS["newweek"], half, Around())) == {"when:time"}


def test_where_a_form_was_asked_for_comes_back_with_it() -> None:
    origin = Origin("submit", {"group": "abc", "week": "2"}, "C1", "1.2", "https://hooks.example/x", "~kept")
    assert Origin.unpack(origin.pack()) == origin
    assert Origin.unpack(Origin("ask").pack()) == Origin("ask")
    for odd in ("", "no json", "[]", "7", '{"a": []}', '{"c": null}'):
        assert Origin.unpack(odd) == Origin("")


def test_hostile_words_in_a_form_stay_words_and_within_slacks_lengths() -> None:
    chance = random.Random(3)
    kinds = [kind for kind in FieldKind if kind not in (FieldKind.FILE, FieldKind.CHANNEL)]
    for _ in range(500):
        words = "".join(chance.choice(MARKS) for _ in range(chance.randint(1, 60)))
        choices = tuple(Choice(f"{number}", to_text(words)) for number in range(chance.randint(0, 3)))
        kind = chance.choice(kinds)
        one = Field("a", to_text(words), kind, chance.random() < 0.5, choices, words * chance.randint(0, 60))
        view = modal(Form("ask", to_text(words), (one,)), Origin("ask"), ENGLISH)
        assert view_problems(view) == [], words
        assert len(view["private_metadata"]) <= LONGEST
