"""Puts the parts together: the only module that sees every edge."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import SystemRandom
from typing import TYPE_CHECKING

from adapters.outlines import Shelf, check_lines, read_outline
from bot.app import Bot
from bot.chat import AccountRef, ChannelRef, MessageRef, SpaceRef
from bot.config import Config, DiscordSettings, StorageSettings
from bot.context import Context
from bot.errors import ConfigError
from bot.feature import Feature
from bot.features import (
    announcements,
    deliveries,
    endings,
    enrolment,
    exports,
    groups,
    help,
    leading,
    likes,
    members,
    notes,
    nudges,
    portfolio,
    progress,
    pulse,
    questions,
    schedule,
    settings,
    silence,
    spaces,
    submissions,
    weeks,
)
from bot.features.leading.creating import announce
from bot.ids import PersonId, new_id
from bot.language import Languages
from bot.ports import Clock, Linking, Links, Platform, Store, UnitOfWork
from bot.study.audit import scope_of
from bot.study.founding import found
from bot.study.groups import Group
from bot.study.limits import USUAL, Limits
from bot.study.people import GUEST, Account, Person
from bot.study.times import read_local
from schedules import zones
from schedules.clock import SystemClock
from schedules.pump import Pump
from schedules.rereading import Rereader
from schedules.runner import Runner
from schedules.upkeep import Chore, Upkeep, forgetting
from storage.backup import daily
from storage.store import open_store

if TYPE_CHECKING:
    from adapters.discord import Connection, Discord
    from adapters.local import LocalPlatform

log = logging.getLogger(__name__)

COURSES = Path(__file__).resolve().parent.parent / "courses"
"""The outlines that come with the project."""

FEATURES: tuple[Feature, ...] = (
    announcements.feature,
    deliveries.feature,
    endings.feature,
    enrolment.feature,
    exports.feature,
    groups.feature,
    help.feature,
    leading.feature,
    likes.feature,
    members.feature,
    notes.feature,
    nudges.feature,
    portfolio.feature,
    progress.feature,
    pulse.feature,
    questions.feature,
    schedule.feature,
    settings.feature,
    silence.feature,
    spaces.feature,
    submissions.feature,
    weeks.feature,
)
"""What the bot does."""

NO_PLATFORM = ConfigError(
    "No platform is switched on, so there is nobody to talk to.",
    "For Discord, set token in [discord] (or STUDYCIRCLE_DISCORD__TOKEN). Slack comes with a later version.",
    "To run on this machine alone, set enabled = true in [local] (or STUDYCIRCLE_LOCAL__ENABLED=true).",
    "To see what Studycircle does, run ./run demo.",
)


@dataclass(frozen=True, slots=True)
class App:
    """The parts of an installation."""

    bot: Bot
    store: Store
    runner: Runner
    rereader: Rereader


@asynccontextmanager
async def assembled(
    url: str,
    platforms: Mapping[str, Platform],
    clock: Clock,
    *,
    languages: Languages | None = None,
    courses: Path = COURSES,
    durable: bool = True,
    backups: Path | None = None,
    limits: Limits = USUAL,
) -> AsyncIterator[App]:
    """Open the store and put a bot over it; leaving closes what was opened."""
    store = await open_store(url, durable=durable, backups=backups)
    try:
        pump = Pump(store, platforms, clock)
        async with _heard(url, pump) as wake:
            bot = Bot(
                FEATURES,
                store,
                clock,
                Shelf(courses),
                languages,
                wake=wake,
                limits=limits,
                link=_links(platforms),
                # Two processes on one SQLite file take turns at its lock anyway, and tests like an order that stays.
                mix=SystemRandom().shuffle if url.startswith("postgresql") else lambda _: None,
            )
            pump.attend(bot)
            yield App(bot, store, Runner(bot, pump, clock), Rereader(bot, platforms, clock))
    finally:
        await store.close()


def _links(platforms: Mapping[str, Platform]) -> Links:
    """Return where messages can be looked at, on the platforms that have addresses for them."""

    def link(message: MessageRef) -> str | None:
        platform = platforms.get(message.channel.platform)
        return platform.link(message) if isinstance(platform, Linking) else None

    return link


@asynccontextmanager
async def _heard(url: str, pump: Pump) -> AsyncIterator[Callable[[], None]]:
    """Return what wakes the pump, and those of other processes where the database can tell them."""
    if url.startswith("sqlite:"):
        yield pump.wake
        return
    from storage.bell import Bell

    async with Bell(url, pump.wake) as bell:

        def wake() -> None:
            pump.wake()
            bell.ring()

        yield wake


async def run(config: Config) -> int:
    """Run the bot on the platforms that are switched on, until SIGTERM or SIGINT; then finish what is under way."""
    clock = SystemClock()
    local, discord = _local(config, clock), _discord(config, clock)
    platforms: dict[str, Platform] = {}
    if local is not None:
        platforms["local"] = local
    if discord is not None:
        platforms["discord"] = discord.platform
    if not platforms:
        raise NO_PLATFORM
    from adapters.web import health
    from adapters.web.server import Server

    storage = config.storage
    async with assembled(
        storage.url, platforms, clock, backups=storage.backups_folder, limits=config.limits.as_limits
    ) as app:
        if local is not None:
            local.connect(app.bot)
        if changed := await zones.follow(app.store, clock):  # its data comes with a new version, too
            log.info("time zones: %s", changed)
        server = Server(config.web.host, config.web.port, health.routes({"database": lambda: _reachable(app.store)}))
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
            async with _reading(app.rereader), _kept(upkeep), _connected(discord, app):
                await app.runner.run()
        finally:
            await server.stop()
    log.info("stopped; everything that was under way is finished")
    return 0


def _local(config: Config, clock: Clock) -> LocalPlatform | None:
    """Return the platform on this machine, where it is switched on."""
    if not config.local.enabled:
        return None
    from adapters.local import LocalPlatform

    return LocalPlatform(clock)


def _discord(config: Config, clock: Clock) -> Discord | None:
    """Return Discord, where a token switches it on."""
    given = config.discord
    if given.token is None:
        return None
    from adapters.discord import Discord

    return Discord(discord_connection(given, given.token.get_secret_value()), clock)


def discord_connection(given: DiscordSettings, token: str) -> Connection:
    """Return how to connect to Discord with a token."""
    from adapters.discord import Connection

    return Connection(
        token, given.api_url, given.gateway_url, given.guild_ready_timeout, given.message_content, given.shards
    )


@asynccontextmanager
async def _connected(discord: Discord | None, app: App) -> AsyncIterator[None]:
    """Let Discord be connected meanwhile; where it ends by itself, the bot stops and says why."""
    if discord is None:
        yield
        return

    async def greet(space: SpaceRef, owner: AccountRef, locale: str) -> None:
        await app.bot.perform(lambda ctx: spaces.greet(ctx, space, owner, locale))

    async def gap(space: str | None = None) -> None:
        await app.rereader.gap("discord", space)

    discord.connect(app.bot, on_gap=gap, greet=greet)
    task = asyncio.create_task(discord.run())
    task.add_done_callback(lambda _: app.runner.stop())
    try:
        yield
    finally:
        await discord.close()
        await task


@asynccontextmanager
async def _reading(rereader: Rereader) -> AsyncIterator[None]:
    """Let reactions be read again meanwhile; leaving ends the requests that are under way."""
    task = asyncio.create_task(rereader.run())
    try:
        yield
    finally:
        rereader.stop()
        await task


@asynccontextmanager
async def _kept(upkeep: Upkeep) -> AsyncIterator[None]:
    """Let the upkeep be done meanwhile; leaving finishes the chore that is under way."""
    keeping = asyncio.create_task(upkeep.run())
    try:
        yield
    finally:
        upkeep.stop()
        await keeping


def _chores(storage: StorageSettings, store: Store, clock: Clock) -> list[Chore]:
    """Return what is done now and then."""
    chores = [forgetting(store, clock), zones.following(store, clock)]
    file, folder = storage.file, storage.backups_folder
    if file is not None and folder is not None:

        async def back_up() -> str:
            kept = (storage.keep_daily, storage.keep_weekly)
            made = await asyncio.to_thread(daily, file, folder, clock.now(), *kept)
            return f"backed up to {made.path}"

        chores.append(Chore("backup", timedelta(days=1), back_up))
    return chores


def _on_signals(runner: Runner) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, runner.stop)


async def _reachable(store: Store) -> None:
    await store.read(lambda uow: uow.agenda.next_at(SystemClock().now()))


@dataclass(frozen=True, slots=True)
class Founding:
    """What `group create` was told."""

    course: Path
    homes: Sequence[ChannelRef]
    facilitator: AccountRef
    starts: str
    zone: str
    title: str
    seats: int | None
    auto_accept: bool


async def create(config: Config, wish: Founding) -> int:
    """Create a group from a course outline and print what came of it; raises a Refusal where it cannot be."""
    reading = read_outline(wish.course)
    if reading.outline is None:
        raise ConfigError(*check_lines(reading), "Nothing was created.")
    outline = reading.outline
    clock = SystemClock()

    def work(ctx: Context) -> Group:
        group = found(
            ctx.uow,
            outline,
            title=wish.title,
            channels=wish.homes,
            owner=_person(ctx.uow, wish.facilitator, clock),
            starts=read_local(wish.starts),
            zone=wish.zone,
            now=clock.now(),
            seats=wish.seats,
            auto_accept=wish.auto_accept,
            language=config.instance.language,
        )
        announce(ctx.within(group))
        ctx.uow.audit.add(scope_of(None), clock.now(), GUEST, "group create", f"group={group.id}")
        return group

    async with assembled(config.storage.url, {}, clock, backups=config.storage.backups_folder) as app:
        group = await app.bot.perform(work)
    weeks = len(outline.weeks)
    print(f"Created: {group.title} ({weeks} weeks), from {group.starts:%Y-%m-%d %H:%M} in {group.zone}.")
    print(f"It lives in {', '.join(map(str, wish.homes))}, and {wish.facilitator} leads it.")
    return 0


def _person(uow: UnitOfWork, ref: AccountRef, clock: Clock) -> PersonId:
    """Return the person behind an account, who is new if the bot has not met them."""
    known = uow.people.by_account(ref)
    if known is not None:
        return known.id
    now = clock.now()
    person = Person(PersonId(new_id(now)), ref.user, now)
    uow.people.add(person, Account(new_id(now), ref, person.id, person.name, now))
    return person.id
