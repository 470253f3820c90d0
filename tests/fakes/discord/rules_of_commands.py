"""What Discord takes as commands, and as suggestions for what is typed into them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.fakes.discord.rules import Refused, check_length, invalid
from tests.fakes.discord.things import Json

COMMANDS, MENUS, OPTIONS, CHOICES, COMMAND_CHARACTERS = 100, 5, 25, 25, 8_000
_NAME = re.compile(r"[-_'\w]{1,32}")


def check_commands(commands: Sequence[Json]) -> None:
    """Check the commands of a server, or of the bot."""
    kinds = [one.get("type", 1) for one in commands]
    if kinds.count(1) > COMMANDS:
        raise Refused(400, 30032, f"Maximum number of application commands reached ({COMMANDS}).")
    if max(kinds.count(2), kinds.count(3)) > MENUS:
        raise Refused(400, 30032, f"Maximum number of context menu commands reached ({MENUS}).")
    names = [(one.get("type", 1), one.get("name")) for one in commands]
    if len(set(names)) < len(names):
        raise invalid("name", "Application command names must be unique", "APPLICATION_COMMANDS_DUPLICATE_NAME")
    for at, one in enumerate(commands):
        if one.get("type", 1) == 1:
            _check_command(one, f"{at}")
        else:
            check_length(one.get("name"), 32, f"{at}.name")
            if one.get("description") or one.get("options"):
                raise invalid(f"{at}.description", "A menu has neither description nor options.")


def _check_command(one: Json, where: str) -> None:
    _check_named(one, where)
    _check_options(one.get("options") or [], where, 0)
    size = command_size(one)
    if size > COMMAND_CHARACTERS:
        words = f"Command exceeds maximum size ({COMMAND_CHARACTERS}), it has {size}"
        raise invalid(where, words, "APPLICATION_COMMAND_TOO_LARGE")


def _check_named(one: Json, where: str) -> None:
    name = one.get("name")
    for written in (name, *(one.get("name_localizations") or {}).values()):
        if not isinstance(written, str) or not _NAME.fullmatch(written) or written != written.lower():
            raise invalid(f"{where}.name", f"Command name {written!r} is invalid", "APPLICATION_COMMAND_INVALID_NAME")
    for words in (one.get("description"), *(one.get("description_localizations") or {}).values()):
        check_length(words, 100, f"{where}.description")


def _check_options(options: Sequence[Json], where: str, depth: int) -> None:
    if len(options) > OPTIONS:
        raise invalid(f"{where}.options", f"Must be {OPTIONS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    names = [one.get("name") for one in options]
    if len(set(names)) < len(names):
        raise invalid(
            f"{where}.options", "Option name already exists", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
        )
    required = [bool(one.get("required")) for one in options if one["type"] > 2]
    if required != sorted(required, reverse=True):
        raise invalid(
            f"{where}.options",
            "Required options must be placed before non-required options",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        )
    if len({one["type"] > 2 for one in options}) > 1:
        raise invalid(
            f"{where}.options",
            "Sub-command and option cannot stand together",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        )
    for at, one in enumerate(options):
        inside = f"{where}.options.{at}"
        _check_named(one, inside)
        if one["type"] <= 2:
            if depth + (one["type"] == 1) > 2 or (one["type"] == 2 and depth > 0):
                raise invalid(f"{inside}.type", "Sub-commands are nested too deeply.")
            _check_options(one.get("options") or [], inside, 2 if one["type"] == 1 else depth + 1)
        else:
            _check_choices(one, inside)


def _check_choices(one: Json, where: str) -> None:
    choices = one.get("choices") or []
    if len(choices) > CHOICES:
        raise invalid(f"{where}.choices", f"Must be {CHOICES} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if choices and one.get("autocomplete"):
        raise invalid(where, "autocomplete and choices cannot stand together.")
    for at, choice in enumerate(choices):
        _check_choice(choice, f"{where}.choices.{at}", one["type"])


def _check_choice(choice: Json, where: str, kind: int) -> None:
    for words in (choice.get("name"), *(choice.get("name_localizations") or {}).values()):
        check_length(words, 100, f"{where}.name")
    if kind == 3:
        check_length(choice.get("value"), 100, f"{where}.value", 0)
    elif not isinstance(choice.get("value"), int | float):
        raise invalid(f"{where}.value", f"Value {choice.get('value')!r} is no number.", "NUMBER_TYPE_COERCE")


def check_suggestions(choices: Sequence[Json], kind: int) -> None:
    """Check what is offered while somebody types into an option of a kind."""
    if len(choices) > CHOICES:
        raise invalid("data.choices", f"Must be {CHOICES} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for at, choice in enumerate(choices):
        _check_choice(choice, f"data.choices.{at}", kind)


def command_size(one: Json) -> int:
    """Return the characters of a command that Discord counts: of each text the longest translation."""
    size = len(str(one.get("value", "")))
    for key in ("name", "description"):
        size += max(map(len, [one.get(key, ""), *(one.get(f"{key}_localizations") or {}).values()]))
    return size + sum(map(command_size, [*(one.get("options") or ()), *(one.get("choices") or ())]))
