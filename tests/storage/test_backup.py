"""Backups of a SQLite file: whole, checked, private, and so many of them kept."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.errors import CannotSave
from storage.backup import dailies, daily, named, spare, take
from storage.database import open_store
from storage.schema import HEAD
from tests.fresh import prepared

NOW = datetime(2027, 1, 18, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    prepared(f"sqlite:///{tmp_path / 'test.db'}")
    return tmp_path / "test.db"


@pytest.mark.slow
def test_a_backup_is_whole_private_and_alone(place: Path, tmp_path: Path) -> None:
    made = take(place, tmp_path / "backups" / "kept.db")
    assert (made.path, made.revision) == (tmp_path / "backups" / "kept.db", HEAD)
    assert made.size == made.path.stat().st_size > 0
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in made.path.parent.iterdir()] == ["kept.db"]


async def test_a_backup_made_while_others_write_is_of_one_instant(tmp_path: Path) -> None:
    def make(db: Connection) -> None:
        for table in ("debit", "credit"):
            db.exec_driver_sql(f"CREATE TABLE {table} (value INTEGER)")

    def book(db: Connection) -> None:
        for table in ("debit", "credit"):
            db.exec_driver_sql(f"INSERT INTO {table} VALUES (1)")

    async def write() -> None:
        while not over.is_set():
            await store.write(book)

    over = asyncio.Event()
    async with open_store(f"sqlite:///{tmp_path / 'test.db'}", lambda db: db, durable=False) as store:
        await store.write(make)
        writing = asyncio.create_task(write())
        counted = []
        for number in range(5):
            made = await asyncio.to_thread(take, tmp_path / "test.db", tmp_path / f"{number}.db")
            with closing(sqlite3.connect(made.path)) as raw:
                counted.append(
                    raw.execute("SELECT (SELECT count(*) FROM debit), (SELECT count(*) FROM credit)").fetchone()
                )
        over.set()
        await writing
    assert all(debit == credit for debit, credit in counted)
    assert counted == sorted(counted)
    assert counted[-1][0] > counted[0][0]


@pytest.mark.slow
def test_what_is_there_is_not_overwritten(place: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_text("mine")
    with pytest.raises(CannotSave, match=r"kept\.db is there already"):
        take(place, tmp_path / "kept.db")
    assert (tmp_path / "kept.db").read_text() == "mine"


@pytest.mark.slow
def test_a_backup_that_was_cut_short_does_not_stop_the_next(place: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.db.part").write_text("half of it")
    take(place, tmp_path / "kept.db")
    assert not (tmp_path / "kept.db.part").exists()


@pytest.mark.slow
def test_a_database_whose_rows_point_at_nothing_gives_no_backup(place: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(place)) as raw:
        columns, values = "id, ref, person, name, seen_at", "1, 'local:ann', 99, 'Ann', '2027-01-01 00:00:00.000000'"
        raw.execute(f"INSERT INTO account ({columns}) VALUES ({values})")
        raw.commit()
    with pytest.raises(CannotSave, match="rows of account point at nothing"):
        take(place, tmp_path / "kept.db")
    assert not list(tmp_path.glob("kept*"))


@pytest.mark.slow
def test_a_damaged_database_gives_no_backup(place: Path, tmp_path: Path) -> None:
    content = bytearray(place.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    place.write_bytes(content)
    with pytest.raises(CannotSave, match="damaged"):
        take(place, tmp_path / "kept.db")
    assert not list(tmp_path.glob("kept*"))


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_to_is_told(place: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises(CannotSave, match="no backup was made"):
        take(place, tmp_path / "backups" / "kept.db")


@pytest.mark.slow
def test_of_daily_backups_the_newest_of_some_days_and_weeks_stay(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    mine = take(place, folder / "by-hand.db").path
    for hours in range(0, 24 * 60, 36):
        daily(place, folder, NOW + timedelta(hours=hours), days=3, weeks=2)
    last = NOW + timedelta(hours=24 * 60 - 36)
    kept = sorted(dailies(place, folder).values(), reverse=True)
    assert kept[:3] == [last, last - timedelta(hours=36), last - timedelta(hours=72)]
    assert len(kept) == 4  # of the two weeks the newer one's newest is among the three
    assert mine.exists()


@pytest.mark.slow
def test_what_a_killed_process_left_of_a_daily_backup_goes_and_others_files_stay(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    left = folder / f"{named(place, 'daily', NOW - timedelta(days=1))}.part"
    others = folder / f"{named(place, '', NOW)}.part"
    left.touch()
    others.touch()
    made = daily(place, folder, NOW, days=3, weeks=2)
    assert sorted(folder.iterdir()) == sorted([made.path, others])


@pytest.mark.slow
def test_an_old_backup_that_cannot_be_deleted_stops_no_new_one(
    place: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "backups"
    stays = folder / named(place, "daily", NOW - timedelta(days=1))
    stays.mkdir(parents=True)
    made = daily(place, folder, NOW, days=1, weeks=0)
    assert made.path.exists()
    assert f"an old backup cannot be deleted: [Errno 21] Is a directory: '{stays}'" in caplog.text


@given(st.lists(st.integers(0, 24 * 200), unique=True, max_size=60), st.integers(1, 10), st.integers(0, 6))
def test_the_newest_backup_is_never_let_go_and_no_more_stay_than_wished(
    hours: list[int], days: int, weeks: int
) -> None:
    made = {Path(str(hour)): NOW + timedelta(hours=hour) for hour in hours}
    gone = spare(made, days, weeks)
    left = {path: at for path, at in made.items() if path not in gone}
    assert len(left) <= days + weeks
    assert max(made.values(), default=None) == max(left.values(), default=None)
    assert len({at.date() for at in left.values()}) >= min(days, len({at.date() for at in made.values()}))
    assert spare(left, days, weeks) == []


def test_only_daily_backups_of_this_database_are_found(tmp_path: Path) -> None:
    names = ["test-daily-20270118T120000Z.db", "test-20270118T120000Z.db", "other-daily-20270118T120000Z.db", "x.db"]
    for name in names:
        (tmp_path / name).touch()
    assert dailies(tmp_path / "test.db", tmp_path) == {tmp_path / names[0]: NOW}
    assert named(tmp_path / "test.db", "daily", NOW) == names[0]
    assert re.fullmatch(r"test-\d{8}T\d{6}Z\.db", named(tmp_path / "test.db", "", NOW))
