"""Plays the demonstration: sets the stage, lets the story run, and writes down what came of it."""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.local import LocalPlatform
from adapters.outlines import check_lines, read_outline, write_outline
from adapters.web.export import write as write_site
from adapters.web.site import Site
from bot.bootstrap import COURSES, assembled
from bot.cards import File
from bot.errors import ConfigError
from bot.language import Languages
from bot.study.outline import Outline
from demo.cast import FACILITATOR_ZONE
from demo.screen import Screen
from demo.story import Story
from schedules.clock import MovedClock

SAMPLE = COURSES / "javascript-in-five-weeks.md"
BEGINS = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
"""When the story begins: a Monday, one week before the group does."""
SITE = "https://circle.example/"
"""Where the public pages would be; here they are files in a folder of this name."""
PAGES = "site"
DATABASE = "demo.db"
"""Not the name that a bot's own database has by default: what stands here from an earlier play is deleted."""


async def play(course: Path | None, out: Path) -> int:
    """Play a group that follows a course outline, the sample if none is named; return 0.

    Writes into `out`: the conversation, the learner's portfolio as Markdown and JSON, the public pages with calendar
    and feed, and the database.
    """
    outline = _outline(course or SAMPLE)
    _clear(out)
    clock = MovedClock(BEGINS)
    screen = Screen(ZoneInfo(FACILITATOR_ZONE))
    chat = LocalPlatform(clock, zone=FACILITATOR_ZONE)
    chat.watch(screen.show)
    # A demonstration need not survive a power cut, so it does not wait for the disk.
    async with assembled(f"sqlite:///{out / DATABASE}", {"local": chat}, clock, durable=False, site=SITE) as app:
        chat.connect(app.bot)
        with screen.progress:
            files = await Story(app, clock, chat, screen, outline, _as_file(outline)).play()
        await write_site(
            Site(app.store, clock, Languages(), SITE, "Studycircle", folders=False, forms=False), out / PAGES
        )
    _write(out, screen, files)
    return 0


def _clear(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for part in ("", "-wal", "-shm"):
            (out / f"{DATABASE}{part}").unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}. Choose another folder with --out.") from error


def _outline(path: Path) -> Outline:
    reading = read_outline(path)
    if reading.outline is None:
        raise ConfigError(f"{path} cannot be played:", *check_lines(reading))
    return reading.outline


def _as_file(outline: Outline) -> File:
    return File("course.md", "text/markdown", write_outline(outline).encode())


def _write(out: Path, screen: Screen, files: list[File]) -> None:
    (out / "transcript.txt").write_text(screen.transcript, encoding="utf-8")
    for file in files:
        (out / file.name).write_bytes(file.content)
    with sqlite3.connect(out / DATABASE) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    portfolio = next((file.name for file in files if file.name.endswith(".md")), "portfolio.md")
    print(f"\nThe group is done. Open {out / portfolio} to see what Jill takes home.")
    print(f"Everything that was said: {out / 'transcript.txt'}")
    print(f"The same as data: {', '.join(str(out / file.name) for file in files if file.name != portfolio)}")
    print(f"Her portfolio and the group as web pages: {out / PAGES / 'index.html'}")
    print(f"The database: {out / DATABASE}")
    sys.stdout.flush()
