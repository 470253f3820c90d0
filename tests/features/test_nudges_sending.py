"""At the moment of sending: whatever changed since it was decided counts, and what came back is not tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.cards import card
from bot.chat import About, Direct
from bot.context import Context
from bot.ids import BreakId, GroupId, MemberId, new_id
from bot.outbox import Post, PostState
from bot.ports import UnitOfWork
from bot.study import contact
from bot.study.agenda import DueKind
from bot.study.breaks import Break
from bot.study.groups import GroupState
from bot.study.members import Member, MemberState, Role
from bot.study.weeks import WeekState
from tests.builders import MONDAY, Scene

TUESDAY_NOON = MONDAY + timedelta(days=7, hours=18)
"""When the first reminder of somebody who was never heard of is decided about."""


@pytest.fixture
async def nadia(js: Scene) -> Scene:
    """Return the scene in which a reminder to Nadia is decided and not yet sent: the group is a large one."""
    await js.agrees("nadia")
    await js.crowds(12)
    for name in ("jill", "priya"):
        await js.does(name, "/submit https://code.example/1 activity:1.1")
    await js.writes(lambda uow: uow.agenda.clear("end group", js.group.id))
    await js.passes(days=7, hours=10)
    js.clock.move_to(TUESDAY_NOON)
    assert await js.bot.tick()
    assert [post.slot.split()[0] for post in await waiting(js)] == ["nudge"]
    return js


async def waiting(js: Scene) -> list[Post]:
    posts = await js.reads(lambda uow: uow.outbox.of_group(js.group.id, 200))
    return [post for post in posts if post.state is PostState.DUE]


async def test_it_goes_out_while_every_rule_says_so(nadia: Scene) -> None:
    await nadia.settle()

    assert len(nadia.inbox("nadia")) == 1
    assert (await nadia.member("nadia")).nudges == 1


async def test_it_does_not_go_out_once_they_did_what_was_open(nadia: Scene) -> None:
    await nadia.does("nadia", "/submit https://code.example/1 activity:1.1")
    await nadia.settle()

    assert nadia.inbox("nadia") == []
    assert (await nadia.member("nadia")).nudged_at is None


async def test_it_does_not_go_out_once_they_want_no_reminders(nadia: Scene) -> None:
    """Consent is what it is when the message goes, not when it was decided."""
    await nadia.agrees("nadia", reminders=False)

    await nadia.settle()
    await nadia.passes(minutes=1)

    assert nadia.inbox("nadia") == []
    assert "a kind word may help" in nadia.inbox("fela")[-1]


async def test_it_does_not_go_out_once_they_paused(nadia: Scene) -> None:
    until = nadia.clock.now() + timedelta(days=14)
    await nadia.changes("nadia", state=MemberState.PAUSED, paused_until=until)

    await nadia.settle()
    await nadia.passes(days=13)

    assert nadia.inbox("nadia") == []


async def test_it_does_not_go_out_in_a_break_that_has_begun(nadia: Scene) -> None:
    rest = Break(BreakId(7), nadia.group.id, date(2027, 1, 19), date(2027, 1, 31), False, 0, nadia.clock.now())
    await nadia.writes(lambda uow: uow.breaks.add(rest))

    await nadia.settle()
    await nadia.passes(days=18)
    assert nadia.inbox("nadia") == []

    await nadia.passes(days=4)
    assert len(nadia.inbox("nadia")) == 1


async def test_it_does_not_go_out_in_the_evening_but_the_next_day(nadia: Scene) -> None:
    """The platform was away until the sending hours were over."""
    nadia.clock.move_by(timedelta(hours=9))
    await nadia.settle()
    assert nadia.inbox("nadia") == []

    await nadia.passes(days=1)

    [message] = nadia.person("nadia").inbox
    assert 10 <= (message.at + timedelta(hours=1)).hour < 18


async def test_it_keeps_a_day_from_a_message_that_still_waits(nadia: Scene) -> None:
    """Other news was laid down after the reminder was decided."""

    def tell(uow: UnitOfWork) -> None:
        account = uow.people.accounts([nadia.ids["nadia"]])[nadia.ids["nadia"]][0]
        [nudge] = [post for post in uow.outbox.of_group(nadia.group.id, 200) if post.slot.startswith("nudge")]
        news = replace(nudge, id=nudge.id + 1, key="news", slot="news", once="news", expires_at=None)
        uow.outbox.add(replace(news, to=Direct(account.ref), about=About("member", 1), card=card("", "News")))

    await nadia.writes(tell)
    await nadia.settle()
    assert [text.splitlines()[0] for text in nadia.inbox("nadia")] == ["News"]

    await nadia.passes(hours=23)
    assert len(nadia.inbox("nadia")) == 1
    await nadia.passes(hours=24)
    assert len(nadia.inbox("nadia")) == 2


async def test_a_refused_message_is_remembered_and_not_tried_again(nadia: Scene) -> None:
    nadia.person("nadia").refuses_direct_messages()

    await nadia.settle()
    await nadia.passes(days=40)

    posts = await nadia.reads(lambda uow: uow.outbox.of_group(nadia.group.id, 500))
    assert [post.state for post in posts if post.slot.startswith("nudge")] == [PostState.DEAD]
    assert len(nadia.inbox("fela")) == 3
    assert "I can't write to Nadia myself." in nadia.inbox("fela")[0]


@pytest.mark.slow
async def test_whoever_asks_for_reminders_again_gets_them_again(nadia: Scene) -> None:
    nadia.person("nadia").refuses_direct_messages()
    await nadia.settle()
    account = nadia.person("nadia").account
    assert await nadia.reads(lambda uow: _refused(uow, nadia))

    nadia.person("nadia")._profile.open_to_bot = True
    await nadia.does("nadia", "/settings reminders:yes")
    assert not await nadia.reads(lambda uow: _refused(uow, nadia))
    await nadia.passes(days=20)

    assert nadia.inbox("nadia")
    found = await nadia.reads(lambda uow: uow.people.account(account))
    assert found is not None
    assert found.opened_at is not None


def _refused(uow: UnitOfWork, scene: Scene) -> bool:
    accounts = uow.people.accounts([scene.ids["nadia"]])[scene.ids["nadia"]]
    return accounts[0].refused_at is not None


async def test_it_counts_also_where_somebody_has_written_while_it_was_on_its_way(nadia: Scene) -> None:
    """One step was taken by two, and the bot has written: no other group writes within a week."""
    at = nadia.clock.now()
    await nadia.writes(lambda uow: uow.members.stepped(nadia.members["nadia"], 1, None))

    def arrived(ctx: Context) -> None:
        [post] = [post for post in ctx.uow.outbox.of_group(nadia.group.id) if post.slot.startswith("nudge")]
        nadia.bot.ended(ctx.uow, replace(post, state=PostState.SENT, sends=1, sent_at=at))

    await nadia.bot.perform(arrived)

    member = await nadia.member("nadia")
    assert (member.nudges, member.nudged_at) == (1, at)


@pytest.mark.slow
async def test_two_groups_send_one_reminder_a_week_whichever_comes_first(nadia: Scene) -> None:
    """The caps are the person's: a second group waits although its own ladder says that it is time."""
    await nadia.settle()
    other = await nadia.another_group()
    await nadia.writes(lambda uow: _moves(uow, nadia, other.id))

    await nadia.passes(days=30)

    times = [message.at for message in nadia.person("nadia").inbox]
    assert len(times) > 2
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(times))


def _moves(uow: UnitOfWork, scene: Scene, group: GroupId) -> None:
    """Let Nadia have been in another group for long, and leave the one that she was reminded in."""
    now = scene.clock.now()
    before = now - timedelta(days=20)
    week = uow.weeks.at(group, 1)
    found = uow.groups.get(group)
    mine = uow.members.get(scene.members["nadia"])
    assert week is not None
    assert found is not None
    assert mine is not None
    uow.weeks.save(replace(week, state=WeekState.POSTED, posted_at=before))
    uow.groups.save(replace(found, state=GroupState.RUNNING))
    id = MemberId(new_id(now))
    uow.members.add(
        Member(id, group, mine.person, Role.LEARNER, MemberState.ACTIVE, before, learning=True, accepted_at=before)
    )
    uow.members.save(replace(mine, state=MemberState.LEFT))
    uow.agenda.set(DueKind.NUDGE, id, now + timedelta(minutes=1), group)


@pytest.mark.slow
async def test_at_most_twenty_conversations_are_opened_in_a_day(nadia: Scene) -> None:
    for number in range(50):
        await nadia.joins(f"new{number}")
        await nadia.agrees(f"new{number}")

    days = []
    for _ in range(12):
        before = sum(len(nadia.inbox(f"new{number}")) for number in range(50))
        await nadia.passes(days=1)
        days.append(sum(len(nadia.inbox(f"new{number}")) for number in range(50)) - before)

    opened = [day for day in days if day]
    assert all(day <= contact.OPENED_A_DAY for day in opened)
    assert sum(1 for number in range(50) if nadia.inbox(f"new{number}")) == 50
