"""Runs the bot on the platforms that are switched on, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.bootstrap import App, assembled
from bot.bootstrap.platforms import discord_of, local_of, slack_of
from bot.bootstrap.serving import figures, metrics_of, pages, reachable, signer
from bot.chat import AccountRef, SpaceRef
from bot.config import Config, StorageSettings
from bot.errors import ConfigError
from bot.features import spaces
from bot.ports import Clock, Platform, Store
from schedules import reckoning, zones
from schedules.clock import SystemClock
from schedules.runner import Runner
from schedules.upkeep import Chore, Upkeep, forgetting
from storage import forgotten
from storage.backup import daily

if TYPE_CHECKING:
    from adapters.discord import Discord
    from adapters.slack import Slack

log = logging.getLogger(__name__)

SELDOM = 10_000, 20, 20
"""After how many new objects the young are looked through, and after how many such looks the older ones are."""

NO_PLATFORM = ConfigError(
    "No platform is switched on, so there is nobody to talk to.",
    "For Discord, set token in [discord] (or STUDYCIRCLE_DISCORD__TOKEN); ./run setup discord helps.",
    "For Slack, set bot_token and app_token in [slack]; ./run setup slack helps.",
    "To run on this machine alone, set enabled = true in [local] (or STUDYCIRCLE_LOCAL__ENABLED=true).",
    "To see what Studycircle does, run ./run demo.",
)


async def run(config: Config) -> int:
    """Run the bot on the platforms that are switched on, until SIGTERM or SIGINT; then finish what is under way."""
    clock = SystemClock()
    local, discord, slack = local_of(config, clock), discord_of(config, clock), slack_of(config, clock)
    platforms: dict[str, Platform] = {}
    if local is not None:
        platforms["local"] = local
    if discord is not None:
        platforms["discord"] = discord.platform
    if slack is not None:
        platforms["slack"] = slack.platform
    if not platforms:
        raise NO_PLATFORM
    from adapters.web import health
    from adapters.web.badges import routes as badge_routes
    from adapters.web.server import Server

    storage = config.storage
    issuer, metrics = signer(config, clock), metrics_of(config)
    async with assembled(
        storage.url,
        platforms,
        clock,
        backups=storage.backups_folder,
        limits=config.limits.as_limits,
        site=config.web.site,
        issuer=issuer,
        meter=metrics,
    ) as app:
        if local is not None:
            local.connect(app.bot)
        if changed := await zones.follow(app.store, clock):  # its data comes with a new version, too
            log.info("time zones: %s", changed)
        served = [*health.routes({"database": lambda: reachable(app.store)}), *(slack.routes() if slack else ())]
        served += badge_routes(app.store, issuer)
        served += [metrics.route(app.store, clock)] if metrics and config.web.metrics_port == config.web.port else []
        served += pages(config, app, clock, issuer)
        server = Server(config.web.host, config.web.port, served)
        try:
            await server.start()
        except OSError as error:
            address = f"{config.web.host}:{config.web.port}"
            raise ConfigError(
                f"web.host, web.port: {address} cannot be used: {error.strerror}. Choose another."
            ) from error
        try:
            _on_signals(app.runner)
            log.info("ready: http://%s:%s/readyz answers", config.web.host, server.port)
            upkeep = Upkeep(app.store, clock, _chores(storage, app.store, clock))
            over_discord, over_slack = _connected("discord", discord, app), _connected("slack", slack, app)
            counted = figures(config, metrics, app, clock)
            beside = meanwhile(app.rereader, upkeep, *app.keepers)
            async with beside, over_discord, over_slack, counted:
                _spare_what_stays()
                await app.runner.run()
        finally:
            await server.stop()
    log.info("stopped; everything that was under way is finished")
    return 0


def _spare_what_stays() -> None:
    """Let the collector of garbage pass over what came up with the program, and look less often for cycles.

    Hardly anything here is in one; walking all modules and statements again and again took one part in ten of the CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


@asynccontextmanager
async def _connected(name: str, adapter: Discord | Slack | None, app: App) -> AsyncIterator[None]:
    """Let a platform be connected meanwhile; where it ends by itself, the bot stops and says why."""
    if adapter is None:
        yield
        return

    async def greet(space: SpaceRef, owner: AccountRef, locale: str) -> None:
        await app.bot.perform(lambda ctx: spaces.greet(ctx, space, owner, locale))

    async def gap(space: str | None = None) -> None:
        await app.rereader.gap(name, space)

    adapter.connect(app.bot, on_gap=gap, greet=greet)
    task = asyncio.create_task(adapter.run())
    task.add_done_callback(lambda _: app.runner.stop())
    try:
        yield
    finally:
        await adapter.close()
        await task


class Job(Protocol):
    """What goes on beside everything else until it is told to stop."""

    async def run(self) -> None:
        """Go on until `stop`, and finish then what is under way."""

    def stop(self) -> None:
        """Let `run` return."""


@asynccontextmanager
async def meanwhile(*jobs: Job) -> AsyncIterator[None]:
    """Let jobs go on meanwhile; leaving lets each finish what is under way."""
    tasks = [asyncio.create_task(job.run()) for job in jobs]
    try:
        yield
    finally:
        for job in jobs:
            job.stop()
        await asyncio.gather(*tasks)


def _chores(storage: StorageSettings, store: Store, clock: Clock) -> list[Chore]:
    """Return what is done now and then."""
    chores = [forgetting(store, clock), zones.following(store, clock), reckoning.after_an_update(store)]
    file, folder = storage.file, storage.backups_folder
    if file is not None and folder is not None:

        async def back_up() -> str:
            kept = (storage.keep_daily, storage.keep_weekly)
            made = await asyncio.to_thread(daily, file, folder, clock.now(), *kept)
            return f"backed up to {made.path}"

        chores.append(Chore("backup", timedelta(days=1), back_up))
    if (kept_in := forgotten.list_of(file, folder)) is not None:
        chores.append(_staying_forgotten(store, clock, kept_in, file))
    return chores


def _staying_forgotten(store: Store, clock: Clock, kept_in: Path, file: Path | None) -> Chore:
    """Return the chore by which whoever was erased leaves the log of the database, and is erased after a restore."""

    async def stay() -> str:
        known = await asyncio.to_thread(forgotten.read, kept_in)
        new = set(await store.read(lambda uow: uow.my_data.erased())) - set(known)
        if not new or (file is not None and not await asyncio.to_thread(forgotten.cleared, file)):
            return ""  # a log that is in use is cleared the next time
        return f"{await asyncio.to_thread(forgotten.add, kept_in, sorted(new), clock.now())} erased"

    return Chore("staying forgotten", timedelta(minutes=1), stay)


def _on_signals(runner: Runner) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, runner.stop)
