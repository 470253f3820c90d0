"""S4, J26: likes, links and unlinks in any order: what is kept is what a recount of the reactions comes to."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapters.local import Message, Person
from bot.bootstrap import FEATURES
from bot.chat import About, AccountRef
from bot.ids import NoteId, PersonId, new_id
from bot.outbox import Message as Registered
from bot.ports import UnitOfWork
from bot.study import linking, reputation
from bot.study.members import Role
from bot.study.notes import Note
from tests.builders import Scene, scene

LEARNERS = ("jill", "priya", "nadia")
SECOND = {"jill2": "jill", "priya2": "priya", "extra": ""}
"""Further accounts; they may be linked with anybody."""
ACCOUNTS = (*LEARNERS, *SECOND)
accounts = st.sampled_from(ACCOUNTS)
items = st.sampled_from(ACCOUNTS)


class LinksMachine(RuleBasedStateMachine):
    """People with several accounts react, link and unlink; each account has made one note, shown in two places."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.opened: AbstractAsyncContextManager[Scene] = scene(
            f"sqlite:///{self.folder / 'x.db'}", FEATURES, self.folder
        )
        self.on = self.loop.run(self.opened.__aenter__())
        self.shown: dict[tuple[str, int], Message] = {}
        self.own: dict[str, PersonId] = {}
        self.notes: dict[NoteId, str] = {}
        self.together = {name: {name} for name in ACCOUNTS}
        self.loop.run(self._begin())

    async def _begin(self) -> None:
        for name in SECOND:
            await self.on.joins(name, role=Role.LEARNER)
        places = (self.on.home, self.on.chat.space("acme").channel("mirror"))
        for name in ACCOUNTS:
            self.own[name] = self.on.ids[name]
            now = self.on.clock.now()
            note = Note(NoteId(new_id(now)), self.on.group.id, self.own[name], None, name, now)
            await self.on.writes(lambda uow, note=note: uow.notes.add(note))  # type: ignore[misc]
            self.notes[note.id] = name
            for copy, place in enumerate(places):
                said = await self.on.person(name).says(f"{name} {copy}", place)
                self.shown[name, copy] = said
                row = Registered(
                    new_id(self.on.clock.now()),
                    said.ref,
                    None,
                    About("note", note.id),
                    self.on.group.id,
                    self.own[name],
                )
                await self.on.writes(lambda uow, row=row: uow.outbox.register(row))  # type: ignore[misc]

    def teardown(self) -> None:
        self.loop.run(self.opened.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def person(self, name: str) -> Person:
        return self.on.person(name)

    def known(self, name: str) -> PersonId:
        account = AccountRef("local", name)
        found = self.loop.run(self.on.reads(lambda uow: uow.people.by_account(account)))
        assert found is not None
        return found.id

    @rule(several=st.lists(st.tuples(accounts, items, st.sampled_from((0, 1))), min_size=1, max_size=10))
    def react(self, several: list[tuple[str, str, int]]) -> None:
        for who, whose, copy in several:
            self.loop.run(self.person(who).reacts("👍", self.shown[whose, copy]))

    @rule(several=st.lists(st.tuples(accounts, items, st.sampled_from((0, 1))), min_size=1, max_size=6))
    def unreact(self, several: list[tuple[str, str, int]]) -> None:
        for who, whose, copy in several:
            message = self.shown[whose, copy]
            if any(one.account.user == who for one in message.reactions):
                self.loop.run(self.person(who).unreacts("👍", message))

    @rule(one=accounts, two=accounts)
    def link(self, one: str, two: str) -> None:
        if self.together[one] is self.together[two]:
            return
        first, second, now = self.known(one), self.known(two), self.on.clock.now()
        self.loop.run(self.on.writes(lambda uow: linking.join(uow, first, second, now=now)))
        joined = self.together[one] | self.together[two]
        for name in joined:
            self.together[name] = joined

    @rule(one=accounts)
    def unlink(self, one: str) -> None:
        person, now = self.known(one), self.on.clock.now()
        self.loop.run(self.on.writes(lambda uow: linking.part(uow, person, now=now)))
        for name in set(self.together[one]):
            self.together[name] = {name}

    @invariant()
    def the_store_is_a_recount(self) -> None:
        group = self.on.group.id
        who = {name: self.known(name) for name in ACCOUNTS}

        def view(uow: UnitOfWork) -> tuple[set[tuple[PersonId, str, PersonId]], int, list[reputation.Drift], int]:
            likes = uow.likes.in_group(group)
            drifts = reputation.rebuild(uow, group, check=True)
            members = len({member.person for member in uow.members.in_group(group)} & set(who.values()))
            return {(one.person, self.notes[NoteId(one.item)], one.owner) for one in likes}, len(likes), drifts, members

        kept, number, drifts, members = self.loop.run(self.on.reads(view))
        expected = {
            (who[one.account.user], whose, who[whose])
            for (whose, _), message in self.shown.items()
            for one in message.reactions
            if one.account.user not in self.together[whose]
        }
        assert kept == expected
        assert number == len(expected)
        assert drifts == []
        assert members == len(set(who.values())) == len({frozenset(one) for one in self.together.values()})
        owners = self.loop.run(
            self.on.reads(lambda uow: [(uow.notes.get(id), name) for id, name in self.notes.items()])
        )
        assert all(note is not None and note.person == who[name] for note, name in owners)


TestAnyOrder = pytest.mark.slow(LinksMachine.TestCase)
TestAnyOrder.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
