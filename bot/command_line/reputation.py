"""`reputation`: reckons what thanks are worth anew, from everything that stands."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.command_line import ConfigFile, configured, finished, opened
from bot.config import StorageSettings

reputation = typer.Typer(help="What thanks are worth.", no_args_is_help=True)


@reputation.callback()
def _group() -> None:
    """Reckon reputation anew, or look whether what is kept is right."""


@reputation.command("rebuild")
def rebuild_reputation(
    check: Annotated[bool, typer.Option("--check", help="Only look; end with 1 where something is not right.")] = False,
    config: ConfigFile = None,
) -> None:
    """Reckon everybody's reputation anew from all likes and thanks, and print what was not right."""
    finished(_rebuild(configured(config).storage, check=check))


async def _rebuild(storage: StorageSettings, *, check: bool) -> int:
    from bot.study.reputation import EIGHTHS
    from schedules.reckoning import rebuilt

    groups = wrong = 0
    async with opened(storage) as store:
        async for group, drifts in rebuilt(store, check=check):
            groups += 1
            wrong += len(drifts)
            for one in drifts:
                kept, right = one.kept / EIGHTHS, one.right / EIGHTHS
                print(f"group:{group} person:{one.person}  kept {kept:g}, right is {right:g}")
    looked = "1 group" if groups == 1 else f"{groups} groups"
    if not wrong:
        print(f"Looked at {looked}: every reputation is what its likes and thanks come to.")
    elif check:
        print(f"Looked at {looked}: {wrong} are not right. Without --check they are put right.")
    else:
        print(f"Looked at {looked}: {wrong} were not right and are now.")
    return int(check and wrong > 0)
