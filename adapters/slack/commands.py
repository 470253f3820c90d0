"""Commands as they are called in a workspace: one umbrella, a few short ones, and shortcuts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.slack.cards import label
from adapters.slack.text import written
from bot.language import ENGLISH
from bot.options import Command
from bot.parsing import Typed, longest_name, parse
from bot.text import Text, say

UMBRELLA = "study"
"""The command that all others can be called with: Slack's commands belong to the whole workspace."""
SHORT = ("submit", "ask", "newweek", "enrol")
"""Commands that have a name of their own beside it."""
GLOBAL = ("submit", "ask", "note", "week", "settings")
"""Commands that stand in the menu of shortcuts, which is there in every place."""
ANYWHERE, ON_A_MESSAGE = 5, 5
"""Shortcuts that Slack takes, of those everywhere and of those on a message."""
NAME = 24
"""Characters of a shortcut's name."""
DESCRIPTION = 150
"""Characters of what is said beside a shortcut."""
COMMAND = 32
"""Characters of a command's name, with its slash."""
_PREFIX = re.compile(r"[a-z0-9_-]{0,20}")


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command of the workspace."""

    name: str
    summary: str
    hint: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of a menu; its id is the name of the command behind it."""

    command: str
    name: str
    summary: str
    on_a_message: bool


class Names:
    """What commands are called in a workspace, with a prefix of the installation's own before each."""

    def __init__(self, commands: Mapping[str, Command], prefix: str = "") -> None:
        if not _PREFIX.fullmatch(prefix):
            raise ValueError("small letters, digits, - and _, at most 20")
        self.commands = commands
        self._prefix = prefix
        typed = [name for name, one in commands.items() if not one.hidden]
        begun = {" ".join(name.split()[:count]) for name in typed for count in range(1, len(name.split()) + 1)}
        self._short = [name for name in SHORT if name in commands]
        words = "|".join(map(re.escape, sorted(begun, key=len, reverse=True)))
        # Not inside an address or a path, and not a part of a longer word.
        self._named = re.compile(rf"(?<![\w/.:<~-])/({words})(?![\w/-]|\.\w)") if words else None

    @property
    def umbrella(self) -> str:
        """The command that all others can be called with."""
        return f"/{self._prefix}{UMBRELLA}"

    def slash_commands(self) -> Sequence[SlashCommand]:
        """Return what the workspace is told."""
        all_of_it = say("Study groups: type help for everything that you can do")
        found = [SlashCommand(self.umbrella, _words(all_of_it, DESCRIPTION), "help")]
        for name in self._short:
            one = self.commands[name]
            hint = " ".join(f"[{option.name}]" for option in one.options)
            found.append(SlashCommand(f"/{self._prefix}{name}", _words(one.summary, DESCRIPTION), hint[:100]))
        return found

    def shortcuts(self) -> Sequence[Shortcut]:
        """Return the entries of menus."""
        everywhere = [self.commands[name] for name in GLOBAL if name in self.commands]
        found = [
            Shortcut(one.name, label(one.title, NAME), _words(one.summary, DESCRIPTION), False) for one in everywhere
        ]
        found += [
            Shortcut(one.name, label(one.menu, NAME), _words(one.summary, DESCRIPTION), True)
            for one in self.commands.values()
            if one.menu is not None
        ]
        _within(sum(not one.on_a_message for one in found), ANYWHERE, "shortcuts everywhere")
        _within(sum(one.on_a_message for one in found), ON_A_MESSAGE, "shortcuts on a message")
        return found

    def read(self, command: str, text: str, team: str) -> Typed:
        """Return the call that somebody typed; raises UnknownCommand or MoreWords."""
        name = command.strip().removeprefix("/").lower().removeprefix(self._prefix)
        words = written(text, team).strip()
        if name != UMBRELLA:
            return parse(f"{name} {words}".strip(), self.commands)
        if not words:
            return parse("help", self.commands)
        words = _lowered(words.removeprefix("/"), self.commands)
        # Its own words, such as “setup”, belong to it; everything else is a command that stands alone.
        of_its_own = longest_name(f"{UMBRELLA} {words}", self.commands)
        if of_its_own is not None and of_its_own != UMBRELLA:
            return parse(f"{UMBRELLA} {words}", self.commands)
        return parse(words, self.commands)

    def shown(self, words: str) -> str:
        """Return words in which the bot's commands are named as they are called here."""
        return self._named.sub(lambda found: self.called(found[1]), words) if self._named else words

    def called(self, name: str) -> str:
        """Return how a command, or the beginning of one, is called here."""
        if name in self._short or name == UMBRELLA or name.startswith(f"{UMBRELLA} "):
            return f"/{self._prefix}{name}"
        return f"{self.umbrella} {name}"


def _lowered(words: str, commands: Mapping[str, Command]) -> str:
    """Return a line with the command's own words in small letters, as phones like to begin with a capital."""
    first, separator, rest = words.partition(" ")
    known = {word for name in commands for word in name.split()}
    if not first.islower() and first.lower() in known:
        return f"{first.lower()}{separator}{rest}"
    return words


def _words(text: Text, longest: int) -> str:
    words = " ".join(ENGLISH.plain(text).split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _within(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise ValueError(f"Slack takes {limit} {what}, not {size}")
