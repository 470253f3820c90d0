"""The installations of several workspaces, in the bot's own database; tokens are sealed with the client secret.

The library's own stores would open a second way into the database, past its writer; these are four words in it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from logging import Logger

from cryptography.fernet import Fernet, InvalidToken
from slack_sdk.oauth.installation_store import Bot as Installed
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.ports import Clock, Store, UnitOfWork

log = logging.getLogger(__name__)

TEAMS = "slack teams"
"""The memo with the workspaces that installed the app."""
STATES = "slack states"
"""The memo with the words that were given to admins who went to Slack, and are used up."""
STATE_LASTS = 600
"""Seconds that an admin may take at Slack."""
_FIELDS = (
    "app_id",
    "enterprise_id",
    "team_id",
    "team_name",
    "bot_id",
    "bot_user_id",
    "bot_token",
    "bot_refresh_token",
    "bot_token_expires_at",
)


def memo(team: str) -> str:
    """Return the name of the memo about a workspace."""
    return f"slack workspace {team}"


def _lease(team: str) -> str:
    return f"slack token {team}"


class KeptInstallations:
    """Installations as words of the database."""

    def __init__(self, store: Store, clock: Clock, secret: str) -> None:
        self._store = store
        self._clock = clock
        self._seal = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"studycircle slack " + secret.encode()).digest()))

    async def teams(self) -> list[str]:
        """Return the workspaces."""
        return (await self._store.read(lambda uow: uow.memos.get(TEAMS)) or "").split()

    async def find(self, team: str) -> Installed | None:
        """Return the bot of a workspace; None where none was kept, or where it was sealed with another secret."""
        word = await self._store.read(lambda uow: uow.memos.get(memo(team)))
        if not word:
            return None
        try:
            said = json.loads(self._seal.decrypt(word.encode()))
        except InvalidToken:
            log.warning("workspace %s: its token was kept under another client secret; it must install me anew", team)
            return None
        return Installed(**said, bot_scopes="", installed_at=float(self._clock.now().timestamp()))

    async def save(self, bot: Installed) -> None:
        """Keep the bot of a workspace."""
        team = bot.team_id or ""
        said = json.dumps({name: getattr(bot, name) for name in _FIELDS})
        word = self._seal.encrypt(said.encode()).decode()

        def keep(uow: UnitOfWork) -> None:
            uow.memos.keep(memo(team), word)
            known = (uow.memos.get(TEAMS) or "").split()
            uow.memos.keep(TEAMS, " ".join(dict.fromkeys([*known, team])))

        await self._store.write(keep)

    async def remove(self, team: str) -> None:
        """Forget a workspace's installation."""

        def forget(uow: UnitOfWork) -> None:
            uow.memos.keep(memo(team), "")
            known = (uow.memos.get(TEAMS) or "").split()
            uow.memos.keep(TEAMS, " ".join(one for one in known if one != team))

        await self._store.write(forget)

    async def take_turn(self, team: str, holder: str, seconds: float) -> bool:
        """Return whether this process may renew a workspace's token now."""
        now, lasts = self._clock.now(), timedelta(seconds=seconds)
        return await self._store.write(lambda uow: uow.leases.acquire(_lease(team), holder, now, lasts)) is not None

    async def end_turn(self, team: str, holder: str) -> None:
        """Let others renew it."""
        await self._store.write(lambda uow: uow.leases.release(_lease(team), holder))


class LibraryStore(AsyncInstallationStore):
    """Installations as the library's flow keeps them; `installed` hears of the workspace and of who did it."""

    def __init__(self, kept: KeptInstallations, installed: Callable[[str, str], Awaitable[None]]) -> None:
        self._kept = kept
        self._installed = installed

    @property
    def logger(self) -> Logger:
        """Where the library writes."""
        return log

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation: the bot of it, as no user's token is asked for."""
        await self._kept.save(installation.to_bot())
        await self._installed(installation.team_id or "", installation.user_id)

    async def async_save_bot(self, bot: Installed) -> None:
        """Keep a bot."""
        await self._kept.save(bot)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Installed | None:
        """Return the bot of a workspace."""
        return await self._kept.find(team_id or "")


class States(AsyncOAuthStateStore):
    """Words that prove that an admin who comes back from Slack was sent there: signed, short-lived, used once."""

    def __init__(self, store: Store, clock: Clock, secret: str) -> None:
        self._store = store
        self._clock = clock
        self._secret = hashlib.sha256(b"studycircle states " + secret.encode()).digest()
        self._turn = asyncio.Lock()

    @property
    def logger(self) -> Logger:
        """Where the library writes."""
        return log

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """Return a new word."""
        ends = int(self._clock.now().timestamp()) + STATE_LASTS
        named = f"{secrets.token_hex(12)}.{ends}"
        return f"{named}.{self._signed(named)}"

    async def async_consume(self, state: str) -> bool:
        """Return whether a word is one of ours, in time, and not used before."""
        named, _, signature = state.rpartition(".")
        ends = named.partition(".")[2]
        if not hmac.compare_digest(self._signed(named).encode(), signature.encode(errors="replace")):
            return False
        now = int(self._clock.now().timestamp())
        if int(ends) < now:
            return False

        def use(uow: UnitOfWork) -> bool:
            used = [one for one in (uow.memos.get(STATES) or "").split() if int(one.partition(".")[2]) >= now]
            if named in used:
                return False
            uow.memos.keep(STATES, " ".join([*used, named]))
            return True

        async with self._turn:
            return await self._store.write(use)

    def _signed(self, named: str) -> str:
        return hmac.new(self._secret, named.encode(errors="replace"), hashlib.sha256).hexdigest()
