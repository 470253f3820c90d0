"""The fake Slack: `async with FakeSlack() as fake`, then let an unmodified client connect to its addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.slack.blocks import options_problems
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.interactions import Interaction, Interactions
from tests.fakes.slack.methods import Refused
from tests.fakes.slack.people import Person
from tests.fakes.slack.recorder import Recorder
from tests.fakes.slack.things import Channel, Json, Team
from tests.fakes.slack.transport import Transport
from tests.fakes.slack.views import changed, made
from tests.fakes.slack.web_api import WebApi
from tests.fakes.slack.world import World, system_time


class FakeSlack:
    """A Slack on this machine, with the app in its first workspace."""

    def __init__(self, now: Callable[[], datetime] = system_time) -> None:
        self.world = World(now)
        self.interactions = Interactions()
        self.faults = Faults()
        self.recorder = Recorder()
        self.web = WebApi(self.world, self.interactions, self.faults, self.recorder)
        self.transport = Transport(self.world, self._taken)
        self.interactions.ticket = self.transport.ticket
        self._people: dict[tuple[str, str], Person] = {}
        self._teams: dict[str, Team] = {}
        self._runner: web.AppRunner | None = None
        self._happened = asyncio.Event()
        self.recorder.told = self.transport.changed = self._happened.set

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=20_000_000)
        self.web.add_to(app)
        self.transport.add_to(app)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.site = f"http://{host}:{port}"
        self.team()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.transport.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # Where it is

    @property
    def api_url(self) -> str:
        """The web interface, as `base_url` of the library's client."""
        return f"{self.world.site}/api/"

    @property
    def token(self) -> str:
        """The app's token in the first workspace."""
        installed = self.team().installed
        assert installed is not None
        return installed.token

    @property
    def app_token(self) -> str:
        """The token with which the app connects."""
        return self.world.app.app_token

    # Who and what is there, at the first mention

    def team(self, name: str = "Study hall", *, id: str = "", installed: bool = True) -> Team:
        """Return a workspace."""
        if name not in self._teams:
            self._teams[name] = self.world.add_team(name, id=id, installed=installed)
        return self._teams[name]

    def channel(self, name: str, *, team: str = "Study hall", id: str = "", private: bool = False) -> Channel:
        """Return a channel of a workspace, in which everybody is."""
        where = self.team(team)
        found = next((one for one in where.channels.values() if one.name == name and one.other is None), None)
        if found is None:
            found = self.world.add_channel(where, name, id=id, private=private)
            found.members |= {one.id for one in where.users.values() if not one.bot}
        return found

    def person(
        self, name: str, *, display: str = "", admin: bool = False, team: str = "Study hall", id: str = ""
    ) -> Person:
        """Return somebody in a workspace, who is in each of its channels."""
        where = self.team(team)
        if (name, where.id) not in self._people:
            user = self.world.add_user(where, name, display, id=id, admin=admin)
            for one in where.channels.values():
                if one.other is None:
                    one.members.add(user.id)
            self._people[name, where.id] = Person(self.world, self.interactions, where, user)
        return self._people[name, where.id]

    # What happens

    async def until(self, so: Callable[[], bool], within: float = 10) -> None:
        """Wait until something is so; looks again after each request and each thing that the app took."""
        async with asyncio.timeout(within):
            while not so():
                self._happened.clear()
                try:
                    await asyncio.wait_for(self._happened.wait(), 0.05)
                except TimeoutError:
                    continue

    def _taken(self, one: Interaction, failed: str | None, answer: Any) -> None:
        """Hear how the app took what somebody asked, and show what that brings."""
        if failed is None:
            try:
                failed = self._shown(one, answer if isinstance(answer, dict) else {})
            except Refused as refused:
                failed = str(refused.body["error"])
        one.acknowledge(failed)

    def _shown(self, one: Interaction, answer: Json) -> str | None:
        match one.kind:
            case "slash_commands":
                if answer.get("text") or answer.get("blocks"):
                    self.web.answer(one, answer)
            case "block_suggestion":
                options = answer.get("options")
                groups = [group["options"] for group in answer.get("option_groups") or ()]
                for listed in [options] if options is not None else groups:
                    if listed and any(options_problems(listed)):
                        return "invalid_options"
                    one.options += listed or []
                one.answered.set()
            case "view_submission":
                return self._submitted(one, answer)
        return None

    def _submitted(self, one: Interaction, answer: Json) -> str | None:
        view = one.view
        assert view is not None
        match answer.get("response_action"):
            case None:
                one.closed = True
                one.dialog = self.world.views.get(view.previous or "")
            case "clear":
                one.closed = True
            case "errors":
                errors = {str(name): str(words) for name, words in (answer.get("errors") or {}).items()}
                if not errors or set(errors) - {block["block_id"] for block in view.inputs}:
                    return "invalid_errors"
                one.errors = errors
            case "update":
                one.dialog = changed(self.world, view, answer.get("view"))
            case "push":
                one.dialog = made(self.world, one.team, one.user, answer.get("view"), view)
            case _:
                return "invalid_response_action"
        one.answered.set()
        return None

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """Let somebody allow the app into a workspace (the one that `team` names), who is led back with a code."""
        asked = request.query
        if asked.get("client_id") != self.world.app.client_id:
            return web.Response(status=400, text="invalid_client_id")
        team = self.world.teams.get(asked.get("team", "")) or self.team()
        code = self.world.new_id("code")
        self.world.codes[code] = team
        back = {"code": code, "state": asked.get("state", "")}
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(back)}")
