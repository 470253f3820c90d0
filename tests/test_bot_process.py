"""`python -m bot bot` as a supervisor runs it: it answers, drains, survives a kill, and shares its database."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.processes import command, environment, in_plain_words, run

pytestmark = pytest.mark.slow

SECONDS = 30.0
"""How long a start or an end may take before it counts as stuck."""


class Process:
    """A running bot, with what it has logged so far."""

    def __init__(self, folder: Path, log: Path, port: int = 0, web: str = "") -> None:
        config = folder / f"{log.stem}.toml"
        config.write_text(
            f'[local]\nenabled = true\n[web]\nport = {port}\n{web}\n[storage]\nurl = "sqlite:///{folder / "bot.db"}"\n'
        )
        self._log = log
        with log.open("wb") as out:
            self.child = subprocess.Popen(
                command("bot", "--config", config),
                cwd=folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=out,
            )

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def port(self) -> int:
        """Return the port that it serves, once it is ready."""
        limit = time.monotonic() + SECONDS
        while not (found := re.search(r"ready: http://127\.0\.0\.1:(\d+)/readyz", self.log)):
            assert self.child.poll() is None, f"it ended with {self.child.returncode}:\n{self.log}"
            assert time.monotonic() < limit, f"it is never ready:\n{self.log}"
            time.sleep(0.02)
        return int(found[1])

    def get(self, path: str) -> tuple[int, dict[str, str]]:
        """Return the status and the answer of one of its pages that are for programs."""
        status, answer = self.read(path)
        return status, json.loads(answer)

    def read(self, path: str) -> tuple[int, bytes]:
        """Return the status and the answer of one of its pages."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port(), timeout=10)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def ends(self, number: signal.Signals) -> int:
        """Send it a signal, and return the status with which it ends."""
        self.child.send_signal(number)
        return self.child.wait(timeout=SECONDS)


@contextmanager
def bot(folder: Path, name: str = "bot", port: int = 0, web: str = "") -> Iterator[Process]:
    """Run a bot, with more settings of its web server, and leave none behind."""
    process = Process(folder, folder / f"{name}.log", port, web)
    try:
        yield process
    finally:
        if process.child.poll() is None:
            process.child.kill()
            process.child.wait()


def create_group(folder: Path, channel: str) -> None:
    """Create a group in the database of the bots in a folder."""
    (folder / "course.md").write_text("# Course\n\n## Week 1: Begin\n\n### Practice: Try\n")
    ended = run(
        *("group", "create", "--course", "course.md", "--home", f"local:acme/{channel}"),
        *("--facilitator", "local:fela", "--starts", "2028-01-10T18:00", "--zone", "UTC"),
        cwd=folder,
        STUDYCIRCLE_STORAGE__URL=f"sqlite:///{folder / 'bot.db'}",
    )
    assert ended.status == 0, ended.err


def groups(folder: Path) -> list[str]:
    """Return the channels in which groups live, of a database that is whole."""
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        return sorted(channel.partition("/")[2] for (channel,) in database.execute("SELECT channel FROM home"))


def test_public_pages_and_figures_are_there_once_they_are_switched_on(tmp_path: Path) -> None:
    with bot(tmp_path) as process:
        assert process.read("/")[0] == 404
        assert process.read("/metrics")[0] == 404
        assert process.ends(signal.SIGTERM) == 0
    create_group(tmp_path, "maths")
    with bot(tmp_path, "public", web='public_url = "https://circle.example"\nmetrics_port = 0') as process:
        status, page = process.read("/")
        assert (status, b"No group has a public page yet." in page) == (200, True)
        assert process.read("/g/course/")[0] == 404
        status, figures = process.read("/metrics")
        assert (status, b"studycircle_database_up 1.0" in figures) == (200, True)
        assert process.get("/healthz") == (200, {"status": "ok"})
        assert process.ends(signal.SIGTERM) == 0


def test_it_says_that_it_lives_and_is_ready_and_ends_when_told_to(tmp_path: Path) -> None:
    with bot(tmp_path) as process:
        assert process.get("/healthz") == (200, {"status": "ok"})
        assert process.get("/readyz") == (200, {"status": "ok", "database": "ok"})
        assert process.ends(signal.SIGTERM) == 0
        assert "stopped; everything that was under way is finished" in process.log
        assert in_plain_words(process.log)


def test_an_interrupt_from_the_keyboard_ends_it_as_well(tmp_path: Path) -> None:
    with bot(tmp_path) as process:
        process.port()
        assert process.ends(signal.SIGINT) == 0
        assert in_plain_words(process.log)


def test_what_is_under_way_is_finished_before_it_ends(tmp_path: Path) -> None:
    """Two weeks are overdue at its start: told to end at once it leaves nothing half done, and the next one goes on."""
    for channel in ("one", "two"):
        create_group(tmp_path, channel)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database, database:
        hour_ago = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        database.execute("UPDATE week SET opens_at = ?", (hour_ago,))
        database.execute("UPDATE agenda SET at = ? WHERE kind = 'publish week'", (hour_ago,))
    for name in ("first", "second"):
        with bot(tmp_path, name) as process:
            process.port()
            if name == "second":
                eventually(lambda: posts(tmp_path) == 2 and not posts(tmp_path, "due"))
            assert process.ends(signal.SIGTERM) == 0
            assert in_plain_words(process.log)
        assert posts(tmp_path, "sending") == 0
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        assert database.execute("SELECT count(*) FROM week WHERE state = 'posted'").fetchone() == (2,)
    assert posts(tmp_path) == 2


def posts(folder: Path, state: str = "%") -> int:
    """Return how many posts of weeks are in a state."""
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        return int(
            database.execute(
                "SELECT count(*) FROM post WHERE about LIKE 'week:%' AND state LIKE ?", (state,)
            ).fetchone()[0]
        )


def eventually(fact: Callable[[], bool]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + SECONDS
    while not fact():
        assert time.monotonic() < limit, "it never happens"
        time.sleep(0.05)


def test_after_a_kill_it_starts_again_on_the_same_database(tmp_path: Path) -> None:
    with bot(tmp_path) as process:
        process.port()
        create_group(tmp_path, "before")
        assert process.ends(signal.SIGKILL) == -signal.SIGKILL
    with bot(tmp_path, "again") as process:
        assert process.get("/readyz")[0] == 200
        create_group(tmp_path, "again")
        assert process.ends(signal.SIGTERM) == 0
        assert in_plain_words(process.log)
    assert groups(tmp_path) == ["again", "before"]


def test_killed_while_it_sets_up_its_database_it_starts_again(tmp_path: Path) -> None:
    for attempt, wait in enumerate((0.3, 0.45, 0.6)):
        with bot(tmp_path, f"early{attempt}") as process:
            time.sleep(wait)
            process.ends(signal.SIGKILL)
    with bot(tmp_path, "last") as process:
        assert process.get("/readyz")[0] == 200
    create_group(tmp_path, "here")
    assert groups(tmp_path) == ["here"]


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with bot(tmp_path, port=port) as process:
            assert process.child.wait(timeout=SECONDS) == 1
            assert process.log.splitlines()[-1].startswith(f"web.host, web.port: 127.0.0.1:{port} cannot be used: ")
            assert process.log.splitlines()[-1].endswith("Choose another.")
            assert in_plain_words(process.log)


def test_two_at_once_on_one_database_do_it_no_harm(tmp_path: Path) -> None:
    """Both start on an empty folder, so that they also set the database up at the same time."""
    with bot(tmp_path, "one") as one, bot(tmp_path, "two") as two:
        assert one.get("/readyz")[0] == 200
        assert two.get("/readyz")[0] == 200
        create_group(tmp_path, "first")
        assert one.ends(signal.SIGTERM) == 0
        create_group(tmp_path, "second")
        assert two.get("/readyz")[0] == 200
        assert two.ends(signal.SIGTERM) == 0
        assert in_plain_words(one.log + two.log)
    assert groups(tmp_path) == ["first", "second"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        ended = run("bot", cwd=tmp_path, STUDYCIRCLE_LOCAL__ENABLED="true", STUDYCIRCLE_WEB__PORT="0")
    finally:
        tmp_path.chmod(0o700)
    assert ended.status == 1
    assert in_plain_words(ended.err)
