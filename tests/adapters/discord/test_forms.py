"""Forms as Discord's dialogs, within its limits, and what was filled in read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.forms import Filled, modal, read_modal
from bot.cards import Choice, Field, FieldKind, Form
from bot.text import to_text
from tests.strategies import words


def field(name: str, kind: FieldKind = FieldKind.TEXT, **more: object) -> Field:
    return Field(name, to_text(name.title()), kind, **more)  # type: ignore[arg-type]


def test_each_kind_of_field_has_its_own_shape() -> None:
    topics = (Choice("a", to_text("Apples")), Choice("b", to_text("Beans")))
    form = Form(
        "enrol",
        to_text("Enrol"),
        (
            field("goal", FieldKind.LONG_TEXT, required=True, value="A garden"),
            field("topic", FieldKind.CHOICE, choices=topics, value="b"),
            field("sure", FieldKind.YES_NO, required=True),
            field("file", FieldKind.FILE),
            field("zone", longest=300),
        ),
    )
    drawn = modal(form, "sc1:enrol::", to_text("Ja"), to_text("Nein"))
    assert (drawn["custom_id"], drawn["title"]) == ("sc1:enrol::", "Enrol")
    assert [one["label"] for one in drawn["components"]] == ["Goal", "Topic", "Sure", "File", "Zone"]
    goal, topic, sure, file, zone = (one["component"] for one in drawn["components"])
    text = {"type": 4, "custom_id": "goal", "style": 2, "required": True, "max_length": 4000, "value": "A garden"}
    assert goal == text
    assert topic["options"] == [
        {"label": "Apples", "value": "a"},
        {"label": "Beans", "value": "b", "default": True},
    ]
    assert (topic["type"], topic["required"], topic["min_values"], topic["max_values"]) == (3, False, 0, 1)
    assert [one["label"] for one in sure["options"]] == ["Ja", "Nein"]
    assert file == {"type": 19, "custom_id": "file", "required": False, "min_values": 0, "max_values": 1}
    assert zone == {"type": 4, "custom_id": "zone", "style": 1, "required": False, "max_length": 300}


def test_a_channel_is_chosen_among_those_where_messages_can_stand() -> None:
    [drawn] = modal(Form("x", to_text("x"), (field("where", FieldKind.CHANNEL, required=True),)), "id")["components"]
    assert drawn["component"] == {
        "type": 8,
        "custom_id": "where",
        "channel_types": [0, 5, 15],
        "required": True,
        "min_values": 1,
        "max_values": 1,
    }
    values = {"components": [{"type": 18, "component": {"type": 8, "custom_id": "where", "values": ["80"]}}]}
    assert read_modal(values) == Filled(channels={"where": "80"})


def test_more_choices_than_a_list_holds_are_written() -> None:
    many = tuple(Choice(f"c{number}", to_text(f"Choice {number}")) for number in range(30))
    [drawn] = modal(Form("x", to_text("x"), (field("a", FieldKind.CHOICE, choices=many, value="c7"),)), "id")[
        "components"
    ]
    assert (drawn["component"]["type"], drawn["component"]["value"]) == (4, "Choice 7")


def test_a_long_question_stands_whole_below_its_beginning() -> None:
    asked = "Your time zone, like Europe/Berlin, or any other name of one"
    [drawn] = modal(Form("x", to_text("x"), (Field("a", to_text(asked)),)), "id")["components"]
    assert drawn["label"] == "Your time zone, like Europe/Berlin, or any o…"
    assert drawn["description"] == asked


@given(words, words, st.integers(0, 30))
def test_no_form_passes_a_limit_of_discord(label: str, value: str, count: int) -> None:
    choices = tuple(Choice(f"{number}", to_text(label)) for number in range(count))
    fields = tuple(
        Field(f"f{n}", to_text(label), kind, False, choices, value) for n, kind in enumerate(list(FieldKind)[:5])
    )
    drawn = modal(Form("x", to_text(label), fields), "id")
    assert 1 <= len(drawn["title"]) <= 45
    for one in drawn["components"]:
        assert 1 <= len(one["label"]) <= 45
        assert len(one.get("description", "")) <= 100
        assert len(one["component"].get("value", "")) <= one["component"].get("max_length", 4_000)
        assert len(one["component"].get("options", ())) <= 25


def test_what_was_filled_in_is_read_whatever_it_stands_in() -> None:
    data = {
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "goal", "value": "A garden"}},
            {"type": 18, "component": {"type": 3, "custom_id": "topic", "values": []}},
            {"type": 18, "component": {"type": 3, "custom_id": "sure", "values": ["yes"]}},
            {"type": 18, "component": {"type": 19, "custom_id": "file", "values": ["77"]}},
            {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "row"}]},
        ]
    }
    assert read_modal(data) == Filled({"goal": "A garden", "topic": "", "sure": "yes", "old": "row"}, {"file": "77"})
