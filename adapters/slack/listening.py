"""What Slack tells, whichever way it comes: one listener for everything of a kind, which hands it on."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import brought
from adapters.slack.calls import Calls
from adapters.slack.commands import Names
from adapters.slack.errors import TokenRefused
from adapters.slack.events import HEARD, Events
from adapters.slack.home import Home
from adapters.slack.marks import FORM
from adapters.slack.people import Profiles
from adapters.slack.text import Json
from adapters.slack.tokens import Tokens
from bot.app import Bot
from bot.errors import CannotSave

log = logging.getLogger(__name__)

SAVED_WITHIN = 2.0
"""Seconds within which an event is saved, or Slack is asked to bring it again; Slack waits three."""
CONNECTED = "slack connected"
"""The memo about when the socket was opened last."""
CALLED = "slack called"
"""The memo about the command that reached us last: another app in the workspace may have taken its name."""
_ANY = re.compile(".*", re.DOTALL)

Ack: TypeAlias = Callable[..., Awaitable[Any]]
Beside: TypeAlias = Callable[[Callable[[], Awaitable[None]]], None]


@dataclass(slots=True)
class Listeners:
    """Takes in what Slack tells; `beside` does something in a task of its own, `gap` makes up for a workspace."""

    bot: Bot
    tokens: Tokens
    names: Names
    calls: Calls
    events: Events
    home: Home
    profiles: Profiles
    beside: Beside
    gap: Callable[[str], Awaitable[None]]
    called: bool = False

    def app(self, client: AsyncWebClient, signing_secret: str | None) -> AsyncApp:
        """Return the library's app with these listeners."""

        async def authorize(team_id: str | None) -> AuthorizeResult | None:  # the library wants no method here
            return await self._authorize(team_id)

        app = AsyncApp(
            name="studycircle",
            client=client,
            authorize=authorize,  # type: ignore[arg-type]  # None is “not installed”, whatever its type says
            signing_secret=signing_secret or "unused",
            # Ours is stricter, and a socket needs none.
            request_verification_enabled=False,
            process_before_response=True,
            # It takes an event about a message of ours for one by us, also where a moderator deleted it.
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            user_facing_authorize_error_message="Studycircle is not installed in this workspace any more.",
            logger=logging.getLogger("slack_bolt.app"),
        )
        app.command(_ANY)(self._on_command)
        app.action(_ANY)(self._on_action)
        app.shortcut(_ANY)(self._on_shortcut)
        app.view_submission(_ANY)(self._on_submission)
        app.view_closed(_ANY)(self._on_closed)
        app.options(_ANY)(self._on_options)
        app.event(_ANY)(self._on_event)
        return app

    async def _authorize(self, team_id: str | None) -> AuthorizeResult | None:
        try:
            access = await self.tokens.of(team_id or "")
        except TokenRefused as error:
            log.info("a request of workspace %s is passed: %s", team_id, error)
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=access.team,
            bot_user_id=access.user,
            bot_id=access.bot,
            bot_token=access.token,
        )

    async def _on_command(self, ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ack()
        if not self.called and str(body.get("command") or "") == self.names.umbrella:
            self.called = True
            self.beside(lambda: self.bot.store.write(lambda uow: uow.memos.keep(CALLED, self.names.umbrella)))
        self.calls.begin(brought.typed(body, context.team_id or ""))

    async def _on_action(self, ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ack()
        if not brought.unused(body):
            self.calls.begin(brought.pressed(body, context.team_id or ""))

    async def _on_shortcut(self, ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ack()
        self.calls.begin(brought.chosen(body, context.team_id or ""))

    async def _on_submission(self, ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        raw, origin, filled = brought.submitted(body, context.team_id or "")
        if (body.get("view") or {}).get("callback_id") != FORM:
            await ack()
            return
        if wrong := await self.calls.problems(raw, filled):
            await ack(response_action="errors", errors=wrong)
            return
        await ack()
        self.calls.begin(self.calls.completed(raw, origin))

    async def _on_closed(self, ack: Ack) -> None:
        await ack()

    async def _on_options(self, ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ack(options=await self.calls.choices(body, context.team_id or ""))

    async def _on_event(self, ack: Ack, body: Json, context: AsyncBoltContext) -> BoltResponse | None:
        """Take an event in: it is saved before Slack is told so, and what cannot be saved is to come again."""
        event: Json = body.get("event") or {}
        team = str(context.team_id or "")
        kind = event.get("type")
        try:
            async with asyncio.timeout(SAVED_WITHIN):
                if kind in HEARD:
                    await self.events.heard(team, event, str(body.get("event_id") or ""))
                elif kind == "app_uninstalled" or (kind == "tokens_revoked" and (event.get("tokens") or {}).get("bot")):
                    await self.tokens.uninstalled(team)
        except (CannotSave, TimeoutError) as error:
            log.warning("an event could not be saved: %s", error or "it took too long")
            return BoltResponse(status=503)
        if kind == "app_home_opened" and event.get("tab", "home") == "home":
            self.beside(lambda: self.home.draw(team, str(event.get("user") or "")))
        elif kind == "user_change":
            self.profiles.heard(team, event.get("user") or {})
        elif kind == "member_joined_channel":
            access = self.tokens.known(team)
            if access is not None and event.get("user") == access.user:
                self.beside(lambda: self.gap(team))
        return None
