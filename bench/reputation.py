"""What reputation costs: at each like, and reckoned anew from everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from unittest.mock import patch

from sqlalchemy import Connection, insert

from adapters.outlines import Shelf
from bench.chatter import OUTLINE, START, BusyClock, found_group, reactions
from bench.spending import Spent, folder, in_flight, on_one_core, spent
from bench.table import Result, at_most
from bot.app import Bot
from bot.bootstrap import COURSES, FEATURES
from bot.chat import ChannelRef, ReactionAdded
from bot.ids import GroupId, MemberId, PersonId, new_id
from bot.ports import UnitOfWork
from bot.study import reputation as rules
from bot.study.founding import found
from bot.study.likes import Like
from bot.study.members import Member, MemberState, Role
from bot.study.reputation import EIGHTHS, LIKE_POINTS, Sources
from bot.study.times import LocalTime
from schedules.reckoning import rebuilt
from storage.database import open_store as open_bare
from storage.likes import LIKES
from storage.store import open_store

NOTES = (
    "**reputation**: a like by all the rules beside one that adds flat points; both through `Bot.handle` on SQLite "
    "with synchronous=FULL, 32 in flight, in a group where more than a thousand likes are. Rebuilding reads all likes "
    "and thanks of each group, reckons them, and writes what is not right; nothing was weighed before.",
)
MANY = 32
MOST_SECONDS = 60
"""Seconds that rebuilding a million likes may take: it is done at a start after an update."""


def measure(
    number: int = 400, before: int = 1_200, rounds: int = 5, groups: int = 100, each: int = 10_000
) -> list[Result]:
    """Compare a like by the rules with a flat one, and reckon so many groups with so many likes each anew."""
    with folder() as place, on_one_core():
        ratio, context = asyncio.run(_update(place, number, before, rounds))
    results = [at_most("reputation: CPU of a like, by the rules : flat", ratio, 2, context)]
    with folder() as place:
        seconds, wrong = asyncio.run(_rebuild(place, groups, each))
    million = groups * each
    assert wrong > 0, "nothing was to be weighed before"
    each_like = seconds * 1e6 / million
    context = f"{each_like:.1f} µs a like, {groups} groups"
    limit = MOST_SECONDS * million / 1e6
    told = f"reputation: rebuilding {million:,} likes"
    results.append(Result(told, f"{seconds:.1f} s", f"≤ {limit:g} s", seconds <= limit, context))
    return results


def _flat(sources: Sources, like: Like) -> None:
    sources.members.add_eighths(like.group, like.owner, EIGHTHS * LIKE_POINTS[like.item_kind])


def _flatly() -> AbstractContextManager[object]:
    return patch.object(rules, "liked", _flat)


async def _update(place: Path, number: int, before: int, rounds: int) -> tuple[float, str]:
    ways: dict[str, Callable[[], AbstractContextManager[object]]] = {"flat": _flatly, "rules": nullcontext}
    costs: dict[str, list[Spent]] = {name: [] for name in ways}
    bots: dict[str, tuple[Bot, Iterator[ReactionAdded]]] = {}
    async with (
        await open_store(f"sqlite:///{place}/flat.db") as flat,
        await open_store(f"sqlite:///{place}/rules.db") as ruled,
    ):
        for name, store in (("flat", flat), ("rules", ruled)):
            coming = iter(await store.write(lambda uow: reactions(uow, before + number * rounds)))
            bots[name] = (Bot(FEATURES, store, BusyClock(), Shelf(COURSES)), coming)
        for round in range(rounds + 1):
            for name, way in ways.items():
                bot, coming = bots[name]
                batch = [next(coming) for _ in range(number if round else before)]
                with way(), spent(len(batch)) as cost:
                    await in_flight(MANY, batch, bot.handle)
                if round:
                    costs[name].append(cost)
    pairs = list(zip(costs["rules"], costs["flat"], strict=True))
    context = " : ".join(f"{median(one.cpu for one in costs[name]):,.0f} µs" for name in ("rules", "flat"))
    return median(by_rules.cpu / flat.cpu for by_rules, flat in pairs), context


async def _rebuild(place: Path, groups: int, each: int) -> tuple[float, int]:
    url = f"sqlite:///{place}/all.db"
    async with await open_store(url, durable=False) as store:
        there = await store.write(lambda uow: _founded(uow, groups))
    async with open_bare(url, lambda db: db, durable=False) as bare:
        for group, people in there:
            await bare.write(lambda db, group=group, people=people: _add(db, group, people, each))  # type: ignore[misc]
    wrong = 0
    async with await open_store(url, durable=False) as store:
        with spent(1) as cost:
            async for _, drifts in rebuilt(store):
                wrong += len(drifts)
    return cost.wall / 1e6, wrong


def _founded(uow: UnitOfWork, groups: int) -> list[tuple[GroupId, list[PersonId]]]:
    """Found so many groups of the same people."""
    first, learners = found_group(uow)
    people = list(learners.values())
    there = [(first, people)]
    for number in range(1, groups):
        starts = LocalTime(datetime(2027, 1, 11, 18))  # noqa: DTZ001  # a wall clock has no zone
        home = [ChannelRef("local", "acme", f"channel{number}")]
        group = found(
            uow, OUTLINE, title="", channels=home, owner=people[0], starts=starts, zone="Europe/Berlin", now=START
        )
        for person in people[1:]:
            uow.members.add(
                Member(
                    MemberId(new_id(START)), group.id, person, Role.LEARNER, MemberState.ACTIVE, START, learning=True
                )
            )
        there.append((group.id, people))
    return there


def _add(db: Connection, group: GroupId, people: list[PersonId], number: int) -> None:
    """Let people like a lot of each other's, over forty days."""
    rows = []
    for index in range(number):
        giver, owner = people[index % len(people)], people[(index // len(people) + index + 1) % len(people)]
        at = START + timedelta(days=40) * index / number
        rows.append(LIKES.values(Like(new_id(at), group, "answer", new_id(at), giver, owner, at)))
    db.execute(insert(LIKES.table), [row for row in rows if row["person"] != row["owner"]])
