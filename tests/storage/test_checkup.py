"""An examination of the database: what is well, what somebody should look at, what is wrong, and what to do next."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checkup import Finding, Level
from bot.outbox import PostState
from bot.ports import UnitOfWork
from storage import checkup
from storage.backup import daily
from storage.checkup import examine
from storage.store import open_store
from tests.fresh import open_fresh
from tests.storage.samples import post

NOW = datetime(2027, 1, 18, 12, tzinfo=UTC)


@pytest.fixture
async def place(sqlite_url: str, tmp_path: Path) -> Path:
    """Return a database that is well."""
    async with await open_fresh(sqlite_url):
        pass
    (tmp_path / "test.db").chmod(0o600)
    daily(tmp_path / "test.db", tmp_path / "backups", NOW, 7, 4)
    return tmp_path / "test.db"


async def found(place: Path, level: Level | None = None) -> list[str]:
    """Return what is found on some level, or on any that is not well."""
    findings = await examine(f"sqlite:///{place}", place.parent / "backups", NOW)
    return [f"{one.what} {one.next}" for one in findings if one.level is (level or one.level) is not Level.OK]


async def test_of_a_database_that_is_well_nothing_is_to_be_done(place: Path) -> None:
    assert await found(place) == []
    assert sorted(path.name for path in place.parent.iterdir()) == ["backups", "test.db"]


async def test_a_database_in_use_can_be_examined(place: Path) -> None:
    async with await open_store(f"sqlite:///{place}", durable=False) as store:
        await store.write(lambda uow: uow.agenda.set("nudge", 1, NOW + timedelta(days=1), None))
        assert await found(place) == []
        await store.write(lambda uow: uow.agenda.set("nudge", 2, NOW + timedelta(days=1), None))


def overwrite(place: Path, at: int, with_: bytes) -> None:
    with place.open("r+b") as file:
        file.seek(at)
        file.write(with_)


async def test_one_that_is_not_there_yet_is_made_by_the_bot(tmp_path: Path) -> None:
    [finding] = await examine(f"sqlite:///{tmp_path / 'none.db'}", None, NOW)
    assert (finding.level, finding.next) == (Level.LOOK, "The bot makes it when it starts.")
    assert os.listdir(tmp_path) == []


async def test_a_damaged_one_is_wrong_and_a_backup_helps(place: Path) -> None:
    overwrite(place, 4096, b"\xff" * (4096 * 19))
    [wrong] = await found(place, Level.WRONG)
    assert "damaged" in wrong
    assert "./run restore FILE" in wrong


async def test_what_is_no_database_is_wrong(place: Path) -> None:
    overwrite(place, 0, b"dear diary " * 1000)
    [wrong] = await found(place, Level.WRONG)
    assert "./run restore FILE" in wrong


async def test_one_of_a_newer_version_is_wrong_and_of_an_older_one_is_not(place: Path) -> None:
    for revision, level in (("ffff", Level.WRONG), ("0001", Level.LOOK)):
        with closing(sqlite3.connect(place)) as raw:
            raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            raw.commit()
        assert len(await found(place, level)) == 1


async def test_what_everybody_can_read_is_to_be_looked_at(place: Path) -> None:
    os.chmod(place, 0o644)
    assert await found(place) == [f"everybody on this machine can read what people wrote chmod o-rwx {place}"]


async def test_what_cannot_be_written_to_is_wrong(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: path != place)  # to root, every file can be written to
    assert await found(place, Level.WRONG) == [
        f"the file cannot be written to: {place} Give it to the user that the bot runs as."
    ]


async def test_a_folder_that_this_user_may_not_look_into_is_wrong(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", refuse)
    [found] = await examine(f"sqlite:///{place}", None, NOW)
    assert (found.level, found.what) == (
        Level.WRONG,
        f"cannot be looked at: [Errno 13] Permission denied: '{place}'",
    )


@pytest.mark.parametrize(("bytes_", "level"), [(10_000_000, Level.WRONG), (100_000_000, Level.LOOK)])
async def test_a_disk_that_is_almost_full_is_told(
    place: Path, bytes_: int, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(place.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=bytes_))
    [said] = await found(place, level)
    assert "Make room" in said


async def test_a_network_file_system_is_wrong(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "network_file_system", lambda _: "nfs4")
    assert await found(place) == ["it lies on a network (nfs4) Move it to a local disk."]


async def test_a_large_log_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "LARGE_LOG", 1_000)
    async with await open_store(f"sqlite:///{place}", durable=False) as store:
        await store.write(lambda uow: uow.agenda.set("nudge", 1, NOW + timedelta(days=1), None))
        [said] = await found(place)
    assert "the log beside it holds" in said


async def test_backups_that_are_missing_or_old_are_told(place: Path) -> None:
    [kept] = (place.parent / "backups").iterdir()
    kept.rename(kept.with_name("test-daily-20270101T000000Z.db"))
    assert "the last daily one is of 2027-01-01 00:00 UTC" in (await found(place))[0]
    next((place.parent / "backups").iterdir()).unlink()
    assert "there is no daily one" in (await found(place))[0]
    none = await examine(f"sqlite:///{place}", None, NOW)
    assert Finding(Level.LOOK, "backup", "there are no daily ones", "Name a folder in storage.backups.") in none


async def test_what_is_late_or_stuck_is_counted(database_url: str) -> None:
    """Also on PostgreSQL, where the database itself answers."""
    late = NOW - timedelta(hours=2)
    posts = [
        replace(post(1, "one"), at=late, not_before=late),
        replace(post(2, "two"), at=late, not_before=late, state=PostState.UNKNOWN, once="2"),
        replace(post(3, "three"), at=late, not_before=late, state=PostState.DEAD, once="3"),
        replace(post(4, "four"), at=late, not_before=late, state=PostState.SENT, once="4", healed=2),
        replace(post(5, "five"), at=NOW - timedelta(days=30), not_before=late, state=PostState.DEAD, once="5"),
    ]

    def begin(uow: UnitOfWork) -> None:
        uow.agenda.set("nudge", 1, late, None)
        for one in posts:
            assert uow.outbox.add(one)
        uow.leases.acquire("upkeep backup", "me", NOW, timedelta(hours=1))
        [due] = uow.agenda.due(NOW, 10)
        uow.agenda.put_off(due, late)

    async with await open_fresh(database_url) as store:
        await store.write(begin)
    findings = await examine(database_url, None, NOW)
    said = {one.what: one.level for one in findings if one.about in ("schedule", "posts", "leases")}
    assert said == {
        "1 things due are late, the oldest since 2027-01-18 10:00 UTC": Level.LOOK,
        "1 posts to go out are late, the oldest since 2027-01-18 10:00 UTC": Level.LOOK,
        "1 things due failed and are tried again": Level.LOOK,
        "of 1 posts nobody knows whether they arrived": Level.LOOK,
        "1 posts of the last 7 days could not be sent": Level.LOOK,
        "2 copies of posts were removed in the last 7 days": Level.OK,
        "upkeep backup": Level.OK,
    }


async def test_a_server_that_cannot_be_reached_is_wrong_and_its_password_is_not_said() -> None:
    [finding] = await examine("postgresql://ann:secret@127.0.0.1:1/x", None, NOW)
    assert finding.level is Level.WRONG
    assert "secret" not in str(finding)
