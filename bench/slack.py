"""Two hundred members on Slack and twenty commands a second; and a command among all, beside an app that has one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack import Connection, Slack
from bench.played import RATE, Lock, acknowledged, crowd, made, ms, played, started
from bench.spending import folder, spent
from bench.table import Result, at_most
from bot.bootstrap import assembled
from bot.chat import AccountRef, ChannelRef
from schedules.clock import SystemClock
from tests.fakes.slack import FakeSlack

NOTES = (
    "**slack**: `python -m bot bot` on SQLite beside so many rows of others, and a Slack on this machine in another "
    "process, which tells it over a socket what its members do, whether or not the bot keeps up. Acknowledged is what "
    "Slack waits three seconds for, timed there. The lock is another process's `BEGIN IMMEDIATE`. Then, in one "
    "process, the library takes a command in until its acknowledgement: that of the bot, which has one listener for "
    "each kind of thing and a table of its own, beside an app with one listener for one command.",
)
AMONG = 1.3
"""What the acknowledgement of a command may cost, in those of an app that has no other."""


@dataclass(frozen=True, slots=True)
class _About:
    """Where Slack is, and who is there."""

    api_url: str
    token: str
    app_token: str
    team: str
    channel: str
    people: Sequence[str]


def measure(
    members: int = 200, commands: int = 2_000, rows: int = 1_000_000, locked: float = 5.0, calls: int = 400
) -> list[Result]:
    """Let members give so many commands, part of them while the database is locked; take in so many in one process."""
    with folder() as place, crowd("bench.slack_crowd", members) as there:
        database, about = place / "bench.db", _About(**there.about)
        accounts = [AccountRef("slack", f"{about.team}/{user}") for user in about.people]
        asyncio.run(made(f"sqlite:///{database}", ChannelRef("slack", about.team, about.channel), accounts, rows))
        bot = [sys.executable, "-P", "-m", "bot", "bot", "--config", str(_config(place, database, about))]
        with started(bot, place) as process:
            there.does("connected", times=1)
            there.does("calm")
            lock = Lock(database, commands / RATE * 0.7, locked)
            mixed = played(there, process, "mixed", commands, lock)
    ours, alone, number = asyncio.run(_taken_in(calls))
    return [
        *acknowledged("slack", mixed, lock, f"{members} members, {rows:,} rows"),
        Result("slack: CPU of a command", ms(mixed.cpu), context=f"{mixed.requests:.2f} requests"),
        at_most(
            f"slack: CPU of an acknowledgement, among {number} commands : alone",
            median(one / other for one, other in zip(ours, alone, strict=True)),
            AMONG,
            f"{median(ours):.0f} µs : {median(alone):.0f} µs",
        ),
    ]


# A command among many, beside one alone


async def _taken_in(calls: int, rounds: int = 7) -> tuple[list[float], list[float], int]:
    """Return the CPU of acknowledgements, in microseconds, of the bot and of an app with one command."""
    with folder() as place:
        async with FakeSlack() as fake:
            fake.channel("javascript")
            connection = Connection(bot_token=fake.token, app_token=fake.app_token, api_url=fake.api_url)
            clock = SystemClock()
            adapter = Slack(connection, clock)
            url = f"sqlite:///{place / 'bench.db'}"
            async with assembled(url, {"slack": adapter.platform}, clock, durable=False) as app:
                adapter.connect(app.bot)
                running = asyncio.create_task(adapter.run())
                await fake.transport.connected()
                adapter.calls.begin = lambda raw: None  # type: ignore[method-assign]  # until the acknowledgement
                body = _typed(fake)
                assert adapter._app is not None
                apps = (adapter._app, _alone(fake))
                costs: tuple[list[float], list[float]] = ([], [])
                for _ in range(rounds):
                    for one, cost in zip(apps, costs, strict=True):
                        cost.append(await _dispatched(one, body, calls))
                number = len(app.bot.commands)
                await adapter.close()
                await running
    return *costs, number


def _alone(fake: FakeSlack) -> AsyncApp:
    """Return an app with one listener, which knows who it is, as ours does."""

    async def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token=fake.token, bot_user_id="U0", bot_id="B0")

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)

    @app.command("/study")
    async def only(ack: AsyncAck) -> None:
        await ack()

    return app


def _typed(fake: FakeSlack) -> dict[str, Any]:
    where = {"team_id": fake.team().id, "channel_id": fake.channel("javascript").id, "user_id": "U1"}
    return {
        **where,
        "command": "/study",
        "text": "week",
        "trigger_id": "1.2.3",
        "response_url": "",
        "user_name": "jill",
    }


async def _dispatched(app: AsyncApp, body: dict[str, Any], calls: int) -> float:
    with spent(calls) as cost:
        for number in range(calls):
            asked = AsyncBoltRequest(mode="socket_mode", body={**body, "trigger_id": f"1.2.{number}"})
            told = await app.async_dispatch(asked)
            assert told.status == 200, told.body
    return cost.cpu


def _config(place: Path, database: Path, about: _About) -> Path:
    file = place / "config.toml"
    file.write_text(
        f'[storage]\nurl = "sqlite:///{database}"\nbackups = ""\n[web]\nport = 0\n[slack]\n'
        f'bot_token = "{about.token}"\napp_token = "{about.app_token}"\napi_url = "{about.api_url}"\n'
    )
    return file
