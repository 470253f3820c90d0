"""The connection: commands are registered once, owners greeted once, one process is connected, sessions are spared."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import Connection, Discord
from adapters.discord.alone import Alone
from adapters.discord.ended import INTENT_REFUSED, SHARDS_NEEDED, TAKEN_OVER, TOKEN_REFUSED
from adapters.discord.gateway import Sharded
from adapters.discord.starting import EACH, SESSIONS, SPARE, begun
from bot.app import Bot
from bot.chat import AccountRef, SpaceRef
from bot.errors import CannotSave, ConfigError
from schedules.clock import MovedClock
from tests.adapters.discord.conftest import Server
from tests.adapters.discord.stand_in import refused

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
PUT = "PUT /applications/99/guilds/7/commands"


def guild(id: int = 7) -> discord.Guild:
    return cast(discord.Guild, SimpleNamespace(id=id, owner_id=42, preferred_locale="de"))


async def test_a_server_gets_the_commands_once_and_anew_when_they_change(server: Server, bot: Bot) -> None:
    await server.adapter.arrived(guild())
    await server.adapter.arrived(guild())
    assert server.wire.asked == [PUT]
    assert {one["name"] for one in server.wire.requests[0][1]} >= {"help", "enrol", "Save to portfolio"}
    del bot.commands["help"]
    server.adapter.connect(bot)
    await server.adapter.arrived(guild())
    assert server.wire.asked == [PUT, PUT]


async def test_a_server_that_it_joins_again_gets_the_commands_anew(server: Server) -> None:
    """Discord drops the commands of a bot that leaves."""
    await server.client.on_guild_available(guild())
    await server.client.on_guild_available(guild())
    await server.client.on_guild_join(guild())
    assert server.wire.asked == [PUT, PUT]


async def test_a_server_that_does_not_let_us_is_asked_again_the_next_time(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.wire.answers[PUT] = (refused(403, 50001), [])
    await server.adapter.arrived(guild())
    assert "Invite me anew" in caplog.text
    await server.adapter.arrived(guild())
    assert server.wire.asked == [PUT, PUT]


async def test_commands_that_discord_puts_off_are_registered_later_and_the_owner_is_greeted_meanwhile(
    server: Server, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server takes 200 new commands a day."""
    greeted: list[Any] = []

    async def greet(*who: Any) -> None:
        greeted.append(who)

    server.adapter.connect(bot, greet=greet)
    server.wire.answers[PUT] = (discord.RateLimited(3_600), [])
    await server.adapter.arrived(guild())
    assert len(greeted) == 1
    monkeypatch.setattr(server.client, "get_guild", lambda id: guild(id))
    now = asyncio.get_running_loop().time()
    await server.adapter.commands.where_lacking(now + 3_500)
    assert server.wire.asked == [PUT]
    await server.adapter.commands.where_lacking(now + 3_700)
    await server.adapter.commands.where_lacking(now + 9_999)
    assert server.wire.asked == [PUT, PUT]


async def test_a_server_that_was_left_is_not_asked_again(server: Server) -> None:
    server.wire.answers[PUT] = refused(503, 0)
    await server.adapter.arrived(guild())
    await server.adapter.commands.where_lacking(asyncio.get_running_loop().time() + 9_999)
    assert server.wire.asked == [PUT]


async def test_a_server_joined_anew_lacks_its_commands_until_they_are_registered(server: Server) -> None:
    await server.adapter.arrived(guild())
    server.wire.answers[PUT] = (refused(503, 0), [])
    await server.adapter.arrived(guild(), joined=True)
    await server.adapter.arrived(guild())
    await server.adapter.arrived(guild())
    assert server.wire.asked == [PUT, PUT, PUT]


async def test_the_owner_of_a_server_is_named_for_the_greeting(server: Server, bot: Bot) -> None:
    greeted: list[Any] = []

    async def greet(*who: Any) -> None:
        greeted.append(who)

    server.adapter.connect(bot, greet=greet)
    await server.adapter.arrived(guild())
    assert greeted == [(SpaceRef("discord", "7"), AccountRef("discord", "42"), "de")]


async def test_a_server_that_fails_does_not_end_the_connection(
    server: Server, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    async def greet(*who: Any) -> None:
        raise RuntimeError("no")

    server.adapter.connect(bot, greet=greet)
    await server.adapter.arrived(guild())
    assert "server 7 could not be welcomed" in caplog.text


async def test_every_new_session_is_a_gap(server: Server, bot: Bot) -> None:
    """J28: what happened in between was not told."""
    gaps: list[str] = []

    async def gap(space: str | None = None) -> None:
        gaps.append("gap")

    server.adapter.connect(bot, on_gap=gap)
    await server.client.on_ready()
    assert gaps == ["gap"]


async def test_a_server_that_was_away_or_is_joined_anew_is_a_gap_of_its_own(server: Server, bot: Bot) -> None:
    """J28: Discord tells of nothing in a server that it has lost, while the session goes on."""
    gaps: list[str | None] = []

    async def gap(space: str | None = None) -> None:
        gaps.append(space)

    server.adapter.connect(bot, on_gap=gap)
    await server.client.on_guild_available(guild())
    assert gaps == []
    await server.client.on_guild_unavailable(guild())
    await server.client.on_guild_available(guild())
    await server.client.on_guild_available(guild())
    assert gaps == ["7"]
    await server.client.on_guild_join(guild())
    assert gaps == ["7", "7"]


async def test_one_process_is_connected_and_another_takes_over_when_its_time_is_up(bot: Bot) -> None:
    clock = MovedClock(NOW)
    first, second = (Alone(bot.store, clock, lambda uow: None) for _ in range(2))
    assert await first.hold()
    assert not await second.hold()
    clock.move_to(NOW + timedelta(seconds=61))
    assert await second.hold()
    assert not await first.hold()


def refusal(code: int) -> Exception:
    return discord.ConnectionClosed(cast(Any, SimpleNamespace(close_code=code)), shard_id=None)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (discord.LoginFailure("no"), TOKEN_REFUSED),
        (refusal(4004), TOKEN_REFUSED),
        (refusal(4014), INTENT_REFUSED),
        (discord.PrivilegedIntentsRequired(None), INTENT_REFUSED),
        (refusal(4011), SHARDS_NEEDED),
    ],
)
async def test_what_ends_the_connection_is_told_in_plain_words(
    server: Server, bot: Bot, monkeypatch: pytest.MonkeyPatch, error: Exception, told: ConfigError
) -> None:
    async def done(*_: object, **__: object) -> None:
        """Do nothing."""

    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(server.client, "login", done)
    monkeypatch.setattr(server.client, "connect", fail)
    with pytest.raises(ConfigError) as raised:
        await server.adapter.run()
    assert raised.value is told
    assert not server.adapter.platform.connected
    lease = await bot.store.read(lambda uow: uow.leases.get("discord gateway"))
    assert lease is not None
    assert lease.until < NOW


async def test_a_refused_token_while_running_ends_the_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def done(*_: object, **__: object) -> None:
        """Do nothing."""

    async def connected(*_: object, **__: object) -> None:
        server.adapter._token_refused()
        await server.adapter._ending

    monkeypatch.setattr(server.client, "login", done)
    monkeypatch.setattr(server.client, "connect", connected)
    with pytest.raises(ConfigError) as raised:
        await server.adapter.run()
    assert raised.value is TOKEN_REFUSED
    assert TAKEN_OVER is not TOKEN_REFUSED


@pytest.mark.parametrize("error", [aiohttp.ClientError(), discord.RateLimited(3_600)])
async def test_while_discord_is_away_it_is_tried_again_until_the_bot_stops(
    server: Server, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    tried = asyncio.Event()

    async def away(*_: object) -> None:
        tried.set()
        raise error

    monkeypatch.setattr(server.client, "login", away)
    running = asyncio.create_task(server.adapter.run())
    async with asyncio.timeout(5):
        await tried.wait()
        await server.adapter.close()
        await running


async def test_a_gateway_that_is_away_at_the_start_is_tried_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    async def done(*_: object) -> None:
        """Do nothing."""

    async def away() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise AttributeError("'NoneType' object has no attribute 'sequence'")

    monkeypatch.setattr(server.client, "login", done)
    monkeypatch.setattr(server.client, "connect", away)
    monkeypatch.setattr(server.adapter, "_pause", done)
    await server.adapter.run()
    assert len(tries) == 2


async def test_stopping_does_not_wait_for_the_librarys_next_try(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    trying = asyncio.Event()

    async def done(*_: object) -> None:
        """Do nothing."""

    async def sleep() -> None:
        trying.set()
        await asyncio.sleep(1_000)

    monkeypatch.setattr(server.client, "login", done)
    monkeypatch.setattr(server.client, "connect", sleep)
    running = asyncio.create_task(server.adapter.run())
    async with asyncio.timeout(5):
        await trying.wait()
        await server.adapter.close()
        await running


async def test_whoever_closes_second_waits_until_all_is_done(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = asyncio.Event()

    async def finish(within: float) -> None:
        await gate.wait()

    monkeypatch.setattr(server.adapter.calls, "finish", finish)
    first, second = (asyncio.create_task(server.adapter.close()) for _ in range(2))
    done, _ = await asyncio.wait({first, second}, timeout=0.05)
    assert not done
    gate.set()
    await asyncio.gather(first, second)


async def test_a_database_that_is_away_does_not_keep_the_bot_from_closing(
    server: Server, bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(work: object) -> None:
        raise CannotSave("away")

    monkeypatch.setattr(bot.store, "write", away)
    await server.adapter.begins()
    await server.adapter.close()
    assert "cannot give back the right" in caplog.text


async def test_what_the_library_tells_after_the_end_is_no_news(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its timers go on: one that waits for a server is no reason for a traceback."""
    await server.client._async_setup_hook()
    server.adapter._begun = True
    await server.adapter.close()
    server.client.dispatch("ready")


async def test_sessions_that_break_while_the_bot_runs_are_counted_too(server: Server, bot: Bot) -> None:
    """Discord takes the token away after 1,000 in a day; those of the start are counted before."""
    await server.adapter._wait_for_turn()
    for _ in range(3):
        await server.adapter.begins()
    kept = await bot.store.read(lambda uow: uow.memos.get(SESSIONS))
    assert kept is not None
    assert kept.startswith("3.000 ")


async def test_of_several_connections_each_new_session_is_a_gap(server: Server, bot: Bot) -> None:
    """J28: the library tells of all together only at the start."""
    gaps: list[str] = []

    async def gap(space: str | None = None) -> None:
        gaps.append("gap")

    adapter = Discord(Connection("t", shards=2), MovedClock(NOW))
    adapter.connect(bot, on_gap=gap)
    many = adapter._client
    assert isinstance(many, Sharded)
    await many.on_shard_ready(0)
    await many.on_shard_ready(1)
    await many.on_ready()
    assert gaps == ["gap"]
    await many.on_shard_ready(1)
    assert gaps == ["gap", "gap"]


def test_only_what_discord_gives_without_asking_is_asked_for() -> None:
    intents = Discord(Connection("t"), MovedClock(NOW))._client.intents
    assert {name for name, on in intents if on and name in ("members", "presences", "message_content")} == set()
    assert Discord(Connection("t", message_content=True), MovedClock(NOW))._client.intents.message_content


def test_several_connections_are_a_setting() -> None:
    many = Discord(Connection("t", shards=3), MovedClock(NOW))._client
    assert isinstance(many, discord.AutoShardedClient)
    assert many.shard_count == 3


def test_the_first_starts_cost_no_time_and_a_crash_loop_waits() -> None:
    kept: str | None = None
    waits = []
    for _ in range(SPARE + 4):
        kept, wait = begun(kept, 1, NOW)
        waits.append(wait)
    assert waits[: SPARE + 1] == [timedelta(0)] * (SPARE + 1)
    assert waits[SPARE + 1 :] == [EACH, 2 * EACH, 3 * EACH]
    assert begun(kept, 1, NOW + timedelta(days=1))[1] == timedelta(0)
    assert begun("nonsense", 1, NOW)[1] == timedelta(0)
    assert begun(None, 500, NOW)[1] == timedelta(0)


@given(st.floats(0, 120))
def test_no_day_has_a_thousand_sessions(pause: float) -> None:
    """Discord resets the token of a bot that begins more."""
    now, kept = NOW, None
    starts = 0
    while now < NOW + timedelta(days=1):
        kept, wait = begun(kept, 1, now)
        now += wait + timedelta(seconds=pause)
        starts += 1
    assert starts < 1_000
