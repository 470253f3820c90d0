"""A local platform with a small bot behind it, which remembers what it was asked and what it heard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, cast

import pytest

from adapters.local import Channel, LocalPlatform
from bot.app import Bot
from bot.cards import Button, Choice, File, LinkButton, Reply, button, card, reply
from bot.chat import Event, Invocation, MessageDeleted, ReactionAdded, ReactionRemoved, ReactionsCleared, ThreadReplied
from bot.context import Context
from bot.feature import Feature
from bot.options import Access, LongText, Pick
from bot.ports import Outlines
from bot.study.links import Url
from bot.study.rights import ANYONE, RIGHTS
from bot.text import to_text
from schedules.clock import MovedClock
from tests.fresh import open_fresh

MONDAY = datetime(2027, 1, 11, 17, tzinfo=UTC)


class Pace(StrEnum):
    SLOW = "slow"
    FAST = "fast"


def _topics(ctx: Context) -> list[Choice]:
    return [Choice(f"t{number}", to_text(f"Topic {number}"), (str(number),)) for number in range(1, 41)]


@dataclass
class Heard:
    """What the bot was asked and told."""

    calls: list[Invocation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    keys: list[str] = field(default_factory=list)

    @property
    def call(self) -> Invocation:
        return self.calls[-1]

    def hear(self, event: Event) -> None:
        """Remember an event, and its key apart from it."""
        self.events.append(replace(event, key=""))
        self.keys.append(event.key)


def _feature(heard: Heard) -> Feature:
    """Return a few commands and a listener to everything."""
    feature = Feature("stories")

    def plain(ctx: Context) -> None:
        heard.calls.append(ctx.call)

    @feature.command(access=Access.NOTHING, anywhere=True)
    def help(ctx: Context) -> Reply:
        """Show what I can do."""
        plain(ctx)
        buttons: list[Button | LinkButton] = [
            button("Next", "week", number="2"),
            button("Enrol", "enrol", pace="fast"),
            LinkButton(to_text("Docs"), "https://docs.example"),
        ]
        return reply(card("Help", "Ask me anything.", buttons=buttons))

    @feature.command(access=Access.NOTHING, anywhere=True)
    def week(ctx: Context, number: Annotated[int, "Which week"] = 1) -> Reply:
        """Show a week."""
        plain(ctx)
        return reply(card(f"Week {number}", buttons=[button("Next", "week", number=str(number + 1))]), update=True)

    @feature.command(access=Access.NOTHING, anywhere=True)
    def enrol(
        ctx: Context,
        goal: Annotated[LongText, "Your goal"],
        pace: Annotated[Pace | None, "Your pace"] = None,
        link: Annotated[Url | None, "Your page"] = None,
        picture: Annotated[File | None, "A picture"] = None,
    ) -> Reply:
        """Join a group."""
        plain(ctx)
        return reply(card("", f"Welcome. Your goal: {goal}"), update=True)

    @feature.command(access=Access.NOTHING, anywhere=True)
    def settings(ctx: Context, file: Annotated[File, "Your settings"]) -> Reply:
        """Read your settings from a file."""
        plain(ctx)
        return reply(card("", f"Read {file.name}"), files=[File("backup.json", "application/json", file.content)])

    @feature.command("save", access=Access.NOTHING, anywhere=True, menu="Save to portfolio")
    def save(ctx: Context) -> Reply:
        """Keep a message in your portfolio."""
        plain(ctx)
        assert ctx.call.message is not None
        return reply(card("", f"Saved: {ctx.call.message.text}"))

    @feature.command(access=Access.READ, anywhere=True)
    def group(ctx: Context, topic: Annotated[str | None, "Which topic", Pick(_topics)] = None) -> Reply:
        """Show a group."""
        return reply(card("", f"Topic {topic}"))

    @feature.command(access=Access.READ)
    def secret(ctx: Context, topic: Annotated[str | None, "Which topic", Pick(_topics)] = None) -> Reply:
        """Do what nobody may."""
        return reply()

    for kind in (ReactionAdded, ReactionRemoved, ReactionsCleared, ThreadReplied, MessageDeleted):
        feature.on(kind)(lambda ctx, event: heard.hear(event))
    return feature


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(MONDAY)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def chat(
    sqlite_url: str, clock: MovedClock, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LocalPlatform]:
    store = await open_fresh(sqlite_url)
    chat = LocalPlatform(clock)
    feature = _feature(heard)
    for command in feature.commands:
        monkeypatch.setitem(RIGHTS, command.name, frozenset() if command.name == "secret" else ANYONE)
    chat.connect(Bot([feature], store, clock, cast(Outlines, None)))
    yield chat
    await store.close()


@pytest.fixture
def channel(chat: LocalPlatform) -> Channel:
    return chat.space("acme").channel("javascript")
