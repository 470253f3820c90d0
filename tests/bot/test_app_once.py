"""What comes twice has one effect: calls and events are noted with what they do, for each listener by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random

import pytest

from bot.app import Bot
from bot.cards import Card, Reply, card, reply
from bot.chat import AccountRef, ChannelRef, Event, Invocation, MessageDeleted, MessageRef, ReactionAdded
from bot.context import Context
from bot.errors import CannotSave, MaybeSaved, Refusal
from bot.feature import Feature
from bot.ports import Outlines, Store
from schedules.clock import MovedClock
from tests.builders import MONDAY, UNLIMITED
from tests.fresh import open_fresh

HERE = ChannelRef("local", "acme", "javascript")
THERE = ChannelRef("local", "globex", "javascript")
JILL = AccountRef("local", "jill")
GONE = MessageDeleted(MessageRef(HERE, "7"), key="e1")


class NotNow(Refusal):
    """Not now."""


class Troubles:
    """What goes wrong in the next works of a listener: nothing where nothing is left."""

    def __init__(self) -> None:
        self.ahead: list[Exception] = []

    def come(self) -> None:
        if self.ahead:
            raise self.ahead.pop(0)


def counting(troubles: Troubles) -> Feature:
    """Return a feature that counts in the store how often something was done."""
    feature = Feature("counting")

    def once_more(ctx: Context, item: int) -> None:
        ctx.uow.usage.count("done", str(item), MONDAY)

    @feature.command("settings", anywhere=True)
    def count(ctx: Context) -> Reply:
        """Count a call."""
        once_more(ctx, 1)
        troubles.come()
        return reply(card("", "Counted"))

    @feature.on(MessageDeleted)
    def first(ctx: Context, event: MessageDeleted) -> None:
        once_more(ctx, 2)

    @feature.on(MessageDeleted)
    def second(ctx: Context, event: MessageDeleted) -> None:
        once_more(ctx, 3)
        troubles.come()

    @feature.on(MessageDeleted)
    def third(ctx: Context, event: MessageDeleted) -> None:
        once_more(ctx, 4)

    @feature.on(ReactionAdded)
    def unconcerned(ctx: Context, event: ReactionAdded) -> bool:
        once_more(ctx, 5)
        return event.emoji == "👍"

    return feature


class Counting:
    """A bot with that feature, and how often each thing was done."""

    def __init__(self, store: Store, troubles: Troubles) -> None:
        self.store = store
        self.troubles = troubles
        self.clock = MovedClock(MONDAY)
        outlines: Outlines = None  # type: ignore[assignment]  # nothing here reads one
        self.bot = Bot([counting(troubles)], store, self.clock, outlines, limits=UNLIMITED)

    async def done(self, item: int) -> int:
        return await self.store.read(lambda uow: uow.usage.used("done", str(item), MONDAY))

    async def calls(self, id: str, channel: ChannelRef | None = HERE, account: AccountRef = JILL) -> Sequence[Card]:
        return (await self.bot.invoke(Invocation(id, "settings", account, "Jill", channel))).cards


@pytest.fixture
async def on(sqlite_url: str) -> AsyncIterator[Counting]:
    store = await open_fresh(sqlite_url)
    yield Counting(store, Troubles())
    await store.close()


# Calls


async def test_a_call_that_comes_again_has_no_second_effect_and_an_empty_reply(on: Counting) -> None:
    """J28: nothing twice."""
    assert await on.calls("i1") != ()
    assert await on.calls("i1") == ()
    assert await on.done(1) == 1


async def test_a_call_without_an_id_is_always_another(on: Counting) -> None:
    assert await on.calls("") == await on.calls("") != ()
    assert await on.done(1) == 2


async def test_the_same_id_in_another_space_is_another_call(on: Counting) -> None:
    """Spaces are isolated: identical ids in two spaces."""
    assert await on.calls("i1", HERE) != ()
    assert await on.calls("i1", THERE) != ()
    assert await on.calls("i1", None) != ()
    assert await on.calls("i1", None, AccountRef("local", "priya")) != ()
    assert await on.done(1) == 4


@pytest.mark.parametrize("trouble", [NotNow(), CannotSave("full"), RuntimeError("a bug")])
async def test_a_call_that_kept_nothing_can_come_again(
    on: Counting, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    on.troubles.ahead = [trouble]
    await on.calls("i1")
    assert await on.done(1) == 0
    await on.calls("i1")
    assert await on.done(1) == 1


# Events


async def test_an_event_that_comes_again_has_no_second_effect(on: Counting) -> None:
    for _ in range(3):
        await on.bot.handle(GONE)
    assert [await on.done(item) for item in (2, 3, 4)] == [1, 1, 1]


async def test_an_event_without_a_key_is_always_another(on: Counting) -> None:
    for _ in range(3):
        await on.bot.handle(replace(GONE, key=""))
    assert [await on.done(item) for item in (2, 3, 4)] == [3, 3, 3]


async def test_the_same_key_in_another_space_or_of_another_kind_is_another_event(on: Counting) -> None:
    """Spaces are isolated: identical ids in two spaces."""
    await on.bot.handle(GONE)
    await on.bot.handle(replace(GONE, message=MessageRef(THERE, "7")))
    await on.bot.handle(ReactionAdded(JILL, GONE.message, "👍", key=GONE.key))
    assert [await on.done(item) for item in (2, 5)] == [2, 1]


@pytest.mark.parametrize("trouble", [CannotSave("the disk is full"), MaybeSaved("the connection broke")])
async def test_what_is_not_saved_is_told_after_all_had_their_turn_and_comes_again_for_that_listener_alone(
    on: Counting, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    on.troubles.ahead = [trouble]
    with pytest.raises(CannotSave, match=str(trouble)):
        await on.bot.handle(GONE)
    assert [await on.done(item) for item in (2, 3, 4)] == [1, 0, 1]
    await on.bot.handle(GONE)
    assert [await on.done(item) for item in (2, 3, 4)] == [1, 1, 1]


@pytest.mark.parametrize("trouble", [NotNow(), RuntimeError("a bug")])
async def test_a_bug_asks_nobody_to_send_an_event_again(
    on: Counting, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    on.troubles.ahead = [trouble]
    await on.bot.handle(GONE)
    assert [await on.done(item) for item in (2, 3, 4)] == [1, 0, 1]


async def test_an_event_that_is_none_of_a_listeners_business_leaves_nothing(on: Counting) -> None:
    seen = ReactionAdded(JILL, GONE.message, "👀", key="e2")
    await on.bot.handle(seen)
    assert await on.done(5) == 0
    await on.bot.handle(replace(seen, emoji="👍"))
    assert await on.done(5) == 1


def test_two_listeners_of_one_event_cannot_have_one_name() -> None:
    feature = Feature("twins")
    for _ in range(2):
        feature.on(MessageDeleted)(lambda ctx, event: None)
    with pytest.raises(ValueError, match="two listeners are named"):
        Bot([feature], None, None, None)  # type: ignore[arg-type]


# However they come


@pytest.mark.parametrize("seed", range(4))
async def test_each_event_up_to_four_times_shuffled_over_three_processes_has_one_effect(
    database_url: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Issue 3, "Redelivery": effects = distinct events, though some works are not saved at first."""
    random = Random(seed)
    events: list[Event] = [replace(GONE, key=f"e{number}") for number in range(30)]
    coming = [event for event in events for _ in range(random.randint(1, 4))]
    random.shuffle(coming)

    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(await open_fresh(database_url)) for _ in range(3)]
        bots = [Counting(store, Troubles()) for store in stores]
        for one in bots:
            one.troubles.ahead = [CannotSave("the disk is full") for _ in range(5)]

        async def deliver(event: Event) -> None:
            for _ in range(16):  # as a platform does that is told that it was not saved
                try:
                    return await random.choice(bots).bot.handle(event)
                except CannotSave:
                    pass

        await asyncio.gather(*map(deliver, coming))
        assert [await bots[0].done(item) for item in (2, 3, 4)] == [30, 30, 30]
