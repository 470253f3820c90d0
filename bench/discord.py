"""Two hundred members on Discord and twenty commands a second: how soon each is acknowledged, and what it costs."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.played import RATE, Lock, Played, acknowledged, crowd, made, ms, percentile, played, started
from bench.spending import folder
from bench.table import Result
from bot.chat import AccountRef, ChannelRef

NOTES = (
    "**discord**: `python -m bot bot` on SQLite beside so many rows of others, and a Discord on this machine in "
    "another process, whose members look at their week and progress, press buttons, hand in and ask, whether "
    "or not the bot keeps up: of twenty commands fifteen look, two open a form and three send one. What these three "
    "cost stands below the whole, with the requests that each takes; posts for all and their edits are requests too. "
    "Acknowledged is what Discord waits three seconds for: the first callback, timed there. "
    "The lock is another process's `BEGIN IMMEDIATE`. CPU is that of the whole process, with what it posts for what "
    "was written; the bare client has one command of `app_commands`, which answers “pong”. Ready is a process "
    "whose gateway session has begun and whose commands the server has; the bot's are there from an earlier start.",
)
CHEAP = 3.0
"""What a command may cost, in pongs."""
KINDS = ("reading", "forms", "writing")
"""What is measured apart, too."""


def measure(
    members: int = 200, commands: int = 2_000, rows: int = 1_000_000, locked: float = 5.0, pongs: int = 300
) -> list[Result]:
    """Let members give so many commands, part of them while the database is locked.

    Then `pongs` of each kind apart, and as many pings to the bare client.
    """
    with folder() as place, crowd("bench.crowd", members) as there:
        database = place / "bench.db"
        about = _About(**there.about)
        home = ChannelRef("discord", str(about.guild), str(about.channel))
        accounts = [AccountRef("discord", str(user)) for user in about.people]
        asyncio.run(made(f"sqlite:///{database}", home, accounts, rows))
        bot = [sys.executable, "-P", "-m", "bot", "bot", "--config", str(_config(place, database, about))]
        with started(bot, place):  # makes the byte code, registers the commands and posts the first week
            there.does("connected", times=1, command="week")
            there.does("calm")
        began = time.monotonic()
        with started(bot, place) as process:
            there.does("connected", times=2, command="week")
            ready = time.monotonic() - began
            there.does("calm")
            lock = Lock(database, commands / RATE * 0.7, locked)
            mixed = played(there, process, "mixed", commands, lock)
            apart = {}
            for kind in KINDS:
                there.does("calm")
                apart[kind] = played(there, process, kind, pongs)
        began = time.monotonic()
        client = [sys.executable, "-P", "-m", "bench.pong", about.api_url, about.gateway_url, about.token]
        with started(client, place) as process:
            there.does("connected", times=3, command="ping")
            bare = time.monotonic() - began
            pong = played(there, process, "ping", pongs)
    up = Result("discord: start to ready", f"{ready:.2f} s", context=f"the bare client {bare:.2f} s")
    scale = f"{members} members, {rows:,} rows"
    return [*acknowledged("discord", mixed, lock, scale), *_costs(mixed, apart, pong), up]


def _costs(mixed: Played, apart: Mapping[str, Played], pong: Played) -> Iterator[Result]:
    ratio = mixed.cpu / pong.cpu
    context = f"{_spent(mixed, pong)}; “pong” is acknowledged in {ms(percentile(pong.all, 99))}"
    yield Result("discord: CPU of a command, bot : “pong”", f"{ratio:.2f} ×", f"≤ {CHEAP:g} ×", ratio <= CHEAP, context)
    for kind, one in apart.items():
        context = f"{_spent(one, pong)}; acknowledged in {ms(percentile(one.all, 99))}"
        yield Result(f"discord: of that, {kind}", f"{one.cpu / pong.cpu:.2f} ×", context=context)


def _spent(one: Played, pong: Played) -> str:
    return f"{ms(one.cpu)} : {ms(pong.cpu)}, {one.requests:.2f} : {pong.requests:.2f} requests"


@dataclass(frozen=True, slots=True)
class _About:
    """Where Discord is, and who is there."""

    api_url: str
    gateway_url: str
    token: str
    guild: int
    channel: int
    people: Sequence[int]


def _config(place: Path, database: Path, about: _About) -> Path:
    file = place / "config.toml"
    file.write_text(
        f'[storage]\nurl = "sqlite:///{database}"\nbackups = ""\n[web]\nport = 0\n[discord]\n'
        f'token = "{about.token}"\napi_url = "{about.api_url}"\ngateway_url = "{about.gateway_url}"\n'
    )
    return file
