"""Commands and their options: what can be called, and how words become values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, NewType, Protocol
from zoneinfo import ZoneInfo

from bot.cards import FIELDS, Choice, Field, FieldKind, File, Form, Reply
from bot.chat import ChannelRef, RosterRef
from bot.errors import HiddenCharacters, NotAChannel, NotANumber, NotARole, NotOneOf, TooLong, UnknownItem
from bot.ids import from_code
from bot.language import Language
from bot.study.links import read_url
from bot.study.times import read_local
from bot.study.times import zone as find_zone
from bot.text import Text, join, say, to_text

LongText = NewType("LongText", str)
"""A text of several lines, at most 4,000 characters."""
ZoneName = NewType("ZoneName", str)
"""The name of a time zone that exists."""

SHORT_TEXT = 300
"""Characters of a text that is one line."""
_NUMBER = re.compile(r"[+-]?\d{1,9}")


class Surroundings(Protocol):
    """What reading an option needs of its context: the person's language and zone; a Pick may need more."""

    @property
    def language(self) -> Language:
        """The person's language."""

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""


class Access(StrEnum):
    """What a command needs of the store."""

    NOTHING = "nothing"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Pick:
    """Suggestions for an option: a function of the Context that returns what can be chosen now."""

    choices: Callable[[Any], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command: its name, what people read beside it, and how words become its value."""

    name: str
    label: Text
    kind: FieldKind
    type: Any
    required: bool
    longest: int
    pick: Pick | None = None

    def choices(self, ctx: Surroundings) -> tuple[Choice, ...]:
        """Return what can be chosen now; empty where anything can be written."""
        if self.pick is not None:
            return tuple(self.pick.choices(ctx))
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return tuple(Choice(one.value, getattr(one, "label", to_text(str(one.value)))) for one in self.type)
        return ()

    def read(self, given: str, ctx: Surroundings) -> object:
        """Return the value that `given` words mean; raises a Refusal that says what would do."""
        words = given.replace("\r\n", "\n").strip()
        self._check(words)
        if self.pick is not None or self.kind is FieldKind.CHOICE:
            return self._chosen(words, ctx)
        match self.kind:
            case FieldKind.NUMBER:
                if not _NUMBER.fullmatch(words):
                    raise NotANumber(given=words[:40], option=self.label)
                return int(words)
            case FieldKind.YES_NO:
                return self._yes_or_no(words, ctx)
            case FieldKind.URL:
                return read_url(words)
            case FieldKind.LOCAL_TIME:
                return read_local(words)
            case FieldKind.CHANNEL:
                return _channel(words)
        if self.type is RosterRef:
            return _roster(words)
        return find_zone(words).key if self.type is ZoneName else words

    def field(self, ctx: Surroundings, given: str) -> Field:
        """Return the question for this option in a form, with what was given filled in; of choices, the one meant."""
        choices = [replace(one, label=ctx.language.translate(one.label)) for one in self.choices(ctx)]
        if choices:
            meant = _meant(given.strip(), choices, ctx)
            given = meant.value if meant else ""
        return Field(self.name, self.label, self.kind, self.required, tuple(choices), given, self.longest)

    def _check(self, words: str) -> None:
        if len(words) > self.longest:
            raise TooLong(option=self.label, limit=f"{self.longest:,}", length=f"{len(words):,}")
        if any(hidden(character) for character in words):
            raise HiddenCharacters(option=self.label)

    def _yes_or_no(self, words: str, ctx: Surroundings) -> bool:
        folded = words.casefold()
        yes, no = say("yes"), say("no")
        if folded in ("yes", "y", "true", "1", "on", ctx.language.plain(yes).casefold()):
            return True
        if folded in ("no", "n", "false", "0", "off", ctx.language.plain(no).casefold()):
            return False
        raise NotOneOf(given=words[:40], option=self.label, choices=join([yes, no]))

    def _chosen(self, words: str, ctx: Surroundings) -> object:
        choices = self.choices(ctx)
        meant = _meant(words, choices, ctx)
        if meant is not None:
            return self._value(meant.value)
        if self._is_id and from_code(words) is not None and len(words) > 8:
            return self._value(words)
        if not choices:
            raise UnknownItem
        shown = join([choice.label for choice in choices[:8]])
        raise NotOneOf(given=words[:40], option=self.label, choices=shown)

    @property
    def _is_id(self) -> bool:
        return getattr(self.type, "__supertype__", None) is int

    def _value(self, value: str) -> object:
        if self._is_id:
            return from_code(value)
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return self.type(value)
        return int(value) if self.type is int else value


def on_one_line(words: str) -> str:
    """Return words on one line, without characters that nobody sees."""
    seen = "".join(" " if character in "\n\t" else character for character in words if not hidden(character))
    return " ".join(seen.split())


def hidden(character: str) -> bool:
    """Return whether a character is invisible and could make a text look like another: control or bidi."""
    return (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t") or character in (
        "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
    )


@dataclass(frozen=True)
class Command:
    """Something that people can call; `name` may have several words, `menu` is its label on a message's menu.

    `person_menu` is its label on a person's menu. `hidden` commands are behind buttons and menus only. `anywhere` ones
    need no group. Without any of the options that it `asks` for, the command answers with a form and changes nothing.
    """

    name: str
    help: str
    title: Text
    function: Callable[..., Reply]
    options: tuple[Option, ...]
    access: Access
    anywhere: bool
    hidden: bool
    menu: Text | None
    person_menu: Text | None = None
    asks: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Option]:
        """The options by name."""
        return {option.name: option for option in self.options}

    def fits(self, *, rosters: bool) -> bool:
        """Return whether the command is of use on a platform whose spaces keep `rosters`, or keep none."""
        return rosters or all(option.type is not RosterRef for option in self.options)

    @property
    def summary(self) -> Text:
        """What the command does, in one sentence for learners."""
        return say(self.help)

    def bind(self, ctx: Surroundings, arguments: Mapping[str, str], files: Mapping[str, File]) -> dict[str, object]:
        """Return the values of the options that were given; an empty one counts as not given."""
        values: dict[str, object] = {}
        for option in self.options:
            if option.kind is FieldKind.FILE:
                if option.name in files:
                    values[option.name] = files[option.name]
                continue
            given = arguments.get(option.name, "")
            if given.strip():
                values[option.name] = option.read(given, ctx)
        return values

    def form(self, ctx: Surroundings, arguments: Mapping[str, str], only: Iterable[str] = ()) -> Form:
        """Return the form that completes a call: the options asked for, with what was given filled in."""
        asked = [option for option in self.options if option.name in only or not only][:FIELDS]
        preset = [(name, value) for name, value in arguments.items() if name not in {option.name for option in asked}]
        fields = (option.field(ctx, arguments.get(option.name, "")) for option in asked)
        return Form(self.name, self.title, tuple(fields), tuple(preset))


def _channel(words: str) -> ChannelRef:
    try:
        return ChannelRef.parse(words)
    except ValueError:
        raise NotAChannel(given=words[:40]) from None


def _roster(words: str) -> RosterRef:
    try:
        return RosterRef.parse(words)
    except ValueError:
        raise NotARole(given=words[:40]) from None


def _meant(words: str, choices: Iterable[Choice], ctx: Surroundings) -> Choice | None:
    """Return the choice that somebody means who writes its value, one of its keys or its label."""
    folded = words.casefold()
    for choice in choices:
        named = (choice.value, *choice.keys, ctx.language.plain(choice.label, ctx.zone))
        if any(folded == name.casefold() for name in named):
            return choice
    return None
