"""From the start of the process to the first answer, and what the bot holds while nothing happens."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeAlias

from bench.spending import folder
from bench.table import Result

NOTES = (
    "**start**: a new process with what `python -m bot bot` imports and puts together on the local platform, until "
    "`/groups`, typed by somebody the bot has not met, is answered; and `python -m bot bot` itself until `/readyz` "
    "answers, then its memory (RSS) after a second of nothing. Byte code is compiled before, as it is from the second "
    "start on. Imports are told as `python -X importtime` sees them, which makes them slower, by package.",
)
ROOT = Path(__file__).resolve().parent.parent
MODULES = "import bot.__main__, bot.bootstrap, adapters.local, adapters.web.server"

_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| \s*(\w+)")
_READY = re.compile(r"ready: (http\S+) answers")


Environment: TypeAlias = Mapping[str, str]
Seen: TypeAlias = tuple[float, float]


def measure(starts: int = 3, idle: float = 1.0) -> list[Result]:
    """Start the bot so many times in each way; read its memory after so many seconds of nothing."""
    with folder() as place:
        ours = environment(place)
        config = place / "config.toml"
        database = place / "bench.db"
        config.write_text(f'[storage]\nurl = "sqlite:///{database}"\n[local]\nenabled = true\n[web]\nport = 0\n')
        _answered(config, ours)  # compiles
        fresh = []
        for _ in range(starts):
            database.unlink()
            fresh.append(_answered(config, ours))
        existing = [_answered(config, ours) for _ in range(starts)]
        running = [_ready(config, ours, idle) for _ in range(starts)]
        nothing = [_nothing(ours) for _ in range(starts)]
        imports = _imports(ours)
    return list(_results(fresh, existing, running, nothing, imports))


def environment(place: Path) -> Environment:
    """Return our environment, but with byte code kept, in a folder of ours."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return ours | {"PYTHONPYCACHEPREFIX": str(place / "bytecode"), "PYTHONPATH": str(ROOT)}


def _answered(config: Path, environment: Environment) -> Seen:
    """Return when the first answer came: seconds on the wall, and of CPU."""
    began = perf_counter()
    command = [sys.executable, "-P", "-m", "bench.answering", str(config)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        cpu, _, words = process.stdout.readline().partition(" ")
        wall = perf_counter() - began
    assert process.returncode == 0, f"the bot ended with {process.returncode}"
    assert "groups" in words, f"the bot said {words!r}"
    return wall, float(cpu)


def _ready(config: Path, environment: Environment, idle: float) -> Seen:
    """Return when `python -m bot bot` was ready, in seconds, and its memory in MB after a while of nothing."""
    began = perf_counter()
    command = [sys.executable, "-P", "-m", "bot", "bot", "--config", str(config)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        ready = next(found[1] for line in process.stderr if (found := _READY.search(line)))
        with urllib.request.urlopen(ready, timeout=10) as answer:
            assert answer.status == 200
        wall = perf_counter() - began
        time.sleep(idle)
        memory = _memory(process.pid)
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
    assert process.returncode == 0, f"the bot ended with {process.returncode}"
    return wall, memory


def _memory(process: int) -> float:
    """Return the resident memory of a process in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _nothing(environment: Environment) -> Seen:
    """Return how long `python -c pass` takes, in seconds, and its memory in MB."""
    began = perf_counter()
    program = "print(open('/proc/self/statm').read().split()[1])"
    said = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    return perf_counter() - began, int(said.stdout) * resource.getpagesize() / 1e6


def _imports(environment: Environment) -> Counter[str]:
    """Return the milliseconds that importing took, by package."""
    command = [sys.executable, "-P", "-X", "importtime", "-c", MODULES]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stderr
    spent: Counter[str] = Counter()
    for microseconds, package in _IMPORT.findall(said):
        spent[package] += int(microseconds)
    return Counter({package: round(total / 1000) for package, total in spent.items()})


def _results(
    fresh: list[Seen], existing: list[Seen], running: list[Seen], nothing: list[Seen], imports: Counter[str]
) -> Iterator[Result]:
    (bare, least), (ready, memory) = (map(median, zip(*seen, strict=True)) for seen in (nothing, running))
    for what, seen in (("a new database", fresh), ("an existing database", existing)):
        wall, cpu = map(median, zip(*seen, strict=True))
        yield Result(
            f"start: first answer, {what}", f"{wall:.2f} s", context=f"{cpu:.2f} s CPU; python alone {bare:.2f} s"
        )
    yield Result("start: ready over HTTP, an existing database", f"{ready:.2f} s")
    yield Result("start: memory while nothing happens", f"{memory:.0f} MB", context=f"python alone {least:.0f} MB")
    costly = ", ".join(f"{package} {cost}" for package, cost in imports.most_common(8))
    yield Result("start: imports", f"{imports.total()} ms", context=costly)
