"""Puts the parts together: the only module that sees every edge."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.outlines import Shelf, check_lines, read_outline
from bot.app import Bot
from bot.chat import AccountRef, ChannelRef
from bot.config import Config
from bot.context import Context
from bot.errors import ConfigError
from bot.feature import Feature
from bot.features import (
    announcements,
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
    spaces,
    submissions,
    weeks,
)
from bot.features.leading.creating import announce
from bot.ids import PersonId, new_id
from bot.language import Languages
from bot.ports import Clock, Platform, Store, UnitOfWork
from bot.study.founding import found
from bot.study.groups import Group
from bot.study.people import Account, Person
from bot.study.times import read_local
from schedules.clock import SystemClock
from schedules.pump import Pump
from schedules.runner import Runner
from storage.store import open_store

log = logging.getLogger(__name__)

COURSES = Path(__file__).resolve().parent.parent / "courses"
"""The outlines that come with the project."""

FEATURES: tuple[Feature, ...] = (
    announcements.feature,
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
    spaces.feature,
    submissions.feature,
    weeks.feature,
)
"""What the bot does."""

NO_PLATFORM = ConfigError(
    "No platform is switched on, so there is nobody to talk to.",
    "Discord and Slack come with later versions. To run on this machine alone, set enabled = true in [local]",
    "(or STUDYCIRCLE_LOCAL__ENABLED=true). To see what Studycircle does, run ./run demo.",
)


@dataclass(frozen=True, slots=True)
class App:
    """The parts of an installation."""

    bot: Bot
    store: Store
    runner: Runner


@asynccontextmanager
async def assembled(
    url: str,
    platforms: Mapping[str, Platform],
    clock: Clock,
    *,
    languages: Languages | None = None,
    courses: Path = COURSES,
    durable: bool = True,
) -> AsyncIterator[App]:
    """Open the store and put a bot over it; leaving closes what was opened."""
    store = await open_store(url, durable=durable)
    try:
        pump = Pump(store, platforms, clock)
        bot = Bot(FEATURES, store, clock, Shelf(courses), languages, wake=pump.wake)
        yield App(bot, store, Runner(bot, pump, clock))
    finally:
        await store.close()


async def run(config: Config) -> int:
    """Run the bot on the platforms that are switched on, until SIGTERM or SIGINT; then finish what is under way."""
    clock = SystemClock()
    if not config.local.enabled:
        raise NO_PLATFORM
    from adapters.local import LocalPlatform
    from adapters.web import health
    from adapters.web.server import Server

    local = LocalPlatform(clock)
    async with assembled(config.storage.url, {"local": local}, clock) as app:
        local.connect(app.bot)
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
            await app.runner.run()
        finally:
            await server.stop()
    log.info("stopped; everything that was under way is finished")
    return 0


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
        return group

    async with assembled(config.storage.url, {}, clock) as app:
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
