"""The stage of the stories on Discord: people act on the wire-level fake, the unmodified discord.py brings it to us.

What they read is Discord's Markdown, drawn as the stories write it, so that the same words are asked for everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from adapters.discord import Connection, Discord
from bot import parsing
from bot.bootstrap import App, assembled
from bot.cards import File
from bot.language import ENGLISH
from bot.text import MomentStyle
from schedules.clock import MovedClock
from tests.adapters.connected import connected
from tests.adapters.scenarios import BEGINS, HOME, Seen
from tests.adapters.staging import Staged
from tests.fakes.discord import Channel, Dialog, FakeDiscord, Interaction, Json, Message, Person, Upload
from tests.fakes.discord.reading import Reader
from tests.fakes.discord.things import walked

ONLY_YOU = "Only you can see this"
FILL_IN = "Fill it in"
"""The button to a form that could not be shown at once."""

_STYLES = {"D": MomentStyle.DATE, "t": MomentStyle.TIME, "F": MomentStyle.FULL, "R": MomentStyle.RELATIVE}
_BARS = str.maketrans("▰▱", "▓░")


@dataclass
class DiscordStage(Staged):
    app: App
    fake: FakeDiscord
    adapter: Discord
    clock: MovedClock
    zones: dict[str, tzinfo] = field(default_factory=dict)

    # What people do

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        self.fake.person(who, display=name or who.title(), admin=admin)
        self.zones[who] = ZoneInfo(zone)

    def account(self, who: str) -> str:
        return f"discord:{self.fake.person(who).user.id}"

    def names(self, who: str, *, to: str) -> str:
        return f"@{self.fake.person(who).user.display}"

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        person, place = self.fake.person(who), self.fake.channel(where)
        await self.heard()  # commands come to a server when the bot does
        typed = parsing.parse(line, self.app.bot.commands)
        words = next(path for path, name in self.adapter.commands.in_server.names.items() if name == typed.command.name)
        command = "/" + " ".join(words)
        options: dict[str, object] = {}
        for name, value in typed.arguments.items():
            options[name] = await self._picked(person, place, command, name, value, options)
        if file is not None:
            options["file"] = Upload(file.name, file.content, file.media_type)
        return await self._read(who, await person.types(command, place, **options))

    async def _picked(
        self, person: Person, place: Channel, command: str, name: str, value: str, others: Mapping[str, object]
    ) -> str:
        """Return a value as somebody gives it who looks at what is offered while typing."""
        if not person.offers(command, name, place):
            return value
        offered = await person.suggestions(command, name, value, place, **others)
        exact = [each for label, each in offered.items() if label.casefold() == value.casefold()]
        return exact[0] if exact else next(iter(offered.values())) if len(offered) == 1 else value

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        message = _message(on) if on is not None else None
        return await self._read(who, await self.fake.person(who).presses(label, message))

    async def fills(self, who: str, **values: str | File) -> str:
        given = {
            name: Upload(value.name, value.content, value.media_type) if isinstance(value, File) else value
            for name, value in values.items()
        }
        return await self._read(who, await self.fake.person(who).fills(**given))

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        return await self._read(who, await self.fake.person(who).opens_menu(entry, _message(on)))

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        place = self._thread(below) if below is not None else self.fake.channel(where)
        said = self.fake.person(who).says(words, place)
        await self.settle()
        return said

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        self.fake.person(who).reacts(emoji, _message(on))
        await self.settle()

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        self.fake.person(who).unreacts(emoji, _message(on))
        await self.settle()

    async def _read(self, who: str, asked: Interaction) -> str:
        """Return what somebody was answered; a form that came too late for a dialog is opened by its button."""
        await self.settle()
        shown = [*asked.shown] if asked.edited is None else [asked.edited, *asked.shown]
        if any(one["label"] == FILL_IN for message in shown for one in message.buttons):
            return await self.presses(who, FILL_IN, shown[-1])
        parts = [self._drawn(message, self.zones[who], asked.at) for message in shown]
        if any(message.ephemeral for message in shown):
            parts[-1] += f"\n{ONLY_YOU}"
        if asked.dialog is not None:
            self._know_zone(who, asked.dialog)
            parts.append(_form(asked.dialog))
        return "\n\n".join(parts)

    def _know_zone(self, who: str, dialog: Dialog) -> None:
        """Let somebody write down their zone where a form asks for it: Discord tells nobody's."""
        for one in walked(dialog.data["components"]):
            if one.get("custom_id") == "zone" and not one.get("value"):
                one["value"] = str(self.zones[who])

    # What the bot hears

    async def heard(self) -> None:
        async with asyncio.timeout(30):
            while (working := self._working()) or not self._told():
                if working:
                    await asyncio.wait(working)
                else:
                    await asyncio.sleep(0.001)

    def _told(self) -> bool:
        """Return whether the library has read all that the gateway told."""
        sessions = self.fake.gateway.sessions.values()
        return all(self.adapter._client.ws.sequence == len(one.told) for one in sessions)

    def _working(self) -> set[asyncio.Task[object]]:
        """Return the tasks in which the library lets us hear of events."""
        return {one for one in asyncio.all_tasks() if one.get_name().startswith("discord.py: on_")}

    # What people see

    def stands(self, *, below: Seen | None = None, where: str = HOME) -> list[Message]:
        return (self._thread(below) if below is not None else self.fake.channel(where)).messages

    def text(self, seen: Seen) -> str:
        return self._drawn(_message(seen), UTC)

    def told(self, who: str) -> list[str]:
        return [self._drawn(one, self.zones[who]) for one in self.fake.person(who).inbox]

    def form(self, who: str) -> Mapping[str, tuple[str, ...]]:
        form = self.fake.person(who).form
        assert form is not None, f"{who} has no form open"
        return {name: form.choices(name) for name in form.fields}

    def files(self, who: str) -> Mapping[str, bytes]:
        return {file.name: file.content for file in self.fake.person(who).files}

    def _thread(self, below: Seen) -> Channel:
        thread = _message(below).thread
        assert thread is not None, "no thread hangs below that message"
        return thread

    # Drawing

    def _drawn(self, message: Message, zone: tzinfo, now: datetime | None = None) -> str:
        def moment(at: datetime, style: str) -> str:
            return ENGLISH.moment(at, _STYLES[style], zone, now or self.clock.now())

        reader = Reader(lambda id: self.fake.world.users[id].display, moment)
        body: list[str] = []
        small: list[str] = []
        for line in _lines("\n".join(message.texts)):
            if line.startswith("-# "):
                small.append(reader.words(line[3:]))
            else:
                body.append(_line(line, reader))
        # A button that opens what a line says already is for fingers; who reads has it in the line.
        said = "\n".join(message.texts)
        shown = [one for one in message.buttons if one["label"] != "Open" or str(one.get("url")) not in said]
        labels = [f"{one['label']}: {one['url']}" if "url" in one else one["label"] for one in shown]
        buttons = [" ".join(f"[{label}]" for label in labels)] if labels else []
        return "\n".join([*body, *buttons, *small, *(f"(file) {file.name}" for file in message.attachments)])


def _lines(markdown: str) -> Iterator[str]:
    """Yield the lines of a text, those of code indented as it is shown."""
    inside = False
    for line in markdown.split("\n"):
        if line.startswith("```"):
            inside = not inside
        else:
            yield f"    {line}" if inside else line


def _line(line: str, reader: Reader) -> str:
    for mark, shown in (("### ", ""), ("- ", "• "), ("> ", "> ")):
        if line.startswith(mark):
            return shown + reader.words(line.removeprefix(mark))
    return reader.words(line).translate(_BARS)


def _form(dialog: Dialog) -> str:
    """Return a form as lines: its title, then each question with its choices and what stands in it already."""
    return "\n".join([dialog.title, *(f"  {_field(one)}" for one in dialog.fields.values())])


def _field(one: Json) -> str:
    labels = [option["label"] for option in one.get("options") or ()]
    stands = next((option["label"] for option in one.get("options") or () if option.get("default")), one.get("value"))
    question = (one.get("description") or one["label"]) + (" (required)" if one.get("required", True) else "")
    return f"{question}:" + (f" {' | '.join(labels)}" if labels else "") + (f" = {stands}" if stands else "")


def _message(seen: Seen) -> Message:
    assert isinstance(seen, Message)
    return seen


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[DiscordStage]:
    """Open a stage: a Discord, a bot that is connected to it, and a clock that stands still between the steps."""
    clock = MovedClock(BEGINS)
    async with FakeDiscord(clock.now) as fake:
        fake.channel(HOME)
        connection = Connection(fake.token, fake.api_url, fake.gateway_url, guild_ready_timeout=0.05)
        adapter = Discord(connection, clock)
        async with (
            assembled(database_url, {"discord": adapter.platform}, clock, durable=False) as app,
            connected(adapter, "discord", app),
        ):
            yield DiscordStage(app, fake, adapter, clock)
