"""What is laid on the desk stands once: shown again it is edited, taken back it is gone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Card, card
from bot.chat import About, AccountRef, Address, ChannelRef, Direct, InChannel, InThread, OpenThread, ThreadRef
from bot.desk import Desk, Shown
from bot.outbox import LONGEST_WAIT, Outbox, Post, PostState, Verb, key, place_of, wait
from bot.ports import UnitOfWork
from tests.builders import Scene, scene

JS = ChannelRef("local", "acme", "javascript")
PY = ChannelRef("local", "acme", "python")
WEEK = About("week", 7)
ANSWER = About("answer", 8)


@pytest.fixture
async def quiet(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return a scene in which nothing is delivered before the test says so."""
    async with scene(sqlite_url, [], tmp_path) as opened:
        opened.chat.space("acme").channel("python")
        yield opened


async def show(on: Scene, *words: str, to: tuple[Address, ...] = (InChannel(JS),), about: About = WEEK) -> bool:
    """Lay cards on a desk; return whether that changed anything that people will see."""

    def work(uow: UnitOfWork) -> bool:
        desk = Desk(uow.outbox, uow.instance, on.clock.now())
        desk.show(Shown(about), [card("", word) for word in words], to)
        return desk.used

    return await on.writes(work)


async def take_back(on: Scene, about: About = WEEK) -> None:
    await on.writes(lambda uow: Desk(uow.outbox, uow.instance, on.clock.now()).take_back(about))


async def standing(on: Scene, about: About = WEEK) -> list[Post]:
    return await on.reads(lambda uow: uow.outbox.standing(about, "card"))


def seen(on: Scene, channel: str = "javascript") -> list[str]:
    return [message.text for message in on.chat.space("acme").channel(channel).messages]


async def test_a_card_stands_once_in_each_place(quiet: Scene) -> None:
    for _ in range(3):
        await show(quiet, "one", to=(InChannel(JS), InChannel(PY)))
    await quiet.settle()
    assert (seen(quiet), seen(quiet, "python")) == (["one"], ["one"])


async def test_showing_the_same_again_changes_nothing(quiet: Scene) -> None:
    assert await show(quiet, "one")
    assert not await show(quiet, "one")


async def test_a_card_that_is_not_sent_yet_is_replaced(quiet: Scene) -> None:
    await show(quiet, "first")
    await show(quiet, "second")
    await quiet.settle()
    assert seen(quiet) == ["second"]
    [message] = quiet.home.messages
    assert not message.edited


class Behind:
    """An outbox that shows at first what stood before somebody else was there, as on PostgreSQL it may."""

    def __init__(self, outbox: Outbox, standing: list[Post]) -> None:
        self._outbox = outbox
        self._standing = [standing]

    def standing(self, about: About, slot: str) -> list[Post]:
        return self._standing.pop() if self._standing else self._outbox.standing(about, slot)

    def __getattr__(self, name: str) -> object:
        return getattr(self._outbox, name)


async def test_a_card_that_is_replaced_while_it_is_claimed_is_edited_afterwards(quiet: Scene) -> None:
    await show(quiet, "first")

    def work(uow: UnitOfWork) -> None:
        now = quiet.clock.now()
        seen_before = Behind(uow.outbox, uow.outbox.standing(WEEK, "card"))
        [claimed] = uow.outbox.claim(now, 1)
        Desk(cast(Outbox, seen_before), uow.instance, now).show(Shown(WEEK), [card("", "second")], [InChannel(JS)])
        [edit] = [post for post in [uow.outbox.pending_edit(claimed.id)] if post]
        assert (claimed.card, edit.card) == (card("", "first"), card("", "second"))

    await quiet.writes(work)


async def test_of_two_who_lay_down_the_same_at_once_the_later_is_seen(quiet: Scene) -> None:
    await show(quiet, "first")

    def work(uow: UnitOfWork) -> None:
        desk = Desk(cast(Outbox, Behind(uow.outbox, [])), uow.instance, quiet.clock.now())
        desk.show(Shown(WEEK), [card("", "second")], [InChannel(JS)])

    await quiet.writes(work)
    await quiet.settle()
    assert seen(quiet) == ["second"]


async def test_an_answer_that_got_shorter_leaves_nothing_of_the_longer_one(quiet: Scene) -> None:
    def answer(*words: str) -> Callable[[UnitOfWork], None]:
        cards = [card("", word) for word in words]
        return lambda uow: Desk(uow.outbox, uow.instance, quiet.clock.now()).answer(Shown(ANSWER), cards, WEEK)

    await show(quiet, "Who knows?")
    await quiet.writes(answer("I do", "and more", "and more"))
    await quiet.settle()
    await quiet.writes(answer("I do", "and that is all"))
    await quiet.settle()
    assert seen(quiet) == ["Who knows?", "I do", "and that is all"]


async def test_a_card_that_stands_is_edited_and_edits_coalesce(quiet: Scene) -> None:
    await show(quiet, "first")
    await quiet.settle()
    for words in ("second", "third"):
        await show(quiet, words)
    [post] = await standing(quiet)
    pending = await quiet.reads(lambda uow: uow.outbox.pending_edit(post.id))
    assert pending is not None
    assert pending.card == card("", "third")
    await quiet.settle()
    assert seen(quiet) == ["third"]


async def test_more_cards_are_added_and_fewer_taken_away(quiet: Scene) -> None:
    await show(quiet, "one")
    await show(quiet, "one", "two", "three")
    await quiet.settle()
    assert seen(quiet) == ["one", "two", "three"]
    await show(quiet, "one", "two!")
    await quiet.settle()
    assert seen(quiet) == ["one", "two!"]


async def test_a_place_that_is_named_no_more_is_cleared(quiet: Scene) -> None:
    await show(quiet, "one", to=(InChannel(JS), InChannel(PY)))
    await quiet.settle()
    await show(quiet, "one", to=(InChannel(PY),))
    await quiet.settle()
    assert (seen(quiet), seen(quiet, "python")) == ([], ["one"])


async def test_what_is_taken_back_unsent_is_never_seen(quiet: Scene) -> None:
    await show(quiet, "one")
    await take_back(quiet)
    await quiet.settle()
    assert seen(quiet) == []
    assert await standing(quiet) == []


async def test_what_is_taken_back_is_deleted_and_can_stand_anew(quiet: Scene) -> None:
    await show(quiet, "one")
    await quiet.settle()
    await take_back(quiet)
    await take_back(quiet)
    await quiet.settle()
    assert seen(quiet) == []
    await show(quiet, "one")
    await quiet.settle()
    assert seen(quiet) == ["one"]


async def test_each_time_that_something_stands_anew_it_has_another_key_which_does_not_depend_on_the_moment(
    quiet: Scene,
) -> None:
    """So what is decided once more after a restore is found on the platform (storage.restored)."""
    keys = []
    for _ in range(3):
        await show(quiet, "one")
        await quiet.settle()
        [post] = await standing(quiet)
        keys.append(post.key)
        await take_back(quiet)
        await quiet.settle()
    instance = await quiet.reads(lambda uow: uow.instance)
    assert keys == [key(instance, WEEK, "card", 0, JS, number) for number in range(3)]
    assert seen(quiet) == []


async def test_an_answer_stands_in_the_thread_of_what_it_answers(quiet: Scene) -> None:
    await show(quiet, "question", to=(OpenThread(JS, "Loops"),))

    async def answer(words: str) -> None:
        def work(uow: UnitOfWork) -> None:
            Desk(uow.outbox, uow.instance, quiet.clock.now()).answer(Shown(About("answer", 8)), [card("", words)], WEEK)

        await quiet.writes(work)

    await answer("try let")
    await quiet.settle()
    await answer("try const")
    await quiet.settle()
    [root] = quiet.home.messages
    assert root.thread is not None
    assert [message.text for message in root.thread.messages] == ["try const"]


async def test_items_do_not_disturb_each_other(quiet: Scene) -> None:
    await show(quiet, "one")
    await show(quiet, "other", about=About("week", 8))
    await take_back(quiet)
    await quiet.settle()
    assert seen(quiet) == ["other"]


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_a_key_is_short_and_the_same_for_the_same_parts_alone(one: list[str], other: list[str]) -> None:
    assert re.fullmatch(r"[a-z2-7]{20}", key(*one))
    if "\x00" not in "".join([*one, *other]) and (one or [""]) != (other or [""]):
        assert key(*one) != key(*other)
    assert key(*one) == key(*one)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_wait_grows_to_a_quarter_of_an_hour(attempts: int, jitter: float) -> None:
    assert timedelta(0) <= wait(attempts, jitter) <= LONGEST_WAIT
    assert wait(attempts, 1.0) <= wait(attempts + 1, 1.0)
    assert wait(0, 1.0) == timedelta(seconds=1)


def test_order_is_kept_where_people_read() -> None:
    thread = ThreadRef(JS, "9")
    places: list[Address] = [InChannel(JS), OpenThread(JS, "x"), InThread(thread), Direct(AccountRef("local", "jill"))]
    assert [place_of(place) for place in places] == [str(JS), str(JS), str(thread), "@local:jill"]


async def test_a_post_says_what_it_is_about_and_for_how_long(quiet: Scene) -> None:
    expires = quiet.clock.now() + timedelta(days=7)
    shown: list[Card] = [card("", "one")]
    what = Shown(WEEK, "reminder", quiet.group.id, quiet.ids["jill"], expires)
    await quiet.writes(lambda uow: Desk(uow.outbox, uow.instance, quiet.clock.now()).show(what, shown, [InChannel(JS)]))
    [post] = await quiet.reads(lambda uow: uow.outbox.standing(WEEK, "reminder"))
    assert (post.verb, post.state, post.group, post.owner, post.expires_at) == (
        Verb.SEND,
        PostState.DUE,
        quiet.group.id,
        quiet.ids["jill"],
        expires,
    )
    assert post.once == f"week:7/reminder/0/{JS}"
