"""Commands as Discord registers them, made from the core's declarations, and calls of them read back."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.discord.cards import label
from adapters.discord.marks import Json
from adapters.discord.refs import WRITABLE
from bot.cards import FieldKind
from bot.chat import RosterRef
from bot.language import ENGLISH, Languages
from bot.options import Command, Option
from bot.study.rights import OF_A_SPACE, RIGHTS
from bot.text import Text, say

COMMANDS = 100
"""Commands that a server can have, those with several words counted by their first."""
MENUS = 5
"""Entries of the menu on a message, and of that on a person."""
DESCRIPTION = 100
"""Characters of what stands beside a command or an option."""
OPTIONS = 25
"""Options of a command, its words at one level, and choices of an option."""
MENU = 32
"""Characters of an entry of a menu."""
LARGEST = 8_000
"""Characters of all that stands in one command, however many words it has."""
SHOW = "show"
"""The word for a command whose name begins others too: on Discord those can't be called by themselves."""

_NAME = re.compile(r"[-_'\w]{1,32}")
"""What Discord takes as a name that is typed, once it has no capitals."""

SERVER, BOT = 0, 1
"""Where a command can be called: in a server, in the direct conversation with the bot."""

_LOCALES = {"pt": ("pt-BR",), "es": ("es-ES", "es-419"), "sv": ("sv-SE",), "zh": ("zh-CN",), "en": ("en-US", "en-GB")}
_SAME = (
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "fi",
    "fr",
    "hi",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "nl",
    "no",
    "pl",
    "ro",
)
_KNOWN = frozenset((*_SAME, "ru", "th", "tr", "uk", "vi"))
"""Languages whose codes are the same on Discord."""
_TYPES = {FieldKind.NUMBER: 4, FieldKind.YES_NO: 5, FieldKind.CHANNEL: 7, FieldKind.FILE: 11}
_TEXT, _ROLE = 3, 8
ON_A_PERSON, ON_A_MESSAGE = 2, 3
"""Kinds of menus."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What Discord is told, and which command a path of words or an entry of a menu means."""

    payload: tuple[Json, ...]
    names: Mapping[tuple[str, ...], str]
    menus: Mapping[str, str]

    @property
    def hash(self) -> str:
        """What tells these commands from others."""
        return hashlib.sha256(json.dumps(self.payload, sort_keys=True).encode()).hexdigest()[:20]


def registered(commands: Iterable[Command], languages: Languages, context: int = SERVER) -> Registered:
    """Return commands as a server has them, or as the direct conversation with the bot has."""
    declared = list(commands)
    typed = [one for one in declared if not one.hidden and (context == SERVER or _elsewhere(one))]
    paths = _paths(typed)
    tree: dict[str, list[tuple[tuple[str, ...], Command]]] = {}
    for path, command in paths.items():
        tree.setdefault(path[0], []).append((path, command))
    payload = _distinct([_top(first, members, languages, context) for first, members in sorted(tree.items())])
    menus: dict[str, str] = {}
    if context == SERVER:
        for kind, what in ((ON_A_MESSAGE, "a message's menu"), (ON_A_PERSON, "a person's menu")):
            entries = [(text, one.name) for one in declared if (text := _entry(one, kind)) is not None]
            payload += [_menu(text, kind, languages, context) for text, _ in entries]
            menus |= {label(text, MENU): name for text, name in entries}
            _within(len(entries), MENUS, what)
    _within(len(tree), COMMANDS, "a server's commands")
    names = {path: command.name for path, command in paths.items()}
    return Registered(tuple(payload), names, menus)


def _entry(command: Command, kind: int) -> Text | None:
    return command.menu if kind == ON_A_MESSAGE else command.person_menu


def _elsewhere(command: Command) -> bool:
    """Return whether a command makes sense in a direct conversation, where nobody is an admin of anything."""
    return not RIGHTS.get(command.name, frozenset()) <= OF_A_SPACE


def _paths(typed: Sequence[Command]) -> dict[tuple[str, ...], Command]:
    """Return commands by their words, at most three; one that begins others is one of them."""
    words = {tuple(one.name.split()): one for one in typed}
    paths: dict[tuple[str, ...], Command] = {}
    for path, command in words.items():
        begins = any(other[: len(path)] == path and other != path for other in words)
        full = (*path, SHOW) if begins else path
        if len(full) > 3 or full in paths:
            raise ValueError(f"Discord has no room for a command named {' '.join(full)!r}")
        paths[full] = command
    return paths


def _top(first: str, members: list[tuple[tuple[str, ...], Command]], languages: Languages, context: int) -> Json:
    """Return one command with all its words; where it is too large, what stands beside its options is cut."""
    for longest in (DESCRIPTION, 72, 56, 44, 32, 24, 16):
        drawn = _branch((first,), members, _Labels(languages, longest))
        if _size(drawn) <= LARGEST:
            break
    return {**drawn, "type": 1, "contexts": [context], "integration_types": [0]}


@dataclass(frozen=True, slots=True)
class _Labels:
    languages: Languages
    longest: int

    def of(self, text: Text, longest: int, key: str) -> Json:
        """Return a text under a key, with its translations beside it."""
        shown: Json = {key: label(text, longest)}
        translations = dict(_translations(text, longest, self.languages))
        return {**shown, f"{key}_localizations": translations} if translations else shown

    def name(self, word: str, asked: str) -> Json:
        """Return a name that is typed, with those of other languages: what translators find as `asked`, such as `/ask`.

        One that nobody translated, or that Discord would not take, is left out: a wrong one has all commands refused.
        """
        found = {
            locale: words.strip("/: ").lower() for locale, words in _translations(say(asked), MENU, self.languages)
        }
        own = {locale: words for locale, words in found.items() if words != word and _NAME.fullmatch(words)}
        return {"name": word, **({"name_localizations": own} if own else {})}


def _translations(text: Text, longest: int, languages: Languages) -> Iterator[tuple[str, str]]:
    for code in languages.codes:
        known = (code,) if code in _KNOWN else _LOCALES.get(code, ())
        if code == ENGLISH.code or not known:
            continue
        words = label(languages.get(code).translate(text), longest)
        yield from ((locale, words) for locale in known)


def _distinct(siblings: list[Json]) -> list[Json]:
    """Return commands or options that stand side by side, without translated names that two of them share."""
    for locale in {one for each in siblings for one in each.get("name_localizations", {})}:
        names = Counter(each.get("name_localizations", {}).get(locale, each["name"]) for each in siblings)
        for each in siblings:
            if names[each.get("name_localizations", {}).get(locale, "")] > 1:
                each["name_localizations"].pop(locale, None)
    return siblings


def _branch(at: tuple[str, ...], members: list[tuple[tuple[str, ...], Command]], labels: _Labels) -> Json:
    """Return the command at a path, or the words that go on from there."""
    if len(members) == 1 and members[0][0] == at:
        return _leaf(at[-1], members[0][1], labels)
    further: dict[str, list[tuple[tuple[str, ...], Command]]] = {}
    for path, command in members:
        further.setdefault(path[len(at)], []).append((path, command))
    options = []
    for word, below in further.items():
        path = (*at, word)
        leaf = len(below) == 1 and below[0][0] == path
        options.append({**_branch(path, below, labels), "type": 1 if leaf else 2})
    _within(len(options), OPTIONS, f"the words after {at[-1]!r}")
    # Nobody calls it by itself; Discord wants words beside it all the same.
    named = labels.name(at[-1], f"/{at[-1]}")
    return {**named, "description": " · ".join(further)[:DESCRIPTION], "options": _distinct(options)}


def _leaf(name: str, command: Command, labels: _Labels) -> Json:
    shown = [_option(one, labels) for one in command.options if _writable(one)]
    _within(len(shown), OPTIONS, f"the options of {command.name!r}")
    described = labels.of(command.summary, DESCRIPTION, "description")
    return {**labels.name(name, f"/{name}"), **described, "options": _distinct(shown)}


def _writable(option: Option) -> bool:
    """Return whether people can write an option: an item's id comes with a button alone."""
    return option.kind is not FieldKind.CHOICE or option.pick is not None or bool(_fixed(option))


def _fixed(option: Option) -> tuple[tuple[str, Text], ...]:
    """Return the choices that an option always has, values with labels."""
    kinds = getattr(option.type, "__members__", None) if option.pick is None else None
    return tuple((str(one.value), getattr(one, "label", Text())) for one in kinds.values()) if kinds else ()


def _option(option: Option, labels: _Labels) -> Json:
    """Return an option; none is required, as an empty call opens the form."""
    named = labels.name(option.name, f"{option.name}:")
    shown: Json = {**named, **labels.of(option.label, labels.longest, "description"), "required": False}
    choices = _fixed(option)
    if 0 < len(choices) <= OPTIONS:
        offered = [{**labels.of(text, DESCRIPTION, "name"), "value": value} for value, text in choices]
        for one, (value, text) in zip(offered, choices, strict=True):
            if not text:
                one["name"] = value
        return {**shown, "type": _TEXT, "choices": offered}
    if option.pick is not None or choices:
        return {**shown, "type": _TEXT, "autocomplete": True}
    kind = _ROLE if option.type is RosterRef else _TYPES.get(option.kind, _TEXT)
    if option.kind is FieldKind.CHANNEL:
        return {**shown, "type": kind, "channel_types": list(WRITABLE)}
    return {**shown, "type": kind, **({"max_length": option.longest} if kind == _TEXT else {})}


def _menu(text: Text, kind: int, languages: Languages, context: int) -> Json:
    shown = _Labels(languages, MENU).of(text, MENU, "name")
    return {**shown, "type": kind, "contexts": [context], "integration_types": [0]}


def _size(drawn: Json) -> int:
    """Return the characters that Discord counts: of each text the longest of its translations."""
    own = 0
    for key in ("name", "description"):
        own += max(map(len, [drawn.get(key, ""), *drawn.get(f"{key}_localizations", {}).values()]))
    own += len(str(drawn.get("value", "")))
    return own + sum(map(_size, [*drawn.get("options", ()), *drawn.get("choices", ())]))


def _within(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise ValueError(f"Discord takes {limit} of {what}, not {size}")


# Calls


@dataclass(frozen=True, slots=True)
class Typed:
    """A call as somebody typed it: the words of the command, options, and what is being typed now.

    `files`, `channels` and `roles` are the ids of what was chosen, by option.
    """

    path: tuple[str, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    focused: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)


def read_typed(data: Json) -> Typed:
    """Return what an interaction of a typed command says."""
    path = [str(data["name"])]
    options: Sequence[Json] = data.get("options") or ()
    while options and options[0]["type"] in (1, 2):
        path.append(str(options[0]["name"]))
        options = options[0].get("options") or ()
    arguments: dict[str, str] = {}
    files: dict[str, str] = {}
    channels: dict[str, str] = {}
    roles: dict[str, str] = {}
    kinds = {_TYPES[FieldKind.FILE]: files, _TYPES[FieldKind.CHANNEL]: channels, _ROLE: roles}
    for one in options:
        kinds.get(one["type"], arguments)[str(one["name"])] = _word(one.get("value", ""))
    focused = next((str(one["name"]) for one in options if one.get("focused")), None)
    return Typed(tuple(path), arguments, files, channels, focused, roles)


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
