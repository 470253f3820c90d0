"""The fake as a process of its own, for tests that kill the bot: `python -m tests.fakes.slack --port-file F`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from tests.fakes.slack import control
from tests.fakes.slack.server import FakeSlack


async def serve(file: Path, channels: list[str], seconds: float) -> None:
    """Serve until SIGTERM, or for so many seconds; the file says where, once that is so."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    fake = FakeSlack()
    fake.also = lambda app: control.add_to(app, fake)
    async with fake:
        for name in channels:
            fake.channel(name)
        app = fake.world.app
        where = {"site": fake.world.site, "api_url": fake.api_url, "token": fake.token, "app_token": fake.app_token}
        where |= {"signing_secret": app.signing_secret, "client_id": app.client_id, "client_secret": app.client_secret}
        written = file.with_suffix(".new")
        written.write_text(json.dumps(where), encoding="utf-8")
        os.replace(written, file)
        await asyncio.wait({asyncio.create_task(ended.wait())}, timeout=seconds)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.fakes.slack")
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=300)
    given = parser.parse_args()
    asyncio.run(serve(given.port_file, given.channel or ["javascript"], given.seconds))


if __name__ == "__main__":
    main()
