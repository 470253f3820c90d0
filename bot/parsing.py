"""Typed commands: "/submit https://… activity:2" becomes a call, for platforms that only have text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.cards import FieldKind
from bot.errors import MoreWords, UnknownCommand
from bot.options import Command, Option

_FREE = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT})
_NUMBER = re.compile(r"\d+(\.\d+)?$")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|[“„]([^“”„]*)[“”]', re.DOTALL)
_TIME = re.compile(r"\S+(?:\s+\d{1,2}:\d\d(?::\d\d)?(?=\s|$))?")
_WORD = re.compile(r"\S*")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as somebody typed it."""

    command: Command
    arguments: dict[str, str]


def parse(line: str, commands: Mapping[str, Command]) -> Typed:
    """Read a typed line; raises UnknownCommand, naming the nearest one."""
    words = line.strip().removeprefix("/")
    name = longest_name(words, commands)
    if name is None:
        if begun := _continued(words, commands):
            raise MoreWords(name=" ".join(words.split()), choices=", ".join(begun))
        typed = " ".join(words.split()[:3])[:40]
        raise UnknownCommand(name=f"/{typed}", nearest=f"/{nearest(typed, commands)}")
    command = commands[name]
    return Typed(command, arguments(words[len(name) :].strip(), command.options))


def _continued(words: str, commands: Mapping[str, Command]) -> list[str]:
    """Return the words that can follow where a line is the beginning of several commands: "/lead group"."""
    begun = " ".join(words.lower().split()) + " "
    names = (name for name, command in commands.items() if not command.hidden and name.startswith(begun))
    return sorted({name.removeprefix(begun).split()[0] for name in names})


def longest_name(words: str, commands: Mapping[str, Command]) -> str | None:
    """Return the longest command name that a line begins with, or None; hidden commands cannot be typed."""
    parts = words.split()
    for count in range(min(4, len(parts)), 0, -1):
        name = " ".join(parts[:count])
        found = commands.get(name.lower())
        if found and not found.hidden and words[: len(name)] == name:
            return found.name
    return None


def nearest(typed: str, commands: Mapping[str, Command]) -> str:
    """Return the name that people most probably meant."""
    names = [name for name, command in commands.items() if not command.hidden]
    folded = typed.lower()
    starts = [name for name in names if folded and name.startswith(folded.split()[0])]
    close = difflib.get_close_matches(folded, names, n=1, cutoff=0.5)
    first = difflib.get_close_matches(folded.split()[0] if folded.split() else "", names, n=1, cutoff=0.5)
    return (close or first or starts or ["help"])[0]


def arguments(words: str, options: Iterable[Option]) -> dict[str, str]:
    """Return what each option was given: those named with `name:value`, then the rest in the order of the options."""
    known = {option.name: option for option in options}
    given, rest = _named(words, known)
    for option in known.values():
        if option.name in given or not rest:
            continue
        if option.kind in _FREE:
            given[option.name], rest = rest, ""
        else:
            first, _, later = rest.partition(" ")
            if _fits(option, first, [other for other in known.values() if other.kind in _FREE]):
                given[option.name], rest = _unquoted(first), later.strip()
    return {name: value for name, value in given.items() if value}


def _fits(option: Option, word: str, free: list[Option]) -> bool:
    """Return whether a word without a name is probably meant for an option."""
    if option.kind is FieldKind.URL:
        return "://" in word
    if option.kind is FieldKind.NUMBER or (option.kind is FieldKind.CHOICE and free):
        return bool(_NUMBER.match(word))
    return "://" not in word


def _named(words: str, known: Mapping[str, Option]) -> tuple[dict[str, str], str]:
    """Return the options given by name, and the words before, between and after them."""
    if not known:
        return {}, words
    names = "|".join(map(re.escape, known))
    given: dict[str, str] = {}
    rest: list[str] = []
    at = 0
    for found in re.finditer(rf"(?:(?<=\s)|^)({names}):\s*", words):
        if found.start() < at:
            continue
        rest.append(words[at : found.start()].strip())
        name = found[1]
        value, at = _value(words, found.end(), known[name], names)
        given[name] = value
    rest.append(words[at:].strip())
    return given, " ".join(part for part in rest if part)


def _value(words: str, start: int, option: Option, names: str) -> tuple[str, int]:
    """Return the value that starts at `start` and where it ends: quoted, one word, or text up to the next name."""
    quoted = _QUOTED.match(words, start)
    if quoted:
        return _within_quotes(quoted), quoted.end()
    following = re.compile(rf"\s(?:{names}):").search(words, start)
    end = following.start() if following else len(words)
    if option.kind not in _FREE:
        end = min(end, start + _length(words[start:end], option))
    return words[start:end].strip(), end


def _length(words: str, option: Option) -> int:
    """Return how much of `words` belongs to an option that is not free text; a choice may have several words."""
    first = _WORD.match(words)
    if option.kind is FieldKind.CHOICE and first and not _NUMBER.match(first[0]):
        link = re.search(r"\s\S*://", words)
        return link.start() if link else len(words)
    found = _TIME.match(words) if option.kind is FieldKind.LOCAL_TIME else first
    return found.end() if found else 0


def _within_quotes(quoted: re.Match[str]) -> str:
    plain, smart = quoted.groups()
    return smart if plain is None else re.sub(r"\\(.)", r"\1", plain, flags=re.DOTALL)


def _unquoted(word: str) -> str:
    quoted = _QUOTED.fullmatch(word)
    return _within_quotes(quoted) if quoted else word


def line(command: str, given: Mapping[str, str]) -> str:
    """Return a call as somebody would type it; `parse` reads it."""
    parts = [f'{name}:"{_quoted(value)}"' for name, value in given.items()]
    return " ".join((f"/{command}", *parts))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
