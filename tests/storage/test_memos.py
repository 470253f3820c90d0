"""Memos: words under names, which are there again after a restart."""

from __future__ import annotations

from bot.ports import UnitOfWork
from storage.database import Store


async def test_a_memo_is_kept_until_another_takes_its_place(store: Store[UnitOfWork]) -> None:
    assert await store.read(lambda uow: uow.memos.get("commands 7")) is None
    await store.write(lambda uow: uow.memos.keep("commands 7", "abc"))
    await store.write(lambda uow: uow.memos.keep("commands 8", "xyz"))
    await store.write(lambda uow: uow.memos.keep("commands 7", "def"))
    assert await store.read(lambda uow: [uow.memos.get("commands 7"), uow.memos.get("commands 8")]) == ["def", "xyz"]


async def test_keepsakes_are_kept_changed_and_dropped_by_name(store: Store[UnitOfWork]) -> None:
    await store.write(lambda uow: uow.keepsakes.keep({"person jill": "1", "message 7": "2"}))
    await store.write(lambda uow: uow.keepsakes.keep({"message 7": "3", "message 8": "4"}))
    await store.write(lambda uow: uow.keepsakes.drop(["message 8", "nothing"]))
    assert await store.read(lambda uow: uow.keepsakes.all()) == {"person jill": "1", "message 7": "3"}
