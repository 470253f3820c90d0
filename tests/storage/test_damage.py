"""A disk or a file that fails: people are told that nothing was saved, and nothing goes out that is not written down.

Issue 3: disk full, read-only, failing n-th write for every n until one run completes untouched, 300 single-bit flips.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import storage.sqlite
from adapters.local import LocalPlatform
from adapters.outlines import Shelf
from bot.app import Bot
from bot.bootstrap import FEATURES
from bot.errors import CannotRead, CannotSave, ConfigError
from bot.study.agenda import DueKind
from schedules.clock import MovedClock
from schedules.pump import Pump
from storage.sqlite import WriterConnection
from storage.store import open_store
from tests.builders import MONDAY, ROLES, UNLIMITED, ZONE, Scene, scene
from tests.storage.test_database_full_disk import no_file_larger_than_now

CANNOT_SAVE = "I can't save anything right now. Please try again in a few minutes."
CANNOT_READ = "I can't look anything up right now. Please try again in a few minutes."
OUR_FAULT = "Something went wrong on my side. Reference "
SAVED = "Saved: "
FLIPS = 300
QUESTION = "/ask question:Why? details:I pressed F5"


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a database whose group waits for its first week, which is due."""
    folder = tmp_path_factory.mktemp("eve")

    async def prepare() -> None:
        async with scene(f"sqlite:///{folder / 'eve.db'}", FEATURES, folder) as on:
            first = (await on.reads(lambda uow: uow.weeks.of_group(on.group.id)))[0]
            await on.writes(lambda uow: uow.agenda.set(DueKind.PUBLISH_WEEK, first.id, MONDAY, on.group.id))
            await on.writes(lambda uow: uow.agenda.set(DueKind.START_GROUP, on.group.id, MONDAY, on.group.id))

    asyncio.run(prepare())
    return (folder / "eve.db").read_bytes()


@dataclass
class Told:
    """What people read, and what failed out of their sight."""

    replies: list[str] = field(default_factory=list)
    failed: list[Exception] = field(default_factory=list)


@asynccontextmanager
async def opened(place: Path) -> AsyncIterator[Scene]:
    """Run the bot on a file, in a chat where nothing was said yet."""
    clock = MovedClock(MONDAY)
    chat = LocalPlatform(clock)
    store = await open_store(f"sqlite:///{place}", durable=False)
    pump = Pump(store, {"local": chat}, clock, jitter=lambda: 1.0)
    bot = Bot(FEATURES, store, clock, Shelf(place.parent), wake=pump.wake, limits=UNLIMITED)
    pump.attend(bot)
    chat.connect(bot)
    for name in ROLES:
        chat.person(name, name=name.title(), zone=ZONE)
    chat.space("acme").channel("javascript")
    try:
        yield Scene(store, clock, chat, pump, bot, group=None)  # type: ignore[arg-type]
    finally:
        await store.close()


async def day(on: Scene, told: Told) -> None:
    """Let the week come out, somebody ask, somebody look, and all be delivered."""

    async def moves() -> None:
        try:
            await on.bot.tick()
            await on.pump.drain()
        except (CannotSave, CannotRead) as error:
            told.failed.append(error)

    await moves()
    told.replies.append((await on.person("priya").types(QUESTION, on.home)).text)
    told.replies.append((await on.person("jill").types("/week number:1", on.home)).text)
    await moves()


def recorded(place: Path) -> dict[str, str]:
    """Return the states of the posts by their keys."""
    with closing(sqlite3.connect(place)) as raw:
        return dict(raw.execute("SELECT key, state FROM post").fetchall())


def sent(on: Scene) -> list[str]:
    return [message.key or "" for message in on.home.messages]


# The n-th write fails


class Fault:
    """Lets the n-th statement that changes something fail, and counts them."""

    def __init__(self, at: int, code: int) -> None:
        self.at = at
        self.code = code
        self.seen = 0
        self.lasts = False

    def __call__(self, raw: sqlite3.Connection, sql: str) -> None:
        if sql.lstrip()[:6].upper() not in ("INSERT", "UPDATE", "DELETE", "COMMIT"):
            return
        self.seen += 1
        if self.seen == self.at or (self.lasts and self.seen > self.at):
            if self.code == sqlite3.SQLITE_FULL:  # as SQLite does: the whole transaction is gone
                sqlite3.Connection.rollback(raw)
            error = sqlite3.OperationalError("as the test wishes")
            error.sqlite_errorcode = self.code
            raise error


@contextmanager
def failing(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *more: Any) -> Cursor:
            fault(self.connection, sql)
            return super().execute(sql, *more)

        def executemany(self, sql: str, *more: Any) -> Cursor:
            fault(self.connection, sql)
            return super().executemany(sql, *more)

    class Connection(WriterConnection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            fault(self, sql)
            return super().execute(sql, *more)

    with monkeypatch.context() as patched:
        patched.setattr(storage.sqlite, "WriterConnection", Connection)
        yield


@pytest.mark.slow
@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY])
async def test_whichever_write_fails_nothing_is_lost_and_nothing_is_seen_twice(
    eve: bytes, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "test.db"
    for number in range(1, 1_000):
        place.write_bytes(eve)
        fault, told = Fault(number, code), Told()
        with failing(fault, monkeypatch):
            async with opened(place) as on:
                await day(on, told)
                writes, fault.at = fault.seen, 0
                assert set(sent(on)) <= set(recorded(place))
                assert not any(OUR_FAULT in reply for reply in told.replies), (number, told)
                if CANNOT_SAVE in told.replies[0]:
                    await on.person("priya").types(QUESTION, on.home)
                # The disk is well again, and time passes: what was put off is done, what may have arrived is found.
                for _ in range(6):
                    on.clock.move_by(timedelta(minutes=1))
                    await on.bot.tick()
                    await on.pump.drain()
                texts = [message.text.splitlines()[0] for message in on.home.messages]
                assert sorted(texts) == ["@Priya asks", "Week 1: values"], (number, texts)
                assert {recorded(place)[key] for key in sent(on)} == {"sent"}
        if writes < number:
            break
    assert number > 30


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY])
async def test_while_nothing_can_be_saved_nothing_is_sent_and_afterwards_all_is_well(
    eve: bytes, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "test.db"
    place.write_bytes(eve)
    fault, told = Fault(1, code), Told()
    fault.lasts = True
    with failing(fault, monkeypatch):
        async with opened(place) as on:
            await day(on, told)
            assert CANNOT_SAVE in told.replies[0]
            assert sent(on) == []
            fault.lasts = False
            on.clock.move_by(timedelta(minutes=5))
            told.replies.clear()
            await day(on, told)
            assert [message.text.splitlines()[0] for message in on.home.messages] == ["Week 1: values", "@Priya asks"]


@pytest.mark.slow
async def test_a_full_disk_is_told_and_room_is_enough_to_go_on(eve: bytes, tmp_path: Path) -> None:
    place = tmp_path / "test.db"
    place.write_bytes(eve)
    long = "x" * 3_900
    async with opened(place) as on:
        with no_file_larger_than_now(tmp_path):
            replies = [
                (await on.person("priya").types(f"/note text:{number}{long} share:yes", on.home)).text
                for number in range(60)
            ]
        assert any(CANNOT_SAVE in reply for reply in replies)
        assert all("your-text.txt" in reply for reply in replies if CANNOT_SAVE in reply)  # it is given back
        assert CANNOT_SAVE not in (await on.person("priya").types("/note text:at last share:yes", on.home)).text


async def test_a_damaged_page_is_told_to_who_looks_and_to_who_writes(eve: bytes, tmp_path: Path) -> None:
    place = tmp_path / "test.db"
    place.write_bytes(_without_page(eve, tmp_path / "intact.db", "week"))
    async with opened(place) as on:
        looked = await on.person("jill").types("/week number:1", on.home)
        assert CANNOT_READ in looked.text
    place.write_bytes(_without_page(eve, tmp_path / "intact.db", "question"))
    async with opened(place) as on:
        asked = await on.person("priya").types(QUESTION, on.home)
        assert CANNOT_SAVE in asked.text


def _without_page(database: bytes, intact: Path, table: str) -> bytes:
    """Return a database in which the first page of a table is overwritten."""
    intact.write_bytes(database)
    with closing(sqlite3.connect(intact)) as raw:
        size = int(raw.execute("PRAGMA page_size").fetchone()[0])
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return database[: (root - 1) * size] + b"\xff" * size + database[root * size :]


async def test_a_file_that_was_replaced_under_the_bot_takes_nothing_more(eve: bytes, tmp_path: Path) -> None:
    place = tmp_path / "test.db"
    place.write_bytes(eve)
    async with opened(place) as on:
        await day(on, Told())
        place.rename(tmp_path / "moved.db")
        place.write_bytes(eve)
        reply = await on.person("priya").types("/ask question:How? details:I pressed F5", on.home)
        assert CANNOT_SAVE in reply.text


async def test_a_file_that_was_moved_away_is_told_to_who_looks_and_none_is_made_in_its_place(
    eve: bytes, tmp_path: Path
) -> None:
    place = tmp_path / "test.db"
    place.write_bytes(eve)
    async with await open_store(f"sqlite:///{place}", durable=False) as store:
        place.rename(tmp_path / "moved.db")
        with pytest.raises(CannotRead, match="cannot be opened"):
            await store.read(lambda uow: uow.leases.get("any"))
    assert not place.exists()


# A bit is flipped


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
async def test_a_flipped_bit_is_told_or_harmless(eve: bytes, tmp_path: Path, part: int) -> None:
    place = tmp_path / "test.db"
    draw = random.Random(part)
    used = [number for number, byte in enumerate(eve) if byte]
    outcomes = {"refused": 0, "told": 0, "worked": 0}
    for number in range(FLIPS // 4):
        flipped = bytearray(eve)
        # Most of a small database is empty; half of the bits are drawn where something is kept.
        at = draw.choice(used) if number % 2 else draw.randrange(len(eve))
        flipped[at] ^= 1 << draw.randrange(8)
        for tail in ("-wal", "-shm"):
            place.with_name(f"test.db{tail}").unlink(missing_ok=True)
        place.write_bytes(flipped)
        outcomes[await _lived_with(place, at)] += 1
    assert outcomes["refused"] > 0
    assert outcomes["worked"] > 0


async def _lived_with(place: Path, at: int) -> str:
    """Run the bot on a file with a flipped bit; return how that went."""
    told = Told()
    try:
        async with asyncio.timeout(20), opened(place) as on:
            await day(on, told)
            seen = sent(on)
    except ConfigError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert str(place) in refused or "newer version" in refused, (at, refused)
        return "refused"
    words = (CANNOT_SAVE, CANNOT_READ, OUR_FAULT)
    assert not any(sign in reply for reply in told.replies for sign in ("Traceback", "sqlite", "Error")), (at, told)
    with suppress(sqlite3.Error):  # what is written there cannot be read from outside either
        assert set(seen) <= set(recorded(place)), at
    bad = told.failed or any(word in reply for word in words for reply in told.replies)
    return "told" if bad else "worked"
