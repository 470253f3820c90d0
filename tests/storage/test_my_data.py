"""Whose everything is: a walk over the schema exports each personal column, and erasing leaves no byte (P13, J15)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Integer, Table, Text, insert, select, text, update

from bot.cards import card
from bot.chat import About, AccountRef, ChannelRef, Direct, MessageRef, RosterRef, SpaceRef, ThreadRef
from bot.ports import UnitOfWork
from storage import forgotten, restore
from storage.backup import take
from storage.belonging import BELONGING, ITEMS, Fate
from storage.columns import Document, Instant, Place, Reference, SentMessage, Subject, WallTime, Word
from storage.database import Store
from storage.my_data import emptied
from storage.rows import table_of
from storage.tables import Table as Tables
from tests.storage.samples import ANN, GROUP, NOW
from tests.storage.test_schema import on

ACCOUNT = AccountRef("local", "CANARY-account-ref")
OF_NOBODY = {
    "keepsake": "the messages and people of the platform on this machine, which is a platform, not the bot",
    "space": "who may start groups in a space, as ids",
    "instance": "no people in it",
    "roster_entry": "who has a role on a platform, known until it is taken from them, within minutes of an erasure",
}
"""Tables whose personal columns are nobody's in particular, and why."""
MINE = {BELONGS.table.name: BELONGS for BELONGS in BELONGING}
TABLES = Tables.metadata.tables


def canary(column: Column[Any]) -> str:
    return f"CANARY-{column.table.name}-{column.name}"


def points_at_people(table: Table) -> bool:
    return any(key.target_fullname == "person.id" for column in table.c for key in column.foreign_keys)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_with_a_personal_column_says_whose_its_rows_are(name: str) -> None:
    table = TABLES[name]
    if any(column.info["personal"] for column in table.c) or points_at_people(table):
        assert name in MINE or name in OF_NOBODY, f"storage.belonging does not say whose the rows of {name} are"


@pytest.mark.parametrize("name", sorted(MINE))
def test_rows_that_stay_as_they_are_hold_nothing_personal(name: str) -> None:
    if MINE[name].fate is Fate.STAYS:
        assert not [column.name for column in MINE[name].table.c if column.info["personal"]]


def test_rows_go_before_those_that_they_point_at() -> None:
    gone: set[str] = set()
    for one in BELONGING:
        targets = {key.column.table.name for column in one.table.c for key in column.foreign_keys}
        assert not targets & gone, one.table.name
        if one.fate is Fate.GOES:
            gone.add(one.table.name)


FIXED: dict[str, Any] = {
    "usage.subject": f"person:{ANN}",
    "taken.space": f"@{ACCOUNT}",
    "account.ref": ACCOUNT,
    "audit_entry.actor": ANN,
    "transition.actor": ANN,
    "code.account": ACCOUNT,
    "code.taken_by": ACCOUNT,
}


def a_value(column: Column[Any], row: int) -> Any:  # noqa: C901 - one line a type
    """Return what a column holds in Ann's row: a canary where it is personal and can hold one."""
    word = canary(column)
    match column.type:
        case SentMessage():
            return MessageRef(ChannelRef("local", "s", word), word)
        case Document():
            return {"card": card(word, word), "to": Direct(ACCOUNT), "arguments": (("text", word),)}.get(
                column.name, ()
            )
        case Reference(kind=kind):
            made = {
                AccountRef: AccountRef("local", word),
                ChannelRef: ChannelRef("local", "s", word),
                RosterRef: RosterRef("local", "s", word),
                SpaceRef: SpaceRef("local", word),
                ThreadRef: ThreadRef(ChannelRef("local", "s", "c"), word),
                MessageRef: MessageRef(ChannelRef("local", "s", "c"), word),
            }
            return made[kind]
        case Place():
            return ChannelRef("local", "s", "c")
        case Subject():
            return About("week", 31)
        case Word(words=words):
            return next(iter(words))
        case Instant():
            return NOW
        case WallTime():
            return datetime(2027, 1, 1)  # noqa: DTZ001  # a wall clock has no zone
        case Boolean():
            return True
        case Date():
            return date(2027, 1, 1)
        case BigInteger() | Integer():
            return row
    return word


def furnish(db: Connection) -> None:
    """Give Ann one row in every table, beside the rules on keys."""
    ids = {name: 1000 + number for number, name in enumerate(sorted(TABLES))} | {"person": ANN, "study_group": GROUP}
    message = MessageRef(ChannelRef("local", "s", "c"), "CANARY-likeable-ref")
    for name, table in TABLES.items():
        values: dict[str, Any] = {}
        for column in table.c:
            keys = [key.column.table.name for key in column.foreign_keys]
            fixed = FIXED.get(f"{name}.{column.name}")
            values[column.name] = fixed if fixed else ids[keys[0]] if keys else a_value(column, ids[name])
        if name in ("message", "likeable"):
            values["ref"] = message
        if name == "publication":
            values["group"] = None
        if name == "instance":
            continue
        db.execute(insert(table), {**values, "id": ids[name]})
    post = TABLES["post"]
    mine = dict(db.execute(select(post)).mappings().one())
    # In a channel, where a message stands says nothing of whose it is.
    there = MessageRef(ChannelRef("local", "s", "c"), "m")
    of_group = {"place": "local:s/c", "once": "once", "message": there}
    db.execute(update(post).values(of_group))
    usage = dict(db.execute(select(TABLES["usage"])).mappings().one())
    db.execute(insert(TABLES["usage"]), usage | {"id": 78, "subject": f"account:{ACCOUNT}"})
    direct = {"id": 77, "key": "k77", "owner": None, "place": f"@{ACCOUNT}", "to": Direct(ACCOUNT), "under": None}
    db.execute(insert(post), mine | direct)


def without_keys(url: str, work: Callable[[Connection], None]) -> Callable[[Connection], None]:
    def run(db: Connection) -> None:
        if not url.startswith("sqlite"):
            db.execute(text("SET session_replication_role = replica"))
        work(db)

    return run


def expected(fate: Fate | None = None) -> set[str]:
    """Return the canaries that Ann's rows hold."""
    found = set()
    for one in BELONGING:
        for column in one.table.c:
            named = f"{one.table.name}.{column.name}"
            kept = isinstance(column.type, Text | Reference | Document | SentMessage)
            if column.info["personal"] and kept and named not in FIXED and named not in ("message.ref", "likeable.ref"):
                found.add(canary(column))
    return found - {"CANARY-post-to", "CANARY-post-place"} | {"CANARY-likeable-ref", "CANARY-account-ref"}


async def test_every_personal_column_is_in_the_export(prepared_url: str, store: Store[UnitOfWork]) -> None:
    await on(prepared_url, without_keys(prepared_url, furnish))
    written = json.dumps(await store.read(lambda uow: uow.my_data.export(ANN)))
    assert {one for one in expected() if one not in written} == set()


async def test_an_erasure_leaves_no_row_of_it(prepared_url: str, store: Store[UnitOfWork]) -> None:
    await on(prepared_url, without_keys(prepared_url, furnish))
    assert await store.write(lambda uow: uow.my_data.erase(ANN, NOW))
    assert not await store.write(lambda uow: uow.my_data.erase(ANN, NOW))
    assert await store.read(lambda uow: uow.my_data.erased()) == [ANN]
    assert await store.read(lambda uow: uow.people.get(ANN)) is None

    def everything(db: Connection) -> str:
        return "\n".join(str(row) for name in MINE for row in db.execute(text(f'SELECT * FROM "{name}"')))

    left = await on(prepared_url, everything)
    assert {one for one in expected() if one in left} == set()


def remains(folder: Path) -> set[str]:
    """Return the canaries that any file in a folder holds."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found |= {f"{path.name}: {one}" for one in expected() if one.encode() in content}
    return found


@pytest.mark.slow
async def test_an_erasure_leaves_no_byte_of_it_in_any_file(sqlite_template: Path, tmp_path: Path) -> None:
    from storage.store import open_store

    place = tmp_path / "here" / "test.db"
    place.parent.mkdir()
    shutil.copy(sqlite_template, place)
    url = f"sqlite:///{place}"
    async with await open_store(url, durable=False) as store:

        def fill(uow: UnitOfWork) -> None:
            uow._db.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # type: ignore[attr-defined]
            furnish(uow._db)  # type: ignore[attr-defined]
            for name in ("study_group", "activity", "week", "submission", "question", "post", "member"):
                assert uow._db.execute(select(TABLES[name])).first()  # type: ignore[attr-defined]

        await store.write(fill)
        assert remains(place.parent)
        await store.write(lambda uow: uow.my_data.erase(ANN, NOW))
        assert forgotten.cleared(place)
        take(place, place.parent / "backup.db")
        assert remains(place.parent) == set()


def test_a_restore_forgets_again_whoever_was_forgotten_since(sqlite_template: Path, tmp_path: Path) -> None:
    place, backup = tmp_path / "test.db", tmp_path / "mine.db"
    place.write_bytes(sqlite_template.read_bytes())

    def begin(raw: sqlite3.Connection, name: str) -> None:
        raw.execute(
            "INSERT INTO person (id, name, created_at) VALUES (?, ?, '2027-01-01 00:00:00.000000')", (ANN, name)
        )
        raw.commit()

    with closing(sqlite3.connect(place)) as raw:
        begin(raw, "CANARY-ann")
    take(place, backup)
    listed = tmp_path / forgotten.NAME
    assert forgotten.add(listed, [ANN], NOW) == 1
    assert forgotten.add(listed, [ANN], NOW) == 0
    restore.restore(backup, place, NOW.astimezone(UTC), forgotten.read(listed))
    with closing(sqlite3.connect(place)) as raw:
        assert raw.execute("SELECT name FROM person").fetchall() == [("",)]
    assert b"CANARY-ann" not in place.read_bytes()


def test_a_restore_asks_the_database_that_it_replaces_as_well(sqlite_template: Path, tmp_path: Path) -> None:
    place, backup = tmp_path / "test.db", tmp_path / "mine.db"
    for file, name in ((backup, "Ann"), (place, "")):
        file.write_bytes(sqlite_template.read_bytes())
        with closing(sqlite3.connect(file)) as raw:
            raw.execute(
                "INSERT INTO person (id, name, created_at) VALUES (?, ?, '2027-01-01 00:00:00.000000')", (ANN, name)
            )
            raw.commit()
    restore.restore(backup, place, NOW)
    with closing(sqlite3.connect(place)) as raw:
        assert raw.execute("SELECT name FROM person").fetchall() == [("",)]


def test_a_list_that_cannot_be_read_stops_a_restore(tmp_path: Path) -> None:
    from bot.errors import ConfigError

    (tmp_path / "forgotten.txt").write_text("who knows\n")
    with pytest.raises(ConfigError, match="says who must stay forgotten"):
        forgotten.read(tmp_path / "forgotten.txt")


def test_what_is_emptied_is_what_is_personal() -> None:
    for one in BELONGING:
        assert set(emptied(one.table.c)) == {column.name for column in one.table.c if column.info["personal"]}
    assert {table_of(model).name for model in ITEMS} <= set(MINE)
