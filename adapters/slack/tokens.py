"""The tokens of workspaces: one from the settings, or those of installations, renewed before they end."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot as Installed
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import errors
from adapters.slack.connection import PATIENCE, Connection
from adapters.slack.errors import TokenRefused
from adapters.slack.text import Json
from bot.ports import Clock

log = logging.getLogger(__name__)

BEFORE = timedelta(hours=2)
"""How long before its end a token is renewed; Slack gives each for twelve hours."""
NOT_INSTALLED = "not_installed"
"""Our own word for a workspace that has not installed the app, or not any more."""
MARGIN = timedelta(seconds=30)
"""How long before its end a token is not used any more: a request takes its time."""
_AGAIN = 60.0
"""Seconds until a token that could not be renewed is tried again, while it still does."""
_AT_ONCE = 8
"""Workspaces that are asked at the same time who the bot is there."""
_TURN = 15.0
"""Seconds for which one process alone may renew a workspace's token."""


class Installations(Protocol):
    """Where the installations of several workspaces are kept."""

    async def teams(self) -> list[str]:
        """Return the workspaces."""

    async def find(self, team: str) -> Installed | None:
        """Return the bot of a workspace."""

    async def save(self, bot: Installed) -> None:
        """Keep the bot of a workspace."""

    async def remove(self, team: str) -> None:
        """Forget a workspace's installation."""

    async def take_turn(self, team: str, holder: str, seconds: float) -> bool:
        """Return whether this process may renew a workspace's token now."""

    async def end_turn(self, team: str, holder: str) -> None:
        """Let others renew it."""


@dataclass(frozen=True, slots=True)
class Access:
    """The token of a workspace, and who the bot is there; `ends` is when the token does, in seconds since 1970."""

    team: str
    token: str
    user: str
    bot: str
    url: str = ""
    name: str = ""
    scopes: frozenset[str] = frozenset()
    ends: int | None = None


class Tokens:
    """Hands out tokens by workspace; `refused` is called once where Slack does not take the only one any more."""

    def __init__(
        self,
        connection: Connection,
        client: Callable[[], AsyncWebClient],
        clock: Clock,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._client = client
        self._clock = clock
        self._refused = refused
        self._installations: Installations | None = None
        self._known: dict[str, Access] = {}
        self._looking: dict[str, asyncio.Task[Access]] = {}
        self._tried: dict[str, float] = {}
        self._only: str | None = None
        self.stopped = False

    def keep_in(self, installations: Installations) -> None:
        """Look for installations of several workspaces there."""
        self._installations = installations

    @property
    def several(self) -> bool:
        """Whether workspaces install the app by themselves."""
        return self._connection.bot_token is None

    async def begin(self) -> None:
        """Ask who the bot is; raises TokenRefused, SlackApiError or what the connection raises."""
        if self._connection.bot_token is not None:
            access = await self.who(self._connection.bot_token)
            self._only = access.team
            self._known[access.team] = access
            return
        some = asyncio.Semaphore(_AT_ONCE)

        async def meet(team: str) -> None:
            async with some:
                try:
                    await self.of(team)
                except (TokenRefused, SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
                    log.warning("workspace %s: the token is not taken (%s)", team, error)

        await asyncio.gather(*map(meet, await self._installations.teams() if self._installations else ()))

    def known(self, team: str) -> Access | None:
        """Return what is known of a workspace without asking."""
        return self._known.get(team)

    def teams(self) -> list[str]:
        """Return the workspaces that are known."""
        return list(self._known)

    async def of(self, team: str) -> Access:
        """Return the access to a workspace; a token that ends soon is renewed beside. Raises TokenRefused."""
        found = self._known.get(team)
        if found is None or self._ends_before(found, MARGIN):
            if not self.several:
                raise TokenRefused(NOT_INSTALLED)
            found = await self._fresh(team)
        if self._ends_before(found, BEFORE):
            self._renew_beside(team, found.token)
        return found

    async def renewed(self, team: str, old: str) -> Access:
        """Return another access after Slack said that a token has ended; raises TokenRefused where there is none."""
        if not self.several:
            raise TokenRefused(errors.EXPIRED)
        found = self._known.get(team)
        if found is not None and found.token != old:
            return found
        access = await self._fresh(team, old)
        # What was under way already may not have known that this one has ended.
        return access if access.token != old else await self._fresh(team, old)

    async def close(self) -> None:
        """Wait for tokens that are just being renewed."""
        if under_way := [one for one in self._looking.values() if not one.done()]:
            await asyncio.wait(under_way, timeout=PATIENCE)

    async def _fresh(self, team: str, old: str | None = None) -> Access:
        """Look up what is kept of a workspace, once for all who ask at the same time."""
        return await asyncio.shield(self._look_up(team, old))

    def _look_up(self, team: str, old: str | None) -> asyncio.Task[Access]:
        """Begin to, in a task of its own: whoever asks may be in a hurry, and a token that is cut short is lost."""
        task = self._looking.get(team)
        if task is None or task.done():
            task = self._looking[team] = asyncio.create_task(self._looked_up(team, old))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    def _renew_beside(self, team: str, old: str) -> None:
        now = time.monotonic()
        if now - self._tried.get(team, -_AGAIN) >= _AGAIN:
            self._tried[team] = now
            self._look_up(team, old).add_done_callback(lambda done: _noted(team, done))

    def forget(self, team: str) -> None:
        """Look up the next time what is kept of a workspace."""
        self._known.pop(team, None)

    def gone(self, team: str, error: str) -> None:
        """Hear that Slack does not take the token of a workspace any more."""
        self.forget(team)
        if not self.several and not self.stopped:
            log.error("Slack does not take the bot's token (%s)", error)
            self.stopped = True
            self._refused()

    async def uninstalled(self, team: str) -> None:
        """Hear that a workspace has removed the app, and see whether that is so: it may have it anew since."""
        if await self._still_takes_us(team):
            return
        if self._installations is not None:
            await self._installations.remove(team)
        self.gone(team, "app_uninstalled")

    async def _still_takes_us(self, team: str) -> bool:
        if not self.several:
            token = self._connection.bot_token if team == self._only else None
        else:
            kept = await self._installations.find(team) if self._installations is not None else None
            token = kept.bot_token if kept is not None else None
        if not token:
            return not self.several  # what was never ours can't be gone
        try:
            await self.who(token)
        except TokenRefused:
            return False
        except (SlackApiError, aiohttp.ClientError, OSError) as error:
            raise TimeoutError from error  # nobody knows yet: to be asked again
        log.info("workspace %s: an older installation was removed", team)
        return True

    async def who(self, token: str, ends: int | None = None) -> Access:
        """Ask who the bot behind a token is; raises TokenRefused, SlackApiError or what the connection raises."""
        try:
            answer = await self._client().api_call("auth.test", json={"token": token})
        except SlackApiError as error:
            if errors.name_of(error) in errors.TOKEN:
                raise TokenRefused(errors.name_of(error)) from error
            raise
        said: Json = dict(answer.data) if isinstance(answer.data, dict) else {}
        granted = next((value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), "")
        scopes = frozenset(part.strip() for part in granted.split(",") if part.strip())
        names = [str(said.get(key) or "") for key in ("team_id", "user_id", "bot_id", "url", "team")]
        return Access(names[0], token, names[1], names[2], names[3], names[4], scopes, ends)

    def _ends_before(self, access: Access, passed: timedelta) -> bool:
        return access.ends is not None and access.ends <= (self._clock.now() + passed).timestamp()

    async def _looked_up(self, team: str, old: str | None) -> Access:
        """Return the access that is kept, renewed where its token has ended or is the `old` one."""
        kept = self._installations
        bot = await kept.find(team) if kept is not None else None
        if kept is None or bot is None or not bot.bot_token:
            raise TokenRefused(NOT_INSTALLED)
        if bot.bot_token == old or self._ends_before(_access(team, bot), MARGIN):
            bot = await self._rotated(team, kept, bot)
        access = _access(team, bot)
        before = self._known.get(team)
        if before is not None and before.url:
            access = Access(team, access.token, access.user, access.bot, before.url, before.name, ends=access.ends)
        else:
            access = await self._introduced(access)
        self._known[team] = access
        return access

    async def _introduced(self, access: Access) -> Access:
        """Return an access with the address of its workspace, which an installation does not name."""
        try:
            said = await self.who(access.token, access.ends)
        except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError):
            return access
        return Access(access.team, access.token, access.user, access.bot, said.url, said.name, said.scopes, access.ends)

    async def _rotated(self, team: str, kept: Installations, bot: Installed) -> Installed:
        """Return the bot with a new token, which one process alone fetches; raises TokenRefused."""
        if not bot.bot_refresh_token:
            raise TokenRefused(errors.EXPIRED)
        holder = secrets.token_hex(8)
        for _ in range(int(_TURN * 2)):
            if await kept.take_turn(team, holder, _TURN):
                break
            await asyncio.sleep(0.5)
        try:
            there = await kept.find(team)
            if there is not None and there.bot_token != bot.bot_token:
                return there  # another process was quicker
            return await self._refreshed(kept, bot)
        finally:
            await kept.end_turn(team, holder)

    async def _refreshed(self, kept: Installations, bot: Installed) -> Installed:
        try:
            answer = await self._client().oauth_v2_access(
                client_id=self._connection.client_id or "",
                client_secret=self._connection.client_secret or "",
                grant_type="refresh_token",
                refresh_token=bot.bot_refresh_token or "",
            )
        except SlackApiError as error:
            if errors.status_of(error) < 500 and errors.name_of(error) not in ("ratelimited", "internal_error", ""):
                raise TokenRefused(errors.name_of(error)) from error
            raise
        bot.bot_token = str(answer["access_token"])
        bot.bot_refresh_token = str(answer.get("refresh_token") or bot.bot_refresh_token)
        bot.bot_token_expires_at = int(self._clock.now().timestamp()) + int(answer.get("expires_in") or 43_200)
        await kept.save(bot)
        log.info("workspace %s: the token was renewed", bot.team_id)
        return bot


def _noted(team: str, done: asyncio.Task[Access]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.warning("workspace %s: the token cannot be renewed yet (%s)", team, type(error).__name__)


def _access(team: str, bot: Installed) -> Access:
    name, ends = bot.team_name or "", bot.bot_token_expires_at
    return Access(team, bot.bot_token, bot.bot_user_id or "", bot.bot_id or "", "", name, ends=ends)
