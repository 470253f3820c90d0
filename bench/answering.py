"""One start of the bot, as `python -m bot bot` makes it, up to the first answer: run by bench.start."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from time import process_time

from bot.bootstrap import assembled
from bot.command_line import configured
from schedules.clock import SystemClock


async def answer(config: Path) -> str:
    """Put the parts together, let somebody type a command, and return what they read."""
    from adapters.local import LocalPlatform

    clock = SystemClock()
    chat = LocalPlatform(clock)
    async with assembled(configured(config).storage.url, {"local": chat}, clock) as app:
        chat.connect(app.bot)
        read = await chat.person("jill").types("/groups", chat.space("acme").channel("javascript"))
        print(f"{process_time():.3f} {read.text!r}", flush=True)
    return read.text


if __name__ == "__main__":
    logging.basicConfig()
    asyncio.run(answer(Path(sys.argv[1])))
