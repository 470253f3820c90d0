from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import text

from bot.app import Bot
from bot.context import Context
from bot.errors import DeliveryError
from bot.feature import Feature
from bot.outbox import Post, PostState
from bot.ports import Outlines, UnitOfWork
from schedules.book import SURPRISES
from tests.schedules.conftest import MONDAY, Scene, a_scene

HOUR = timedelta(hours=1)


@dataclass
class Watching:
    """Who is asked before posts go out, and hears what came of them."""

    ask: Callable[[Post], Post] = lambda post: post
    hear: Callable[[Post], None] = lambda post: None
    asked: list[PostState] = field(default_factory=list)
    heard: list[tuple[str, PostState]] = field(default_factory=list)

    def ready(self, uow: UnitOfWork, post: Post) -> Post:
        self.asked.append(post.state)
        return self.ask(post)

    def ended(self, uow: UnitOfWork, post: Post) -> bool:
        kept = uow.outbox.get(post.id)
        assert kept is not None
        assert kept.state is post.state
        self.heard.append((str(post.about), post.state))
        self.hear(post)
        return False


@pytest.fixture
def watching(scene: Scene) -> Watching:
    watching = Watching()
    scene.pump.attend(watching)
    return watching


async def test_a_post_is_asked_for_before_it_goes_out_and_told_of_when_it_is_sent(
    scene: Scene, watching: Watching
) -> None:
    await scene.show("Week 1")
    await scene.pump.drain()
    assert (watching.asked, watching.heard) == ([PostState.SENDING], [("week:1", PostState.SENT)])


async def test_a_post_that_is_to_wait_waits_and_is_asked_for_again(scene: Scene, watching: Watching) -> None:
    until = scene.clock.now() + HOUR

    def later(post: Post) -> Post:
        return replace(post, state=PostState.DUE, not_before=until) if scene.clock.now() < until else post

    watching.ask = later
    await scene.show("Week 1")
    await scene.pump.drain()
    post = await scene.standing()
    assert (post.state, post.not_before, post.sends, scene.posted()) == (PostState.DUE, until, 0, [])
    scene.clock.move_to(until)
    await scene.pump.drain()
    assert (scene.posted(), len(watching.asked)) == (["Week 1"], 2)


async def test_a_post_that_is_right_no_more_is_cancelled_and_makes_room(scene: Scene, watching: Watching) -> None:
    watching.ask = lambda post: replace(post, state=PostState.CANCELLED, reason="not any more")
    await scene.show("Week 1")
    post = await scene.standing()
    await scene.pump.drain()
    cancelled = await scene.post(post.id)
    assert (cancelled.state, cancelled.once, cancelled.reason) == (PostState.CANCELLED, None, "not any more")
    assert watching.heard == [("week:1", PostState.CANCELLED)]
    assert scene.posted() == []


async def test_a_doubtful_post_is_asked_for_before_it_is_sent_again(scene: Scene, watching: Watching) -> None:
    scene.chat.fail_next(DeliveryError("cut", sent_maybe=True))
    await scene.show("Week 1")
    post = await scene.standing()
    await scene.pump.drain()
    watching.ask = lambda post: replace(post, state=PostState.CANCELLED)
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    assert ((await scene.post(post.id)).state, scene.posted()) == (PostState.CANCELLED, [])


async def test_a_doubtful_post_that_is_to_wait_stays_in_doubt(scene: Scene, watching: Watching) -> None:
    scene.chat.fail_next(DeliveryError("cut", sent_maybe=True))
    await scene.show("Week 1")
    await scene.pump.drain()
    until = scene.clock.now() + HOUR
    watching.ask = lambda post: replace(post, state=PostState.DUE, not_before=until)
    scene.clock.move_by(timedelta(seconds=1))
    await scene.pump.drain()
    post = await scene.standing()
    assert (post.state, post.lease_until, post.sends) == (PostState.SENDING, until, 1)


async def test_what_expires_or_can_never_come_is_told_of(scene: Scene, watching: Watching) -> None:
    scene.chat.fail_next(DeliveryError("never", permanent=True))
    await scene.show("Week 1", item=1)
    await scene.answer("I do", below=1)
    await scene.show("Week 2", scene.python, item=2, expires_at=scene.clock.now())
    await scene.pump.drain()
    assert sorted(watching.heard) == [
        ("answer:100", PostState.CANCELLED),
        ("week:1", PostState.DEAD),
        ("week:2", PostState.EXPIRED),
    ]


async def test_a_check_that_fails_puts_its_post_off_and_stops_no_other(
    scene: Scene, watching: Watching, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(post: Post) -> Post:
        if post.about.id == 1:
            raise ZeroDivisionError
        return post

    watching.ask = fail
    await scene.show("Week 1", item=1)
    first = await scene.standing(1)
    await scene.show("Week 2", scene.python, item=2)
    await scene.pump.drain()
    assert scene.posted() == ["Week 2"]
    assert "ZeroDivisionError" in caplog.text
    for _ in range(SURPRISES):
        scene.clock.move_by(HOUR)
        await scene.pump.drain()
    assert (await scene.post(first.id)).state is PostState.DEAD


def breaks_a_rule(uow: UnitOfWork) -> None:
    """Write something, and then something that the database does not take."""
    uow.agenda.set("nudge", 1, MONDAY, None)
    uow.outbox._db.execute(text("INSERT INTO lease (name) VALUES ('half a row')"))  # type: ignore[attr-defined]


def attend(scene: Scene, feature: Feature) -> None:
    """Let a bot with one feature watch."""
    scene.pump.attend(Bot([feature], scene.store, scene.clock, cast(Outlines, None)))


async def test_a_check_that_breaks_a_rule_of_the_database_stops_no_other(each_scene: Scene) -> None:
    feature = Feature("weeks")

    @feature.before_sending("card")
    def check(ctx: Context, post: Post) -> Post:
        if post.about.id == 1:
            breaks_a_rule(ctx.uow)
        return post

    attend(each_scene, feature)
    await each_scene.show("Week 1", item=1)
    await each_scene.show("Week 2", each_scene.python, item=2)
    await each_scene.pump.drain()
    first = await each_scene.standing(1)
    assert (each_scene.posted(), first.state, first.attempts) == (["Week 2"], PostState.DUE, 1)
    assert await each_scene.store.read(lambda uow: uow.agenda.at("nudge", 1)) is None


async def test_a_witness_that_breaks_a_rule_of_the_database_does_not_undo_what_it_hears_of(each_scene: Scene) -> None:
    feature = Feature("weeks")

    @feature.witness
    def hear(ctx: Context, post: Post) -> None:
        breaks_a_rule(ctx.uow)

    attend(each_scene, feature)
    await each_scene.show("Week 1", item=1)
    await each_scene.show("Week 2", each_scene.python, item=2, expires_at=MONDAY)
    second = await each_scene.standing(2)
    await each_scene.pump.drain()
    assert ((await each_scene.standing(1)).state, each_scene.posted()) == (PostState.SENT, ["Week 1"])
    assert (await each_scene.post(second.id)).state is PostState.EXPIRED
    assert await each_scene.store.read(lambda uow: uow.agenda.at("nudge", 1)) is None


async def test_a_witness_that_crosses_another_transaction_hears_of_it_again(postgres_url: str) -> None:
    feature = Feature("weeks")
    heard: list[PostState] = []

    @feature.witness
    def hear(ctx: Context, post: Post) -> None:
        heard.append(post.state)
        if len(heard) == 1:
            crossed = "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40P01'; END $$"
            ctx.uow.outbox._db.execute(text(crossed))  # type: ignore[attr-defined]

    async with a_scene(postgres_url) as scene:
        attend(scene, feature)
        await scene.show("Week 1")
        await scene.pump.drain()
        assert (await scene.standing()).state is PostState.SENDING
        scene.clock.move_by(HOUR)
        await scene.pump.drain()
        assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])
    assert heard == [PostState.SENT, PostState.SENT]


async def test_a_witness_that_fails_does_not_make_a_message_be_sent_again(
    scene: Scene, watching: Watching, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(post: Post) -> None:
        raise ZeroDivisionError

    watching.hear = fail
    await scene.show("Week 1")
    await scene.pump.drain()
    scene.clock.move_by(HOUR)
    await scene.pump.drain()
    assert ((await scene.standing()).state, scene.posted()) == (PostState.SENT, ["Week 1"])
    assert "a witness failed" in caplog.text
