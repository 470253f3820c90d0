"""The outbox in the store, on both engines: who goes next, and what happens to those who cannot."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import cast

import pytest
from sqlalchemy import Connection, event
from sqlalchemy import text as sql

from bot.cards import card
from bot.chat import About, ChannelRef, MessageRef, OpenThread, ThreadRef
from bot.outbox import LEASE, Message, Post, PostState, Verb
from bot.ports import UnitOfWork
from storage.database import Store
from storage.outbox import SqlOutbox
from tests.storage.samples import ANN, CHANNEL, DAY, GROUP, HOUR, NOW, found_group, message, post

Opened = Store[UnitOfWork]
GONE = "what it shows cannot be read"


async def add(store: Opened, *posts: Post) -> None:
    """Keep posts."""
    await store.write(lambda uow: [uow.outbox.add(one) for one in posts])


async def claimed(store: Opened, now: datetime = NOW, limit: int = 10) -> list[int]:
    """Claim posts and return the ids of those that go out."""
    found = await store.write(lambda uow: uow.outbox.claim(now, limit))
    return [one.id for one in found if one.state is PostState.SENDING]


async def state(store: Opened, id: int) -> tuple[PostState, str]:
    """Return how a post stands, and why."""
    found = await store.read(lambda uow: uow.outbox.get(id))
    assert found is not None
    return found.state, found.reason


async def next_at(store: Opened) -> datetime | None:
    """Return when the outbox has to be looked at again."""
    return await store.read(lambda uow: uow.outbox.next_at())


def under_way(id: int, now: datetime = NOW, **changes: object) -> Post:
    """Return a post as it stands once it is claimed."""
    until = now + LEASE
    whole = replace(post(id), state=PostState.SENDING, fence=1, lease_until=until, not_before=until)
    return replace(whole, **changes)  # type: ignore[arg-type]


def edit(id: int, under: int, **changes: object) -> Post:
    """Return an edit of a post's message."""
    whole = replace(post(id), verb=Verb.EDIT, place=f"post:{under}", to=None, once=None, under=under)
    return replace(whole, **changes)  # type: ignore[arg-type]


def sent(id: int, channel: str = "maths") -> Post:
    """Return a post that is through."""
    return post(id, channel, state=PostState.SENT, message=message(str(id)), sent_at=NOW)


async def test_a_post_is_kept_whole(store: Opened) -> None:
    whole = post(
        1,
        group=GROUP,
        owner=ANN,
        attempts=2,
        fence=3,
        lease_until=NOW + LEASE,
        first_try_at=NOW,
        expires_at=NOW + DAY,
        message=MessageRef(CHANNEL, "7", "thread"),
        sent_at=NOW,
        reason="why not",
    )
    await store.write(found_group)
    await add(store, whole)
    kept = await store.read(lambda uow: uow.outbox.get(1))
    assert kept == whole
    assert kept is not None
    assert kept.message is not None
    assert kept.message.thread == "thread"
    assert await store.read(lambda uow: uow.outbox.get(2)) is None


def write_card(uow: UnitOfWork, id: int, text: str) -> None:
    """Let something else stand in the database where a post's card was."""
    assert isinstance(uow.outbox, SqlOutbox)
    uow.outbox._db.execute(sql("UPDATE post SET card = :card WHERE id = :id"), {"card": text, "id": id})


async def test_the_same_key_or_the_same_standing_message_is_kept_once(store: Opened) -> None:
    def work(uow: UnitOfWork) -> list[bool]:
        posts = [post(1), post(2, key="key1"), post(3, once="once1"), post(4, once=None), post(5, once=None)]
        return [uow.outbox.add(one) for one in posts]

    assert await store.write(work) == [True, False, False, True, True]


async def test_what_stands_is_read_by_place_and_part_without_what_was_taken_back(store: Opened) -> None:
    first, second = post(2, "a", part=0), post(1, "a", part=1)
    await add(store, second, first, post(3, "b", once=None), post(4, slot="thread"), post(5, about=About("week", 3)))
    assert await store.read(lambda uow: uow.outbox.standing(About("week", 31), "card")) == [first, second]


async def test_a_new_card_is_enough_only_for_what_was_never_tried(store: Opened) -> None:
    await add(store, post(1, "a"), post(2, "b", attempts=1), sent(3, "c"))
    enough = [await store.write(lambda uow, id=id: uow.outbox.set_card(id, card("Newer"))) for id in (1, 2, 3, 99)]  # type: ignore[misc]
    assert enough == [True, False, False, False]


async def test_a_new_card_changes_nothing_else_of_a_post_under_way(store: Opened) -> None:
    await add(store, post(1))
    await claimed(store)
    assert not await store.write(lambda uow: uow.outbox.set_card(1, card("Newer")))
    kept = await store.read(lambda uow: uow.outbox.get(1))
    assert kept == under_way(1, card=card("Newer"))


async def test_releasing_cancels_only_what_was_never_tried(store: Opened) -> None:
    untried, tried, through = post(1, "a"), post(2, "b", attempts=1), sent(3, "c")
    await add(store, untried, tried, through, post(4, "d", state=PostState.CANCELLED, attempts=0))
    assert [await store.write(lambda uow, id=id: uow.outbox.release(id)) for id in (1, 2, 3, 99)] == [  # type: ignore[misc]
        True,
        False,
        False,
        False,
    ]
    kept = await store.read(lambda uow: [uow.outbox.get(id) for id in (1, 2, 3)])
    assert kept == [
        replace(untried, once=None, state=PostState.CANCELLED),
        replace(tried, once=None),
        replace(through, once=None),
    ]
    await add(store, post(5, once="once1"))
    assert (await state(store, 5))[0] is PostState.DUE


async def test_the_edit_that_waits_is_found_until_it_is_claimed(store: Opened) -> None:
    await add(store, sent(1), edit(2, 1), replace(edit(3, 1), verb=Verb.DELETE))
    found = await store.write(lambda uow: uow.outbox.pending_edit(1))
    assert found == edit(2, 1)
    assert await claimed(store) == [2]
    assert await store.write(lambda uow: uow.outbox.pending_edit(1)) is None


async def test_the_title_that_waits_is_found_and_gets_other_words_until_it_is_claimed(store: Opened) -> None:
    title, other = (OpenThread(CHANNEL, words) for words in ("first", "second"))
    wish = replace(edit(3, 1), verb=Verb.RENAME, place="title:1", to=title)
    await add(store, sent(1), edit(2, 1), wish)
    assert await store.write(lambda uow: uow.outbox.pending_title(1)) == wish
    assert await store.write(lambda uow: uow.outbox.readdress(3, other))
    assert await claimed(store) == [2, 3]
    assert await store.write(lambda uow: uow.outbox.pending_title(1)) is None
    assert not await store.write(lambda uow: uow.outbox.readdress(3, title)), "it is on its way"
    assert not await store.write(lambda uow: uow.outbox.readdress(1, title)), "it stands"
    assert not await store.write(lambda uow: uow.outbox.readdress(9, title)), "it is not there"
    kept = await store.read(lambda uow: uow.outbox.get(3))
    assert kept is not None
    assert kept.to == title


async def test_a_claimed_post_is_under_way_until_its_lease_ends(store: Opened) -> None:
    await add(store, post(1))
    (first,) = await store.write(lambda uow: uow.outbox.claim(NOW, 10))
    assert first == under_way(1)
    assert await claimed(store, NOW + LEASE / 2) == []
    assert await next_at(store) == NOW + LEASE
    (again,) = await store.write(lambda uow: uow.outbox.claim(NOW + LEASE, 10))
    assert again == under_way(1, NOW + LEASE, fence=2)


async def test_what_a_lagging_clock_laid_down_since_does_not_keep_a_doubtful_post_from_being_looked_for(
    store: Opened,
) -> None:
    await add(store, post(7))
    assert await claimed(store) == [7]
    await add(store, post(3))
    assert await claimed(store, NOW + LEASE / 2) == []
    assert await claimed(store, NOW + LEASE) == [7]


async def test_who_lost_a_post_to_another_can_no_longer_finish_it(store: Opened) -> None:
    await add(store, post(1))
    (slow,) = await store.write(lambda uow: uow.outbox.claim(NOW, 10))
    (quick,) = await store.write(lambda uow: uow.outbox.claim(NOW + HOUR, 10))
    done = replace(quick, state=PostState.SENT, message=message(), sent_at=NOW + HOUR, lease_until=None, attempts=1)
    late = replace(slow, state=PostState.DEAD, reason="refused")
    assert await store.write(lambda uow: uow.outbox.finish(done))
    assert not await store.write(lambda uow: uow.outbox.finish(late))
    assert await store.read(lambda uow: uow.outbox.get(1)) == done
    assert await next_at(store) is None


async def test_what_was_wished_while_a_post_was_sent_is_not_lost_when_it_is_finished(store: Opened) -> None:
    await add(store, post(1))
    (under_way,) = await store.write(lambda uow: uow.outbox.claim(NOW, 10))

    def meanwhile(uow: UnitOfWork) -> None:
        uow.outbox.set_card(1, card("Newer"))
        assert not uow.outbox.release(1)

    await store.write(meanwhile)
    await store.write(lambda uow: uow.outbox.finish(replace(under_way, state=PostState.SENT, message=message())))
    kept = await store.read(lambda uow: uow.outbox.get(1))
    assert kept is not None
    assert (kept.state, kept.card, kept.once) == (PostState.SENT, card("Newer"), None)


async def test_each_place_gets_one_post_at_a_time_in_order(store: Opened) -> None:
    await add(store, post(3, "a"), post(1, "a"), post(2, "b"), post(4, "b"))
    assert await claimed(store) == [1, 2]
    assert await claimed(store) == []


async def test_no_more_is_claimed_than_asked_for(store: Opened) -> None:
    await add(store, *(post(id, f"channel{id}") for id in range(1, 6)))
    assert await claimed(store, limit=2) == [1, 2]
    assert await claimed(store, limit=0) == []


async def test_a_post_that_waits_holds_back_those_behind_it_and_nobody_elsewhere(store: Opened) -> None:
    await add(store, post(1, "a", not_before=NOW + HOUR), post(2, "a"), post(3, "b"))
    assert await claimed(store) == [3]
    assert await next_at(store) == NOW + LEASE
    assert await claimed(store, NOW + HOUR) == [3, 1]


async def test_a_post_that_will_not_be_sent_holds_back_nobody(store: Opened) -> None:
    over = (PostState.DEAD, PostState.UNKNOWN, PostState.CANCELLED, PostState.EXPIRED, PostState.SENT)
    await add(store, *(post(id, state=one) for id, one in enumerate(over, 1)), post(9))
    assert await next_at(store) == NOW
    assert await claimed(store) == [9]


@pytest.mark.parametrize("text", ["no JSON", '{"blocks":[{"$":"Gone"}]}', '{"buttons":[{}]}', "7"])
async def test_a_post_that_cannot_be_read_is_dead_and_holds_up_nobody(store: Opened, text: str) -> None:
    await add(store, post(1, "a"), post(2, "a"), post(3, "b"), edit(4, 1))
    await store.write(lambda uow: write_card(uow, 1, text))
    assert sorted(await claimed(store)) == [2, 3]
    await store.write(lambda uow: write_card(uow, 1, "{}"))
    ended = await store.read(lambda uow: uow.outbox.get(1))
    assert ended is not None
    assert (ended.state, ended.once, ended.lease_until, ended.reason) == (PostState.DEAD, None, None, GONE)
    assert (await state(store, 4))[0] is PostState.CANCELLED


async def test_what_follows_a_message_is_claimed_though_nobody_can_read_that_message_any_more(store: Opened) -> None:
    await add(store, sent(1), edit(2, 1))
    await store.write(lambda uow: write_card(uow, 1, '{"blocks":[{"$":"Gone"}]}'))
    assert await claimed(store) == [2]
    assert await store.read(lambda uow: uow.outbox.message_of(1)) == message("1")


async def test_a_post_that_follows_another_waits_for_its_message(store: Opened) -> None:
    await add(store, post(1), edit(2, 1))
    assert await claimed(store) == [1]
    assert await claimed(store) == []
    (kept,) = await store.write(lambda uow: uow.outbox.claim(NOW + LEASE, 1))
    await store.write(lambda uow: uow.outbox.finish(replace(kept, state=PostState.SENT, message=message())))
    assert await next_at(store) == NOW
    assert await claimed(store) == [2]


@pytest.mark.slow
async def test_a_post_whose_message_can_never_be_is_cancelled_with_all_that_follow_it(store: Opened) -> None:
    await add(store, post(1, state=PostState.DEAD), edit(2, 1), edit(3, 2), edit(4, 1), post(5, "b", under=3))
    assert await claimed(store) == []
    assert [(await state(store, id))[0] for id in (2, 3, 4, 5)] == [PostState.CANCELLED] * 4
    assert await state(store, 2) == (PostState.CANCELLED, "the message it belongs to was never sent")
    assert await next_at(store) is None


async def test_a_post_under_one_that_may_or_may_not_be_there_waits_and_holds_back_nobody(store: Opened) -> None:
    await add(store, post(1, "a", state=PostState.UNKNOWN), post(2, "b", under=1), post(3, "b"))
    assert await claimed(store) == [3]
    assert (await state(store, 2))[0] is PostState.DUE


async def test_a_message_that_was_edited_in_vain_can_still_be_deleted(store: Opened) -> None:
    await add(store, sent(1), edit(2, 1, state=PostState.DEAD), replace(edit(3, 1), verb=Verb.DELETE))
    assert await claimed(store) == [3]


async def test_a_post_whose_time_is_over_expires_unsent_and_lets_the_next_go(store: Opened) -> None:
    await add(store, post(1, expires_at=NOW), post(2, expires_at=NOW + HOUR))
    assert await claimed(store) == [2]
    assert await state(store, 1) == (PostState.EXPIRED, "its time was over")
    await add(store, post(3, once="once1"))
    assert (await state(store, 3))[0] is PostState.DUE


def hear(db: Connection, steps: list[str]) -> None:
    """Add each statement on a connection to `steps`, but for those of the transaction around."""

    def note(words: str) -> None:
        if words.partition(" ")[0] not in ("RELEASE", "COMMIT"):
            steps.append(words)

    if db.dialect.name == "sqlite":  # where most of them pass SQLAlchemy by
        cast(sqlite3.Connection, db.connection.driver_connection).set_trace_callback(note)
    else:
        event.listen(db, "before_cursor_execute", lambda *told: steps.append(told[2]))


@pytest.mark.slow
async def test_many_that_expired_in_a_long_silence_are_ended_in_a_few_steps(store: Opened) -> None:
    late = [post(id, "ab"[id % 2], expires_at=NOW) for id in range(1, 101)]
    await add(store, *late, post(200, "a"))
    steps: list[str] = []

    def claim(uow: UnitOfWork) -> list[int]:
        assert isinstance(uow.outbox, SqlOutbox)
        hear(uow.outbox._db, steps)
        return [one.id for one in uow.outbox.claim(NOW, 10) if one.state is PostState.SENDING]

    assert await store.write(claim) == [200]
    assert 0 < len(steps) < 10
    assert {(await state(store, one.id))[0] for one in late} == {PostState.EXPIRED}


async def test_a_post_that_is_put_off_expires_when_its_time_is_over(store: Opened) -> None:
    await add(store, post(1, not_before=NOW + DAY, expires_at=NOW + HOUR), post(2))
    assert await claimed(store) == []
    assert await next_at(store) == NOW + HOUR
    assert await claimed(store, NOW + HOUR) == [2]


async def test_what_waits_under_a_message_that_may_be_there_expires_all_the_same(store: Opened) -> None:
    await add(store, post(1, "a", state=PostState.UNKNOWN), post(2, "b", under=1, expires_at=NOW + HOUR))
    assert await claimed(store) == []
    assert await next_at(store) == NOW + HOUR
    assert await claimed(store, NOW + HOUR) == []
    assert (await state(store, 2))[0] is PostState.EXPIRED


async def test_those_that_end_unsent_are_returned_as_they_stand(store: Opened) -> None:
    await add(store, post(1, "a", state=PostState.DEAD), edit(2, 1), post(3, "b", expires_at=NOW))
    found = await store.write(lambda uow: uow.outbox.claim(NOW, 10))
    assert {(one.id, one.state) for one in found} == {(2, PostState.CANCELLED), (3, PostState.EXPIRED)}


async def test_a_post_under_way_does_not_expire_before_it_was_looked_for(store: Opened) -> None:
    await add(store, post(1, expires_at=NOW + HOUR))
    await claimed(store)
    assert await claimed(store, NOW + DAY) == [1]


def of_space(space: str, *ids: int, channel: str = "") -> list[Post]:
    """Return posts of a space, each to a channel of its own unless one is named."""
    return [post(id, f"{space}-{channel or id}", space=f"local:{space}") for id in ids]


async def test_spaces_take_turns_beginning_after_the_one_that_was_served_last(store: Opened) -> None:
    await add(store, *of_space("a", 1, 2, 3, 4), *of_space("b", 5, 6), *of_space("c", 7))
    after, turns = "", []
    for _ in range(7):
        (one,) = await store.write(lambda uow, after=after: uow.outbox.claim(NOW, 1, after))  # type: ignore[misc]
        after = one.space
        turns.append(one.id)
    assert turns == [1, 5, 7, 2, 6, 3, 4]


async def test_one_space_with_very_many_posts_leaves_room_for_the_others(store: Opened) -> None:
    await add(store, *of_space("a", *range(1, 201)), *of_space("b", 300), *of_space("c", 301))
    assert {300, 301} < set(await claimed(store, limit=12))
    assert len(await claimed(store, limit=12)) == 12


@pytest.mark.parametrize("spaces", [1, 40])
async def test_a_space_in_which_all_wait_behind_one_holds_up_no_other(store: Opened, spaces: int) -> None:
    blocked = [one for n in range(spaces) for one in of_space(f"a{n}", *range(100 * n + 1, 100 * n + 11), channel="x")]
    await add(store, *blocked)
    assert len(await claimed(store, limit=100)) == spaces
    await add(store, *of_space("b", 9_999))
    assert await claimed(store, limit=1) == [9_999]


async def test_a_space_that_has_room_left_by_others_takes_it(store: Opened) -> None:
    await add(store, *of_space("a", *range(1, 21)), *of_space("b", 30))
    assert len(await claimed(store, limit=16)) == 16


async def test_posts_that_were_left_in_the_middle_take_their_turn_like_the_others(store: Opened) -> None:
    await add(store, *of_space("a", *range(1, 11)))
    assert len(await claimed(store, limit=10)) == 10
    await add(store, *of_space("b", 20))
    assert 20 in await claimed(store, NOW + LEASE, limit=2)


async def test_a_claim_of_fifty_posts_is_a_few_statements(store: Opened) -> None:
    await add(store, *of_space("a", *range(1, 101)))
    steps: list[str] = []

    def claim(uow: UnitOfWork) -> int:
        assert isinstance(uow.outbox, SqlOutbox)
        hear(uow.outbox._db, steps)
        return len(uow.outbox.claim(NOW, 50))

    assert await store.write(claim) == 50
    assert 0 < len(steps) <= 6


async def test_a_try_is_written_down_for_many_at_once(store: Opened) -> None:
    first = replace(post(1, "a"), sends=1, first_try_at=NOW - HOUR, looks=1, looked_at=NOW)
    await add(store, first, post(2, "b"), post(3, "c"))
    await store.write(lambda uow: uow.outbox.begin([1, 2], NOW))
    await store.write(lambda uow: uow.outbox.begin([], NOW))
    tried = [await store.read(lambda uow, id=id: uow.outbox.get(id)) for id in (1, 2, 3)]  # type: ignore[misc]
    assert tried == [
        replace(first, sends=2, last_try_at=NOW, looks=0, looked_at=None),
        replace(post(2, "b"), sends=1, first_try_at=NOW, last_try_at=NOW),
        post(3, "c"),
    ]


async def test_a_sweep_that_was_asked_for_stays_when_the_post_is_finished(store: Opened) -> None:
    await add(store, post(1))
    (mine,) = await store.write(lambda uow: uow.outbox.claim(NOW, 1))
    await store.write(lambda uow: uow.outbox.sweep(1, NOW + HOUR))
    await store.write(lambda uow: uow.outbox.finish(replace(mine, state=PostState.SENT, message=message())))
    assert await next_at(store) == NOW + HOUR
    assert await store.write(lambda uow: uow.outbox.sweeps(NOW, 10, NOW + DAY)) == []
    (swept,) = await store.write(lambda uow: uow.outbox.sweeps(NOW + HOUR, 10, NOW + DAY))
    assert swept.id == 1
    assert await store.write(lambda uow: uow.outbox.sweeps(NOW + HOUR, 10, NOW + DAY)) == []
    await store.write(lambda uow: uow.outbox.sweep(1, None))
    assert await next_at(store) is None


async def test_only_a_post_that_ended_unsent_adopts_a_message(store: Opened) -> None:
    states = (PostState.DEAD, PostState.UNKNOWN, PostState.EXPIRED, PostState.CANCELLED, PostState.SENDING)
    await add(store, *(post(id, state=one) for id, one in enumerate(states, 1)), sent(9))
    adopted = [
        await store.write(lambda uow, id=id: uow.outbox.adopt(post(id, message=message("m"), sent_at=NOW)))  # type: ignore[misc]
        for id in (1, 2, 3, 4, 5, 9)
    ]
    assert adopted == [True, True, True, False, False, False]


async def test_a_stuck_post_is_decided_once_and_its_claimer_hears_no_more_of_it(store: Opened) -> None:
    await store.write(found_group)
    await add(store, post(1, group=GROUP))
    (mine,) = await store.write(lambda uow: uow.outbox.claim(NOW, 1))
    assert await store.read(lambda uow: uow.outbox.stuck(GROUP)) == []
    unknown = replace(mine, state=PostState.UNKNOWN, lease_until=None)
    await store.write(lambda uow: uow.outbox.finish(unknown))
    assert [one.id for one in await store.read(lambda uow: uow.outbox.stuck(GROUP))] == [1]
    again = replace(unknown, state=PostState.DUE, key="new", not_before=NOW)
    decisions = [await store.write(lambda uow: uow.outbox.decide(again)) for _ in range(2)]
    assert decisions == [True, False]
    assert not await store.write(lambda uow: uow.outbox.finish(mine))
    assert await claimed(store) == [1]


async def test_nothing_waits_in_an_empty_outbox(store: Opened) -> None:
    assert await next_at(store) is None
    assert await claimed(store) == []
    assert await store.read(lambda uow: uow.outbox.last_sent("local:space/maths")) is None


async def test_a_groups_posts_come_newest_first(store: Opened) -> None:
    await store.write(found_group)
    await add(store, post(1, group=GROUP), post(3, group=GROUP), post(2, group=GROUP), post(4))
    assert [one.id for one in await store.read(lambda uow: uow.outbox.of_group(GROUP))] == [3, 2, 1]
    assert [one.id for one in await store.read(lambda uow: uow.outbox.of_group(GROUP, 1))] == [3]


async def test_a_place_remembers_when_it_was_last_sent_to(store: Opened) -> None:
    await add(store, sent(1), replace(sent(2), sent_at=NOW + HOUR), replace(sent(3, "b"), sent_at=NOW + DAY), post(4))
    assert await store.read(lambda uow: uow.outbox.last_sent("local:space/maths")) == NOW + HOUR


async def test_a_message_is_remembered_by_itself_its_thread_and_its_item(store: Opened) -> None:
    about = About("week", 31)
    thread = ThreadRef(CHANNEL, "t1")
    first = Message(2, MessageRef(CHANNEL, "m1", "t1"), thread, about, GROUP, ANN, 1)
    second = Message(1, MessageRef(ChannelRef("slack", "T1", "C1"), "17.5"), None, about, None, None)

    def work(uow: UnitOfWork) -> None:
        found_group(uow)
        uow.outbox.add(post(1))
        assert uow.outbox.register(first)
        assert uow.outbox.register(second)
        assert not uow.outbox.register(replace(second, id=3))
        assert uow.outbox.shown_by(MessageRef(CHANNEL, "m1")) == first
        assert uow.outbox.shown_by(MessageRef(CHANNEL, "m2")) is None
        assert uow.outbox.thread_of(thread) == first
        assert uow.outbox.thread_of(ThreadRef(CHANNEL, "m1")) is None
        assert uow.outbox.messages(about) == [second, first]
        uow.outbox.forget(first.ref)
        assert uow.outbox.messages(about) == [second]

    await store.write(work)
