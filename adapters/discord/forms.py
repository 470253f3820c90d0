"""Forms as Discord's dialogs, and what was filled in read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.discord.cards import label
from adapters.discord.marks import Json
from adapters.discord.refs import WRITABLE
from bot.cards import FORM_TITLE, Choice, Field, FieldKind, Form
from bot.text import Text, say

LABEL = 45
"""Characters above a field."""
DESCRIPTION = 100
"""Characters below that, and of a choice."""
CHOICES = 25
"""Choices of a list."""
LONGEST = 4_000
"""Characters that a field takes."""

_LABELLED, _TEXT, _LIST, _CHANNELS, _UPLOAD = 18, 4, 3, 8, 19


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in: words, and the ids of files and of channels, by field."""

    arguments: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)


def modal(form: Form, id: str, yes: Text | None = None, no: Text | None = None) -> Json:
    """Return a form as a dialog; `yes` and `no` are in the words of whoever fills it in."""
    answers = (Choice("yes", yes or say("Yes")), Choice("no", no or say("No")))
    return {
        "custom_id": id,
        "title": label(form.title, FORM_TITLE),
        "components": [_labelled(one, answers) for one in form.fields],
    }


def _labelled(field: Field, answers: tuple[Choice, ...]) -> Json:
    above, whole = label(field.label, LABEL), label(field.label, DESCRIPTION)
    shown: Json = {"type": _LABELLED, "label": above, "component": _component(field, answers)}
    # Discord has little room above a field: a longer question stands whole below it.
    return {**shown, "description": whole} if whole != above else shown


def _component(field: Field, answers: tuple[Choice, ...]) -> Json:
    if field.kind is FieldKind.FILE:
        few = 1 if field.required else 0
        return {
            "type": _UPLOAD,
            "custom_id": field.name,
            "required": field.required,
            "min_values": few,
            "max_values": 1,
        }
    if field.kind is FieldKind.CHANNEL:
        return _channels(field)
    choices = answers if field.kind is FieldKind.YES_NO else field.choices
    if 0 < len(choices) <= CHOICES:
        return _list(field, choices)
    longest = min(field.longest, LONGEST)
    shown: Json = {
        "type": _TEXT,
        "custom_id": field.name,
        "style": 2 if field.kind is FieldKind.LONG_TEXT else 1,
        "required": field.required,
        "max_length": longest,
    }
    stands = next((label(one.label, longest) for one in choices if one.value == field.value), field.value)
    return {**shown, "value": stands[:longest]} if stands else shown


def _channels(field: Field) -> Json:
    return {
        "type": _CHANNELS,
        "custom_id": field.name,
        "channel_types": list(WRITABLE),
        "required": field.required,
        "min_values": 1 if field.required else 0,
        "max_values": 1,
    }


def _list(field: Field, choices: tuple[Choice, ...]) -> Json:
    meant = field.value.strip().casefold()
    options = []
    for one in choices:
        shown: Json = {"label": label(one.label, DESCRIPTION), "value": one.value[:DESCRIPTION]}
        options.append({**shown, "default": True} if meant and meant == one.value.casefold() else shown)
    return {
        "type": _LIST,
        "custom_id": field.name,
        "options": options,
        "required": field.required,
        "min_values": 1 if field.required else 0,
        "max_values": 1,
    }


def read_modal(data: Json) -> Filled:
    """Return what a submitted dialog says; a list without a choice is an empty word."""
    filled = Filled()
    for one in _components(data.get("components") or ()):
        name = str(one["custom_id"])
        values = [str(value) for value in one.get("values") or ()]
        if one["type"] in (_UPLOAD, _CHANNELS):
            (filled.files if one["type"] == _UPLOAD else filled.channels).update(zip((name,), values, strict=False))
        else:
            filled.arguments[name] = str(one["value"]) if "value" in one else "".join(values[:1])
    return filled


def _components(parts: list[Json] | tuple[Json, ...]) -> Iterator[Json]:
    """Yield what was filled in, out of its labels and rows."""
    for part in parts:
        if "component" in part:
            yield part["component"]
        elif "components" in part:
            yield from _components(part["components"])
        elif "custom_id" in part:
            yield part
