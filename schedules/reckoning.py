"""Reckoning reputation anew: after an update that changed its rules, and when somebody asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from bot.ids import GroupId
from bot.ports import Store
from bot.study.reputation import RULES, Drift, rebuild
from schedules.upkeep import Chore

MEMO = "reputation rules"
"""Under this name stands which rules the kept reputations follow."""
READ = 500
"""Groups whose ids are read at once."""


async def rebuilt(store: Store, *, check: bool = False) -> AsyncIterator[tuple[GroupId, list[Drift]]]:
    """Reckon group by group, each in a unit of work of its own, or with `check` only look; yield what was wrong."""
    after = 0
    while ids := await store.read(lambda uow, after=after: uow.groups.ids(after, READ)):  # type: ignore[misc]
        for id in ids:
            if check:
                yield id, await store.read(lambda uow, id=id: rebuild(uow, id, check=True))  # type: ignore[misc]
            else:
                yield id, await store.write(lambda uow, id=id: rebuild(uow, id))  # type: ignore[misc]
        after = ids[-1]


def after_an_update(store: Store) -> Chore:
    """Return the chore that reckons everything anew where the rules are no longer those that it was kept by."""

    async def reckon() -> str:
        if await store.read(lambda uow: uow.memos.get(MEMO)) == RULES:
            return ""
        changed = 0
        async for _, drifts in rebuilt(store):
            changed += len(drifts)
        await store.write(lambda uow: uow.memos.keep(MEMO, RULES))
        return f"reckoned anew, which changed the reputation of {changed} memberships"

    return Chore("reputation", timedelta(days=1), reckon)
