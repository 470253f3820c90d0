"""What Discord takes: messages and dialogs within its limits; everything else is refused as it does."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.discord.things import COMPONENTS, Json, walked

CONTENT, V2_CHARACTERS, V2_COMPONENTS, ID, LABEL, URL = 2_000, 4_000, 40, 100, 80, 512
OPTIONS = 25

_ROW, _BUTTON, _SELECT, _INPUT, _SECTION, _TEXT = 1, 2, 3, 4, 9, 10
_THUMBNAIL, _GALLERY, _FILE, _SEPARATOR, _CONTAINER, _LABELLED, _UPLOAD = 11, 12, 13, 14, 17, 18, 19
_SELECTS = {_SELECT, 5, 6, 7, 8}
_TOP = {_ROW, _SECTION, _TEXT, _GALLERY, _FILE, _SEPARATOR, _CONTAINER}


class Refused(Exception):
    """Discord's answer to what it does not do."""

    def __init__(self, status: int, code: int, words: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {words} {errors or ''}")
        self.status = status
        self.body: Json = {"code": code, "message": words} | ({"errors": errors} if errors else {})


class TooOften(Refused):
    """Discord's answer to what is done too often, beside the limits that its headers tell of."""

    def __init__(self, seconds: float) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}


def invalid(where: str, words: str, code: str = "BASE_TYPE_BAD_VALUE") -> Refused:
    """Return the refusal of a body that has a mistake somewhere, `components.0.label`."""
    errors: Json = {"_errors": [{"code": code, "message": words}]}
    for part in reversed(where.split(".")):
        errors = {part: errors}
    return Refused(400, 50035, "Invalid Form Body", errors)


def check_length(text: object, most: int, where: str, least: int = 1) -> None:
    """Check how long a text is."""
    if not isinstance(text, str) or not least <= len(text) <= most:
        size = len(text) if isinstance(text, str) else "no text"
        raise invalid(where, f"Must be between {least} and {most} in length, not {size}.", "BASE_TYPE_BAD_LENGTH")


# Messages


def check_message(body: Json, flags: int, files: Sequence[str], *, empty: bool = False) -> None:
    """Check a message as it would stand; `empty`: it may say nothing, as something else of it stays."""
    components: list[Json] = body.get("components") or []
    if flags & COMPONENTS:
        for name in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(name):
                words = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                raise invalid(name, words, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
        if not components and not empty:
            raise Refused(400, 50006, "Cannot send an empty message")
        _check_new(components, files)
    else:
        if len(body.get("content") or "") > CONTENT:
            raise invalid("content", f"Must be {CONTENT} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        says = (body.get("content") or "").strip() or body.get("embeds") or files or body.get("poll")
        if not says and not components and not empty:
            raise Refused(400, 50006, "Cannot send an empty message")
        _check_old(components)
    _check_ids(components)
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise invalid("nonce", "Must be 25 or fewer in length.", "NONCE_TYPE_TOO_LONG")


def _check_old(components: Sequence[Json]) -> None:
    if len(components) > 5:
        raise invalid("components", "Must be between 1 and 5 in length.", "BASE_TYPE_BAD_LENGTH")
    for at, row in enumerate(components):
        if row["type"] != _ROW:
            raise invalid(f"components.{at}.type", f'Value of field "type" must be one of (1,), not {row["type"]}.')
        _check_row(row, f"components.{at}")


def _check_new(components: Sequence[Json], files: Sequence[str]) -> None:
    everything = list(walked(components))
    if len(everything) > V2_COMPONENTS:
        words = f"The number of components ({len(everything)}) exceeds {V2_COMPONENTS}"
        raise invalid("components", words, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED")
    characters = sum(len(one.get("content") or "") for one in everything if one["type"] == _TEXT)
    if characters > V2_CHARACTERS:
        words = f"The displayable text size ({characters}) exceeds {V2_CHARACTERS}"
        raise invalid("components", words, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED")
    for at, one in enumerate(components):
        _check_part(one, f"components.{at}", _TOP, files)


def _check_part(one: Json, where: str, kinds: set[int], files: Sequence[str]) -> None:
    if one["type"] not in kinds:
        raise invalid(f"{where}.type", f'Value of field "type" must be one of {sorted(kinds)}, not {one["type"]}.')
    match one["type"]:
        case 1:
            _check_row(one, where)
        case 9:
            _check_section(one, where, files)
        case 10:
            check_length(one.get("content"), V2_CHARACTERS, f"{where}.content")
        case 13:
            url = str(one.get("file", {}).get("url", ""))
            if url.startswith("attachment://") and url.removeprefix("attachment://") not in files:
                raise invalid(f"{where}.file.url", "There is no such attachment.", "UNKNOWN_ATTACHMENT")
        case 17:
            if not one.get("components"):
                raise invalid(f"{where}.components", "This field is required", "BASE_TYPE_REQUIRED")
            for at, part in enumerate(one["components"]):
                _check_part(part, f"{where}.components.{at}", _TOP - {_CONTAINER}, files)


def _check_section(one: Json, where: str, files: Sequence[str]) -> None:
    parts, accessory = one.get("components") or [], one.get("accessory")
    if not 1 <= len(parts) <= 3 or not accessory:
        raise invalid(where, "A section has 1 to 3 texts and an accessory.")
    for at, part in enumerate(parts):
        _check_part(part, f"{where}.components.{at}", {_TEXT}, files)
    if accessory["type"] == _BUTTON:
        _check_button(accessory, f"{where}.accessory")
    elif accessory["type"] != _THUMBNAIL:
        raise invalid(f"{where}.accessory.type", "Must be a button or a thumbnail.")


def _check_row(row: Json, where: str) -> None:
    parts = row.get("components") or []
    if not 1 <= len(parts) <= 5:
        raise invalid(f"{where}.components", "Must be between 1 and 5 in length.", "BASE_TYPE_BAD_LENGTH")
    for at, part in enumerate(parts):
        inside = f"{where}.components.{at}"
        if part["type"] == _BUTTON:
            _check_button(part, inside)
        elif part["type"] in _SELECTS and len(parts) == 1:
            _check_select(part, inside)
        else:
            raise invalid(f"{inside}.type", f"A row holds buttons or one menu, not {part['type']}.")


def _check_button(one: Json, where: str) -> None:
    if one.get("label") or not one.get("emoji"):
        check_length(one.get("label"), LABEL, f"{where}.label")
    if one.get("style") == 5:
        check_length(one.get("url"), URL, f"{where}.url")
        if not str(one["url"]).startswith(("http://", "https://", "discord://")):
            raise invalid(
                f"{where}.url", "Scheme must be one of ('http', 'https', 'discord').", "URL_TYPE_INVALID_SCHEME"
            )
        if "custom_id" in one:
            raise invalid(where, "A custom id and url cannot both be specified", "BUTTON_COMPONENT_CUSTOM_ID_AND_URL")
    elif one.get("style") in (1, 2, 3, 4):
        check_length(one.get("custom_id"), ID, f"{where}.custom_id")
    else:
        raise invalid(f"{where}.style", "Value must be one of (1, 2, 3, 4, 5, 6).")


def _check_select(one: Json, where: str) -> None:
    check_length(one.get("custom_id"), ID, f"{where}.custom_id")
    if one["type"] != _SELECT:
        return
    options = one.get("options") or []
    if not 1 <= len(options) <= OPTIONS:
        raise invalid(f"{where}.options", f"Must be between 1 and {OPTIONS} in length.", "BASE_TYPE_BAD_LENGTH")
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise invalid(
            f"{where}.options", "The specified option value is already used", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
        )
    for at, option in enumerate(options):
        check_length(option.get("label"), 100, f"{where}.options.{at}.label")
        check_length(option.get("value"), 100, f"{where}.options.{at}.value")
        if option.get("description") is not None:
            check_length(option["description"], 100, f"{where}.options.{at}.description")
    if sum(bool(option.get("default")) for option in options) > one.get("max_values", 1):
        raise invalid(f"{where}.options", "More options are chosen than can be.")


def _check_ids(components: Sequence[Json]) -> None:
    everything = list(walked(components))
    named = [one["custom_id"] for one in everything if one.get("custom_id") is not None]
    if len(set(named)) < len(named):
        raise invalid("components", "Component custom id cannot be duplicated", "COMPONENT_CUSTOM_ID_DUPLICATED")
    numbers = [one["id"] for one in everything if one.get("id")]
    if any(not isinstance(id, int) or not 0 < id < 1 << 31 for id in numbers):
        raise invalid("components", "int value should be between 0 and 2147483647.", "NUMBER_TYPE_MAX")
    if len(set(numbers)) < len(numbers):
        raise invalid("components", "Component ids cannot be duplicated", "COMPONENT_ID_DUPLICATED")


def numbered(components: Sequence[Json]) -> list[Json]:
    """Return components with a number each, as Discord gives to those without one."""
    taken = {one["id"] for one in walked(components) if one.get("id")}
    free = (number for number in range(1, 1 << 16) if number not in taken)

    def with_number(one: Json) -> Json:
        kept = {**one, "id": one.get("id") or next(free)}
        if kept.get("components"):
            kept["components"] = [with_number(part) for part in kept["components"]]
        for name in ("accessory", "component"):
            if kept.get(name):
                kept[name] = with_number(kept[name])
        return kept

    return [with_number(one) for one in components]


# Dialogs


def check_modal(data: Json) -> None:
    """Check a dialog."""
    check_length(data.get("custom_id"), ID, "data.custom_id")
    check_length(data.get("title"), 45, "data.title")
    rows = data.get("components") or []
    if not 1 <= len(rows) <= 5:
        raise invalid("data.components", "Must be between 1 and 5 in length.", "BASE_TYPE_BAD_LENGTH")
    for at, row in enumerate(rows):
        where = f"data.components.{at}"
        if row["type"] == _LABELLED:
            check_length(row.get("label"), 45, f"{where}.label")
            if row.get("description") is not None:
                check_length(row["description"], 100, f"{where}.description")
            _check_field(row.get("component") or {}, f"{where}.component")
        elif row["type"] == _ROW:
            _check_field((row.get("components") or [{}])[0], f"{where}.components.0")
        elif row["type"] != _TEXT:
            raise invalid(f"{where}.type", f"A dialog has no part of type {row['type']}.")
    _check_ids(rows)


def _check_field(one: Json, where: str) -> None:
    match one.get("type"):
        case 4:
            check_length(one.get("custom_id"), ID, f"{where}.custom_id")
            longest = one.get("max_length", 4_000)
            if not 1 <= longest <= 4_000:
                raise invalid(f"{where}.max_length", "int value should be between 1 and 4000.")
            if one.get("style") not in (1, 2):
                raise invalid(f"{where}.style", "Value must be one of (1, 2).")
            if one.get("value") is not None:
                check_length(one["value"], longest, f"{where}.value", 0)
            if one.get("placeholder") is not None:
                check_length(one["placeholder"], 100, f"{where}.placeholder", 0)
        case 3:
            _check_select(one, where)
        case 5 | 6 | 7 | 8:
            check_length(one.get("custom_id"), ID, f"{where}.custom_id")
        case 19:
            check_length(one.get("custom_id"), ID, f"{where}.custom_id")
            if not 0 <= one.get("min_values", 1) <= one.get("max_values", 1) <= 10:
                raise invalid(where, "min_values and max_values do not fit.")
        case kind:
            raise invalid(f"{where}.type", f"A dialog has no field of type {kind}.")
