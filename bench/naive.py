"""A like the way most programs would write it: objects in a SQLModel AsyncSession over aiosqlite."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.chat import ReactionAdded
from bot.ids import new_id
from bot.study.acts import ActKind
from bot.study.likes import Like, spelled
from bot.study.reputation import DAY_POINTS, EIGHTHS, mutual, weights, worth
from storage import tables


def engine(path: Path, connections: int) -> AsyncEngine:
    """Open a database with the settings of the store's writer, for sessions."""
    made = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": 60},
    )

    @event.listens_for(made.sync_engine, "connect")
    def settle(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    return made


def _member(group: int | None, person: int | None) -> SelectOfScalar[tables.Member]:
    return select(tables.Member).where(tables.Member.group == group, tables.Member.person == person)


async def like(over: AsyncEngine, now: Callable[[], datetime], happened: ReactionAdded) -> None:
    """Read and write what Bot.handle reads and writes for a reaction, in one session with one commit."""
    at = now()
    async with AsyncSession(over) as session:
        shown = (await session.exec(select(tables.Message).where(tables.Message.ref == happened.message))).one()
        person = (
            await session.exec(select(tables.Person).join(tables.Account).where(tables.Account.ref == happened.account))
        ).one()
        giver = (await session.exec(_member(shown.group, person.id))).one()
        kind, item = shown.about.kind, shown.about.id
        session.add(
            tables.Reaction(
                id=new_id(at),
                message=happened.message,
                item_kind=kind,
                item=item,
                person=person.id,
                emoji=spelled(happened.emoji),
                at=at,
            )
        )
        await session.flush()  # one that was there already shows here
        session.add(
            tables.Likes(
                id=new_id(at),
                group=shown.group,
                item_kind=kind,
                item=item,
                person=person.id,
                owner=shown.owner,
                at=at,
                worth=0,
            )
        )
        await session.flush()
        group = await session.get_one(tables.StudyGroup, shown.group)
        session.add(
            tables.Act(
                id=new_id(at),
                group=group.id,
                actor=person.id,
                kind=ActKind.LIKED,
                item_kind=kind,
                item=item,
                owner=shown.owner,
                at=at,
            )
        )
        author = (await session.exec(_member(group.id, shown.owner))).one()
        author.eighths += await _gain(session, shown.group, person.id, shown.owner)
        giver.signal_at, giver.nudges = at, 0
        await session.commit()


async def _gain(session: AsyncSession, group: int | None, giver: int | None, owner: int | None) -> int:
    """Weigh the newest like of one person to another by the rules, and return what the other gains by it."""
    of_group = select(tables.Likes).where(tables.Likes.group == group)
    gave = (await session.exec(of_group.where(tables.Likes.person == giver))).all()
    got = (await session.exec(of_group.where(tables.Likes.owner == giver))).all()
    by_owner = (await session.exec(of_group.where(tables.Likes.person == owner))).all()
    pair = sorted((like for like in gave if like.owner == owner), key=lambda like: (like.at, like.item))
    back = sum(like.person == owner for like in got)
    newest = pair[-1]
    values = [
        Like(one.id, one.group, one.item_kind, one.item, one.person, one.owner, one.at)  # type: ignore[arg-type]
        for one in pair
    ]
    halved = mutual(len(pair), back, len(gave) + len(by_owner))
    newest.worth = worth(values[-1], weights(values)[-1][0], halved=halved)
    had = (await session.exec(of_group.where(tables.Likes.owner == owner))).all()
    today = sum(like.worth for like in had if like.at.date() == newest.at.date())
    most = DAY_POINTS * EIGHTHS
    return min(today, most) - min(today - newest.worth, most)
