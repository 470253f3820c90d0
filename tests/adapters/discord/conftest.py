"""Discord with a small bot behind it, which remembers what it was asked, and requests that go nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import discord
import pytest
from discord.webhook.async_ import AsyncWebhookAdapter

from adapters.discord import Connection, Discord
from adapters.discord.marks import Json
from bot.app import Bot
from bot.cards import Choice, File, Reply, button, card, reply
from bot.chat import (
    ChannelRef,
    Event,
    Invocation,
    MessageDeleted,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    ThreadReplied,
)
from bot.context import Context
from bot.feature import Feature
from bot.options import Access, LongText, Pick
from bot.ports import Outlines
from bot.study.rights import ANYONE, RIGHTS
from bot.text import to_text
from schedules.clock import MovedClock
from tests.adapters.discord.described import all_described
from tests.adapters.discord.stand_in import US, StandIn, channel
from tests.fresh import open_fresh

GUILD = 7
NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold every request of a test against Discord's own description."""
    with all_described(monkeypatch):
        yield


def _topics(ctx: Context) -> list[Choice]:
    return [Choice(f"t{number}", to_text(f"Topic {number}"), (str(number),)) for number in range(1, 41)]


@dataclass
class Heard:
    """What the bot was asked and told; `gate` holds its work up while it is not set."""

    calls: list[Invocation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def call(self) -> Invocation:
        return self.calls[-1]


def _menus(feature: Feature, heard: Heard) -> None:
    @feature.command("save", access=Access.NOTHING, anywhere=True, menu="Save to portfolio")
    def save(ctx: Context) -> Reply:
        """Keep a message."""
        heard.calls.append(ctx.call)
        return reply(card("", "Saved"))

    @feature.command("thank", access=Access.NOTHING, anywhere=True, menu="Thank for it")
    def thank(ctx: Context, words: Annotated[str | None, "Why"] = None, draft: Annotated[str, "What"] = "") -> Reply:
        """Thank somebody."""
        heard.calls.append(ctx.call)
        assert ctx.call.message is not None
        return ctx.form(["words"], draft="5")

    @feature.command("look", access=Access.NOTHING, anywhere=True, person_menu="Look at them")
    def look(ctx: Context) -> Reply:
        """See somebody."""
        heard.calls.append(ctx.call)
        return reply(card("", "Looked"))


def _feature(heard: Heard) -> Feature:
    feature = Feature("small")

    @feature.command(access=Access.NOTHING, anywhere=True)
    def help(ctx: Context) -> Reply:
        """Show what I can do."""
        heard.calls.append(ctx.call)
        return reply(card("Help", "Ask me.", buttons=[button("Next", "week", number="2")]))

    @feature.command(access=Access.NOTHING, anywhere=True)
    def week(ctx: Context, number: Annotated[int, "Which week"] = 1) -> Reply:
        """Show a week."""
        heard.calls.append(ctx.call)
        return reply(card(f"Week {number}"), card("More"), update=True)

    @feature.command(access=Access.NOTHING, anywhere=True)
    def enrol(
        ctx: Context, goal: Annotated[LongText, "Your goal"], sure: Annotated[bool, "Are you sure"] = False
    ) -> Reply:
        """Join a group."""
        heard.calls.append(ctx.call)
        return reply(card("", f"Welcome. {goal}"))

    @feature.command(access=Access.NOTHING, anywhere=True)
    def bring(ctx: Context, file: Annotated[File | None, "A file"] = None) -> Reply:
        """Bring a file."""
        heard.calls.append(ctx.call)
        assert file is not None
        return reply(card("", f"Read {file.name}"), files=[File("back.txt", "text/plain", file.content)])

    _menus(feature, heard)

    @feature.command("move", access=Access.NOTHING, anywhere=True)
    def move(ctx: Context, where: Annotated[ChannelRef | None, "Where"] = None) -> Reply:
        """Go somewhere."""
        heard.calls.append(ctx.call)
        return reply(card("", "Moved"))

    @feature.command(access=Access.READ, anywhere=True)
    def group(ctx: Context, topic: Annotated[str | None, "Which topic", Pick(_topics)] = None) -> Reply:
        """Show a group."""
        return reply(card("", f"Topic {topic}"))

    for kind in (ReactionAdded, ReactionRemoved, ReactionsCleared, ThreadReplied, MessageDeleted):
        feature.on(kind)(lambda ctx, event: heard.events.append(event))
    return feature


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def bot(sqlite_url: str, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    store = await open_fresh(sqlite_url)
    feature = _feature(heard)
    for command in feature.commands:
        monkeypatch.setitem(RIGHTS, command.name, ANYONE)
    yield Bot([feature], store, MovedClock(NOW), cast(Outlines, None))
    await store.close()


class Server:
    """A server with people on it, as the gateway would tell of it; `answered` are the answers that Discord got."""

    def __init__(self, adapter: Discord, wire: StandIn) -> None:
        self.adapter = adapter
        self.wire = wire
        self.client = adapter._client
        self.answered: list[tuple[str, Json]] = []
        self.fails: list[Exception] = []
        self.heard = asyncio.Event()

    async def request(self, route: discord.http.Route, session: object, **how: Any) -> Any:
        await asyncio.sleep(0)
        path = route.url.removeprefix(discord.http.Route.BASE).split("/")
        verb = "callback" if path[-1] == "callback" else "original" if path[-1] == "@original" else "follow-up"
        if self.fails:
            self.heard.set()
            raise self.fails.pop(0)
        body = how.get("payload")
        if body is None:
            body = discord.utils._from_json(how["multipart"][0]["value"])
        self.answered.append((verb, body))
        self.heard.set()
        return {}

    def interaction(
        self, kind: int, data: Json, *, at: datetime | None = None, **more: Any
    ) -> discord.Interaction[Any]:
        """Return an interaction as the library makes it from what Discord sends."""
        made = at or datetime.now(UTC)
        member = {
            "user": {"id": "42", "username": "jill", "discriminator": "0", "avatar": None, "global_name": "Jill"},
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(more.pop("permissions", 0)),
            "avatar": None,
            "nick": None,
        }
        whole = {
            "id": str(discord.utils.time_snowflake(made)),
            "application_id": str(US),
            "type": kind,
            "data": data,
            "token": "secret-token",
            "version": 1,
            "guild_id": str(GUILD),
            "guild": {"id": str(GUILD), "features": [], "locale": "en-US"},
            "channel": more.pop("channel", channel(70, 0, position=0)),
            "member": member,
            "locale": "de",
            "entitlements": [],
            "attachment_size_limit": 10_000_000,
            **more,
        }
        return discord.Interaction(data=cast(Any, whole), state=self.client._connection)

    async def types(self, name: str, *options: Json, **more: Any) -> None:
        await self.adapter.calls.answer(
            self.interaction(2, {"id": "1", "name": name, "type": 1, "options": [*options]}, **more)
        )

    async def presses(self, id: str, *, private: bool = False, **more: Any) -> None:
        data = {"custom_id": id, "component_type": 2}
        await self.adapter.calls.answer(self.interaction(3, data, message=message(1 << 6 if private else 0), **more))

    @property
    def kinds(self) -> list[tuple[str, int | None]]:
        """What was answered how: the request, and the kind of a first answer."""
        return [(verb, body.get("type") if verb == "callback" else None) for verb, body in self.answered]


def message(flags: int) -> Json:
    """Return a message of ours as an interaction brings it."""
    return {
        "id": "900",
        "channel_id": "70",
        "type": 0,
        "content": "",
        "author": {"id": str(US), "username": "bot", "discriminator": "0", "avatar": None, "bot": True},
        "attachments": [],
        "embeds": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "timestamp": "2027-01-11T17:00:00+00:00",
        "edited_timestamp": None,
        "flags": flags,
        "components": [],
    }


def words(body: Json) -> str:
    """Return the text of an answer."""
    data = body.get("data", body)
    return "\n".join(str(part["content"]) for part in data["components"][0]["components"] if part["type"] == 10)


@pytest.fixture
async def server(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Server:
    adapter = Discord(Connection("token"), bot.clock)
    adapter.connect(bot)
    adapter.platform.connected = True
    us = {"id": str(US), "username": "studycircle", "discriminator": "0", "avatar": None, "bot": True}
    adapter._client._connection.user = discord.ClientUser(state=adapter._client._connection, data=cast(Any, us))
    adapter._client._connection.application_id = US
    wire = StandIn()
    monkeypatch.setattr(adapter._client.http, "request", wire.request)
    monkeypatch.setattr(adapter._client.http, "get_from_cdn", wire.get_from_cdn)
    server = Server(adapter, wire)
    monkeypatch.setattr(AsyncWebhookAdapter, "request", lambda _, *args, **how: server.request(*args, **how))
    return server
