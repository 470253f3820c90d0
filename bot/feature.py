"""Features declare what the bot can do: an annotated function becomes a command, a listener or a routine.

Nothing is registered by importing: bootstrap hands the features to the Bot.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from bot.cards import FieldKind, File
from bot.chat import ChannelRef, Event, RosterRef
from bot.context import Context
from bot.options import SHORT_TEXT, Access, Command, LongText, Option, Pick, ZoneName
from bot.outbox import Post
from bot.study.agenda import DueKind
from bot.study.links import Url
from bot.study.times import LocalTime
from bot.text import say

Handler = TypeVar("Handler", bound=Callable[..., Any])
Listener = Callable[[Context, Any], bool | None]
Check = Callable[[Context, Post], Post]
Witness = Callable[[Context, Post], None]


@dataclass(frozen=True, slots=True)
class Routine:
    """What happens to an item of the agenda when its time has come."""

    kind: DueKind
    function: Callable[[Context, Any], None]


class Feature:
    """A set of commands, listeners, routines, checks and witnesses that belong together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.commands: list[Command] = []
        self.listeners: list[tuple[type[Any], Listener]] = []
        self.routines: list[Routine] = []
        self.checks: dict[str, Check] = {}
        self.witnesses: list[Witness] = []

    def command(
        self,
        name: str = "",
        *,
        title: str = "",
        access: Access = Access.WRITE,
        anywhere: bool = False,
        hidden: bool = False,
        menu: str | None = None,
        person_menu: str | None = None,
        asks: Sequence[str] = (),
    ) -> Callable[[Handler], Handler]:
        """Make the function a command, named like it unless `name` says otherwise.

        `menu` lets it stand on the menu of messages, `person_menu` on that of people, and nowhere else. `asks` names
        options: without any of them the function returns a form and changes nothing, so it need not wait to write.
        """

        def declare(function: Handler) -> Handler:
            called = name or function.__name__.replace("_", " ")
            help = (inspect.getdoc(function) or "").partition("\n")[0]
            if not help:
                raise TypeError(f"the command {called!r} has no docstring for its help")
            options = tuple(options_of(function))
            if unknown := set(asks) - {option.name for option in options}:
                raise TypeError(f"the command {called!r} asks for {unknown}, which are no options of it")
            self.commands.append(
                Command(
                    called,
                    help,
                    say(title) if title else say(help.rstrip(".")),
                    function,
                    options,
                    access,
                    anywhere,
                    hidden or menu is not None or person_menu is not None,
                    say(menu) if menu else None,
                    say(person_menu) if person_menu else None,
                    tuple(asks),
                )
            )
            return function

        return declare

    def include(self, *parts: Feature) -> None:
        """Take over what parts of this feature declare, where it is too much for one file."""
        for part in parts:
            self.commands += part.commands
            self.listeners += part.listeners
            self.routines += part.routines
            self.checks |= part.checks
            self.witnesses += part.witnesses

    def on(self, event: type[Event]) -> Callable[[Handler], Handler]:
        """Let the function hear of events of a kind.

        It may return False for one that is none of its business: then nothing is kept, not even that it came.
        """

        def declare(function: Handler) -> Handler:
            self.listeners.append((event, function))
            return function

        return declare

    def routine(self, kind: DueKind) -> Callable[[Handler], Handler]:
        """Let the function do what is due of a kind; it is handed the item's id."""

        def declare(function: Handler) -> Handler:
            self.routines.append(Routine(kind, function))
            return function

        return declare

    def before_sending(self, slot: str) -> Callable[[Handler], Handler]:
        """Let the function check posts whose slot begins with this word, at the moment at which they go out.

        It returns the post as it is to go out, or in another state: due later, or cancelled.
        """

        def declare(function: Handler) -> Handler:
            self.checks[slot] = function
            return function

        return declare

    def witness(self, function: Handler) -> Handler:
        """Let the function hear how each post came out, in the transaction that keeps it."""
        self.witnesses.append(function)
        return function


_KINDS: dict[Any, FieldKind] = {
    str: FieldKind.TEXT,
    int: FieldKind.NUMBER,
    bool: FieldKind.YES_NO,
    Url: FieldKind.URL,
    LongText: FieldKind.LONG_TEXT,
    LocalTime: FieldKind.LOCAL_TIME,
    ChannelRef: FieldKind.CHANNEL,
    RosterRef: FieldKind.TEXT,
    ZoneName: FieldKind.TEXT,
    File: FieldKind.FILE,
}


def options_of(function: Callable[..., Any]) -> Iterable[Option]:
    """Yield the options that a function's keyword parameters declare: `Annotated[type, "label", Pick(…)]`."""
    hints = typing.get_type_hints(function, include_extras=True)
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        label, pick = "", None
        hint = hints[name]
        if typing.get_origin(hint) is typing.Annotated:
            hint, *extras = typing.get_args(hint)
            for extra in extras:
                if isinstance(extra, str):
                    label = extra
                elif isinstance(extra, Pick):
                    pick = extra
        if not label:
            raise TypeError(f"the option {name!r} of {function.__name__} has no label")
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            hint = next(part for part in typing.get_args(hint) if part is not type(None))
        kind = FieldKind.CHOICE if pick or (isinstance(hint, type) and issubclass(hint, Enum)) else _KINDS.get(hint)
        if kind is None:
            kind = FieldKind.CHOICE  # an id: chosen by a button, never written
        longest = 4_000 if kind in (FieldKind.LONG_TEXT, FieldKind.URL) else SHORT_TEXT
        required = parameter.default is inspect.Parameter.empty
        yield Option(name, say(label), kind, hint, required, longest, pick)
