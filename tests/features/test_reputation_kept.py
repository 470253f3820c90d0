"""Reputation as it is kept after each change is what everything comes to (J26, J27), in any order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.chat import About
from bot.context import Context
from bot.ids import PersonId, new_id
from bot.ports import UnitOfWork
from bot.study import reputation
from bot.study.acts import ActKind
from bot.study.likes import Like
from tests.builders import Scene, scene

CAST = ("jill", "priya", "nadia", "tomas")
KINDS = ("answer", "submission", "question", "note", "review")

people = st.sampled_from(CAST)
items = st.integers(0, 39)


class Kept(RuleBasedStateMachine):
    """People thank each other and take it back, and leave without a trace."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.opened: AbstractAsyncContextManager[Scene] = scene(f"sqlite:///{self.folder / 'x.db'}", (), self.folder)
        self.on = self.loop.run(self.opened.__aenter__())
        self.gone: set[str] = set()

    def teardown(self) -> None:
        self.loop.run(self.opened.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def owner(self, item: int) -> str:
        return CAST[item % len(CAST)]

    def item(self, item: int) -> About:
        return About(KINDS[item % len(KINDS)], 1_000 + item)

    def write(self, work: Callable[[UnitOfWork], None]) -> None:
        self.loop.run(self.on.writes(work))

    @rule(minutes=st.sampled_from([0, 1, 9, 700, 60 * 24, 60 * 24 * 31]))
    def time_passes(self, minutes: int) -> None:
        self.on.clock.move_by(timedelta(minutes=minutes))

    @rule(who=people, number=items, back=st.sampled_from([0, 0, 0, 5, 60 * 30]))
    def likes(self, who: str, number: int, back: int) -> None:
        """A like is kept, perhaps one that was read late; a second one of the same is none."""
        about, owner = self.item(number), self.owner(number)
        if who == owner or who in self.gone:
            return
        now = self.on.clock.now() - timedelta(minutes=back)

        def work(uow: UnitOfWork) -> None:
            like = Like(new_id(now), self.on.group.id, about.kind, about.id, self.on.ids[who], self.on.ids[owner], now)
            if uow.likes.like(like):
                reputation.liked(uow, like)

        self.write(work)

    @rule(who=people, first=items)
    def likes_a_lot_at_once(self, who: str, first: int) -> None:
        for number in range(first, first + 28, 4):
            self.likes(who, number % 40, 0)

    @rule(who=people, number=items)
    def unlikes(self, who: str, number: int) -> None:
        def work(uow: UnitOfWork) -> None:
            taken = uow.likes.unlike(self.item(number), self.on.ids[who])
            if taken is not None:
                reputation.unliked(uow, taken)

        self.write(work)

    @rule(who=people, number=items, helped=st.booleans())
    def thanks(self, who: str, number: int, *, helped: bool) -> None:
        """Thanks are said and taken back in turns, as the rules of questions and reviews see to."""
        owner, about = self.owner(number), self.item(number)
        said = (ActKind.HELPED, ActKind.UNHELPED) if helped else (ActKind.ACCEPTED, ActKind.UNACCEPTED)
        if who == owner or who in self.gone:
            return

        def work(uow: UnitOfWork) -> list[ActKind]:
            mine = uow.journal.thanks(self.on.group.id)
            return [
                act.kind
                for act in mine
                if (act.actor, act.item, act.item_kind) == (self.on.ids[who], about.id, about.kind) and act.kind in said
            ]

        before = self.loop.run(self.on.reads(work))
        kind = said[1] if before and before[-1] is said[0] else said[0]
        person, group = self.on.ids[who], self.on.group

        def act(ctx: Context) -> None:
            ctx.within(group).act(kind, about, self.on.ids[owner], by=person)

        self.loop.run(self.on.bot.perform(act))

    @rule(who=people)
    def is_forgotten(self, who: str) -> None:
        """What somebody gave stays as counts; what they had is nothing from then on."""
        if who in self.gone or len(self.gone) == 2:
            return

        def work(uow: UnitOfWork) -> None:
            person = uow.people.get(self.on.ids[who])
            member = uow.members.of(self.on.group.id, self.on.ids[who])
            assert person is not None
            assert member is not None
            uow.members.set_eighths(self.on.group.id, {person.id: 0})
            uow.people.save(replace(person, name=""))

        self.write(work)
        self.gone.add(who)

    @rule()
    def is_rebuilt(self) -> None:
        assert self.loop.run(self.on.writes(lambda uow: reputation.rebuild(uow, self.on.group.id))) == []

    @invariant()
    def what_is_kept_is_what_everything_comes_to(self) -> None:
        group = self.on.group.id

        def view(uow: UnitOfWork) -> tuple[dict[PersonId, int], reputation.Reckoned, list[Like]]:
            members = [uow.members.of(group, id) for id in self.on.ids.values()]
            kept = {member.person: member.eighths for member in members if member is not None}
            return kept, reputation.of_group(uow, group), uow.likes.in_group(group)

        kept, right, likes = self.loop.run(self.on.reads(view))
        forgotten = {self.on.ids[name] for name in self.gone}
        totals = {who: right.totals().get(who, 0) if who not in forgotten else 0 for who in kept}
        assert kept == totals
        assert {like.id: like.worth for like in likes} == dict(right.worths)
        assert min(kept.values()) >= 0


TestKept = pytest.mark.slow(Kept.TestCase)
TestKept.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
