"""`audit`: who decided what, and whether the log of it is whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import ConfigFile, configured, fail, finished, opened
from bot.config import StorageSettings
from bot.ids import GroupId

if TYPE_CHECKING:
    from bot.ports import UnitOfWork
    from bot.study.audit import Entry

audit = typer.Typer(help="The audit log: who decided what over others.", no_args_is_help=True)

Ends = dict[str, tuple[int, str]]
"""How many lines each chain had, and the last hash."""

_CHAIN = re.compile(r"(\S+): (?:whole|not whole), (\d+) lines?, last hash ([0-9a-f]{64})")


@audit.command("verify")
def verify_log(
    against: Annotated[
        Path | None, typer.Option(help="An earlier output of this, kept elsewhere: nothing before it may have changed.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Print each chain, whether it is whole, and its last hash; end with 1 if one is not."""
    settings = configured(config)
    try:
        earlier = _read(against.read_text(encoding="utf-8")) if against else {}
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{against} cannot be read: {error}")
    if against and not earlier:
        fail(f"{against} is no output of audit verify: it has no line with a last hash.")
    finished(_verify(settings.storage, earlier))


@audit.command("show")
def show_log(
    group: Annotated[int | None, typer.Option(help="A group's number, as verify prints it after “group:”.")] = None,
    config: ConfigFile = None,
) -> None:
    """Print the lines of a group, or those of the installation itself."""
    settings = configured(config)
    finished(_show(settings.storage, GroupId(group) if group is not None else None))


def _read(text: str) -> Ends:
    """Return how each chain ended in an output of `verify`."""
    return {found[1]: (int(found[2]), found[3]) for line in text.splitlines() if (found := _CHAIN.fullmatch(line))}


async def _verify(storage: StorageSettings, earlier: Ends) -> int:
    from bot.study.audit import BEGINNING, verify

    def view(uow: UnitOfWork) -> list[tuple[str, int, str, list[str]]]:
        noted = {scope: (length, last) for scope, length, last in uow.audit.scopes()}
        # A chain of the earlier output that is gone altogether has no line any more.
        chains = {**dict.fromkeys(earlier, (0, BEGINNING)), **noted}
        return [
            (scope, *end, list(verify(uow.audit, scope, *end, earlier.get(scope, (0, BEGINNING)))))
            for scope, end in sorted(chains.items())
        ]

    async with opened(storage) as store:
        chains = await store.read(view)
    for scope, length, last, problems in chains:
        lines = "1 line" if length == 1 else f"{length} lines"
        print(f"{scope}: {'not whole' if problems else 'whole'}, {lines}, last hash {last}")
        print(*(f"  {problem}\n" for problem in problems), sep="", end="")
    if not chains:
        print("The audit log is empty.")
    return int(any(problems for *_, problems in chains))


async def _show(storage: StorageSettings, group: GroupId | None) -> int:
    from bot.study.audit import scope_of

    scope = scope_of(group)

    def view(uow: UnitOfWork) -> list[Entry]:
        found: list[Entry] = []
        while lines := uow.audit.read(scope, found[-1].number if found else None):
            found += lines
        return found

    async with opened(storage) as store:
        found = await store.read(view)
    for line in found:
        who = f"person:{line.actor}" if line.actor else "the command line"
        print(f"{line.number}  {line.at:%Y-%m-%d %H:%M:%S} UTC  {who}  {line.action}  {line.items}".rstrip())
    if not found:
        print(f"The audit log has no lines of {scope}.")
    return 0
