"""Likes that come at the same moment come to what they are worth together, on each engine."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.util import await_only

from bot.chat import About
from bot.context import Context
from bot.ids import PersonId, new_id
from bot.ports import UnitOfWork
from bot.study import reputation
from bot.study.acts import ActKind
from bot.study.likes import Like
from bot.study.reputation import DAY_POINTS, EIGHTHS
from tests.builders import Scene, scene


async def like(on: Scene, giver: PersonId, owner: PersonId) -> None:
    """Let somebody like something of somebody else's, as the feature of likes does."""
    now = on.clock.now()

    def work(uow: UnitOfWork) -> None:
        given = Like(new_id(now), on.group.id, "answer", new_id(now), giver, owner, now)
        uow.people.lock(giver)
        if uow.likes.like(given):
            reputation.liked(uow, given)

    await on.writes(work)


async def test_a_crowd_that_likes_at_once_gives_no_more_than_a_day_holds(database_url: str, tmp_path: Path) -> None:
    async with scene(database_url, (), tmp_path) as on:
        crowd = [f"friend{number}" for number in range(24)]
        for name in crowd:
            await on.joins(name)
        await asyncio.gather(*(like(on, on.ids[name], on.ids["jill"]) for name in crowd))
        assert (await on.member("jill")).eighths == DAY_POINTS * EIGHTHS
        assert await on.reads(lambda uow: reputation.rebuild(uow, on.group.id, check=True)) == []


async def test_two_pairs_whose_balance_tips_at_the_same_moment_agree(database_url: str, tmp_path: Path) -> None:
    async with scene(database_url, (), tmp_path) as on:
        jill, priya, nadia = (on.ids[name] for name in ("jill", "priya", "nadia"))
        pairs = [(jill, priya), (priya, jill), (jill, nadia), (priya, nadia), (nadia, jill), (nadia, priya)]
        for _ in range(5):
            await asyncio.gather(*(like(on, giver, owner) for giver, owner in pairs))
            assert await on.reads(lambda uow: reputation.rebuild(uow, on.group.id, check=True)) == []
        await asyncio.gather(*(like(on, giver, owner) for giver, owner in [*pairs[:2]] * 6))
        assert await on.reads(lambda uow: reputation.rebuild(uow, on.group.id, check=True)) == []


async def test_thanks_to_whoever_is_forgotten_at_that_moment_are_worth_nothing(
    postgres_url: str, tmp_path: Path
) -> None:
    async with scene(postgres_url, (), tmp_path) as on:
        jill, priya = on.ids["jill"], on.ids["priya"]
        forgotten = asyncio.Event()

        def forget(uow: UnitOfWork) -> None:
            uow.my_data.erase(jill, on.clock.now())
            forgotten.set()
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            for _ in range(1_000):  # until the thanks wait for this to end
                if uow._db.execute(waiting).scalar():  # type: ignore[attr-defined]
                    return
                await_only(asyncio.sleep(0.01))

        def thank(ctx: Context) -> None:
            ctx.within(on.group).act(ActKind.HELPED, About("review", 1), jill, by=priya)

        async def thanks() -> None:
            await forgotten.wait()
            await on.bot.perform(thank)

        await asyncio.gather(on.writes(forget), thanks())
        assert (await on.member("jill")).eighths == 0
        assert await on.reads(lambda uow: reputation.rebuild(uow, on.group.id, check=True)) == []


async def test_a_rebuild_while_likes_come_in_leaves_what_they_come_to(database_url: str, tmp_path: Path) -> None:
    async with scene(database_url, (), tmp_path) as on:
        names = ("jill", "priya", "nadia", "tomas")
        pairs = [(on.ids[giver], on.ids[owner]) for giver in names for owner in names if giver != owner]

        async def rebuild() -> None:
            await on.writes(lambda uow: reputation.rebuild(uow, on.group.id) and None)

        likes_coming = [like(on, *pair) for pair in pairs * 3]
        await asyncio.gather(*likes_coming[::2], *(rebuild() for _ in range(6)), *likes_coming[1::2])
        assert await on.reads(lambda uow: reputation.rebuild(uow, on.group.id, check=True)) == []
        likes = await on.reads(lambda uow: uow.likes.in_group(on.group.id))
        assert len(likes) == 3 * len(pairs)
