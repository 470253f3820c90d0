"""The stage of the stories half here, half there: a group with a home on Discord and one on Slack, one bot, one ledger.

Some people are on Discord, the others on Slack; each acts, and is told things, where they are. What stands in both
homes is one: a handle holds both copies, and reading it takes both to say the same, up to the @ that somebody has only
where they are, so that nobody is pinged twice. No platform stands in a story, so the stories stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from adapters.discord import Connection as DiscordConnection
from adapters.discord import Discord
from adapters.slack import Slack
from adapters.slack.manifest import manifest
from bot.bootstrap import App, assembled
from bot.cards import File
from bot.ports import Platform
from schedules.clock import MovedClock
from tests.adapters.connected import connected
from tests.adapters.discord.stage import DiscordStage
from tests.adapters.scenarios import BEGINS, HOME, Seen
from tests.adapters.slack.checking import problems
from tests.adapters.slack.stage import SlackStage, connection, unpaced
from tests.fakes.discord import FakeDiscord, openapi
from tests.fakes.slack import FakeSlack

CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
START = "Start the group"
"""The button with which a group begins; its facilitator gives it a home on the other side at once."""
ARRIVAL = "lives in one place more now"
"""What is said in all homes of a group when it gets one more: the one message that no story knows of."""
ADAM, ADA = "adam", "ada"
"""The admins of both sides, who let a group of the other side in."""


class Differs(AssertionError):
    """What stands in one home is not what stands in the other."""


@dataclass(frozen=True, slots=True)
class Both:
    """A message and its copy, on Discord and on Slack; `own` is the one that somebody wrote themselves."""

    discord: Seen
    slack: Seen
    own: Half | None = None


Half = DiscordStage | SlackStage


@dataclass
class OnDiscord(DiscordStage):
    """The half on Discord: what it hears and does is over when the other half has heard it too."""

    other: SlackStage | None = None

    async def heard(self) -> None:
        await super().heard()
        if self.other is not None:
            await SlackStage.heard(self.other)


@dataclass
class OnSlack(SlackStage):
    """The half on Slack."""

    other: DiscordStage | None = None

    async def heard(self) -> None:
        await super().heard()
        if self.other is not None:
            await DiscordStage.heard(self.other)


@dataclass
class HalfStage:
    """Both platforms over one bot; people are on Slack, and on Discord those `abroad`."""

    app: App
    discord: DiscordStage
    slack: SlackStage
    abroad: frozenset[str] = frozenset()
    where: dict[str, str] = field(default_factory=dict)
    """The channel in which somebody typed last."""

    # What people do

    def half(self, who: str) -> Half:
        """Return the platform that somebody is on."""
        return self.discord if who in self.abroad else self.slack

    def enters(self, who: str, *, zone: str, name: str = "", admin: bool = False) -> None:
        self.half(who).enters(who, zone=zone, name=name, admin=admin)

    def account(self, who: str) -> str:
        return self.half(who).account(who)

    def names(self, who: str, *, to: str) -> str:
        name = self.half(who).names(who, to=to)
        return name if self.half(who) is self.half(to) else name.removeprefix("@")

    async def types(self, who: str, line: str, *, where: str = HOME, file: File | None = None) -> str:
        self.where[who] = where
        return await self.half(who).types(who, line, where=where, file=file)

    async def presses(self, who: str, label: str, on: Seen | None = None) -> str:
        told = await self.half(who).presses(who, label, self._there(who, on) if on else None)
        if label == START:
            await self.opens_other(who, self.where[who])
        return told

    async def fills(self, who: str, **values: str | File) -> str:
        return await self.half(who).fills(who, **values)

    async def chooses(self, who: str, entry: str, on: Seen) -> str:
        return await self.half(who).chooses(who, entry, self._there(who, on))

    async def says(self, who: str, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        """Let somebody write; below an item, the others read it on their side too."""
        half = self.half(who)
        if below is None:
            return await half.says(who, words, where=where)
        other = self._other(half)
        before = other.stands(below=_side(below, other))
        own = await half.says(who, words, below=self._there(who, below))
        kept_back = half is self.discord and not self.discord.fake.world.application.reads_content
        shown = "[Read it there: https://discord.com/" if kept_back else words
        new = [one for one in other.stands(below=_side(below, other)) if one not in before]
        [copy] = [one for one in new if shown in other.text(one)]
        assert half.names(who, to=who).removeprefix("@") in other.text(copy)
        return Both(own, copy, half) if half is self.discord else Both(copy, own, half)

    async def reacts(self, who: str, emoji: str, on: Seen) -> None:
        await self.half(who).reacts(who, emoji, self._there(who, on))

    async def unreacts(self, who: str, emoji: str, on: Seen) -> None:
        await self.half(who).unreacts(who, emoji, self._there(who, on))

    async def opens_other(self, who: str, where: str) -> None:
        """Let a group get a home in the channel of this name on the other side; its admin agrees."""
        half = self.half(who)
        other, admin = (self.slack, ADA) if half is self.discord else (self.discord, ADAM)
        code = CODE.search(await half.types(who, "/lead group home", where=where))
        assert code is not None
        await other.types(admin, f"/lead group home {code[0]}", where=where)
        assert [sum(ARRIVAL in text for text in one.channel(where)) for one in (half, other)] == [1, 1]

    def _there(self, who: str, on: Seen) -> Seen:
        return _side(on, self.half(who))

    def _other(self, half: Half) -> Half:
        return self.slack if half is self.discord else self.discord

    # Time

    async def passes(self, until: datetime | None = None, **time: float) -> None:
        await self.discord.passes(until, **time)

    # What people see

    def sees(self, words: str, *, below: Seen | None = None, where: str = HOME) -> Seen:
        found = []
        for half in (self.discord, self.slack):
            stands = half.stands(below=_side(below, half) if below is not None else None, where=where)
            found.append([one for one in stands if _plain(words) in _plain(half.text(one))])
        assert len(found[0]) == len(found[1]), f"{words!r} stands {len(found[0])} and {len(found[1])} times"
        assert found[0], f"nobody sees {words!r} in {self.channel(where)}"
        both = Both(found[0][-1], found[1][-1])
        assert words in self.text(both), f"{words!r} is not in {self.text(both)!r}"
        return both

    def text(self, seen: Seen) -> str:
        assert isinstance(seen, Both)
        if seen.own is not None:
            return seen.own.text(_side(seen, seen.own))
        return alike(self.discord.text(seen.discord), self.slack.text(seen.slack))

    def channel(self, where: str = HOME) -> list[str]:
        here, there = self.discord.channel(where), self.slack.channel(where)
        if len(here) != len(there):
            raise Differs(f"{here} but {there}")
        stands = [alike(one, other) for one, other in zip(here, there, strict=True)]
        return [text for text in stands if ARRIVAL not in text]

    def told(self, who: str) -> list[str]:
        return self.half(who).told(who)

    def form(self, who: str) -> Mapping[str, tuple[str, ...]]:
        return self.half(who).form(who)

    def files(self, who: str) -> Mapping[str, bytes]:
        return self.half(who).files(who)


def _side(seen: Seen, half: Half) -> Seen:
    assert isinstance(seen, Both)
    return seen.discord if isinstance(half, DiscordStage) else seen.slack


def _plain(text: str) -> str:
    return text.replace("@", "")


def alike(one: str, other: str) -> str:
    """Return what two texts say alike; somebody has an @ in that of the place where they are."""
    return "".join(_merged(one, other))


def _merged(one: str, other: str) -> Iterator[str]:
    here, there = 0, 0
    while here < len(one) or there < len(other):
        a, b = one[here : here + 1], other[there : there + 1]
        if a != b and "@" not in (a, b):
            raise Differs(f"{one!r} but {other!r}")
        here += a == b or a == "@"
        there += a == b or b == "@"
        yield a if a == b else "@"


@asynccontextmanager
async def opened(database_url: str, *abroad: str, reads: bool = True) -> AsyncIterator[HalfStage]:
    """Open a stage on both platforms; some are `abroad` on Discord, where the bot gets their words if it `reads`."""
    clock = MovedClock(BEGINS)
    async with FakeDiscord(clock.now) as discord, FakeSlack(clock.now) as slack:
        discord.world.application.reads_content = reads
        discord.channel(HOME)
        slack.channel(HOME)
        where = discord.token, discord.api_url, discord.gateway_url
        here = Discord(DiscordConnection(*where, guild_ready_timeout=0.05, message_content=reads), clock)
        there = Slack(connection(slack, "socket"), clock)
        platforms: dict[str, Platform] = {"discord": here.platform, "slack": there.platform}
        with unpaced():
            async with assembled(database_url, platforms, clock, durable=False) as app:
                slack.world.app.set_up(manifest(app.bot.commands))
                async with connected(here, "discord", app), connected(there, "slack", app):
                    one, other = OnDiscord(app, discord, here, clock), OnSlack(app, slack, there, clock)
                    one.other, other.other = other, one
                    stage = HalfStage(app, one, other, abroad=frozenset(abroad) | {ADAM})
                    for half, admin in ((stage.discord, ADAM), (stage.slack, ADA)):
                        half.enters(admin, zone="Europe/Berlin", admin=True)
                        await half.types(admin, "/study setup")
                    yield stage
        assert openapi.problems(discord.recorder.asked) == []
        assert problems(slack.recorder.asked) == []
