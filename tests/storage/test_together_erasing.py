"""Somebody is erased at the moment when something of theirs goes out (P13, S6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from bot.cards import card
from bot.chat import About, OpenThread
from bot.desk import Desk, Shown
from bot.ids import PersonId
from bot.language import Languages
from bot.outbox import Post, PostState
from bot.ports import UnitOfWork
from bot.study.erasing import forget
from storage.store import open_store
from tests.storage.samples import ANN, CHANNEL, GROUP, NOW, found_group, message

WORK = About("submission", 1)


class Meanwhile:
    """A port of which one method is called just after something happened elsewhere."""

    def __init__(self, port: Any, **first: Callable[[], object]) -> None:
        self._port = port
        self._first = first

    def __getattr__(self, name: str) -> Any:
        if name in self._first:
            self._first.pop(name)()
        return getattr(self._port, name)


async def test_a_thread_that_is_opened_while_its_author_is_erased_gets_another_title(postgres_url: str) -> None:
    """What is claimed after their posts were read is sent as it was; SQLite has one writer at a time."""
    claimed: list[Post] = []

    async def claim() -> None:
        async with await open_store(postgres_url) as other:
            claimed.extend(await other.write(lambda uow: uow.outbox.claim(NOW, 10)))

    def meanwhile() -> None:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(asyncio.run, claim()).result(timeout=30)

    def erase(uow: UnitOfWork) -> None:
        ann = uow.people.get(ANN)
        assert ann is not None
        books: Any = Meanwhile(uow)
        books.my_data = Meanwhile(uow.my_data, erase=meanwhile)
        forget(books, Desk(uow.outbox, uow.instance, NOW), Languages(), ann, NOW)

    async with await open_store(postgres_url) as store:
        await store.write(found_group)
        await store.write(_lay_down)
        await store.write(erase)
        for sent in claimed:
            there = replace(sent, state=PostState.SENT, message=replace(message(), thread="7"), lease_until=None)
            assert await store.write(lambda uow, there=there: uow.outbox.finish(there))  # type: ignore[misc]
        wished = await store.write(lambda uow: uow.outbox.claim(NOW, 10))

    assert [sent.to for sent in claimed] == [OpenThread(CHANNEL, "Ann: Build 1")]
    assert OpenThread(CHANNEL, "Work of a former member") in [one.to for one in wished]


def _lay_down(uow: UnitOfWork) -> None:
    """Let Ann's work be about to be shown."""
    shown = Shown(WORK, group=GROUP, owner=PersonId(ANN))
    Desk(uow.outbox, uow.instance, NOW).show(shown, [card("", "Ann's work")], [OpenThread(CHANNEL, "Ann: Build 1")])
