"""What is one's own: checking badges, reading a long portfolio, exporting everything, and forgetting somebody."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.spending import Spent, folder, spent
from bench.table import Result, at_most
from bot.chat import AccountRef, ChannelRef
from bot.ids import NoteId, PersonId, new_id
from bot.language import ENGLISH
from bot.ports import UnitOfWork
from bot.study import portfolio, portfolio_json
from bot.study.founding import found
from bot.study.notes import Note
from bot.study.outline import Outline, WeekPlan
from bot.study.people import Account, Person
from bot.study.times import LocalTime
from storage.store import open_store

NOTES = (
    "**badges**: each is verified with all its checks, alone and in a PNG that has to be as it was issued; beside "
    "it, the library that signs tokens decodes the same token with the same key and nothing else.",
    "**portfolio**: of somebody with 5,000 notes in one group, from SQLite to JSON; beside it, sqlite3 reads the same "
    "rows and json writes them. **my data** is the export of everything, **erasing** the whole transaction.",
)


def measure(badges: int = 1000, items: int = 5000, rounds: int = 3) -> list[Result]:
    """Compare each with the least that it could be."""
    with folder() as place:
        return [*_verified(place, badges), *asyncio.run(_portfolio(place / "own.db", items, rounds))]


def _verified(place: Path, badges: int) -> list[Result]:
    import jwt

    from adapters.badges.issuing import Signer
    from adapters.badges.verifying import verify
    from bot.ids import GroupId
    from bot.study.badges import Badge, Claim

    now = datetime.now(UTC)
    signer = Signer(place / "keys.json", "Studycircle", "https://circle.example.org/", lambda: now)
    badge = Badge(1, GroupId(1), PersonId(1), "Jill", 1, now)
    claim = Claim(badge, "JavaScript", "Jill finished JavaScript.", "80 %", "finished this study group")
    picture, _, alone = (file.content for file in signer.files(claim))
    document, did, public = signer.document(), signer.did(signer.keys), signer.keys.newest.public
    token = alone.decode()
    verify(picture, did, document)
    with spent(badges) as plain:
        for _ in range(badges):
            jwt.decode(token, public, algorithms=["ES256"])
    with spent(badges) as statement:
        for _ in range(badges):
            verify(alone, did, document)
    with spent(badges) as pictured:
        for _ in range(badges):
            verify(picture, did, document)
    return [
        at_most(f"{badges:,} badges: CPU, {what} : the token alone", cost.cpu / plain.cpu, limit, f"{cost} : {plain}")
        for what, cost, limit in (("all checks", statement, 4), ("all checks and the picture", pictured, 8))
    ]


async def _portfolio(path: Path, items: int, rounds: int) -> list[Result]:
    async with await open_store(f"sqlite:///{path}", durable=False) as store:
        person = await store.write(lambda uow: _furnished(uow, items, "jill"))
        written = await _median(rounds, items, lambda: store.read(lambda uow: _as_json(uow, person)))
        plain = await _median(rounds, items, lambda: _plainly(path))
        exported = await _median(rounds, items, lambda: store.read(lambda uow: json.dumps(uow.my_data.export(person))))
        others = [f"jill{number}" for number in range(1, rounds)]
        more = [await store.write(lambda uow, name=name: _furnished(uow, items, name)) for name in others]  # type: ignore[misc]
        going = iter((person, *more))
        erased = await _median(
            rounds, items, lambda: store.write(lambda uow: uow.my_data.erase(next(going), datetime.now(UTC)))
        )
    return [
        at_most(f"{what} {items:,} items: CPU, {how} : rows as JSON", cost.cpu / plain.cpu, limit, f"{cost} : {plain}")
        for what, how, cost, limit in (
            ("portfolio of", "JSON", written, 20),
            ("my data of", "export", exported, 15),
            ("erasing", "all", erased, 15),
        )
    ]


async def _median(rounds: int, items: int, work: Callable[[], object]) -> Spent:
    costs = []
    for _ in range(rounds):
        with spent(items) as cost:
            done = work()
            if asyncio.isfuture(done) or asyncio.iscoroutine(done):
                await done
        costs.append(cost)
    return Spent(median(one.cpu for one in costs), median(one.wall for one in costs))


def _furnished(uow: UnitOfWork, items: int, name: str) -> PersonId:
    now = datetime(2027, 1, 11, 17, tzinfo=UTC)
    jill = Person(PersonId(new_id(now)), "Jill", now)
    uow.people.add(jill, Account(new_id(now), AccountRef("local", name), jill.id, "Jill", now))
    group = found(
        uow,
        Outline("JavaScript", (WeekPlan("Values"),)),
        title="JavaScript",
        channels=[ChannelRef("local", "school", name)],
        owner=jill.id,
        starts=LocalTime(datetime(2027, 1, 11, 18)),  # noqa: DTZ001  # a wall clock has no zone
        zone="Europe/Berlin",
        now=now,
    )
    for number in range(items):
        at = now + timedelta(minutes=number)
        uow.notes.add(Note(NoteId(new_id(at)), group.id, jill.id, None, f"Note {number}: what a loop does.", at))
    return jill.id


def _as_json(uow: UnitOfWork, person: PersonId) -> str:
    (member,) = portfolio.chapters_of(uow.members, person)
    group = uow.groups.get(member.group)
    assert group is not None
    return portfolio_json.as_json("Jill", [portfolio.chapter(uow, group, member)], ENGLISH, now=member.applied_at)


def _plainly(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return json.dumps(db.execute("SELECT * FROM note ORDER BY id").fetchall())
