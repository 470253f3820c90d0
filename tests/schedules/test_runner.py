from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo
from typing import Self, cast

import pytest

from bot.app import SIDE_BY_SIDE, Bot
from bot.cards import card
from bot.chat import About, InChannel
from bot.context import Context
from bot.errors import CannotRead, CannotSave, DeliveryError
from bot.feature import Feature
from bot.outbox import PostState
from bot.ports import Outlines
from bot.study.agenda import Due, DueKind
from schedules.runner import Runner
from tests.schedules.conftest import MONDAY, Scene, texts

WEEK = timedelta(days=7)
NO_OUTLINES = cast(Outlines, None)
"""Nobody asks for a course here."""


class Story:
    """A scene with a bot that posts weeks when they are due; week 13 fails."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.done: list[tuple[int, datetime]] = []
        self.seen = asyncio.Event()
        self.after_each: Callable[[], object] = lambda: None
        scene.chat.watch(lambda _: self.seen.set())
        feature = Feature("weeks")
        feature.routine(DueKind.PUBLISH_WEEK)(self._publish)
        self.bot = Bot([feature], scene.store, scene.clock, NO_OUTLINES, wake=scene.pump.wake)
        self.runner = Runner(self.bot, scene.pump, scene.clock, beat=0.02)

    def _publish(self, ctx: Context, week: int) -> None:
        if week == 13:
            raise ZeroDivisionError
        self.done.append((week, ctx.now))
        self.after_each()
        ctx.show_at([InChannel(self.scene.javascript.ref)], card("", f"Week {week}"), About("week", week))

    async def due(self, week: int, at: datetime) -> None:
        await self.scene.store.write(lambda uow: uow.agenda.set(DueKind.PUBLISH_WEEK, week, at, None))

    @property
    def posted(self) -> list[str]:
        return texts(self.scene.javascript.messages)


@pytest.fixture
def story(scene: Scene) -> Story:
    return Story(scene)


async def test_what_is_due_is_done_and_delivered(story: Story) -> None:
    await story.due(1, MONDAY)
    await story.due(2, MONDAY + WEEK)
    await story.runner.run_due()
    assert story.posted == ["Week 1"]


async def test_a_week_asleep_is_caught_up_in_order(story: Story) -> None:
    for week in (3, 1, 2):
        await story.due(week, MONDAY + week * WEEK)
    story.scene.clock.move_by(5 * WEEK)
    await story.runner.run_due()
    assert story.posted == ["Week 1", "Week 2", "Week 3"]


async def test_one_item_that_fails_is_put_off_and_holds_up_nothing(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    await story.due(13, MONDAY)
    await story.due(14, MONDAY)
    await story.runner.run_due()
    assert story.posted == ["Week 14"]
    assert "ZeroDivisionError" in caplog.text
    assert await story.runner.next_at() == MONDAY + timedelta(minutes=1)


async def test_nothing_lies_ahead_of_an_empty_store(story: Story) -> None:
    assert await story.runner.next_at() is None


async def test_the_next_instant_is_the_earlier_of_what_is_due_and_what_waits_for_delivery(story: Story) -> None:
    await story.due(1, MONDAY + timedelta(seconds=90))
    assert await story.runner.next_at() == MONDAY + timedelta(seconds=90)
    story.scene.chat.fail_next(DeliveryError("busy", retry_after=60))
    await story.scene.show("Hello")
    await story.runner.run_due()
    assert await story.runner.next_at() == MONDAY + timedelta(seconds=60)


async def test_a_moved_clock_stops_at_every_instant_at_which_something_is_due(story: Story) -> None:
    for week in (1, 2, 3):
        await story.due(week, MONDAY + week * WEEK)
    await story.runner.advance(story.scene.clock, MONDAY + 2 * WEEK + timedelta(hours=1))
    assert story.done == [(1, MONDAY + WEEK), (2, MONDAY + 2 * WEEK)]
    assert story.scene.clock.now() == MONDAY + 2 * WEEK + timedelta(hours=1)
    await story.runner.advance(story.scene.clock, MONDAY + 3 * WEEK)
    assert story.posted == ["Week 1", "Week 2", "Week 3"]


async def test_a_moved_clock_stops_for_deliveries_that_failed(story: Story) -> None:
    story.scene.chat.fail_next(DeliveryError("busy"), times=2)
    story.scene.chat.fail_next(DeliveryError("cut", sent_maybe=True), accepted=True)
    await story.due(1, MONDAY)
    await story.runner.advance(story.scene.clock, MONDAY + timedelta(minutes=5))
    assert story.posted == ["Week 1"]
    post = await story.scene.standing(1)
    assert (post.state, post.sent_at) == (PostState.SENT, MONDAY + timedelta(seconds=7))


async def test_a_clock_that_steps_back_repeats_nothing(story: Story) -> None:
    await story.due(1, MONDAY)
    await story.runner.run_due()
    story.scene.clock.move_by(timedelta(hours=-2))
    await story.runner.run_due()
    story.scene.clock.move_by(timedelta(hours=3))
    await story.runner.run_due()
    assert story.posted == ["Week 1"]


@pytest.fixture
def started(story: Story) -> Callable[[], Awaitable[asyncio.Task[None]]]:
    async def start() -> asyncio.Task[None]:
        running = asyncio.create_task(story.runner.run())
        await asyncio.sleep(0)
        return running

    return start


async def test_a_started_runner_does_what_lay_ready(
    story: Story, started: Callable[[], Awaitable[asyncio.Task[None]]]
) -> None:
    await story.due(1, MONDAY)
    running = await started()
    await asyncio.wait_for(story.seen.wait(), 10)
    assert story.posted == ["Week 1"]
    story.runner.stop()
    await running


@pytest.mark.slow
async def test_a_running_runner_does_what_becomes_due(
    story: Story, started: Callable[[], Awaitable[asyncio.Task[None]]]
) -> None:
    await story.due(1, MONDAY + WEEK)
    running = await started()
    await asyncio.sleep(0.1)
    assert story.posted == []
    story.scene.clock.move_by(WEEK)
    await asyncio.wait_for(story.seen.wait(), 10)
    assert story.posted == ["Week 1"]
    story.runner.stop()
    await running


@pytest.mark.parametrize("error", [OSError("a bug"), CannotRead("the database cannot be reached")], ids=["bug", "away"])
async def test_a_beat_that_fails_is_logged_and_the_next_one_goes_on(
    error: Exception,
    story: Story,
    started: Callable[[], Awaitable[asyncio.Task[None]]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tick, calls = story.bot.tick, []

    async def failing_once(goes_on: Callable[[], bool]) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise error
        return await tick(goes_on)

    monkeypatch.setattr(story.bot, "tick", failing_once)
    await story.due(1, MONDAY)
    running = await started()
    await asyncio.wait_for(story.seen.wait(), 10)
    assert story.posted == ["Week 1"]
    assert "cannot do what is due" in caplog.text
    assert ("Traceback" in caplog.text) is isinstance(error, OSError), "a database that is away is told in a line"
    story.runner.stop()
    await running


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_stopped_runner_ends_the_beat_under_way(
    story: Story,
    started: Callable[[], Awaitable[asyncio.Task[None]]],
    monkeypatch: pytest.MonkeyPatch,
    cancelled: bool,
) -> None:
    ticking, let_go, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    calls = []

    async def slow(_: Callable[[], bool]) -> int:
        calls.append(1)
        if len(calls) == 1:
            return 0  # the look at the start
        ticking.set()
        await let_go.wait()
        ended.set()
        return 0

    monkeypatch.setattr(story.bot, "tick", slow)
    running = await started()
    await ticking.wait()
    if cancelled:
        running.cancel()
    else:
        story.runner.stop()
    await asyncio.sleep(0.05)
    assert not running.done()
    let_go.set()
    await asyncio.wait({running})
    assert ended.is_set()
    assert len(calls) == 2
    assert len(asyncio.all_tasks()) == 1


class Turned(datetime):
    """The system's clock, which somebody turns."""

    by = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp((datetime.now(tz) + cls.by).timestamp(), tz)


@pytest.mark.slow
@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=1)])
async def test_a_system_clock_that_is_set_anew_does_not_stop_the_beat(
    story: Story,
    started: Callable[[], Awaitable[asyncio.Task[None]]],
    monkeypatch: pytest.MonkeyPatch,
    by: timedelta,
) -> None:
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Turned)
    monkeypatch.setattr("schedules.runner.datetime", Turned)
    await story.due(1, MONDAY)
    await story.due(2, MONDAY + WEEK)
    running = await started()
    await asyncio.wait_for(story.seen.wait(), 10)
    monkeypatch.setattr(Turned, "by", by)
    await asyncio.sleep(0.1)  # a beat that was on its way comes still
    story.seen.clear()
    story.scene.clock.move_by(WEEK)
    await asyncio.wait_for(story.seen.wait(), 10)
    assert story.posted == ["Week 1", "Week 2"]
    story.runner.stop()
    await running


async def test_a_runner_that_is_stopped_amid_many_due_items_ends_after_those_under_way(story: Story) -> None:
    loop = asyncio.get_running_loop()
    for week in range(1, 5 * SIDE_BY_SIDE):
        await story.due(week, MONDAY)
    story.after_each = lambda: loop.call_soon_threadsafe(story.runner.stop)
    await asyncio.wait_for(story.runner.run(), 10)
    assert 1 <= len(story.done) <= 2 * SIDE_BY_SIDE


async def test_a_look_that_fails_waits_for_what_is_under_way(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """J28: or the next look would do things beside it, and a stopped bot would leave them behind."""
    let_go, ended = asyncio.Event(), []
    for week in (1, 2):
        await story.due(week, MONDAY)

    async def perform(line: Due, _: datetime) -> None:
        if line.item == 1:
            raise CannotSave("nothing was saved: the database cannot be reached")
        await let_go.wait()
        ended.append(line.item)

    monkeypatch.setattr(story.bot, "_do_or_put_off", perform)
    ticking = asyncio.create_task(story.bot.tick())
    await asyncio.sleep(0.05)
    let_go.set()
    with pytest.raises(CannotSave):
        await ticking
    assert ended == [2]
