"""What Slack takes as blocks: kinds, counts and lengths, as its documentation states them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from tests.fakes.slack.things import Json, elements_of

Problems: TypeAlias = Iterator[str]

MOST = {"message": 50, "modal": 100, "home": 100}
TOGETHER = 13_200
"""Characters of all of a message's blocks together, as JSON; it stands in no documentation, but Slack refuses more."""
_KINDS = {
    "message": {"section", "divider", "image", "actions", "context", "header", "rich_text", "markdown", "input"},
    "modal": {"section", "divider", "image", "actions", "context", "header", "rich_text", "input"},
    "home": {"section", "divider", "image", "actions", "context", "header", "rich_text", "input"},
}
_SELECTS = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_MULTI = {f"multi_{one}" for one in _SELECTS}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_CHOICES = {"radio_buttons", "checkboxes"}
_WRITTEN = {"plain_text_input", "url_text_input", "email_text_input", "number_input", "rich_text_input"}
ELEMENTS = {
    "actions": {"button", "overflow"} | _SELECTS | _MULTI | _PICKERS | _CHOICES,
    "section": {"button", "overflow", "image"} | _SELECTS | _MULTI | _PICKERS | _CHOICES,
    "input": _WRITTEN | _SELECTS | _MULTI | _PICKERS | _CHOICES | {"file_input"},
    "context": {"image", "plain_text", "mrkdwn"},
}


def problems(blocks: Any, surface: str) -> list[str]:
    """Return what Slack would not take of blocks on a `message`, a `modal` or a `home`."""
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        return ["blocks: must be a list of objects"]
    found = [f"no more than {MOST[surface]} items allowed"] if len(blocks) > MOST[surface] else []
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        found += [f"/blocks/{number}: {one}" for one in _block(block, surface)]
        if (id := block.get("block_id")) is not None:
            found += [f"/blocks/{number}/block_id: `{id}` already exists"] if id in seen else []
            seen.add(id)
    return found


def _block(block: Json, surface: str) -> Problems:
    kind = block.get("type")
    if kind not in _KINDS[surface]:
        yield f"unsupported type: {kind}"
        return
    yield from _words(block, "block_id", 255, needed=False)
    yield from _BLOCKS[str(kind)](block)
    ids = [one.get("action_id") for one in elements_of(block) if one.get("action_id")]
    if len(ids) != len(set(ids)):
        yield f"action_id already exists: {ids}"


def _section(block: Json) -> Problems:
    if not block.get("text") and not block.get("fields"):
        yield "section: text or fields are needed"
    if block.get("text") is not None:
        yield from _text(block["text"], "text", 3_000)
    fields = block.get("fields")
    if fields is not None:
        yield from _count(fields, "fields", 10)
        for one in fields:
            yield from _text(one, "fields", 2_000)
    if accessory := block.get("accessory"):
        yield from _element(accessory, "section")


def _header(block: Json) -> Problems:
    yield from _text(block.get("text"), "text", 150, plain=True)


def _actions(block: Json) -> Problems:
    yield from _count(block.get("elements"), "elements", 25)
    for one in block.get("elements") or ():
        yield from _element(one, "actions")


def _context(block: Json) -> Problems:
    yield from _count(block.get("elements"), "elements", 10)
    for one in block.get("elements") or ():
        if one.get("type") == "image":
            yield from _element(one, "context")
        else:
            yield from _text(one, "elements", 3_000)


def _image(block: Json) -> Problems:
    yield from _words(block, "alt_text", 2_000)
    if not block.get("slack_file"):
        yield from _address(block, "image_url", 3_000)


def _input(block: Json) -> Problems:
    yield from _text(block.get("label"), "label", 2_000, plain=True)
    if block.get("hint"):
        yield from _text(block["hint"], "hint", 2_000, plain=True)
    yield from _element(block.get("element") or {}, "input")


def _markdown(block: Json) -> Problems:
    yield from _words(block, "text", 12_000)


def _nothing(block: Json) -> Problems:
    yield from ()


# Rich text


_STYLES = {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
_RICH = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "channel": "channel_id",
    "usergroup": "usergroup_id",
    "emoji": "name",
    "broadcast": "range",
    "color": "value",
}


def _rich_text(block: Json) -> Problems:
    if not block.get("elements"):
        yield "rich_text: elements are needed"
    for one in block.get("elements") or ():
        yield from _rich(one)


def _rich(part: Json) -> Problems:
    kind = part.get("type")
    inner = part.get("elements")
    if kind not in ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"):
        yield f"rich_text: unsupported type: {kind}"
        return
    if not isinstance(inner, list):
        yield f"{kind}: elements are needed"
        return
    if kind == "rich_text_list":
        if part.get("style") not in ("bullet", "ordered"):
            yield "rich_text_list: style is bullet or ordered"
        for one in inner:
            if one.get("type") != "rich_text_section":
                yield "rich_text_list: holds rich_text_section alone"
            yield from _rich(one)
        return
    for one in inner:
        yield from _inline(one, only_text=kind == "rich_text_preformatted")


def _inline(one: Json, *, only_text: bool) -> Problems:
    kind = one.get("type")
    if kind == "date":
        if not isinstance(one.get("timestamp"), int) or not one.get("format"):
            yield "date: timestamp and format are needed"
        if "{" not in str(one.get("format")):
            yield "date: the format names no part of a date"
    elif kind not in _RICH:
        yield f"rich_text: unsupported element: {kind}"
    elif not isinstance(one.get(_RICH[kind]), str) or not one[_RICH[kind]]:
        yield f"{kind}: {_RICH[kind]} must be more than 0 characters"
    elif only_text and kind not in ("text", "link"):
        yield f"rich_text_preformatted: holds no {kind}"
    style = one.get("style")
    if style is not None and (
        not isinstance(style, dict)
        or set(style) - _STYLES
        or not all(isinstance(value, bool) for value in style.values())
    ):
        yield f"{kind}: style is an object of {sorted(_STYLES)}"
    if kind == "link" and urlsplit(str(one.get("url"))).scheme not in ("http", "https", "mailto", "slack"):
        yield f"link: invalid url {one.get('url')!r}"


_BLOCKS: dict[str, Callable[[Json], Problems]] = {
    "section": _section,
    "header": _header,
    "actions": _actions,
    "context": _context,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "divider": _nothing,
    "rich_text": _rich_text,
}


# Elements


def _element(one: Json, inside: str) -> Problems:
    kind = str(one.get("type"))
    if kind not in ELEMENTS[inside]:
        yield f"{inside}: unsupported element: {kind}"
        return
    yield from _words(one, "action_id", 255, needed=False)
    if one.get("placeholder") is not None:
        yield from _text(one["placeholder"], "placeholder", 150, plain=True)
    for check in (_button, _listed, _written, _picked):
        yield from check(one, kind)


def _button(one: Json, kind: str) -> Problems:
    if kind == "image":
        yield from _image(one)
    if kind == "button":
        yield from _text(one.get("text"), "text", 75, plain=True)
        yield from _words(one, "value", 2_000, needed=False)
        yield from _words(one, "accessibility_label", 75, needed=False)
        if "url" in one:
            yield from _address(one, "url", 3_000)
        if one.get("style", "primary") not in ("primary", "danger"):
            yield f"style: {one['style']!r} is no style"
        yield from _confirm(one.get("confirm"))


def _confirm(one: Json | None) -> Problems:
    if one is not None:
        yield from _text(one.get("title"), "confirm title", 100, plain=True)
        yield from _text(one.get("text"), "confirm text", 300)
        yield from _text(one.get("confirm"), "confirm", 30, plain=True)
        yield from _text(one.get("deny"), "deny", 30, plain=True)


def _listed(one: Json, kind: str) -> Problems:
    most = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}.get(kind, 100)
    if kind in ("static_select", "multi_static_select", "overflow", "radio_buttons", "checkboxes"):
        groups = one.get("option_groups")
        if groups is not None and "options" in one:
            yield "options and option_groups do not go together"
        if groups is not None:
            yield from _count(groups, "option_groups", 100)
        for options in [one.get("options")] if groups is None else [each.get("options") for each in groups]:
            yield from options_problems(options, most)
    offered = _offered(one)
    for initial in [one[name] for name in ("initial_option",) if name in one] + list(one.get("initial_options") or ()):
        if kind in ("static_select", "radio_buttons", "checkboxes", "multi_static_select") and initial not in offered:
            yield f"initial_option: {initial!r} is not among the options"
    if kind == "external_select" and not 0 <= int(one.get("min_query_length", 3)) <= 100:
        yield "min_query_length: out of range"


def _offered(one: Json) -> list[Json]:
    return [
        *(one.get("options") or ()),
        *(each for group in one.get("option_groups") or () for each in group["options"]),
    ]


def options_problems(options: Any, most: int = 100) -> Problems:
    """Yield what Slack would not take of options, in a list or as an answer to what somebody typed."""
    yield from _count(options, "options", most)
    values = [one.get("value") for one in options or ()]
    if len(values) != len(set(values)):
        yield f"options: a value stands there twice: {values}"
    for one in options or ():
        yield from _text(one.get("text"), "option text", 75)
        yield from _words(one, "value", 150)
        if one.get("description") is not None:
            yield from _text(one["description"], "description", 75)


def _written(one: Json, kind: str) -> Problems:
    if kind == "plain_text_input":
        for name in ("min_length", "max_length"):
            if name in one and not (isinstance(one[name], int) and 0 <= one[name] <= 3_000):
                yield f"{name}: must be 0 to 3000"
        if len(str(one.get("initial_value", ""))) > one.get("max_length", 3_000):
            yield "initial_value: longer than max_length"
    if kind == "number_input":
        if not isinstance(one.get("is_decimal_allowed"), bool):
            yield "is_decimal_allowed: is needed"
        if any(not isinstance(one[name], str) for name in ("min_value", "max_value", "initial_value") if name in one):
            yield "number_input: its numbers are strings"
    if kind == "file_input" and not 1 <= one.get("max_files", 10) <= 10:
        yield "max_files: must be 1 to 10"
    if kind == "url_text_input" and one.get("initial_value"):
        yield from _address(one, "initial_value", 3_000)


def _picked(one: Json, kind: str) -> Problems:
    if kind == "datetimepicker" and not isinstance(one.get("initial_date_time", 0), int):
        yield "initial_date_time: is a number"
    for name, parts in (("initial_date", ("-", 3)), ("initial_time", (":", 2))):
        if name in one and len(str(one[name]).split(str(parts[0]))) != parts[1]:
            yield f"{name}: is not written right"


# Words and counts


def _text(one: Any, name: str, longest: int, *, plain: bool = False) -> Problems:
    if not isinstance(one, dict) or one.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{name}: is no text object: {one!r}"
        return
    if plain and one["type"] != "plain_text":
        yield f"{name}: must be plain_text"
    extra = {"emoji"} if one["type"] == "plain_text" else {"verbatim"}
    if unknown := set(one) - {"type", "text"} - extra:
        yield f"{name}: unknown {sorted(unknown)}"
    yield from _words(one, "text", longest, called=name)


def _words(one: Json, name: str, longest: int, *, needed: bool = True, called: str = "") -> Problems:
    words = one.get(name)
    if words is None and not needed:
        return
    if not isinstance(words, str) or not words:
        yield f"{called or name}: must be more than 0 characters"
    elif len(words) > longest:
        yield f"{called or name}: must be less than {longest + 1} characters, not {len(words)}"


def _address(one: Json, name: str, longest: int) -> Problems:
    yield from _words(one, name, longest)
    parts = urlsplit(str(one.get(name)))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        yield f"{name}: invalid url {one.get(name)!r}"


def _count(several: Sequence[Any] | None, name: str, most: int) -> Problems:
    if not isinstance(several, list) or not several:
        yield f"{name}: must hold at least 1 item"
    elif len(several) > most:
        yield f"{name}: no more than {most} items allowed, not {len(several)}"


# Views


def view_problems(view: Any) -> list[str]:
    """Return what Slack would not take of a modal or a Home tab."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["view: type is modal or home"]
    kind = view["type"]
    found = problems(view.get("blocks"), kind)
    for name, longest in (("private_metadata", 3_000), ("callback_id", 255), ("external_id", 255)):
        if view.get(name) not in (None, ""):
            found += _words(view, name, longest)
    if kind == "modal":
        found += _text(view.get("title"), "title", 24, plain=True)
        for name in ("submit", "close"):
            if view.get(name) is not None:
                found += _text(view[name], name, 24, plain=True)
        if view.get("submit") is None and any(one.get("type") == "input" for one in view.get("blocks") or ()):
            found.append("submit: is needed where there are input blocks")
    return found
