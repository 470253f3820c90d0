"""Backup, restore and doctor on the command line: what they print, and which exit status they end with."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import NullPool, create_engine
from typer.testing import CliRunner

from bot.__main__ import app
from bot.errors import ConfigError
from storage import dump
from storage.locks import Locks
from storage.schema import HEAD, migrations
from tests.fresh import prepared
from tests.postgres import _installed
from tests.processes import Ended, in_plain_words
from tests.test_command_line import refused

DATABASE = "studycircle.db"
Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return how to run a verb in the test's folder, with some settings in the environment; in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str, **extra: str) -> Ended:
        for name, value in extra.items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, args)
        return Ended(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder with a database in it."""
    prepared(f"sqlite:///{tmp_path / DATABASE}")
    return tmp_path


@pytest.mark.slow
def test_a_backup_goes_to_the_folder_or_to_a_file(run: Run, here: Path) -> None:
    ended = run("backup")
    assert (ended.status, ended.err) == (0, "")
    assert re.fullmatch(
        rf"Backed up to backups/studycircle-\d{{8}}T\d{{6}}Z\.db \(\d+\.\d MB, schema {HEAD}\); the copy is whole\.\n",
        ended.out,
    )
    assert run("backup", "mine.db").status == 0
    assert refused(run("backup", "mine.db")) == ["No backup was made: mine.db is there already."]


def test_where_there_is_nothing_to_back_up_or_no_place_for_it_that_is_told(run: Run, tmp_path: Path) -> None:
    assert refused(run("backup")) == ["there is no database studycircle.db"]
    told = refused(run("backup", STUDYCIRCLE_STORAGE__BACKUPS=""))
    assert told == ["storage.backups is empty, so say where the backup is to go: backup FILE"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_backup_is_put_back(run: Run, here: Path) -> None:
    run("backup", "mine.db")
    with closing(sqlite3.connect(here / DATABASE)) as raw:
        raw.execute("UPDATE instance SET name = 'changed'")
        raw.commit()
    ended = run("restore", "mine.db")
    assert (ended.status, ended.err) == (0, "")
    first, second, third = ended.out.splitlines()
    assert first == f"Restored: studycircle.db is now what mine.db was (schema {HEAD})."
    assert second.startswith("The database that was there is kept as ")
    assert third.endswith("Now start the bot.")
    with closing(sqlite3.connect(here / DATABASE)) as raw:
        assert raw.execute("SELECT name FROM instance").fetchone() != ("changed",)


@pytest.mark.slow
def test_nothing_is_restored_under_a_running_bot_or_from_nothing(run: Run, here: Path) -> None:
    run("backup", "mine.db")
    running = Locks(here / DATABASE)
    assert "another process has it open: stop it first" in refused(run("restore", "mine.db"))[0]
    running.close()
    assert refused(run("restore", "none.db")) == ["there is no backup none.db"]
    assert refused(run("restore")) == ["Say which backup: restore FILE"]


@pytest.mark.slow
def test_a_doctor_says_how_it_is_and_what_to_do(run: Run, here: Path) -> None:
    ended = run("doctor")
    assert (ended.status, ended.err) == (0, "")
    assert re.search(r"^ok     database  .*studycircle\.db, \d+\.\d MB, is whole$", ended.out, re.MULTILINE)
    assert "look   settings  no platform is switched on" in ended.out
    (here / DATABASE).write_text("dear diary " * 1000)
    ended = run("doctor")
    assert ended.status == 1
    assert in_plain_words(ended.out + ended.err)
    assert re.search(r"^wrong  database  .*\n {17}Stop the bot and put a backup in its place", ended.out, re.MULTILINE)


@pytest.mark.slow
def test_a_doctor_says_no_secret(run: Run, here: Path) -> None:
    (here / "config.toml").write_text('[discord]\ntoken = "t0p-secret"\napi_url = "http://127.0.0.1:1"\n')
    (here / "config.toml").chmod(0o644)
    ended = run("doctor", STUDYCIRCLE_STORAGE__URL="postgresql://ann:pass-word@127.0.0.1:1/x")
    assert ended.status == 1
    assert "t0p-secret" not in ended.out + ended.err
    assert "pass-word" not in ended.out + ended.err
    assert "everybody on this machine can read config.toml" in ended.out


@pytest.mark.slow
def test_a_doctor_says_who_else_can_read_the_key_of_badges(run: Run, here: Path) -> None:
    key = here / "badge-keys.json"
    key.write_text("{}")
    key.chmod(0o640)
    assert re.search(r"others on this machine can read .*badge-keys\.json, which holds the key", run("doctor").out)
    key.chmod(0o600)
    assert "badge-keys" not in run("doctor").out


@pytest.mark.slow
def test_a_verb_that_finds_an_older_schema_backs_it_up_where_the_settings_say(run: Run, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}", poolclass=NullPool)
    with engine.begin() as db:
        command.upgrade(migrations(db), "0001")
    ended = run("audit", "verify", STUDYCIRCLE_STORAGE__BACKUPS="kept")
    assert (ended.status, ended.out) == (0, "The audit log is empty.\n")
    assert [path.name.startswith(f"studycircle-before-{HEAD}-") for path in (tmp_path / "kept").iterdir()] == [True]


@pytest.mark.slow
def test_a_file_that_this_user_may_not_use_is_told(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    told = refused(run("restore", str(tmp_path / "mine.db")))
    assert told == [f"This user may not use {tmp_path / 'mine.db'}: Permission denied."]


# PostgreSQL


def test_a_server_is_dumped_by_its_own_tool(run: Run, postgres_url: str, tmp_path: Path) -> None:
    prepared(postgres_url)
    tools = f"{_installed() / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ended = run("backup", "mine.dump", STUDYCIRCLE_STORAGE__URL=postgres_url, PATH=tools)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Dumped to mine.dump (")
    assert (tmp_path / "mine.dump").read_bytes().startswith(b"PGDMP")
    assert (tmp_path / "mine.dump").stat().st_mode & 0o777 == 0o600


def test_without_the_tool_the_command_is_told(run: Run, tmp_path: Path) -> None:
    url = "postgresql://ann:secret@db.example/circle?sslmode=require"
    told = refused(run("backup", "mine.dump", STUDYCIRCLE_STORAGE__URL=url, PATH=""))
    assert told[2] == (
        "  pg_dump --format=custom --no-owner --file=mine.dump "
        "'--dbname=postgresql://ann@db.example/circle?sslmode=require'"
    )
    told = refused(run("restore", "mine.dump", STUDYCIRCLE_STORAGE__URL=url))
    assert "pg_restore --no-owner --exit-on-error --single-transaction --dbname=NEW mine.dump" in told[3]
    assert not any("secret" in line for line in told)


def test_a_server_that_was_restored_is_marked(run: Run, postgres_url: str) -> None:
    prepared(postgres_url)
    ended = run("restore", "--mark", STUDYCIRCLE_STORAGE__URL=postgres_url)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Marked as restored.\n")
    assert "it was restored from a backup on" in run("doctor", STUDYCIRCLE_STORAGE__URL=postgres_url).out


_OPTIONS = "postgresql://h/x?options=-c%20a%3Db&application_name=c+d"


@pytest.mark.parametrize(
    ("url", "rest", "password"),
    [
        ("postgresql://ann:s%40cret@host:5433/x", "postgresql://ann@host:5433/x", "s@cret"),
        ("postgresql://ann@host/x", "postgresql://ann@host/x", None),
        ("postgresql://host/x?password=p&sslmode=require", "postgresql://host/x?sslmode=require", "p"),
        ("postgresql:///x?host=/run/socket", "postgresql:///x?host=/run/socket", None),
        ("postgresql://h/x?options=-c%20a%3Db&application_name=c+d&password=p", _OPTIONS, "p"),
    ],
)
def test_a_password_never_stands_on_a_command_line(url: str, rest: str, password: str | None) -> None:
    assert dump.without_password(url) == (rest, password)
    assert rest in dump.command(url, Path("x"))[-1]


def test_a_dump_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "command", lambda *_: [shutil.which("false") or "false"])
    with pytest.raises(ConfigError, match="No backup was made:"):
        dump.dump("postgresql://host/x", tmp_path / "mine.dump")
    assert list(tmp_path.iterdir()) == []
