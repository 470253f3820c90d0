"""Every card of a group of hostile words: each command and button is used, and whatever is shown is looked at."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.discord.cards import COMPONENTS, message
from adapters.discord.forms import modal
from adapters.discord.marks import Json
from bot.bootstrap import App, assembled
from bot.cards import Button, Field, FieldKind, Paragraph
from bot.chat import AccountRef, ChannelRef, Invocation
from bot.context import Context
from bot.ids import PersonId, new_id
from bot.options import hidden
from bot.study.founding import found
from bot.study.limits import Limits
from bot.study.outline import ActivityKind, ActivityPlan, Material, MaterialKind, Outline, WeekPlan
from bot.study.people import Account, Person
from bot.study.times import LocalTime
from bot.text import to_text
from schedules.clock import MovedClock
from tests.adapters.discord.described import as_asked
from tests.adapters.discord.hostile import HOME, LONG, NOW, TRICKS, Wire, looked_at, messages_in, platform_of
from tests.fakes.discord import openapi
from tests.fakes.discord.reading import marks
from tests.fakes.discord.rules import check_modal

pytestmark = pytest.mark.slow

LIMITS = Limits(*([1_000_000] * 6))
PEOPLE = [AccountRef("discord", str(900_000_000_000_000_000 + number)) for number in range(4)]
ENDS = re.compile("archive|cancel|finish|hand-over|remove|withdraw|retire|delete|unlist|skip|undo|pause|facilitators")
"""Commands after which there would be less to see; they come last."""
FREE = ChannelRef("discord", "7", "90")
FOUNDING = {f"lead group {word}" for word in ("create", "import", "preview", "change", "found")}
"""Commands that need a channel without a group."""
MARKS = {"heading", "strong", "slanted", "list", "quote", "small", "time", "user", "link", "quiet", "block", "code"}
"""What our own cards are made of."""


@dataclass
class Crawl:
    """People who press every button they are shown and fill hostile words into every form."""

    app: App
    dice: Random
    drawn: list[Json] = field(default_factory=list)
    _calls: Iterator[int] = field(default_factory=count)
    _seen: set[tuple[AccountRef, str, str]] = field(default_factory=set)

    def words(self, longest: int = 4_000) -> str:
        return "".join(self.dice.choices(TRICKS + LONG, k=self.dice.randint(1, 4)))[:longest].strip() or "x"

    async def all_of(self, ends: bool) -> None:
        """Let everybody do everything once: what ends something, or what does not."""
        self._seen.clear()
        calls: deque[tuple[AccountRef, str, dict[str, str]]] = deque()
        calls += [(who, name, {}) for who in PEOPLE for name in self.app.bot.commands]
        while calls:
            who, name, arguments = calls.popleft()
            key = (who, name, ",".join(sorted(arguments)))
            if key in self._seen or bool(ENDS.search(name)) != ends:
                continue
            self._seen.add(key)
            calls += [(who, one.command, dict(one.arguments)) for one in await self._does(who, name, arguments)]
        await self.app.runner.run_due()

    async def _does(self, who: AccountRef, name: str, arguments: Mapping[str, str]) -> list[Button]:
        """Do one thing, and return the buttons that it shows."""
        told = await self._invoked(who, name, arguments, submitted=False)
        if told.form is not None:
            drawn = modal(told.form, "sc1:x::")
            check_modal(drawn)
            filled = dict(told.form.preset) | {one.name: self._filled(one) for one in told.form.fields}
            told = await self._invoked(who, told.form.command, {k: v for k, v in filled.items() if v}, submitted=True)
        for shown in told.cards:
            self.drawn.append(message(shown))
        return [one for shown in told.cards for one in shown.buttons if isinstance(one, Button)]

    async def _invoked(self, who: AccountRef, name: str, arguments: Mapping[str, str], *, submitted: bool) -> Any:
        id, admin = str(next(self._calls)), who == PEOPLE[0]
        place = FREE if name in FOUNDING else HOME
        return await self.app.bot.invoke(
            Invocation(id, name, who, self.words(80), place, arguments=arguments, submitted=submitted, admin=admin)
        )

    def _filled(self, field: Field) -> str:
        if field.choices:
            return self.dice.choice(field.choices).value
        match field.kind:
            case FieldKind.NUMBER:
                return "1"
            case FieldKind.URL:
                return f"https://a.example/{self.words(30).replace(' ', '')}"
            case FieldKind.YES_NO:
                return "yes"
            case FieldKind.LOCAL_TIME:
                return "2027-03-01 18:00"
            case FieldKind.CHANNEL | FieldKind.FILE:
                return ""
        # What nobody can see would be refused.
        return "".join(" " if hidden(one) else one for one in self.words(field.longest))


def _outline(crawl: Crawl) -> Outline:
    """Return an outline with hostile words in it."""
    title = crawl.words
    weeks = tuple(
        WeekPlan(
            title(80),
            text=(Paragraph(to_text(title(900))),),
            materials=(Material(MaterialKind.READING, title(80), "https://a.example/1", 20),),
            activities=tuple(ActivityPlan(ActivityKind.PRACTICE, title(80), required=True) for _ in range(2)),
        )
        for _ in range(3)
    )
    return Outline(title(90), weeks)


def _begun(ctx: Context, outline: Outline, title: str) -> None:
    owner = Person(PersonId(new_id(ctx.now)), "Own *er*", ctx.now, zone="UTC")
    ctx.uow.people.add(owner, Account(new_id(ctx.now), PEOPLE[0], owner.id, owner.name, ctx.now))
    starts = LocalTime(NOW.replace(tzinfo=None) + timedelta(days=2))
    found(ctx.uow, outline, title=title, channels=[HOME], owner=owner.id, starts=starts, zone="UTC", now=ctx.now)


async def test_every_card_of_a_group_of_hostile_words_is_within_the_limits(
    tmp_path: Path,
) -> None:
    wire, clock = Wire(), MovedClock(NOW)
    platform = platform_of(wire)
    async with assembled(
        f"sqlite:///{tmp_path / 'a.db'}", {"discord": platform}, clock, durable=False, limits=LIMITS
    ) as app:
        crawl = Crawl(app, Random(4))
        outline = _outline(crawl)
        await app.bot.perform(lambda ctx: _begun(ctx, outline, outline.title))
        await crawl.all_of(ends=False)
        for _ in range(3):
            await app.runner.advance(clock, clock.now() + timedelta(days=6))
            await crawl.all_of(ends=False)
        await crawl.all_of(ends=True)
        await app.runner.advance(clock, clock.now() + timedelta(days=2))
    assert openapi.problems(as_asked(route, body, {}) for route, body in wire.bodies) == []
    posted = list(messages_in(wire.bodies))
    assert len(crawl.drawn) > 1_000
    assert len(posted) > 30
    known = {one.user for one in PEOPLE}
    for body in (*crawl.drawn, *posted):
        written = looked_at({"content": None, "flags": COMPONENTS, **body}, known)
        assert set(marks(written)) <= MARKS, written
        assert set(re.findall(r"(?<!\\)<@!?(\d+)>", written)) <= known, written
