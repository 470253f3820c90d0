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
from bot.study.acts import LIKE_POINTS, ActKind
from bot.study.likes import spelled
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
                id=new_id(at), group=shown.group, item_kind=kind, item=item, person=person.id, owner=shown.owner, at=at
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
        author.points += LIKE_POINTS[kind]
        giver.signal_at, giver.nudges = at, 0
        await session.commit()
