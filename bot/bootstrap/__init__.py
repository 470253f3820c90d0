"""Puts the parts together: the only package that sees every edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import SystemRandom

from adapters.outlines import Shelf
from bot.app import Bot
from bot.chat import MessageRef
from bot.feature import Feature
from bot.features import (
    announcements,
    awards,
    badges,
    deliveries,
    endings,
    enrolment,
    exports,
    groups,
    help,
    home,
    leading,
    likes,
    linking,
    members,
    my_data,
    notes,
    nudges,
    points,
    portfolio,
    progress,
    publishing,
    pulse,
    questions,
    retention,
    reviews,
    schedule,
    settings,
    silence,
    spaces,
    stories,
    submissions,
    thanks,
    weeks,
)
from bot.features.leading.rostering import tell_trouble
from bot.language import Languages
from bot.ports import Clock, Linking, Links, Meter, Platform, Rostering, Store
from bot.study.badges import Issuer
from bot.study.limits import USUAL, Limits
from schedules.pump import Pump
from schedules.rereading import Rereader
from schedules.rosters import RosterKeeper
from schedules.runner import Runner
from storage.store import open_store

COURSES = Path(__file__).resolve().parent.parent.parent / "courses"
"""The outlines that come with the project."""

FEATURES: tuple[Feature, ...] = (
    announcements.feature,
    awards.feature,
    badges.feature,
    deliveries.feature,
    endings.feature,
    enrolment.feature,
    exports.feature,
    groups.feature,
    help.feature,
    home.feature,
    leading.feature,
    likes.feature,
    linking.feature,
    members.feature,
    my_data.feature,
    notes.feature,
    nudges.feature,
    points.feature,
    portfolio.feature,
    progress.feature,
    publishing.feature,
    pulse.feature,
    questions.feature,
    retention.feature,
    reviews.feature,
    schedule.feature,
    settings.feature,
    silence.feature,
    spaces.feature,
    stories.feature,
    submissions.feature,
    thanks.feature,
    weeks.feature,
)
"""What the bot does."""


@dataclass(frozen=True, slots=True)
class App:
    """The parts of an installation."""

    bot: Bot
    store: Store
    runner: Runner
    rereader: Rereader
    keepers: Sequence[RosterKeeper]


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
    site: str | None = None,
    issuer: Issuer | None = None,
    meter: Meter | None = None,
) -> AsyncIterator[App]:
    """Open the store and put a bot over it; leaving closes what was opened. `site` is where its public pages are."""
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
                rosters=lambda name: isinstance(platforms.get(name), Rostering),
                site=site,
                issuer=issuer,
                meter=meter,
                # Two processes on one SQLite file take turns at its lock anyway, and tests like an order that stays.
                mix=SystemRandom().shuffle if url.startswith("postgresql") else lambda _: None,
            )
            pump.attend(bot)
            keepers = [
                RosterKeeper(bot, name, platform, clock, tell_trouble)
                for name, platform in platforms.items()
                if isinstance(platform, Rostering)
            ]
            yield App(bot, store, Runner(bot, pump, clock), Rereader(bot, platforms, clock), keepers)
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
