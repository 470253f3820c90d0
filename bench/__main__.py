"""`python -m bench [NAME …]`: measures what is named, else all but `scale`, and keeps that table in bench/results."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import (
    burst,
    claim,
    discord,
    dispatch,
    likes,
    own,
    pages,
    reads,
    reputation,
    scale,
    slack,
    start,
    stream,
    tick,
    writers,
)
from bench.table import Result, aligned, markdown

LATEST = Path(__file__).parent / "results" / "latest.md"

BENCHES: dict[str, Callable[[], list[Result]]] = {
    "likes": likes.measure,
    "writers": writers.measure,
    "reads": reads.measure,
    "dispatch": dispatch.measure,
    "tick": tick.measure,
    "claim": claim.measure,
    "burst": burst.measure,
    "start": start.measure,
    "reputation": reputation.measure,
    "discord": discord.measure,
    "slack": slack.measure,
    "pages": pages.measure,
    "stream": stream.measure,
    "own": own.measure,
}
_MODULES = (likes, writers, reads, dispatch, tick, claim, burst, start, discord, slack, pages, own, stream, reputation)
NOTES: tuple[str, ...] = tuple(note for module in _MODULES for note in module.NOTES)


def main(names: list[str]) -> int:
    """Run the benchmarks, print their table, and return 1 if a target was missed.

    `scale` is not among them: it takes minutes and gigabytes, and says what many groups weigh and cost.
    """
    if names == ["scale"]:
        return scale.main()
    if unknown := [name for name in names if name not in BENCHES]:
        print(f"There is no benchmark “{unknown[0]}”; there are {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    began, (load, *_) = time.monotonic(), os.getloadavg()
    results: list[Result] = []
    for name in names or BENCHES:
        print(f"Measuring {name} …", file=sys.stderr, flush=True)
        results += BENCHES[name]()
    print(aligned(results))
    print(f"That took {time.monotonic() - began:.0f} s.", file=sys.stderr)
    if not names:
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(markdown(results, NOTES, load))
    return int(any(result.met is False for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
