"""`./run soak [--runs N] [--replicas R] [--seed S] [--minutes M]`: the long version of the crash tests.

Each run lives through one story on a database and a platform of its own, drawn by its seed, while replicas are killed
and a fifth of all requests fail. Before them, two processes write to one SQLite file for twenty seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.faults.copies import databases
from tests.faults.experiments import ENGINES, Outcome, at_random, undisturbed, warm
from tests.faults.lab import laboratory
from tests.postgres import server_url
from tests.processes import ROOT, environment

AT_ONCE = 6
"""Runs that are under way together; they mostly wait."""
WRITING = 20.0
"""Seconds for which two processes write to one file."""
LONGEST_WAIT = 0.5
"""Seconds that 99 of 100 of their writes stay under."""


@dataclass
class Tally:
    """What came of all runs."""

    runs: int = 0
    kills: int = 0
    lost: int = 0
    duplicates: int = 0
    failed: list[int] = field(default_factory=list)

    def add(self, seed: int, ended: Outcome) -> None:
        """Count one run."""
        verdict = ended.verdict
        self.runs += 1
        self.kills += ended.kills
        if not ended.sound:
            self.failed.append(seed)
        self.lost += len(verdict.lost) + len(verdict.unlike) + ended.stuck
        # What was lost in one form and stands in another is one loss, of an edit.
        self.duplicates += len(verdict.copies) + max(len(verdict.doubled) - len(verdict.lost), 0)

    def __str__(self) -> str:
        return f"{self.runs} runs, {self.kills} kills: {self.lost} lost, {self.duplicates} duplicates"


def main(args: list[str]) -> int:
    """Run it, and return 1 if anything was lost or came twice, or a write waited too long."""
    parser = argparse.ArgumentParser(prog="./run soak", description="Kills replicas at random, for a long time.")
    parser.add_argument("--runs", type=_count, default=1000, metavar="N", help="how many runs (1000)")
    parser.add_argument("--replicas", type=_count, default=3, metavar="R", help="replicas on PostgreSQL (3)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the first run's seed; others count on (1)")
    parser.add_argument("--minutes", type=float, default=180, metavar="M", help="begin no run after that (180)")
    wishes = parser.parse_args(args)
    with tempfile.TemporaryDirectory() as folder:
        quick = wishes.runs == 1 or _two_writers(Path(folder))  # a run that is repeated needs nothing else
        tally = asyncio.run(_soak(Path(folder), wishes))
    for seed in tally.failed:
        print(f"To repeat a failure: ./run soak --runs 1 --replicas {wishes.replicas} --seed {seed}", file=sys.stderr)
    print(tally)
    return int(bool(tally.failed) or not quick)


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("1 at least")
    return number


async def _soak(folder: Path, wishes: argparse.Namespace) -> Tally:
    until = time.monotonic() + 60 * wishes.minutes
    seeds = iter(range(wishes.seed, wishes.seed + wishes.runs))
    # Two processes at most share a SQLite file.
    replicas = {"sqlite": min(wishes.replicas, 2), "postgresql": wishes.replicas}
    tally = Tally()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=wishes.runs)
        async with laboratory(folder) as lab, databases(folder, server_url()) as copies:
            await warm(lab, copies, ENGINES)
            ends = await undisturbed(lab, copies)

            async def runs() -> None:
                for seed in seeds:
                    if time.monotonic() > until:
                        return
                    ended = await at_random(seed, lab, copies, ends, replicas)
                    tally.add(seed, ended)
                    progress.update(task, completed=tally.runs, description=str(tally))
                    if not ended.sound:
                        progress.console.print(f"seed {seed}:\n{ended.told()}", markup=False, highlight=False)

            await asyncio.gather(*(runs() for _ in range(AT_ONCE)))
    return tally


def _two_writers(folder: Path) -> bool:
    """Let two processes write to one file without a pause, print how it went, and return whether that was well."""
    return asyncio.run(_writing(folder / "shared.db"))


async def _writing(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("CREATE TABLE counter (value INTEGER)")
        raw.execute("INSERT INTO counter VALUES (0)")
        raw.commit()
    pipes: dict[str, Any] = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE, "limit": 1 << 26}
    command = [sys.executable, "-m", "tests.storage.two_writers", str(file), str(WRITING)]
    writers = [await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment(), **pipes) for _ in range(2)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdin is not None
        await writer.stdout.readline()
        writer.stdin.write(b"go\n")
    told = await asyncio.gather(*(writer.communicate() for writer in writers))
    waits = sorted(wait for out, _ in told for wait in json.loads(out))
    with closing(sqlite3.connect(file)) as raw:
        (value,) = raw.execute("SELECT value FROM counter").fetchone()
    slow: float = waits[len(waits) * 99 // 100]
    print(
        f"two processes on one SQLite file: {len(waits)} writes in {WRITING:.0f} s, 99 of 100 within"
        f" {slow * 1000:.0f} ms, {len(waits) - value} updates lost"
    )
    return slow < LONGEST_WAIT and len(waits) == int(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
