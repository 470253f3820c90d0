"""Installations of several workspaces: sealed, apart from each other, and states that are good once (S4, P12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.oauth.installation_store import Bot as Installed
from slack_sdk.oauth.installation_store import Installation

from adapters.slack.installs import STATE_LASTS, KeptInstallations, LibraryStore, States, memo
from bot.ports import Store
from schedules.clock import MovedClock
from storage.store import open_store

SECRET = "not-a-secret"
NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    async with await open_store(sqlite_url, durable=False) as opened:
        yield opened


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOW)


def bot(team: str, token: str = "xoxb-1") -> Installed:
    return Installed(
        team_id=team,
        team_name=f"Team {team}",
        bot_token=token,
        bot_id="B1",
        bot_user_id="U1",
        bot_refresh_token="xoxe-1",
        bot_token_expires_at=1_800_000_000,
        installed_at=0.0,
    )


@pytest.mark.slow
async def test_an_installation_is_kept_and_nobody_can_read_its_token_in_the_database(
    store: Store, clock: MovedClock
) -> None:
    kept = KeptInstallations(store, clock, SECRET)
    await kept.save(bot("T1"))
    found = await kept.find("T1")
    assert found is not None
    assert (found.bot_token, found.bot_refresh_token, found.bot_token_expires_at) == ("xoxb-1", "xoxe-1", 1_800_000_000)
    assert (found.team_id, found.bot_user_id, found.bot_id) == ("T1", "U1", "B1")
    word = await store.read(lambda uow: uow.memos.get(memo("T1")))
    assert word is not None
    assert "xox" not in word
    assert await KeptInstallations(store, clock, "another").find("T1") is None


@pytest.mark.slow
async def test_workspaces_are_kept_apart_and_forgotten_one_by_one(store: Store, clock: MovedClock) -> None:
    kept = KeptInstallations(store, clock, SECRET)
    for team in ("T1", "T2", "T1"):
        await kept.save(bot(team, f"xoxb-{team}"))
    assert await kept.teams() == ["T1", "T2"]
    await kept.remove("T1")
    assert await kept.teams() == ["T2"]
    assert await kept.find("T1") is None
    other = await kept.find("T2")
    assert other is not None
    assert other.bot_token == "xoxb-T2"


@pytest.mark.slow
async def test_one_process_alone_renews_a_token(store: Store, clock: MovedClock) -> None:
    kept = KeptInstallations(store, clock, SECRET)
    assert await kept.take_turn("T1", "a", 15)
    assert not await kept.take_turn("T1", "b", 15)
    assert await kept.take_turn("T2", "b", 15)
    await kept.end_turn("T1", "a")
    assert await kept.take_turn("T1", "b", 15)


@pytest.mark.slow
async def test_whoever_installs_the_app_is_named_once_it_is_kept(store: Store, clock: MovedClock) -> None:
    heard: list[tuple[str, str]] = []

    async def installed(team: str, user: str) -> None:
        assert await kept.find(team) is not None
        heard.append((team, user))

    kept = KeptInstallations(store, clock, SECRET)
    library = LibraryStore(kept, installed)
    await library.async_save(Installation(user_id="U9", team_id="T1", bot_token="xoxb-9", bot_id="B", bot_user_id="U"))
    assert heard == [("T1", "U9")]
    found = await library.async_find_bot(enterprise_id=None, team_id="T1")
    assert found is not None
    assert found.bot_token == "xoxb-9"


@pytest.mark.slow
async def test_a_state_is_good_once_in_time_and_only_ours(store: Store, clock: MovedClock) -> None:
    states = States(store, clock, SECRET)
    state = await states.async_issue()
    assert await states.async_consume(state)
    assert not await states.async_consume(state)
    assert not await States(store, clock, "another").async_consume(await states.async_issue())
    for odd in ("", ".", "a.b.c", "é.1.x", state[:-1], state + "0", "x" * 10_000):
        assert not await states.async_consume(odd)
    late = await states.async_issue()
    clock.move_by(timedelta(seconds=STATE_LASTS + 1))
    assert not await states.async_consume(late)
