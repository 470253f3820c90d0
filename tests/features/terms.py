"""A group in a place with a term: much is written in it, it ends, and what is left of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Text, cast, select

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.ports import UnitOfWork
from bot.study.groups import Group
from storage.tables import Table
from tests.builders import Scene, scene

CANARY = "CANARY"


@pytest.fixture
async def on_each_database(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group in a space that is set up, with its first week out, on each database."""
    async with _opened(database_url, tmp_path) as js:
        yield js


@pytest.fixture
async def on_sqlite(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the same group on SQLite alone."""
    async with _opened(sqlite_url, tmp_path) as js:
        yield js


@asynccontextmanager
async def _opened(url: str, folder: Path) -> AsyncIterator[Scene]:
    async with scene(url, FEATURES, folder, site="https://circle.example.org/") as js:
        await js.open_week(1)
        await begins(js)
        yield js


async def begins(js: Scene) -> None:
    js.chat.person("addy", name="Addy", admin=True)
    await js.does("addy", "/study setup")


async def a_busy_week(js: Scene) -> None:
    """Let much be written in the group, each text with a canary in it."""
    await js.does("jill", "/submit https://code.example/CANARY-link note:CANARY work")
    await js.fills("jill", activity="Week 1, activity 1: Practise values")
    await js.likes("priya", js.home.last)
    await js.does("jill", "/submit https://code.example/CANARY-newer note:CANARY newer activity:1.1")
    [work] = await js.reads(lambda uow: uow.submissions.by_person(js.group.id, js.ids["jill"]))
    await js.calls(
        "priya",
        "give feedback",
        id=code(work.id),
        works="CANARY praise",
        suggestion="CANARY idea",
        submitted=True,
    )
    await js.does("jill", "/note https://blog.example/CANARY text:CANARY on loops share:yes")
    await js.does("priya", "/note text:CANARY of Priya alone")
    await js.does("jill", "/ask Why does the loopCANARY never end details:CANARY details")
    reply = await js.says("tomas", "CANARY because i never grows", js.home.last)
    await js.uses_menu("jill", "Mark as answer", reply)
    await js.does("priya", "/ask What is a closureCANARY")
    question = code((await js.reads(lambda uow: uow.questions.in_group(js.group.id)))[-1].id)
    await js.calls("jill", "answer", question=question, text="CANARY A function that remembers")
    await js.changes("nadia", goal="CANARY goal", offer="CANARY offer", plan="CANARY plan")


async def ends(js: Scene) -> None:
    await js.does("fela", "/lead group finish")
    await js.presses("fela", "Finish it")
    await js.passes(minutes=1)


async def sets(js: Scene, months: int) -> str:
    return await js.does("addy", f"/study privacy months:{months} sure:yes")


async def group(js: Scene) -> Group:
    found = await js.reads(lambda uow: uow.groups.get(js.group.id))
    assert found is not None
    return found


async def left(js: Scene) -> set[str]:
    """Return the columns of the database that hold a canary, but for what the platform on this machine keeps."""

    def look(uow: UnitOfWork) -> set[str]:
        found = set()
        for table in Table.metadata.sorted_tables:
            for column in table.c:
                text = cast(column, Text)
                if uow._db.execute(select(text).where(text.contains(CANARY))).first():  # type: ignore[attr-defined]
                    found.add(f"{table.name}.{column.name}")
        return found - {"keepsake.document"}

    return await js.reads(look)


def shown(js: Scene) -> str:
    """Return what stands in the group's channel by the bot."""
    return "\n".join(
        js.person("priya").reads(message) for message in js.home.messages if message.author == js.chat.world.bot_account
    )
