"""Forms as Slack's dialogs, and what was filled in read back and checked while the dialog is still open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from adapters.slack.cards import label, plain_text
from adapters.slack.marks import FORM, PREFIX
from adapters.slack.text import PLATFORM, Json
from bot.cards import Choice, Field, FieldKind, Form
from bot.errors import Missing, Refusal
from bot.language import Language
from bot.options import Command, Surroundings
from bot.study.times import read_local
from bot.text import Text, say

TITLE = 24
"""Characters of a dialog's title."""
LABEL = 2_000
"""Characters above a field."""
CHOICES = 100
"""Choices of a list; with more, they are looked up while somebody types."""
CHOICE = 75
"""Characters of a choice."""
VALUE = 150
"""Characters that stand for a choice."""
LONGEST = 3_000
"""Characters that a field takes, and that a dialog carries unseen."""
ERROR = 1_000
"""Characters of what is said below a field."""
ELEMENT = "v"
"""The id of what is filled in; its block has the name of the field."""
TIME = ":time"
"""Ends the name of the block in which the time of a moment is chosen, beside its date."""
MORE = ":more"
"""Ends the name of the block with the end of a text that is longer than one of Slack's fields."""
PICK = f"{PREFIX}:pick"
"""Begins the id of a list whose choices are looked up while somebody types."""


class NoTime(Refusal):
    """Choose a time as well, or leave both empty."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was asked for, and how to answer there; `kept` names what had no room in the dialog."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    thread: str = ""
    response_url: str = ""
    kept: str = ""

    def pack(self) -> str:
        """Return this as one line that a dialog carries."""
        said: Json = {"c": self.command}
        for key, value in (
            ("a", dict(self.arguments)),
            ("w", self.channel),
            ("t", self.thread),
            ("u", self.response_url),
        ):
            if value:
                said[key] = value
        if self.kept:
            said["k"] = self.kept
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def unpack(cls, line: str) -> Origin:
        """Read what `pack` wrote; of anything else, nothing."""
        try:
            said = json.loads(line or "{}")
        except ValueError:
            said = {}
        if not isinstance(said, dict):
            said = {}
        given = said.get("a")
        arguments = {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
        words = [str(said.get(key) or "") for key in ("c", "w", "t", "u", "k")]
        return cls(words[0], arguments, *words[1:])


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in: words, ids of files and of channels by field, and moments without their time."""

    arguments: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    half: tuple[str, ...] = ()


def modal(form: Form, origin: Origin, language: Language) -> Json:
    """Return a form as a dialog."""
    say_it = language.translate
    blocks: list[Json] = []
    for one in form.fields:
        blocks += _inputs(one, form.command, language)
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": origin.pack(),
        "title": plain_text(say_it(form.title), TITLE),
        "submit": plain_text(say_it(say("Send")), TITLE),
        "close": plain_text(say_it(say("Cancel")), TITLE),
        "blocks": blocks,
    }


def _inputs(one: Field, command: str, language: Language) -> Iterator[Json]:
    if one.kind is FieldKind.LOCAL_TIME:
        yield from _moment(one, language)
        return
    yield _input(one.name, one.label, one.required, _element(one, command, language))
    if one.kind is FieldKind.LONG_TEXT and len(one.value) > LONGEST:
        rest = replace(one, value=one.value[LONGEST:])
        what = language.translate(say("{what}, continued", what=one.label))
        yield _input(one.name + MORE, what, False, _element(rest, command, language))


def _input(name: str, text: Text, required: bool, element: Json) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(text, LABEL),
        "optional": not required,
        "element": {"action_id": ELEMENT, **element},
    }


def _moment(one: Field, language: Language) -> Iterator[Json]:
    """Yield a date and, in another field, the time of day: Slack's own field for both shows the reader's zone."""
    date: Json = {"type": "datepicker"}
    time: Json = {"type": "timepicker"}
    try:
        stands = read_local(one.value) if one.value else None
    except Refusal:
        stands = None
    if stands is not None:
        date["initial_date"], time["initial_time"] = f"{stands:%Y-%m-%d}", f"{stands:%H:%M}"
    yield _input(one.name, one.label, one.required, date)
    what = language.translate(say("{what}: time of day", what=one.label))
    yield _input(one.name + TIME, what, one.required, time)


def _element(one: Field, command: str, language: Language) -> Json:
    choices = one.choices
    if one.kind is FieldKind.YES_NO:
        say_it = language.translate
        choices = (Choice("yes", say_it(say("Yes"))), Choice("no", say_it(say("No"))))
    if choices:
        return _list(one, choices, command)
    match one.kind:
        case FieldKind.FILE:
            return {"type": "file_input", "max_files": 1}
        case FieldKind.CHANNEL:
            kinds = {"include": ["public", "private"], "exclude_bot_users": True}
            shown: Json = {"type": "conversations_select", "filter": kinds}
            if one.value.startswith(f"{PLATFORM}:"):
                return {**shown, "initial_conversation": one.value.rpartition("/")[2]}
            return {**shown, "default_to_current_conversation": True} if one.required else shown
        case FieldKind.NUMBER:
            number: Json = {"type": "number_input", "is_decimal_allowed": False}
            stands = one.value.strip()
            return {**number, "initial_value": stands} if re.fullmatch(r"-?[0-9]{1,15}", stands) else number
        case FieldKind.URL if not one.value or one.value.startswith(("http://", "https://")):
            return {"type": "url_text_input", **({"initial_value": one.value[:LONGEST]} if one.value else {})}
    longest = min(one.longest, LONGEST)
    text: Json = {
        "type": "plain_text_input",
        "multiline": one.kind is FieldKind.LONG_TEXT,
        "max_length": longest,
    }
    return {**text, "initial_value": one.value[:longest]} if one.value else text


def _list(one: Field, choices: tuple[Choice, ...], command: str) -> Json:
    shown = [option(each) for each in choices]
    meant = one.value.strip().casefold()
    stands = next((each for each in shown if meant and each["value"].casefold() == meant), None)
    chosen: Json = {"initial_option": stands} if stands is not None else {}
    if len(shown) > CHOICES:
        return {"type": "external_select", "min_query_length": 0, "action_id": f"{PICK}:{command}", **chosen}
    return {"type": "static_select", "options": shown, **chosen}


def option(choice: Choice) -> Json:
    """Return a choice of a list."""
    return {"text": plain_text(choice.label, CHOICE), "value": choice.value[:VALUE]}


# What was filled in


def read_view(view: Json) -> Filled:
    """Return what a submitted dialog says; a field that was left empty is an empty word."""
    filled = Filled()
    half: list[str] = []
    values: Mapping[str, Mapping[str, Json]] = (view.get("state") or {}).get("values") or {}
    for block, inside in values.items():
        for given in inside.values():
            _take(block, given, filled)
    for name in [one for one in filled.arguments if one.endswith(TIME)]:
        time, date = filled.arguments.pop(name), filled.arguments.get(name.removesuffix(TIME), "")
        if bool(time) != bool(date):
            half.append(name if date else name.removesuffix(TIME))
        filled.arguments[name.removesuffix(TIME)] = f"{date} {time}".strip()
    for name in [one for one in filled.arguments if one.endswith(MORE)]:
        beginning = filled.arguments.get(name.removesuffix(MORE), "")
        filled.arguments[name.removesuffix(MORE)] = beginning + filled.arguments.pop(name)
    return Filled(filled.arguments, filled.files, filled.channels, tuple(half))


def _take(block: str, given: Json, filled: Filled) -> None:
    match given.get("type"):
        case "file_input":
            for one in (given.get("files") or ())[:1]:
                filled.files[block] = str(one["id"])
        case "conversations_select":
            if chosen := given.get("selected_conversation"):
                filled.channels[block] = str(chosen)
        case "static_select" | "external_select":
            filled.arguments[block] = str((given.get("selected_option") or {}).get("value") or "")
        case "datepicker":
            filled.arguments[block] = str(given.get("selected_date") or "")
        case "timepicker":
            filled.arguments[block] = str(given.get("selected_time") or "")
        case _:
            filled.arguments[block] = str(given.get("value") or "")


def problems(command: Command, filled: Filled, around: Surroundings) -> dict[str, str]:
    """Return what is wrong with single fields, as far as that can be told without looking anything up."""
    found: dict[str, str] = {}
    for name, given in filled.arguments.items():
        one = command.by_name.get(name)
        if one is None or one.pick is not None or one.kind in (FieldKind.CHOICE, FieldKind.CHANNEL, FieldKind.FILE):
            continue
        try:
            if given.strip():
                one.read(given, around)
            elif one.required:
                raise Missing(option=one.label)
        except Refusal as refusal:
            found[name] = label(around.language.translate(refusal.text), ERROR)
    for name in filled.half:
        found[name] = label(around.language.translate(NoTime().text), ERROR)
    return found
