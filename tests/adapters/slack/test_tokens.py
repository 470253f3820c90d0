"""Tokens of several workspaces: renewed beside, never cut short, and one that fails holds up no other (P12, J28)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot as Installed

from adapters.slack import Connection
from adapters.slack.errors import TokenRefused
from adapters.slack.installs import KeptInstallations
from adapters.slack.tokens import BEFORE, Tokens
from bot.ports import Store
from schedules.clock import MovedClock
from storage.store import open_store

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
SOON = int((NOW + BEFORE / 2).timestamp())
LATER = int((NOW + BEFORE * 3).timestamp())
PAST = int((NOW - BEFORE).timestamp())


class Said:
    """An answer of Slack's."""

    def __init__(self, **data: Any) -> None:
        self.data = data
        self.headers: dict[str, str] = {}
        self.status_code = 200

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)

    def validate(self) -> None:
        """Say that this is an answer."""


def refused(error: str) -> SlackApiError:
    return SlackApiError("no", Said(ok=False, error=error))  # type: ignore[no-untyped-call]


class Client:
    """Slack, as far as tokens are renewed and asked about; `gone` are tokens that it does not take."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.fails: dict[str, Exception] = {}
        self.renews: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.renewals = 0

    async def api_call(self, method: str, *, json: dict[str, str]) -> Said:
        token = json["token"]
        if token in self.fails:
            raise self.fails[token]
        if token in self.gone:
            raise refused("account_inactive")
        return Said(team_id="T1", user_id="U", bot_id="B", url="https://one.slack.example/", team="One")

    async def oauth_v2_access(self, **given: str) -> Said:
        self.renewals += 1
        await self.may_answer.wait()
        if self.renews is not None:
            raise self.renews
        return Said(access_token=f"xoxb-new-{self.renewals}", refresh_token="xoxe-new", expires_in=43_200)


def connection(**more: Any) -> Connection:
    return Connection("http", client_id="1", client_secret="2", **more)


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    async with await open_store(sqlite_url, durable=False) as opened:
        yield opened


class Kit:
    def __init__(self, store: Store) -> None:
        self.clock = MovedClock(NOW)
        self.client = Client()
        self.kept = KeptInstallations(store, self.clock, "2")
        self.tokens = Tokens(connection(), lambda: self.client, self.clock)  # type: ignore[arg-type, return-value]
        self.tokens.keep_in(self.kept)

    async def installs(self, team: str, ends: int | None, token: str = "xoxb-old") -> None:
        await self.kept.save(
            Installed(
                team_id=team,
                bot_token=token,
                bot_id="B",
                bot_user_id="U",
                bot_refresh_token="xoxe-old",
                bot_token_expires_at=ends,
                installed_at=0.0,
            )
        )

    async def token(self, team: str = "T1") -> str | None:
        found = await self.kept.find(team)
        return found.bot_token if found else None


@pytest.fixture
def kit(store: Store) -> Kit:
    return Kit(store)


@pytest.mark.slow
async def test_a_renewal_goes_on_when_whoever_waits_for_it_has_no_more_time(kit: Kit) -> None:
    """Slack takes each refresh token once: cut short, the workspace would have to install the app anew."""
    await kit.installs("T1", PAST)
    kit.client.may_answer.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await kit.tokens.of("T1")
    kit.client.may_answer.set()
    assert (await kit.tokens.of("T1")).token == "xoxb-new-1"
    assert (await kit.token(), kit.client.renewals) == ("xoxb-new-1", 1)


@pytest.mark.slow
async def test_nobody_waits_for_a_token_that_ends_later(kit: Kit) -> None:
    await kit.installs("T1", SOON)
    kit.client.may_answer.clear()
    async with asyncio.timeout(5):
        assert [(await kit.tokens.of("T1")).token for _ in range(3)] == ["xoxb-old"] * 3
    kit.client.may_answer.set()
    await kit.tokens.close()
    assert (await kit.tokens.of("T1")).token == "xoxb-new-1"
    assert kit.client.renewals == 1


@pytest.mark.slow
async def test_a_token_that_cannot_be_renewed_yet_is_used_until_it_ends(kit: Kit) -> None:
    await kit.installs("T1", SOON)
    kit.client.renews = OSError("away")
    assert (await kit.tokens.of("T1")).token == "xoxb-old"
    await kit.tokens.close()
    assert (await kit.tokens.of("T1")).token == "xoxb-old"
    kit.clock.move_to(NOW + BEFORE)
    with pytest.raises(OSError, match="away"):
        await kit.tokens.of("T1")
    kit.client.renews = None
    assert (await kit.tokens.of("T1")).token.startswith("xoxb-new")


@pytest.mark.slow
async def test_a_token_that_slack_calls_ended_is_renewed_once_for_all_who_ask(kit: Kit) -> None:
    await kit.installs("T1", LATER)
    old = (await kit.tokens.of("T1")).token
    found = await asyncio.gather(*(kit.tokens.renewed("T1", old) for _ in range(5)))
    assert {one.token for one in found} == {"xoxb-new-1"}
    assert kit.client.renewals == 1


@pytest.mark.slow
async def test_one_workspace_that_cannot_be_asked_holds_up_no_other(kit: Kit) -> None:
    await kit.installs("T1", PAST, "xoxb-1")
    await kit.installs("T2", None, "xoxb-2")
    kit.client.renews = refused("internal_error")
    await kit.tokens.begin()
    assert kit.tokens.teams() == ["T2"]


@pytest.mark.slow
async def test_news_of_an_older_removal_does_not_remove_what_was_installed_since(kit: Kit) -> None:
    """Slack brings an event again after minutes, and in no order."""
    await kit.installs("T1", None, "xoxb-anew")
    await kit.tokens.uninstalled("T1")
    assert await kit.token() == "xoxb-anew"
    kit.client.gone.add("xoxb-anew")
    await kit.tokens.uninstalled("T1")
    assert await kit.token() is None
    with pytest.raises(TokenRefused):
        await kit.tokens.of("T1")


@pytest.mark.slow
async def test_a_removal_that_cannot_be_looked_into_is_to_be_told_again(kit: Kit) -> None:
    await kit.installs("T1", None, "xoxb-1")
    kit.client.fails["xoxb-1"] = OSError("away")
    with pytest.raises(TimeoutError):
        await kit.tokens.uninstalled("T1")
    assert await kit.token() == "xoxb-1"


async def test_a_bot_of_one_workspace_goes_on_when_another_removes_the_app() -> None:
    ended: list[str] = []
    client = Client()
    settings = Connection(bot_token="xoxb-1")
    tokens = Tokens(settings, lambda: client, MovedClock(NOW), lambda: ended.append("ended"))  # type: ignore[arg-type, return-value]
    await tokens.begin()
    await tokens.uninstalled("T9")
    assert (ended, tokens.stopped) == ([], False)
    client.gone.add("xoxb-1")
    await tokens.uninstalled("T1")
    assert (ended, tokens.stopped) == (["ended"], True)
