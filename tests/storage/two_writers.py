"""One of several processes that write to one SQLite file without a pause; prints how long each write took.

python -m tests.storage.two_writers FILE SECONDS
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from sqlalchemy import Connection

from storage.database import Store, open_store


def count(db: Connection) -> None:
    """Add one by reading and writing, as a rule of the core does."""
    value = db.exec_driver_sql("SELECT value FROM counter").scalar_one()
    db.exec_driver_sql("UPDATE counter SET value = ?", (value + 1,))


async def _write(store: Store[Connection], seconds: float) -> list[float]:
    waits = []
    until = time.monotonic() + seconds
    while (began := time.monotonic()) < until:
        await store.write(count)
        waits.append(time.monotonic() - began)
    return waits


async def _main(file: str, seconds: float) -> None:
    async with open_store(f"sqlite:///{file}", lambda db: db) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        # Four at once, so that there is always more to write as soon as a batch is saved.
        waits = await asyncio.gather(*(_write(store, seconds) for _ in range(4)))
    print(json.dumps(sorted(wait for each in waits for wait in each)), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], float(sys.argv[2])))
