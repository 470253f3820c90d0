"""`schedule`: what comes and what was posted, for whoever runs the installation."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.command_line import ConfigFile, configured, finished, opened
from bot.config import StorageSettings
from bot.errors import ConfigError
from bot.language import ENGLISH

if TYPE_CHECKING:
    from bot.ports import UnitOfWork
    from bot.study.groups import Group
    from bot.study.ledger import Line

schedule = typer.Typer(help="What comes, and what was posted.", no_args_is_help=True)

LISTED = 30
"""Lines of one kind that are printed."""
AHEAD = timedelta(days=366)


@schedule.command("show")
def show_schedule(
    group: Annotated[
        str | None, typer.Argument(help="A group's short name; empty shows what comes next of all.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Print what comes, what was posted, what was left out and why, and what may not have arrived."""
    settings = configured(config)
    finished(_show(settings.storage, group))


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what kind of line it is, or the group; when, by the group's clock; what; and more about it."""

    about: str
    when: str
    what: str
    more: str = ""


async def _show(storage: StorageSettings, name: str | None) -> int:
    now = datetime.now(UTC)
    async with opened(storage) as store:
        rows = await store.read(lambda uow: _next_of_all(uow, now) if name is None else _of_one(uow, name, now))
    if not rows:
        print("Nothing is planned.")
    elif sys.stdout.isatty():
        _table(rows, "Group" if name is None else "")
    else:
        for row in rows:
            print(f"{row.about}\t{row.when}\t{row.what}\t{row.more}".rstrip())
    return 0


def _next_of_all(uow: UnitOfWork, now: datetime) -> Sequence[Row]:
    from bot.study.ledger import SHOWN, what_comes

    lines = uow.agenda.coming(SHOWN, now + AHEAD, LISTED)
    groups = uow.groups.many({line.group for line in lines if line.group is not None})
    return [
        Row(group.slug, _clock(line.at, group.where), ENGLISH.plain(what_comes(uow, line)))
        for line in lines
        if line.group is not None and (group := groups.get(line.group)) is not None
    ]


def _of_one(uow: UnitOfWork, name: str, now: datetime) -> Sequence[Row]:
    from bot.study.ledger import ledger

    group = uow.groups.named(name)
    if group is None:
        raise ConfigError(
            f"There is no group “{name}”. Without a name, schedule show prints the groups that have plans."
        )
    found = ledger(uow, group, now)
    return [
        *_rows("next", group, found.next),
        *_rows("asked", group, found.asked),
        *_rows("on the way", group, found.waiting),
        *_rows("not delivered", group, found.failed),
        *_rows("left out", group, found.skipped),
        *_rows("posted", group, found.sent),
    ]


def _rows(about: str, group: Group, lines: Sequence[Line]) -> Iterable[Row]:
    for line in lines[:LISTED]:
        more = ENGLISH.plain(line.why) or str(line.message or "")
        yield Row(about, _clock(line.at, group.where), ENGLISH.plain(line.what), more)


def _clock(at: datetime, where: ZoneInfo) -> str:
    return f"{at.astimezone(where):%Y-%m-%d %H:%M} {where.key}"


def _table(rows: Iterable[Row], about: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(about, "When", "What", "", box=None, pad_edge=False)
    for row in rows:
        # As text, since what people wrote may look like markup.
        table.add_row(*(Text(words) for words in (row.about, row.when, row.what, row.more)))
    Console().print(table)
