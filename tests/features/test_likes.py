"""A like is what the platform shows: one for each person and item, never one's own, and worth the same to the end."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.local import Message, Person
from bot.chat import About, MessageRef, ReactionAdded, ReactionRemoved, ReactionsCleared
from bot.features import likes, submissions
from bot.ids import PersonId, new_id
from bot.outbox import Message as Registered
from bot.ports import Reacted, UnitOfWork
from bot.study.acts import Act, ActKind
from bot.study.likes import allowed
from bot.study.members import MemberState
from bot.study.reputation import EIGHTHS, standing
from tests.builders import Scene, scene

FEATURES = (likes.feature, submissions.feature)


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the group with its first week out and something that Jill handed in."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        await opened.does("jill", "/submit activity:1 https://blog.example/loops")
        yield opened


async def likers(on: Scene) -> list[str]:
    """Return who likes what Jill handed in."""
    received = await on.reads(lambda uow: uow.likes.received(on.group.id, on.ids["jill"]))
    names = {id: name for name, id in on.ids.items()}
    return [names[like.person] for like in received]


def work(on: Scene) -> Message:
    return on.home.messages[0]


async def points(on: Scene, who: str = "jill") -> int:
    return (await on.member(who)).points


# J26


@pytest.mark.parametrize("emoji", ["👍", "❤️", "🎉", "🙌🏾", "party_parrot", "thumbsup::skin-tone-2", ":tada:"])
async def test_a_reaction_of_a_member_is_a_like(js: Scene, emoji: str) -> None:
    """J26."""
    await js.person("priya").reacts(emoji, work(js))
    assert (await likers(js), await points(js)) == (["priya"], 3)
    await js.person("priya").unreacts(emoji, work(js))
    assert (await likers(js), await points(js)) == ([], 0)


@pytest.mark.parametrize("emoji", ["👎", "👎🏿", "❌", "-1", ":thumbsdown::skin-tone-3:", "💩"])
async def test_a_reaction_that_says_something_else_is_none(js: Scene, emoji: str) -> None:
    await js.person("priya").reacts(emoji, work(js))
    assert await likers(js) == []


@pytest.mark.parametrize("who", ["jill", "olu", "gus", "stranger"])
async def test_nobody_likes_their_own_and_onlookers_and_outsiders_do_not_count(js: Scene, who: str) -> None:
    await js.person(who).reacts("👍", work(js))
    assert (await likers(js), await points(js)) == ([], 0)


async def test_learners_mentors_and_facilitators_count(js: Scene) -> None:
    for who in ("priya", "tomas", "fela"):
        await js.person(who).reacts("👍", work(js))
    assert (await likers(js), await points(js)) == (["priya", "tomas", "fela"], 9)


async def test_whoever_left_no_longer_counts_anew(js: Scene) -> None:
    await js.changes("priya", state=MemberState.LEFT)
    await js.person("priya").reacts("👍", work(js))
    assert await likers(js) == []


async def test_many_emoji_and_tones_of_one_person_are_one_like_until_the_last_is_gone(js: Scene) -> None:
    priya = js.person("priya")
    for emoji in ("👍", "👍🏽", "❤️"):
        await priya.reacts(emoji, work(js))
    assert (await likers(js), await points(js)) == (["priya"], 3)
    for emoji in ("👍🏽", "❤️"):
        await priya.unreacts(emoji, work(js))
        assert await likers(js) == ["priya"]
    await priya.unreacts("👍", work(js))
    assert (await likers(js), await points(js)) == ([], 0)


async def test_a_moderator_who_clears_reactions_takes_their_likes_away(js: Scene) -> None:
    admin = js.chat.person("adam", admin=True)
    for who, emoji in (("priya", "👍"), ("nadia", "❤️"), ("tomas", "👍")):
        await js.person(who).reacts(emoji, work(js))
    await admin.clears_reactions(work(js), "👍")
    assert await likers(js) == ["nadia"]
    await admin.clears_reactions(work(js))
    assert (await likers(js), await points(js)) == ([], 0)


async def test_likes_of_a_message_that_is_deleted_are_gone(js: Scene) -> None:
    await js.person("priya").reacts("👍", work(js))
    await js.chat.person("adam", admin=True).deletes(work(js))
    assert (await likers(js), await points(js)) == ([], 0)


async def test_an_event_that_comes_twice_counts_once(js: Scene) -> None:
    added = ReactionAdded(js.person("priya").account, work(js).ref, "👍")
    for _ in range(3):
        await js.bot.handle(added)
    assert (await likers(js), await points(js)) == (["priya"], 3)
    for _ in range(3):
        await js.bot.handle(ReactionRemoved(added.account, added.message, "👍"))
    assert (await likers(js), await points(js)) == ([], 0)


async def test_a_reaction_on_any_other_message_is_nothing(js: Scene) -> None:
    said = await js.person("jill").says("hello", js.home)
    await js.person("priya").reacts("👍", said)
    foreign = MessageRef(js.home.ref.__class__("local", "other", "javascript"), work(js).id)
    await js.bot.handle(ReactionAdded(js.person("priya").account, foreign, "👍"))
    await js.bot.handle(ReactionsCleared(foreign))
    assert await likers(js) == []


async def test_the_first_like_is_told_once_and_no_other(js: Scene) -> None:
    """J26: the author hears of the first like, not of each."""
    for who in ("priya", "nadia"):
        await js.likes(who, work(js))
    await js.person("priya").unreacts("👍", work(js))
    await js.likes("priya", work(js))
    assert js.inbox("jill") == [
        "Priya likes what you handed in.\n"
        "Likes are added to your portfolio; only you can see it until you publish.\n"
        "[My portfolio]"
    ]


async def test_liking_is_a_sign_of_life_and_being_liked_is_none(js: Scene) -> None:
    before = (await js.member("jill")).signal_at
    js.clock.move_to(js.clock.now().replace(hour=19))
    await js.likes("priya", work(js))
    assert (await js.member("priya")).signal_at == js.clock.now()
    assert (await js.member("jill")).signal_at == before


# Any order of anything


CAST = ("jill", "priya", "nadia", "olu", "gus")
EMOJI = ("👍", "👍🏽", "tada", "👎")
COUNTS = {"jill", "priya", "nadia"}
"""Those whose reactions count; Olu looks on, and Gus belongs to no group."""
ITEMS = {"submission": ("jill", 3), "answer": ("priya", 4)}
"""What stands on two messages each, whose it is, and what a like of it is worth."""

people = st.sampled_from(CAST)
messages = st.sampled_from([(kind, copy) for kind in ITEMS for copy in (0, 1)])
emojis = st.sampled_from(EMOJI)


class LikesMachine(RuleBasedStateMachine):
    """People react to items that stand on several messages, and the store follows what the platform shows."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.opened: AbstractAsyncContextManager[Scene] = scene(
            f"sqlite:///{self.folder / 'x.db'}", FEATURES, self.folder
        )
        self.on = self.loop.run(self.opened.__aenter__())
        self.admin = self.on.chat.person("adam", admin=True)
        self.shown: dict[tuple[str, int], Message] = {}
        self.loop.run(self._begin())

    async def _begin(self) -> None:
        places = (self.on.home, self.on.chat.space("acme").channel("mirror"))
        for number, (kind, (owner, _)) in enumerate(ITEMS.items(), 1):
            for copy, place in enumerate(places):
                self.shown[kind, copy] = await self.on.person(owner).says(f"{kind} {copy}", place)
                await self._register(self.shown[kind, copy], About(kind, number), self.on.ids[owner])

    async def _register(self, message: Message, about: About, owner: PersonId) -> None:
        row = Registered(new_id(self.on.clock.now()), message.ref, None, about, self.on.group.id, owner)
        await self.on.writes(lambda uow: uow.outbox.register(row))

    def teardown(self) -> None:
        self.loop.run(self.opened.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder)

    def person(self, who: str) -> Person:
        return self.on.person(who)

    @rule(several=st.lists(st.tuples(people, messages, emojis), min_size=1, max_size=12))
    def react(self, several: list[tuple[str, tuple[str, int], str]]) -> None:
        for who, where, emoji in several:
            if not self.shown[where].deleted:
                self.loop.run(self.person(who).reacts(emoji, self.shown[where]))

    def standing(self, number: int) -> tuple[Message, Reacted] | None:
        """Return one of the reactions that stand somewhere."""
        all_ = [(message, one) for message in self.shown.values() if not message.deleted for one in message.reactions]
        return all_[number % len(all_)] if all_ else None

    @rule(number=st.integers(0, 99))
    def hears_twice(self, number: int) -> None:
        """The platform tells of a reaction that stands, again."""
        if found := self.standing(number):
            message, one = found
            self.loop.run(self.on.bot.handle(ReactionAdded(one.account, message.ref, one.emoji)))

    @rule(numbers=st.lists(st.integers(0, 99), min_size=1, max_size=4))
    def unreact(self, numbers: list[int]) -> None:
        for number in numbers:
            if found := self.standing(number):
                message, one = found
                self.loop.run(self.person(one.account.user).unreacts(one.emoji, message))

    @rule(who=people, where=messages, emoji=emojis)
    def hears_of_a_removal_twice(self, who: str, where: tuple[str, int], emoji: str) -> None:
        message, account = self.shown[where], self.person(who).account
        if Reacted(account, emoji) not in message.reactions:
            self.loop.run(self.on.bot.handle(ReactionRemoved(account, message.ref, emoji)))

    @rule(where=messages, emoji=emojis | emojis | st.none())
    def clears(self, where: tuple[str, int], emoji: str | None) -> None:
        if not self.shown[where].deleted:
            self.loop.run(self.admin.clears_reactions(self.shown[where], emoji))

    @precondition(lambda self: sum(message.deleted for message in self.shown.values()) < 2)
    @rule(where=messages)
    def deletes(self, where: tuple[str, int]) -> None:
        if not self.shown[where].deleted:
            self.loop.run(self.admin.deletes(self.shown[where]))

    def expected(self) -> set[tuple[str, str]]:
        """Return who likes what, as the platform shows it."""
        accounts = {self.person(who).account: who for who in CAST}
        return {
            (kind, accounts[one.account])
            for (kind, _), message in self.shown.items()
            if not message.deleted
            for one in message.reactions
            if allowed(one.emoji) and accounts[one.account] in COUNTS - {ITEMS[kind][0]}
        }

    @invariant()
    def the_store_holds_what_the_platform_shows(self) -> None:
        names = {id: name for name, id in self.on.ids.items()}
        group = self.on.group.id

        def view(uow: UnitOfWork) -> tuple[list[tuple[str, str]], list[Act], dict[str, int], dict[str, dict[int, int]]]:
            given = [like for id in names for like in uow.likes.given(group, id)]
            acts = uow.journal.of_group(group)
            members = {who: uow.members.of(group, id) for who, id in self.on.ids.items()}
            kept = {who: member.eighths for who, member in members.items() if member}
            counts = {kind: uow.likes.counts(kind, range(1, 3)) for kind in ITEMS}
            return [(like.item_kind, names[like.person]) for like in given], acts, kept, counts

        stored, acts, kept, counts = self.loop.run(self.on.reads(view))
        expected = self.expected()
        assert sorted(stored) == sorted(expected)
        assert {kind: sum(of.values()) for kind, of in counts.items()} == {
            kind: sum(liked == kind for liked, _ in expected) for kind in ITEMS
        }
        rebuilt = standing(acts)
        assert kept == {who: rebuilt.get(self.on.ids[who], 0) for who in kept}
        assert kept == {
            who: sum(
                EIGHTHS * worth
                for kind, (owner, worth) in ITEMS.items()
                for liked, _ in expected
                if liked == kind and owner == who
            )
            for who in kept
        }
        assert min(kept.values()) >= 0
        assert {act.kind for act in acts} <= {ActKind.LIKED, ActKind.UNLIKED}


TestAnyOrder = pytest.mark.slow(LikesMachine.TestCase)
TestAnyOrder.settings = settings(max_examples=20, stateful_step_count=16, deadline=None)
