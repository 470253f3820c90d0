"""Several workspaces on one bot: each installs it by itself, and what is in one is worth nothing in another."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from unittest.mock import patch

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from adapters.slack import Connection, Slack
from adapters.slack.manifest import manifest
from bot.bootstrap import assembled
from bot.cards import File
from bot.chat import ChannelRef, MessageRef
from schedules.clock import MovedClock
from tests.adapters.connected import connected
from tests.adapters.facilitators_story import BREAD
from tests.adapters.scenarios import BEGINS, HOME
from tests.adapters.slack.checking import problems
from tests.adapters.slack.stage import SlackStage, unpaced
from tests.fakes.slack import FakeSlack, Message, Team

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),  # the library's own
]

HERE, THERE = "Study hall", "Elsewhere"


@dataclass
class Several:
    """A bot that workspaces install by themselves."""

    stage: SlackStage
    site: str

    async def installs(self, name: str) -> str:
        """Let an admin of a workspace install the bot; return the page that they see at the end."""
        team = self.stage.fake.team(name)
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(self.site))
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            async with session.get(f"{self.site}/slack/install") as answer:
                assert answer.status == 200
                found = re.search(r'href="([^"]*oauth/v2/authorize[^"]*)"', await answer.text())
            assert found is not None, "the page leads to Slack"
            address = html.unescape(found[1])
            assert address.startswith(self.stage.fake.world.site), "the address of Slack is that of the settings"
            async with session.get(f"{address}&team={team.id}") as answer:
                assert answer.status == 200
                return await answer.text()

    def at(self, name: str) -> SlackStage:
        """Return the stage in a workspace."""
        return replace(self.stage, team=name, zones={}, private=[], offered={})


@pytest.fixture
async def several(sqlite_url: str) -> AsyncIterator[Several]:
    async with _several(sqlite_url) as several:
        yield several
        asked = several.stage.fake.recorder.asked
        assert problems(asked) == []


@asynccontextmanager
async def _several(url: str) -> AsyncIterator[Several]:
    clock = MovedClock(BEGINS)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        site = f"http://127.0.0.1:{bound.getsockname()[1]}"
        async with FakeSlack(clock.now) as fake:
            app = fake.world.app
            for name in (HERE, THERE):  # the same ids in both
                team = fake.team(name, installed=False)
                team.installed = None
                fake.channel(HOME, team=name, id="C1")
                fake.person("fela", team=name, id="U1", admin=True)
                fake.person("jill", team=name, id="U2")
            connection = Connection(
                "http",
                signing_secret=app.signing_secret,
                client_id=app.client_id,
                client_secret=app.client_secret,
                api_url=fake.api_url,
                public_url=site,
            )
            adapter = Slack(connection, clock)
            with unpaced():
                async with assembled(url, {"slack": adapter.platform}, clock, durable=False) as made:
                    app.set_up(manifest(made.bot.commands, http=site))
                    server = web.Application()
                    async with connected(adapter, "slack", made):
                        server.add_routes(adapter.routes())
                        runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
                        await runner.setup()
                        await web.SockSite(runner, bound).start()
                        try:
                            yield Several(SlackStage(made, fake, adapter, clock), site)
                        finally:
                            await runner.cleanup()


async def begins(stage: SlackStage) -> None:
    """Let Fela begin a group in a workspace, in which Jill learns."""
    for who in ("fela", "jill"):
        stage.enters(who, zone="Europe/Berlin")
    await stage.types("fela", "/study setup")
    bread = File("bread.md", "text/markdown", BREAD.encode())
    await stage.types("fela", "/lead group import")
    await stage.fills("fela", file=bread, start="2027-01-11 18:00", zone="Europe/Berlin")
    await stage.presses("fela", "Start the group")
    await stage.types("fela", "/lead group enrolment auto_accept:yes")
    await stage.types("jill", "/enrol")
    await stage.fills("jill", goal="Bread")


async def likes(stage: SlackStage, team: Team, seen: object) -> int:
    """Return how many reactions the store holds on a message."""
    assert isinstance(seen, Message)
    ref = MessageRef(ChannelRef("slack", team.id, seen.channel.id), seen.ts)
    shown = await stage.app.store.read(lambda uow: uow.likes.shown([ref]))
    return sum(shown.get(ref, {}).values())


async def test_two_workspaces_with_the_same_people_and_channels_share_nothing(several: Several) -> None:
    for name in (HERE, THERE):
        await several.installs(name)
    here, there = several.at(HERE), several.at(THERE)
    await begins(here)
    assert "Bread in three weeks" not in await _first(there, "/groups")
    assert there.channel() == []
    assert len(here.channel()) == 1
    await here.passes(days=8)
    await here.types("jill", "/ask Which flour activity:1.1")
    question = here.sees("Which flour")
    assert isinstance(question, Message)
    assert there.channel() == []
    assert (await there.types("jill", "/submit 1.1 https://elsewhere.example")).find("Saved") == -1
    team = several.stage.fake.team(THERE)
    ghost = replace(question, channel=several.stage.fake.channel(HOME, team=THERE), reactions={})
    several.stage.fake.world.react(ghost, several.stage.fake.person("fela", team=THERE).user, "+1")
    await several.stage.settle()
    assert await likes(here, several.stage.fake.team(HERE), question) == 0
    assert await likes(there, team, ghost) == 0
    assert several.stage.fake.person("jill", team=THERE).inbox == []


async def _first(stage: SlackStage, line: str) -> str:
    for who in ("fela", "jill"):
        stage.enters(who, zone="Europe/Berlin")
    return await stage.types("jill", line)


async def test_a_token_that_ended_is_renewed_under_a_scheduled_post(several: Several) -> None:
    """Nobody asks anything for a week: no incoming request renews it, so the post itself has to."""
    app = several.stage.fake.world.app
    app.rotates = True
    await several.installs(HERE)
    stage = several.at(HERE)
    await begins(stage)
    installed = several.stage.fake.team(HERE).installed
    assert installed is not None
    first = installed.token
    await stage.passes(days=8)
    assert any(text.startswith("Week 1: Flour") for text in stage.channel())
    assert installed.token != first
    stage.fake.recorder.clear()
    await stage.passes(timedelta(days=7) + stage.clock.now())
    assert any(text.startswith("Week 2: Time") for text in stage.channel())
    renewed = [one for one in stage.fake.recorder.to("oauth.v2.access") if one.done]
    assert renewed
    assert all(one.args.get("grant_type") == "refresh_token" for one in renewed)
    assert [one.error for one in stage.fake.recorder.to("chat.postMessage") if one.error] == []


async def test_a_workspace_that_removes_the_bot_leaves_the_other_alone(several: Several) -> None:
    for name in (HERE, THERE):
        await several.installs(name)
    here, there = several.at(HERE), several.at(THERE)
    await begins(here)
    await begins(there)
    several.stage.fake.world.uninstall(several.stage.fake.team(HERE))
    await several.stage.settle()
    several.stage.fake.recorder.clear()
    await there.passes(days=8)
    assert any(text.startswith("Week 1: Flour") for text in there.channel())
    assert not any(text.startswith("Week 1: Flour") for text in here.channel())
    assert len([one for one in several.stage.fake.recorder.asked if one.error == "account_inactive"]) <= 1


async def test_an_answer_with_a_forged_state_installs_nothing(several: Several) -> None:
    several.stage.fake.world.codes["stolen"] = several.stage.fake.team(HERE)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{several.site}/slack/oauth_redirect?code=stolen&state=forged") as answer,
    ):
        assert answer.status >= 400
    assert several.stage.fake.recorder.to("oauth.v2.access") == []
    with patch.object(several.stage.fake.transport, "again", ()):
        assert several.stage.fake.team(HERE).installed is None
