"""What is offered while somebody types a command: commands, then their options, then what can be chosen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from adapters.local import commands
from adapters.local.rooms import Place
from adapters.local.world import Profile, World
from bot.cards import Choice, FieldKind
from bot.options import Command, Option
from bot.parsing import arguments, longest_name
from bot.text import say

_BEGUN = re.compile(r"(?:^|\s)([a-z_]+):\s*(?:\"([^\"]*)|([^\s\"]*))$")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose while typing: its words, a hint, and what the line becomes."""

    label: str
    hint: str
    line: str
    whole: bool = False
    """Whether the line can be sent then."""


async def offers(world: World, profile: Profile, place: Place, line: str) -> list[Offer]:
    """Return what is offered for a line that is being typed; nothing where it is no command."""
    if not line.startswith("/"):
        return []
    name = longest_name(line[1:], world.bot.commands)
    if name is not None and line[1 + len(name) :].startswith(" "):
        command = world.bot.commands[name]
        begun = _BEGUN.search(line[1 + len(name) :])
        if begun is not None and begun[1] in command.by_name:
            return [one async for one in _choices(world, profile, place, line, command.by_name[begun[1]], command)]
        if not any(one.name.startswith(f"{name} ") and not one.hidden for one in world.bot.commands.values()):
            return list(_options(world, profile, line, command, name))
    return list(_commands(world, profile, line))


def _commands(world: World, profile: Profile, line: str) -> Iterator[Offer]:
    reader = world.reader(profile)
    wanted = line[1:].lstrip().lower()
    rosters = world.bot.rosters(world.name)
    shown = [one for one in world.bot.commands.values() if not one.hidden and one.fits(rosters=rosters)]
    # First what begins so, then what holds it; a learner's commands are single words, which come first.
    found = sorted(
        (one for one in shown if wanted in one.name),
        key=lambda one: (not one.name.startswith(wanted), " " in one.name, one.name),
    )
    for command in found:
        whole = not command.options
        becomes = f"/{command.name}" + ("" if whole else " ")
        yield Offer(f"/{command.name}", reader.words(command.summary), becomes, whole)


def _options(world: World, profile: Profile, line: str, command: Command, name: str) -> Iterator[Offer]:
    """Yield the options that a line does not name yet."""
    reader = world.reader(profile)
    given = arguments(line[1 + len(name) :].strip(), command.options)
    ends = "" if line.endswith(" ") else " "
    for option in command.options:
        if option.name in given or option.kind is FieldKind.FILE:
            continue
        hint = reader.words(option.label)
        if option.required:
            hint = reader.words(say("{label} (required)", label=hint))
        yield Offer(f"{option.name}:", hint, f"{line}{ends}{option.name}:")


async def _choices(
    world: World, profile: Profile, place: Place, line: str, option: Option, command: Command
) -> AsyncIterator[Offer]:
    """Yield what can be chosen for the option at the end of a line."""
    reader = world.reader(profile)
    begun = _BEGUN.search(line)
    assert begun is not None
    typed = begun[2] if begun[2] is not None else begun[3]
    stem = line[: begun.end(1)] + ":"
    if option.kind is FieldKind.YES_NO:
        for word in ("yes", "no"):
            if word.startswith(typed):
                yield Offer(word, reader.words(option.label), f"{stem}{word} ", whole=True)
        return
    for choice in await commands.suggest(world, profile, command.name, option.name, typed, place):
        label = reader.words(choice.label)
        yield Offer(label, "", f"{stem}{_written(choice, label)} ", whole=True)


def _written(choice: Choice, label: str) -> str:
    """Return how a choice is written in a line: its short word, else its words in quotes."""
    word = choice.keys[0] if choice.keys else label
    return word if re.fullmatch(r"[\w.:/#-]+", word) else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
