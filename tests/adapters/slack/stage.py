"""The stage of the stories on Slack: people act on the wire-level fake, the unmodified libraries bring it to us.

What they read are Slack's blocks, drawn as the stories write it, so that the same words are asked for everywhere.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property, partial
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.slack import Connection, Slack
from adapters.slack.manifest import manifest
from bot.bootstrap import App, assembled
from bot.cards import File
from bot.language import ENGLISH
from bot.text import MomentStyle
from schedules.clock import MovedClock
from schedules.pacing import Pacing
from tests.adapters.connected import connected
from tests.adapters.scenarios import BEGINS, HOME, Seen
from tests.adapters.staging import Staged
from tests.fakes.slack import FakeSlack, Interaction, Json, Message, Pace, Upload, View
from tests.fakes.slack.people import fields_of, options_of
from tests.fakes.slack.reading import Reader, lines_of

ONLY_YOU = "Only you can see this"
FILL_IN = "Fill it in"
"""The button to a form that could not be shown at once."""
TIME = ":time"
"""Ends the name of the field in which the time of a moment is chosen, beside its date."""
SHORT = ("/submit", "/ask", "/newweek", "/enrol")
"""What has a command of its own; all else is typed behind /study."""

_STYLES = {
    "{date_long}": MomentStyle.DATE,
    "{time}": MomentStyle.TIME,
    "{date_short_pretty} at {time}": MomentStyle.FULL,
    "{ago}": MomentStyle.RELATIVE,
}
_BARS = str.maketrans("▰▱", "▓░")


@dataclass
class SlackStage(Staged):
    app: App
    fake: FakeSlack
    adapter: Slack
    clock: MovedClock
    zones: dict[str, tzinfo] = field(default_factory=dict)
    team: str = "Study hall"
    private: list[Message] = field(default_factory=list)
    """What one person alone sees, as it came and was changed."""
    offered: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """What is offered in the fields of somebody's form while they type nothing."""

    def __post_init__(self) -> None:
        self.fake.world.seen.append(self._see)

    def _see(self, seen: Message | View) -> None:
        if isinstance(seen, Message) and seen.ephemeral:
            self.private.append(seen)

    # What people do

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        person = self.fake.person(who, display=name or who.title(), admin=admin, team=self.team)
        person.user.zone = zone
        self.zones[who] = ZoneInfo(zone)

    def account(self, who: str) -> str:
        return f"slack:{self.fake.team(self.team).id}/{self.fake.person(who, team=self.team).user.id}"

    def names(self, who: str, *, to: str) -> str:
        return f"@{self.fake.person(who, team=self.team).user.display}"

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        person, place = self.fake.person(who, team=self.team), self.fake.channel(where, team=self.team)
        command = line if line.startswith(("/study ", *SHORT)) else f"/study {line.removeprefix('/')}"
        told = await self._read(who, lambda: person.types(command, place))
        if file is None:
            return told
        assert person.form is not None, f"no form takes the file: {told}"
        return await self.fills(who, file=file)

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        message = _message(on) if on is not None else None
        return await self._read(who, lambda: self.fake.person(who, team=self.team).presses(label, message))

    async def fills(self, who: str, **values: str | File) -> str:
        person = self.fake.person(who, team=self.team)
        assert person.form is not None, f"{who} has no form open, but {[self.text(one) for one in person.shown[-1:]]}"
        known = fields_of(person.form)
        given: dict[str, Any] = {}
        for name, value in values.items():
            if isinstance(value, File):
                given[name] = Upload(value.name, value.content, value.media_type)
            elif name + TIME in known:
                given[name], _, given[name + TIME] = value.partition(" ")
            else:
                given[name] = value
        return await self._read(who, lambda: person.fills(**given))

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        return await self._read(who, lambda: self.fake.person(who, team=self.team).opens_menu(entry, _message(on)))

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        place = _message(below) if below is not None else self.fake.channel(where, team=self.team)
        said = self.fake.person(who, team=self.team).says(words, place)
        await self.settle()
        return said

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        self.fake.person(who, team=self.team).reacts(emoji, _message(on))
        await self.settle()

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        self.fake.person(who, team=self.team).unreacts(emoji, _message(on))
        await self.settle()

    async def _read(self, who: str, doing: Callable[[], Awaitable[Interaction]]) -> str:
        """Return what somebody was answered; a form that came too late for a dialog is opened by its button."""
        person = self.fake.person(who, team=self.team)
        before = len(self.private)
        asked = await doing()
        at = asked.at
        await self.settle()
        assert asked.failed is None, f"Slack says {asked.failed}"
        new = [one for one in self.private[before:] if one.only_for is person.user and not one.deleted]
        shown = list(dict.fromkeys(new))
        if any(one["label"] == FILL_IN for message in shown for one in message.buttons):
            return await self.presses(who, FILL_IN, shown[-1])
        parts = [self._drawn(message, self.zones[who], at) for message in shown]
        if parts:
            parts[-1] += f"\n{ONLY_YOU}"
        if asked.errors:
            parts.append("\n".join(asked.errors.values()))
        elif person.form is not None and asked.dialog is person.form:
            await self._look_up(who, person.form)
            parts.append(_form(person.form))
        return "\n\n".join(parts)

    async def _look_up(self, who: str, form: View) -> None:
        """Look at what is offered in the fields of a form in which one has to type."""
        person = self.fake.person(who, team=self.team)
        searched = [name for name, one in fields_of(form).items() if one["element"]["type"] == "external_select"]
        self.offered[who] = {name: tuple(await person.suggestions(name)) for name in searched}

    # What the bot hears

    async def heard(self) -> None:
        async with asyncio.timeout(30):
            while (working := self._working()) or not self.fake.transport.idle:
                if working:
                    await asyncio.wait(working)
                else:
                    await self.fake.transport.quiet()

    def _working(self) -> set[asyncio.Task[Any]]:
        """Return the tasks in which the bot does what people asked."""
        return {one for one in (*self.adapter.calls._under_way, *self.adapter._tasks) if not one.done()}

    # What people see

    def stands(self, *, below: Seen | None = None, where: str = HOME) -> list[Message]:
        return _message(below).replies if below is not None else self.fake.channel(where, team=self.team).messages

    def text(self, seen: Seen) -> str:
        return self._drawn(_message(seen), UTC)

    def told(self, who: str) -> list[str]:
        inbox = self.fake.person(who, team=self.team).inbox
        return [self._drawn(one, self.zones[who]) for one in inbox if not one.files]

    def form(self, who: str) -> Mapping[str, tuple[str, ...]]:
        form = self.fake.person(who, team=self.team).form
        assert form is not None, f"{who} has no form open"
        searched = self.offered.get(who, {})
        listed = {
            name: tuple(option["text"]["text"] for option in options_of(one["element"]))
            for name, one in fields_of(form).items()
        }
        return listed | searched

    def files(self, who: str) -> Mapping[str, bytes]:
        return {file.name: file.content for file in self.fake.person(who, team=self.team).files}

    # Drawing

    def _drawn(self, message: Message, zone: tzinfo, now: datetime | None = None) -> str:
        def moment(at: datetime, shape: str) -> str:
            return ENGLISH.moment(at, _STYLES[shape], zone, now or self.clock.now())

        users = self.fake.team(self.team).users
        read = lines_of(message, Reader(lambda id: users[id].display, moment))
        quoted = ("> ", "    ")
        read.body = [line if line.startswith(quoted) else line.translate(_BARS) for line in read.body]
        return self._called.sub(r"/\1", "\n".join(read.all))

    @cached_property
    def _called(self) -> re.Pattern[str]:
        """What stands for the commands that have no name of their own on Slack, as they are called there."""
        own = {name.split()[1] for name in self.app.bot.commands if name.startswith("study ")}
        return re.compile(rf"(?<!\w)/study (?!(?:{'|'.join(own)})\b)([a-z-]+)")


def _form(form: View) -> str:
    """Return a form as lines: its title, then each question with its choices and what stands in it already."""
    fields = {name: one for name, one in fields_of(form).items() if not name.endswith(TIME)}
    return "\n".join([form.title, *(f"  {_field(form, one)}" for one in fields.values())])


def _field(form: View, block: Json) -> str:
    one = block["element"]
    labels = [option["text"]["text"] for option in options_of(one)]
    chosen = one.get("initial_option")
    stands = chosen["text"]["text"] if chosen else one.get("initial_value") or one.get("initial_date")
    question = block["label"]["text"] + ("" if block.get("optional") else " (required)")
    return f"{question}:" + (f" {' | '.join(labels)}" if labels else "") + (f" = {stands}" if stands else "")


def _message(seen: Seen) -> Message:
    assert isinstance(seen, Message)
    return seen


# Setting it up


async def no_time(seconds: float) -> None:
    """Let no time pass: the pace of a channel is proved elsewhere."""


def connection(fake: FakeSlack, mode: str) -> Connection:
    """Return how the bot connects to the fake."""
    app = fake.world.app
    if mode == "socket":
        return Connection(bot_token=fake.token, app_token=fake.app_token, api_url=fake.api_url)
    return Connection("http", bot_token=fake.token, signing_secret=app.signing_secret, api_url=fake.api_url)


@asynccontextmanager
async def opened(database_url: str, mode: str = "socket", *, paced: bool = False) -> AsyncIterator[SlackStage]:
    """Open a stage: a Slack, a bot that is connected to it, and a clock that stands still between the steps.

    Where it is `paced`, Slack takes one message a second for a channel, and the bot takes its time.
    """
    clock = MovedClock(BEGINS)
    async with FakeSlack(clock.now) as fake:
        fake.channel(HOME)
        if paced:
            fake.web.paces["chat.postMessage"] = Pace(seconds=0.9)  # a second, less what the way may take
        async with played(database_url, fake, clock, mode, paced=paced) as stage:
            yield stage


@asynccontextmanager
async def played(
    database_url: str, fake: FakeSlack, clock: MovedClock, mode: str, *, paced: bool = False
) -> AsyncIterator[SlackStage]:
    """Connect a bot to a Slack that is there."""
    adapter = Slack(connection(fake, mode), clock)
    with nullcontext() if paced else unpaced():
        async with (
            assembled(database_url, {"slack": adapter.platform}, clock, durable=False) as app,
            _served(fake, adapter, app, mode),
            connected(adapter, "slack", app),
        ):
            yield SlackStage(app, fake, adapter, clock)


def unpaced() -> AbstractContextManager[Any]:
    """Let a channel take any number of messages at once."""
    return patch("schedules.pump.Pacing", partial(Pacing, sleep=no_time))


@asynccontextmanager
async def _served(fake: FakeSlack, adapter: Slack, app: App, mode: str) -> AsyncIterator[None]:
    """Let the app be what its manifest says; in HTTP mode, serve its addresses."""
    if mode == "socket":
        fake.world.app.set_up(manifest(app.bot.commands))
        _grant(fake)
        yield
        return
    server = web.Application()
    server.add_routes(adapter.routes())
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.world.app.set_up(manifest(app.bot.commands, http=f"http://127.0.0.1:{runner.addresses[0][1]}"))
    _grant(fake)
    try:
        yield
    finally:
        await runner.cleanup()


def _grant(fake: FakeSlack) -> None:
    """Let the app have the scopes of its manifest, and no others."""
    for team in fake.world.teams.values():
        if team.installed is not None:
            team.installed.scopes = set(fake.world.app.scopes)
