"""What the verbs of the command line share: the settings, and how they end."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.config import Config, StorageSettings, load
from bot.errors import CannotRead, CannotSave, ConfigError, Refusal
from bot.language import ENGLISH

if TYPE_CHECKING:
    from bot.ports import UnitOfWork
    from storage.database import Store

DEFAULT_CONFIG = Path("config.toml")
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="The settings; config.toml in this folder if there is one.")
]


def fail(*lines: str) -> NoReturn:
    """Print what is wrong and end with exit status 1."""
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)


def configured(path: Path | None) -> Config:
    """Return the settings; ends the program with every problem that they have."""
    try:
        return load(path or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None), os.environ)
    except ConfigError as error:
        fail("The settings cannot be used:", *(f"  {problem}" for problem in error.problems))


def finished(work: Coroutine[Any, Any, int], loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> NoReturn:
    """Run the work to its end and exit with the status that it returns; what people can mend is said in words."""
    with in_words(), asyncio.Runner(loop_factory=loop) as runner:
        status = runner.run(work)
    raise typer.Exit(status)


@contextmanager
def in_words() -> Iterator[None]:
    """End the program with words where what people can mend goes wrong in a block."""
    try:
        yield
    except ConfigError as error:
        fail(*error.problems)
    except Refusal as refusal:
        fail(ENGLISH.plain(refusal.text))
    except (CannotSave, CannotRead) as error:
        said = str(error)
        fail(f"{said[:1].upper()}{said[1:]}.")
    except PermissionError as error:
        fail(f"This user may not use {error.filename or 'that'}: {error.strerror}.")


@asynccontextmanager
async def opened(storage: StorageSettings) -> AsyncIterator[Store[UnitOfWork]]:
    """Open a database that is there; looking at it makes none."""
    from storage.store import open_store

    file = storage.file
    if file is not None and not file.exists():
        raise ConfigError(f"There is no database at {file}. The setting storage.url names it.")
    async with await open_store(storage.url, backups=storage.backups_folder) as store:
        yield store
