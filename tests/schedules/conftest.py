"""A store, a platform, a clock and a pump, for tests of what moves by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from adapters.local import Channel, Happening, Kind, LocalPlatform, Message, Person
from bot.cards import Card, card
from bot.chat import About, Address, Direct, InChannel, OpenThread
from bot.desk import Desk, Shown
from bot.errors import CannotSave
from bot.ids import PersonId
from bot.outbox import Post
from bot.ports import Store, UnitOfWork
from schedules.clock import MovedClock
from schedules.pump import Pump
from tests.fresh import open_fresh

T = TypeVar("T")

MONDAY = datetime(2027, 1, 11, 17, tzinfo=UTC)


@dataclass
class Scene:
    """What a story needs: lay something down, let it be delivered, look at what came of it."""

    store: Store
    clock: MovedClock
    chat: LocalPlatform
    pump: Pump
    seen: list[Happening]

    @property
    def javascript(self) -> Channel:
        return self.chat.space("acme").channel("javascript")

    @property
    def python(self) -> Channel:
        return self.chat.space("acme").channel("python")

    @property
    def jill(self) -> Person:
        return self.chat.person("jill")

    async def show(
        self,
        words: str,
        *places: Channel | Person | Address,
        item: int = 1,
        expires_at: datetime | None = None,
        owner: PersonId | None = None,
    ) -> None:
        """Let a card stand in places, as a handler would."""
        what = Shown(About("week", item), expires_at=expires_at, owner=owner)
        addresses = [_address(place) for place in places or (self.javascript,)]
        cards: list[Card] = [card("", words)]
        await self.store.write(
            lambda uow: Desk(uow.outbox, uow.instance, self.clock.now()).show(what, cards, addresses)
        )

    async def answer(self, words: str, below: int, item: int = 100) -> None:
        """Let a card stand in the thread below an item's message."""
        what, cards = Shown(About("answer", item)), [card("", words)]
        await self.store.write(
            lambda uow: Desk(uow.outbox, uow.instance, self.clock.now()).answer(what, cards, About("week", below))
        )

    async def take_back(self, item: int = 1) -> None:
        about = About("week", item)
        await self.store.write(lambda uow: Desk(uow.outbox, uow.instance, self.clock.now()).take_back(about))

    async def standing(self, item: int = 1) -> Post:
        """Return the one post that makes an item's message."""
        [post] = await self.store.read(lambda uow: uow.outbox.standing(About("week", item), "card"))
        return post

    async def post(self, id: int) -> Post:
        found = await self.store.read(lambda uow: uow.outbox.get(id))
        assert found is not None
        return found

    def pumps(self, **ways: object) -> Pump:
        """Return another process's pump over the same store and chat; failed deliveries wait as long as they can."""
        return Pump(self.store, {"local": self.chat}, self.clock, jitter=lambda: 1.0, **ways)  # type: ignore[arg-type]

    async def until_posted(self, words: str) -> None:
        """Wait until a card is posted; it has to be on its way, not before."""
        found = asyncio.Event()
        self.chat.watch(lambda one: found.set() if (one.kind, one.text) == (Kind.POSTED, words) else None)
        if words not in self.posted():
            await asyncio.wait_for(found.wait(), 10)

    def posted(self) -> list[str]:
        """Return what was posted, in order, whatever became of it."""
        return [one.text for one in self.seen if one.kind is Kind.POSTED]

    def edited(self) -> list[str]:
        return [one.text for one in self.seen if one.kind is Kind.EDITED]


class Failing:
    """A store that does not save the works of some numbers, counted from 1."""

    def __init__(self, store: Store, *numbers: int) -> None:
        self._store = store
        self._numbers = numbers
        self._works = 0

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        self._works += 1
        if self._works in self._numbers:
            raise CannotSave("nothing was saved: the disk is full")
        return await self._store.write(work)

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        return await self._store.read(view)


def _address(place: Channel | Person | Address) -> Address:
    if isinstance(place, Channel):
        return InChannel(place.ref)
    return Direct(place.account) if isinstance(place, Person) else place


def threaded(channel: Channel, title: str = "Questions") -> OpenThread:
    return OpenThread(channel.ref, title)


def texts(messages: Sequence[Message]) -> list[str]:
    return [message.text for message in messages]


@asynccontextmanager
async def a_scene(url: str) -> AsyncIterator[Scene]:
    store = await open_fresh(url)
    clock = MovedClock(MONDAY)
    chat = LocalPlatform(clock)
    seen: list[Happening] = []
    chat.watch(seen.append)
    scene = Scene(store, clock, chat, Pump(store, {"local": chat}, clock, jitter=lambda: 1.0), seen)
    assert scene.javascript.ref != scene.python.ref
    assert scene.jill.inbox == []
    try:
        yield scene
    finally:
        await store.close()


@pytest.fixture
async def scene(sqlite_url: str) -> AsyncIterator[Scene]:
    """Return a scene of its own; failed deliveries wait as long as they can, so that tests know when."""
    async with a_scene(sqlite_url) as scene:
        yield scene


@pytest.fixture
async def each_scene(database_url: str) -> AsyncIterator[Scene]:
    """Return a scene of its own, once on each engine."""
    async with a_scene(database_url) as scene:
        yield scene
