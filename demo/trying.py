"""The try-out page for one visitor: a sample group on this machine, whose clock can be moved."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.local import Channel
from adapters.local.page import Guise, Keeper, KeptPlatform, Page, Stage
from adapters.web.pages import Pages
from adapters.web.site import Site
from bot.bootstrap import COURSES, App, assembled
from bot.bootstrap.platforms import inspectors
from bot.cards import File
from bot.errors import ConfigError
from bot.study.groups import ALIVE
from bot.text import Text, say
from demo import cast
from demo.cast import FACILITATOR_ZONE, FELA, JILL, LENA, NOOR, PRIYA, TOMAS, WEI
from demo.peers import Peers
from schedules.clock import MovedClock
from storage.documents import format_of

log = logging.getLogger(__name__)

SAMPLE = COURSES / "javascript-in-five-weeks.md"
SPACE, HOME = "makers", "study-circle"
CAST = (
    Guise("jill", say("learner")),
    Guise("priya", say("learner")),
    Guise("tomas", say("learner")),
    Guise("lena", say("learner, rarely here")),
    Guise("wei", say("mentor")),
    Guise("fela", say("facilitator")),
    Guise("noor", say("admin")),
)
PORT = 8088
HOP = timedelta(hours=2)
"""How far time goes between two looks at what the others do."""
LONGEST = timedelta(weeks=60)
"""How much time “all weeks” takes at most."""


class Days:
    """The time of the page: a second passes in a second, and more when somebody asks for it."""

    def __init__(self, app: App, clock: MovedClock, keeper: Keeper, home: Channel, peers: Peers) -> None:
        self._app = app
        self._clock = clock
        self._keeper = keeper
        self._home = home
        self._peers = peers
        self._turn = asyncio.Lock()
        self._playing: asyncio.Task[None] | None = None
        self._stopping = False
        self.under_way: Text | None = None
        self.peers = True
        self.watchers: list[Callable[[], None]] = []

    def start(self, time: timedelta | None) -> None:
        """Begin to let time pass, or all weeks where none is named."""
        if self.under_way is not None:
            return
        self.under_way = say("Time passes …")
        self._stopping = False
        self._playing = asyncio.create_task(self._play(time))

    def stop(self) -> None:
        """Let no more time pass."""
        self._stopping = True

    async def settle(self) -> None:
        """Do what is due now and deliver what can go out."""
        async with self._turn:
            await self._app.runner.run_due()

    async def passes(self, until: datetime) -> None:
        """Let time pass up to an instant, the others acting meanwhile."""
        async with self._turn:
            while self._clock.now() < until and not self._stopping:
                await self._app.runner.advance(self._clock, min(until, self._clock.now() + HOP))
                if self.peers:
                    await self._peers.act(self._clock.now())
                    await self._app.runner.run_due()
                self._tell()
                await asyncio.sleep(0)

    async def _play(self, time: timedelta | None) -> None:
        try:
            if time is not None:
                await self.passes(self._clock.now() + time)
            else:
                last = self._clock.now() + LONGEST
                while not self._stopping and self._clock.now() < last and await self._alive():
                    await self.passes(self._clock.now() + timedelta(days=1))
            await self._keeper.flush()
        except Exception:  # the entry point of time that is made to pass: the page goes on
            log.exception("time could not pass")
        finally:
            self.under_way = None
            self._tell()

    async def _alive(self) -> bool:
        where = self._home.ref.where
        return bool(await self._app.store.read(lambda uow: uow.groups.in_space(where, ALIVE, 0, 1)))

    def _tell(self) -> None:
        for watcher in self.watchers:
            watcher()

    async def flow(self) -> None:
        """Let time go by itself, until cancelled."""
        before = time.monotonic()
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            passed, before = timedelta(seconds=now - before), now
            if self.under_way is None:
                try:
                    await self._second(passed)
                except Exception:  # the entry point of the clock: the next second may be better
                    log.exception("a second could not pass")

    async def _second(self, passed: timedelta) -> None:
        minute = self._clock.now().minute
        async with self._turn:
            await self._app.runner.advance(self._clock, self._clock.now() + passed)
        if self._clock.now().minute != minute:
            self._tell()

    async def close(self) -> None:
        """End what is being played."""
        self.stop()
        if self._playing is not None:
            await self._playing


@dataclass(frozen=True, slots=True)
class Tried:
    """A try-out that is set up: its parts, and the page."""

    app: App
    clock: MovedClock
    chat: KeptPlatform
    home: Channel
    days: Days
    page: Page


@asynccontextmanager
async def tried(
    url: str, begins: datetime, *, durable: bool = True, peers: bool = True, gather: bool = True
) -> AsyncIterator[Tried]:
    """Set the stage, as it was kept or with the sample group a day after `begins`; leaving keeps and closes it.

    Without `gather` nobody is there yet.
    """
    clock = MovedClock(begins)
    chat = KeptPlatform(clock, zone=FACILITATOR_ZONE)
    async with assembled(url, {"local": chat}, clock, durable=durable) as app:
        chat.connect(app.bot)
        home = chat.space(SPACE).channel(HOME)
        keeper = Keeper(chat.world, chat.space(SPACE), app.store, format_of)
        days = Days(app, clock, keeper, home, Peers(chat, home, keeper.done))
        then = await keeper.load()
        if then is not None:
            clock.move_to(then)
        elif gather:
            await _gather(app, clock, chat, home)
        chat.keeper = keeper
        keeper.everything()
        days.peers = peers
        stage = Stage(chat, chat.space(SPACE), CAST, days, keeper, inspectors(), FELA.user)
        try:
            yield Tried(app, clock, chat, home, days, Page(stage))
        finally:
            await days.close()
            await keeper.close()


async def _gather(app: App, clock: MovedClock, chat: KeptPlatform, home: Channel) -> None:
    """Let a day pass in which a group is founded that a visitor can join."""
    people = {
        who.user: chat.person(who.user, name=who.name, zone=who.zone, admin=who is NOOR)
        for who in (JILL, PRIYA, TOMAS, LENA, WEI, FELA, NOOR)
    }
    for other in ("general", "show-and-tell"):
        chat.space(SPACE).channel(other)

    async def later(**time: float) -> None:
        await app.runner.advance(clock, clock.now() + timedelta(**time))

    noor, fela = people["noor"], people["fela"]
    await noor.types("/study setup", home)
    await fela.types(f"/settings name:{FELA.name}", home)
    await noor.types(f"/study facilitators add:{fela.account}", home)
    await later(minutes=5)
    course = File("course.md", "text/markdown", SAMPLE.read_bytes())
    starts = (clock.now().astimezone(ZoneInfo(FELA.zone)) + timedelta(days=3)).replace(hour=18, minute=0)
    line = f'/lead group import start:"{starts:%Y-%m-%d %H:%M}" zone:{FELA.zone}'
    await fela.types(line, home, files={"file": course})
    await fela.presses("Start the group")
    for who in (PRIYA, TOMAS, LENA, WEI):
        await later(hours=2)
        await people[who.user].types("/enrol", home)
        await people[who.user].fills({"goal": who.goal, "offer": who.offer, "zone": who.zone, "plan": who.plan})
        await later(minutes=40)
        await fela.presses("Accept")
    await fela.types("/lead members role member:Wei role:mentor learning:no", home)
    await people["priya"].says(cast.PRIYAS_HELLO, home)
    await later(hours=12)
    for person in people.values():  # a visitor begins with a clear screen
        person.clears_answers()


async def serve(port: int, keep: Path | None) -> int:
    """Serve the page on this machine until it is told to stop; return 0."""
    with tempfile.TemporaryDirectory(prefix="studycircle-") as folder:
        file = keep or Path(folder) / "try.db"
        begins = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
        url = f"sqlite:///{file.absolute()}"
        async with (
            _alone(file),
            tried(url, begins, durable=keep is not None) as there,
            served(there, port) as address,
            _flowing(there.days),
        ):
            print(f"Open {address} in a browser. Nothing leaves this machine; Ctrl-C ends it.", flush=True)
            if keep is not None:
                print(f"Everything is kept in {file}; the same command opens it again.", flush=True)
            await _told_to_stop()
    return 0


@asynccontextmanager
async def _alone(file: Path) -> AsyncIterator[None]:
    """Let no second page open the same file: what is in memory would not know what the other one does."""
    with open(f"{file}.open", "w") as marker:  # noqa: ASYNC230  # once, before anything is served
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(f"{file} is open in another ./run try. Choose another file with --keep.") from error
        yield


@asynccontextmanager
async def served(there: Tried, port: int) -> AsyncIterator[str]:
    """Serve the page meanwhile, with what people publish, on this machine's own address only; yields its address."""
    application = there.page.application()
    site = Site(there.app.store, there.clock, there.app.bot.languages, "", "Studycircle")
    public = web.Application()
    public.add_routes(Pages(site).routes())
    application.add_subapp("/public", public)
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=2)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError as error:
            raise ConfigError(f"Port {port} cannot be used: {error.strerror}. Choose another with --port.") from error
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        site.address = there.app.bot.site = f"{address}public/"  # known only now, where any port would do
        yield address
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _flowing(days: Days) -> AsyncIterator[None]:
    task = asyncio.create_task(days.flow())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _told_to_stop() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
