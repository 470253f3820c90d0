"""`export`: what this installation holds, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.command_line import ConfigFile, configured, finished, opened
from bot.config import Config
from bot.errors import ConfigError

export = typer.Typer(help="What is public, as files.", no_args_is_help=True)


@export.callback()
def _export() -> None:
    """Write what is public as files."""


@export.command("site")
def site(
    out: Annotated[Path, typer.Argument(help="The folder to write into: a new one, or that of an earlier export.")],
    url: Annotated[str | None, typer.Option(help="Where the files will be, instead of web.public_url.")] = None,
    config: ConfigFile = None,
) -> None:
    """Write the public pages into a folder, for any web server; what was taken down since is removed from it."""
    finished(_write(configured(config), out, url))


async def _write(config: Config, out: Path, url: str | None) -> int:
    from adapters.web.export import write
    from adapters.web.site import Site
    from bot.bootstrap.serving import signer
    from bot.language import Languages
    from schedules.clock import SystemClock

    address = url or config.web.site
    if not address or not address.startswith(("http://", "https://")):
        raise ConfigError("Where will the pages be? Say it with --url https://…, or set web.public_url.")
    async with opened(config.storage) as store:
        clock, name = SystemClock(), config.instance.name
        issuer = signer(config, clock)
        made = Site(store, clock, Languages(), address.rstrip("/") + "/", name, forms=False, issuer=issuer)
        written = await write(made, out)
    print(f"{written.files} files stand in {out}." + (f" {written.removed} are gone." if written.removed else ""))
    if issuer.address == made.address:
        print("The list of revoked badges among them holds for 7 days: write them again before, every day say.")
    elif issuer.address is not None:
        print(f"Badges say that they are checked at {issuer.address}: keep that reachable.")
    return 0
