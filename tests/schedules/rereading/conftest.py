"""A group whose likes are read again, and a platform that counts what it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.local import Channel, LocalPlatform, Message
from bot.chat import About, ChannelRef, MessageRef, ThreadRef
from bot.features import likes, questions, submissions
from bot.ids import new_id
from bot.outbox import Message as Registered
from bot.ports import Platform, Reacted, Tally, UnitOfWork
from bot.study.likes import allowed
from bot.study.readings import Reading, read_from_now_on
from bot.study.reputation import standing
from schedules.rereading import Rereader
from tests.builders import Scene, scene

FEATURES = (likes.feature, questions.feature, submissions.feature)
COUNTS = {"jill", "priya", "nadia", "tomas", "fela"}
"""Those whose reactions count; Olu looks on, and Gus belongs to no group."""


@dataclass
class Asked:
    """A platform that counts what it is asked, and lets things happen just before an answer arrives."""

    chat: LocalPlatform
    tallies_asked: list[ChannelRef | ThreadRef] = field(default_factory=list)
    people_asked: list[MessageRef] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self.chat, name)

    async def tallies(self, place: ChannelRef | ThreadRef, *, before: MessageRef | None = None) -> Sequence[Tally]:
        self.tallies_asked.append(place)
        return await self.chat.tallies(place, before=before)

    async def reactions(self, message: MessageRef) -> Sequence[Reacted]:
        self.people_asked.append(message)
        answer = list(await self.chat.reactions(message))
        if self.meanwhile is not None:
            await self.meanwhile()
        return answer


@dataclass
class Story:
    """A group whose likes are read again; `work` are messages of Jill's that can be liked."""

    on: Scene
    wire: Asked
    rereader: Rereader
    platforms: dict[str, Platform]
    work: list[Message] = field(default_factory=list)

    async def said(self, place: Channel | None = None, owner: str = "jill") -> Message:
        """Let somebody's message that can be liked stand in a place, and be known."""
        message = await self.on.person(owner).says("look at this", place or self.on.home)
        self.work.append(message)

        def register(uow: UnitOfWork) -> None:
            now = self.on.clock.now()
            about = About("submission", new_id(now))
            row = Registered(new_id(now), message.ref, None, about, self.on.group.id, self.on.ids[owner])
            uow.outbox.register(row)
            read_from_now_on(uow.readings, row, message.place.channel.ref, now)

        await self.on.writes(register)
        return message

    async def missed(self, *happen: Awaitable[object]) -> None:
        """Let things happen that the bot is not told of; then it listens again, and knows of the gap."""
        self.on.chat.lose_session()
        for one in happen:
            await one
        self.on.chat.connect(self.on.bot)
        await self.rereader.gap("local")

    async def likers(self, owner: str = "jill") -> list[str]:
        received = await self.on.reads(lambda uow: uow.likes.received(self.on.group.id, self.on.ids[owner]))
        names = {id: name for name, id in self.on.ids.items()}
        return sorted(names[like.person] for like in received)

    async def reading(self) -> Reading | None:
        return await self.on.reads(lambda uow: uow.readings.of_place(self.on.home.ref))

    def asked(self) -> tuple[int, int]:
        """Return how many pages and messages were asked about since the last time."""
        counts = len(self.wire.tallies_asked), len(self.wire.people_asked)
        self.wire.tallies_asked.clear()
        self.wire.people_asked.clear()
        return counts

    async def agrees(self) -> None:
        """Assert that likes, the journal and points are what the platform shows."""
        await assert_equal(self.on, self.work)


async def assert_equal(on: Scene, work: Sequence[Message]) -> None:
    accounts = {on.person(name).account: name for name in on.ids}

    def view(uow: UnitOfWork) -> tuple[set[tuple[About, str]], set[tuple[About, str]], dict[str, int], dict[str, int]]:
        expected = set()
        for message in work:
            shown = uow.outbox.shown_by(message.ref)
            if shown is None or message.deleted:
                continue
            expected |= {
                (shown.about, accounts[one.account])
                for one in message.reactions
                if allowed(one.emoji)
                and accounts[one.account] in COUNTS
                and on.ids[accounts[one.account]] != shown.owner
            }
        given = {
            (About(like.item_kind, like.item), name)
            for name, id in on.ids.items()
            for like in uow.likes.given(on.group.id, id)
        }
        rebuilt = standing(uow.journal.of_group(on.group.id))
        members = {name: uow.members.of(on.group.id, id) for name, id in on.ids.items()}
        points = {name: member.eighths for name, member in members.items() if member}
        return expected, given, points, {name: rebuilt.get(on.ids[name], 0) for name in points}

    expected, given, points, rebuilt = await on.reads(view)
    assert given == expected
    assert points == rebuilt


async def story_on(on: Scene) -> Story:
    wire = Asked(on.chat)
    platforms: dict[str, Platform] = {"local": wire}  # type: ignore[dict-item]  # it has the rest by __getattr__
    return Story(on, wire, Rereader(on.bot, platforms, on.clock), platforms)


@pytest.fixture
async def story(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    async with scene(sqlite_url, FEATURES, tmp_path) as on:
        yield await story_on(on)


@pytest.fixture
async def each_story(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    async with scene(database_url, FEATURES, tmp_path) as on:
        yield await story_on(on)
