"""No cap, no quiet hour, no consent and no rule of the ladder is ever broken by what was sent (J28, P8).

People act, change their minds, pause and travel; groups rest; the clock steps. Whoever stands beside the platform
(`kindness.Beside`) knows what is true from the test alone, and holds each reminder against the rules.
"""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.cards import card
from bot.chat import About, AccountRef
from bot.context import Context
from bot.features import enrolment, likes, notes, nudges, progress, questions, submissions
from bot.features import settings as own_settings
from bot.ids import BreakId, GroupId, MemberId, PersonId, new_id
from bot.ports import UnitOfWork
from bot.study import contact, pausing, quiet
from bot.study.acts import ActKind
from bot.study.agenda import Due, DueKind
from bot.study.breaks import Break
from bot.study.groups import GroupState
from bot.study.members import Member, MemberState, Role
from bot.study.people import Account, Person
from bot.study.questions import Question, QuestionState
from bot.study.submissions import Submission
from bot.study.times import local_time
from bot.study.weeks import WeekState
from schedules.pump import Pump
from tests.builders import Scene, joined, scene
from tests.features.kindness import Beside, Circle, Life, Soul

T = TypeVar("T")

FEATURES = (
    enrolment.feature,
    likes.feature,
    notes.feature,
    nudges.feature,
    own_settings.feature,
    progress.feature,
    questions.feature,
    submissions.feature,
)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "America/Sao_Paulo")
LARGE, SMALL = "JavaScript in three weeks", "Python together"


class Wrong(logging.Handler):
    """What went wrong unseen: a routine that fails is put off, and nobody would be reminded of anything."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class World:
    """A scene with somebody beside its platform, and what people do in it."""

    def __init__(self, js: Scene, group_of: dict[str, GroupId]) -> None:
        self.js = js
        self.group_of = group_of
        self.beside = Beside(js.chat, js.clock)
        self.wrong = Wrong()
        logging.getLogger("bot").addHandler(self.wrong)
        js.pump = Pump(js.store, {"local": self.beside}, js.clock, jitter=lambda: 1.0)
        js.pump.attend(js.bot)
        js.bot.wake = js.pump.wake

    async def learner(self, name: str, zone: str, title: str, agrees: bool | None) -> None:
        """Let somebody learn in a group from now on."""
        js, group = self.js, self.group_of[title]
        here = js.group
        js.group = replace(here, id=group)
        if name in js.ids:
            await js.writes(lambda uow: joins(uow, js, name, group))
        else:
            await js.joins(name, zone=zone)
        js.group = here
        await js.agrees(name, reminders=agrees)  # type: ignore[arg-type]
        self.beside.souls.setdefault(name, Soul(ZoneInfo(zone))).agrees = agrees
        self.beside.circles[title].lives[name] = Life(self.js.clock.now())

    async def acts(self, name: str, title: str) -> None:
        """Let somebody be heard."""
        group, person = self.group_of[title], self.js.ids[name]

        def work(ctx: Any) -> None:
            found, known = ctx.uow.groups.get(group), ctx.uow.people.get(person)
            ctx.within(found, known).act(ActKind.NOTED, About("note", 1))

        await self.js.bot.perform(work)
        self.beside.signal(title, name)

    async def opens_week(self, title: str) -> None:
        """Let a group's next week be out, so that everyone has something to do again."""
        now, group = self.js.clock.now(), self.group_of[title]

        def work(uow: UnitOfWork) -> bool:
            found = uow.groups.get(group)
            week = next((one for one in uow.weeks.of_group(group) if one.state is WeekState.PLANNED), None)
            if found is None or week is None:
                return False
            uow.weeks.save(replace(week, state=WeekState.POSTED, posted_at=now))
            uow.groups.save(replace(found, state=GroupState.RUNNING))
            return True

        if await self.js.writes(work):
            for life in self.beside.circles[title].lives.values():
                life.missing = True

    async def does_all(self, name: str, title: str) -> None:
        """Let somebody hand in whatever is open."""
        group = self.group_of[title]
        weeks = await self.js.reads(lambda uow: uow.weeks.of_group(group))
        activities = await self.js.reads(lambda uow: uow.weeks.activities(group))
        out = {week.id for week in weeks if week.state is WeekState.POSTED}
        for one in activities:
            if one.week in out and one.required:
                await self.js.bot.perform(partial(hand_in, group=group, person=self.js.ids[name], activity=one.id))
        self.beside.signal(title, name)
        self.beside.circles[title].lives[name].missing = False

    async def asks(self, name: str, title: str) -> None:
        """Let somebody ask what nobody answers."""
        group = self.group_of[title]
        await self.js.bot.perform(lambda ctx: ask(ctx, group, self.js.ids[name]))
        self.beside.signal(title, name)
        self.beside.circles[title].lives[name].asked_at = self.js.clock.now()

    async def finds_out(self, name: str, title: str) -> None:
        """Let somebody's questions be solved."""
        group = self.group_of[title]
        await self.js.writes(lambda uow: solve(uow, group, self.js.ids[name]))
        self.beside.circles[title].lives[name].asked_at = None

    async def pauses(self, name: str, title: str, on: bool) -> None:
        """Let somebody pause, or be back."""
        group = self.group_of[title]

        def work(uow: UnitOfWork) -> bool:
            member = uow.members.of(group, self.js.ids[name])
            assert member is not None
            if (member.state.value == "paused") is on or member.state.value not in ("active", "dormant", "paused"):
                return False
            if on:
                pausing.pause(uow, member, 12, ZoneInfo("UTC"), now=self.js.clock.now())
            else:
                pausing.resume(uow, member, actor=member.person, now=self.js.clock.now())
            return True

        if await self.js.writes(work):
            life = self.beside.circles[title].lives[name]
            life.paused = on
            if not on:
                life.since, life.steps, life.offered_at = self.js.clock.now(), 0, None

    async def rests(self, title: str, ahead: int, days: int) -> None:
        """Let a group have a break, unless one is there."""
        circle, group = self.beside.circles[title], self.group_of[title]
        first = local_time(self.js.clock.now(), circle.zone).date() + timedelta(days=ahead)
        last = first + timedelta(days=days)
        if any(begin <= last + timedelta(days=1) and first <= end for begin, end in circle.rests):
            return
        now = self.js.clock.now()
        rest = Break(BreakId(new_id(now)), group, first, last, False, 0, now)
        await self.js.writes(lambda uow: uow.breaks.add(rest))
        circle.rests.append((first, last))

    async def hears(self, name: str) -> None:
        """Let somebody get a direct message about something else."""
        person, now = self.js.ids[name], self.js.clock.now()
        await self.js.bot.perform(
            lambda ctx: ctx.tell(person, card("", "News"), About("news", new_id(now)), slot="news")
        )

    async def consents(self, name: str, agrees: bool) -> None:
        """Let somebody say whether they want reminders."""
        await self.js.does(name, f"/settings reminders:{'yes' if agrees else 'no'}")
        soul = self.beside.souls[name]
        soul.agrees = agrees
        soul.refused = soul.refused and not agrees


def joins(uow: UnitOfWork, js: Scene, name: str, group: GroupId) -> None:
    found = uow.groups.get(group)
    assert found is not None
    joined(uow, found, js.ids[name], Role.LEARNER, js.clock.now())


def hand_in(ctx: Any, group: GroupId, person: Any, activity: Any) -> None:
    found, known = ctx.uow.groups.get(group), ctx.uow.people.get(person)
    here = ctx.within(found, known)
    if ctx.uow.submissions.of(activity, person) is None:
        work = Submission(here.new_id(), group, activity, person, None, "Done", 1, ctx.now, ctx.now)
        ctx.uow.submissions.add(work)
    here.act(ActKind.SUBMITTED, About("submission", 1))


def ask(ctx: Any, group: GroupId, person: Any) -> None:
    found, known = ctx.uow.groups.get(group), ctx.uow.people.get(person)
    here = ctx.within(found, known)
    question = Question(here.new_id(), group, person, "Why?", QuestionState.OPEN, ctx.now)
    ctx.uow.questions.add(question)
    here.act(ActKind.ASKED, question.about)


def solve(uow: UnitOfWork, group: GroupId, person: Any) -> None:
    for question in uow.questions.by_person(group, person):
        uow.questions.save(replace(question, state=QuestionState.SOLVED))


def ends_never(uow: UnitOfWork, group: GroupId) -> None:
    uow.agenda.clear(DueKind.END_GROUP, group)


async def two_groups(url: str, path: Path, stack: AsyncExitStack) -> World:
    """Return a large group and a small one, each with its first week out."""
    js = await stack.enter_async_context(scene(url, FEATURES, path))
    await js.crowds(16)
    other = await js.another_group()
    world = World(js, {LARGE: js.group.id, SMALL: other.id})
    berlin = ZoneInfo("Europe/Berlin")
    world.beside.circles = {LARGE: Circle(berlin, small=False), SMALL: Circle(berlin, small=True)}
    for name in ("jill", "priya", "nadia"):
        await js.changes(name, learning=False)
    for title, group in world.group_of.items():
        await js.writes(partial(ends_never, group=group))
        await world.opens_week(title)
    return world


PEOPLE = ("ada", "ben", "cleo", "dan")
someone = st.sampled_from(PEOPLE)
somewhere = st.sampled_from([LARGE, SMALL])


class Kindness(RuleBasedStateMachine):
    """Four people in two groups, over some months."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.stack = AsyncExitStack()
        self.world: World

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(zones=st.lists(st.sampled_from(ZONES), min_size=4, max_size=4))
    def begin(self, zones: list[str]) -> None:
        self.world = self.run(two_groups(f"sqlite:///{self.folder / 'test.db'}", self.folder, self.stack))
        for number, (name, zone) in enumerate(zip(PEOPLE, zones, strict=True)):
            for title in (LARGE, SMALL) if number < 3 else (LARGE,):
                self.run(self.world.learner(name, zone, title, agrees=True if number else None))

    @rule(hours=st.sampled_from([1, 5, 14, 24, 24 * 3, 24 * 7, 24 * 9]))
    def time_passes(self, hours: int) -> None:
        self.run(self.world.js.passes(hours=hours))

    @rule(minutes=st.sampled_from([1, 60, 180]))
    def the_clock_steps_back(self, minutes: int) -> None:
        self.world.js.clock.move_by(-timedelta(minutes=minutes))

    @rule(days=st.sampled_from([1, 8, 15]))
    def nobody_is_awake(self, days: int) -> None:
        """The bot sleeps, and what was due comes when it wakes."""
        self.world.js.clock.move_by(timedelta(days=days))

    @rule(who=someone, where=somewhere)
    def somebody_is_heard(self, who: str, where: str) -> None:
        if who in self.world.beside.circles[where].lives:
            self.run(self.world.acts(who, where))

    @rule(who=someone, where=somewhere)
    def somebody_catches_up(self, who: str, where: str) -> None:
        if who in self.world.beside.circles[where].lives:
            self.run(self.world.does_all(who, where))

    @rule(who=someone, where=somewhere, answered=st.booleans())
    def somebody_asks_or_finds_out(self, who: str, where: str, answered: bool) -> None:
        if who in self.world.beside.circles[where].lives:
            self.run(self.world.finds_out(who, where) if answered else self.world.asks(who, where))

    @rule(who=someone, where=somewhere, on=st.booleans())
    def somebody_pauses_or_is_back(self, who: str, where: str, on: bool) -> None:
        if who in self.world.beside.circles[where].lives:
            self.run(self.world.pauses(who, where, on))

    @rule(who=someone, agrees=st.booleans())
    def somebody_changes_their_mind(self, who: str, agrees: bool) -> None:
        self.run(self.world.consents(who, agrees))

    @rule(who=someone, open_=st.booleans())
    def somebody_closes_or_opens_their_door(self, who: str, open_: bool) -> None:
        self.world.js.person(who)._profile.open_to_bot = open_

    @rule(who=someone)
    def somebody_gets_other_news(self, who: str) -> None:
        self.run(self.world.hears(who))

    @rule(where=somewhere)
    def a_week_opens(self, where: str) -> None:
        self.run(self.world.opens_week(where))

    @rule(where=somewhere, ahead=st.integers(0, 4), days=st.integers(2, 10))
    def a_group_rests(self, where: str, ahead: int, days: int) -> None:
        self.run(self.world.rests(where, ahead, days))

    @invariant()
    def no_rule_was_broken(self) -> None:
        if hasattr(self, "world"):
            assert self.world.beside.broken == []
            assert self.world.wrong.said == []

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)


@pytest.mark.slow
def test_a_suggestion_that_came_late_leaves_its_readers_their_time() -> None:
    """The bot slept while it waited for the morning; found by the machine."""
    found = Kindness()
    try:
        found.begin(["Europe/Berlin", "Europe/Berlin", "Pacific/Auckland", "Europe/Berlin"])
        for asleep, awake in ((1, 5), (24, 1)):
            found.nobody_is_awake(asleep)
            found.time_passes(awake)
        found.nobody_is_awake(8)
        found.somebody_changes_their_mind("ada", agrees=False)
        found.time_passes(24)
        found.no_rule_was_broken()
    finally:
        found.teardown()


TestKindness = pytest.mark.slow(Kindness.TestCase)
TestKindness.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
async def test_thirty_members_in_five_zones_over_eight_weeks(sqlite_url: str, tmp_path: Path) -> None:
    """J28: the group goes on by itself, and whoever falls quiet is written to kindly, or not at all."""
    chance = random.Random(28)
    async with AsyncExitStack() as stack:
        world = await two_groups(sqlite_url, tmp_path, stack)
        people = [f"u{number}" for number in range(30)]
        eager = {name: chance.choice([0, 0, 0.02, 0.1, 0.3]) for name in people}
        for number, name in enumerate(people):
            for title in [LARGE, SMALL] if number % 5 == 0 else [SMALL if number % 10 == 3 else LARGE]:
                await world.learner(name, ZONES[number % 5], title, agrees=chance.random() < 0.8 or None)
            world.js.person(name)._profile.open_to_bot = number % 7 != 6
        for day in range(56):
            if day in (7, 14):
                await world.opens_week(LARGE)
                await world.opens_week(SMALL)
            if day == 21:
                await world.rests(LARGE, 1, 7)
            for name in people:
                await lives_a_day(world, name, eager[name], chance)
            await world.js.passes(days=1)
        assert world.beside.broken == world.wrong.said == []
        assert world.beside.reminders > 30
        souls = world.beside.souls
        assert any(soul.refused for soul in souls.values())
        quiet = [name for name in people if not eager[name] and souls[name].agrees and not souls[name].refused]
        assert all(souls[name].reminded for name in quiet)


async def lives_a_day(world: World, name: str, eager: float, chance: random.Random) -> None:
    """Let somebody do what they like that day."""
    for title in (LARGE, SMALL):
        if name in world.beside.circles[title].lives and chance.random() < eager:
            await chance.choice([world.acts, world.does_all])(name, title)
    if chance.random() < 0.005:
        await world.consents(name, chance.random() < 0.5)
    if chance.random() < 0.01:
        await world.hears(name)


@pytest.mark.slow
async def test_five_thousand_quiet_people_are_not_written_to_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Newly opened conversations stay under the cap, day after day; each day it is the turn of others."""
    async with AsyncExitStack() as stack:
        world = await two_groups(sqlite_url, tmp_path, stack)
        group = world.group_of[LARGE]
        names = await world.js.writes(lambda uow: crowd(uow, world.js, group, 5_000))
        for name in names:
            world.beside.souls[name] = Soul(ZoneInfo("Europe/Berlin"), agrees=True)
            world.beside.circles[LARGE].lives[name] = Life(world.js.clock.now())
        world.js.clock.move_by(timedelta(days=7, hours=17))
        for _ in range(2):
            await world.js.passes(days=1)
        assert world.beside.broken == world.wrong.said == []
        assert [len(found) for found in world.beside.opened.values()] == [contact.OPENED_A_DAY] * 2
        assert len(world.beside.ever) == 2 * contact.OPENED_A_DAY
        ahead = await world.js.reads(lambda uow: uow.agenda.of_group(group))
        assert sum(line.kind == DueKind.NUDGE for line in ahead) == 5_000


def crowd(uow: UnitOfWork, js: Scene, group: GroupId, number: int) -> list[str]:
    """Let many people be in a group who agreed to messages, and whom nobody has written to yet."""
    now = js.clock.now()
    names = [f"m{one}" for one in range(number)]
    for name in names:
        js.chat.world.join(name)
        person = Person(PersonId(new_id(now)), name.title(), now, zone="Europe/Berlin", reminders=True)
        uow.people.add(person, Account(new_id(now), AccountRef("local", name), person.id, person.name, now))
        id = MemberId(new_id(now))
        uow.members.add(
            Member(id, group, person.id, Role.LEARNER, MemberState.ACTIVE, now, learning=True, accepted_at=now)
        )
        uow.agenda.set(DueKind.NUDGE, id, now + quiet.ONE_IN, group)
    return names


async def test_two_groups_that_decide_at_once_lay_down_one_reminder(postgres_url: str, tmp_path: Path) -> None:
    """The person is locked, so the second to decide sees what the first laid down."""
    async with AsyncExitStack() as stack:
        world = await two_groups(postgres_url, tmp_path, stack)
        for title in (LARGE, SMALL):
            await world.learner("ada", "Europe/Berlin", title, agrees=True)
        js = world.js
        js.clock.move_by(timedelta(days=7, hours=18))
        await js.writes(partial(both_due, world=world))
        lines = await js.reads(lambda uow: uow.agenda.due(js.clock.now(), 100))
        mine = [line for line in lines if line.kind == DueKind.NUDGE and line.at == js.clock.now()]
        assert len({line.group for line in mine}) == 2

        await asyncio.gather(*(js.bot.perform(partial(decide_slowly, js=js, line=line)) for line in mine))

        posts = await js.reads(lambda uow: [post for id in world.group_of.values() for post in uow.outbox.of_group(id)])
        assert sum(post.slot.startswith("nudge") for post in posts) == 1
        await js.settle()
        assert world.beside.reminders == 1


def decide_slowly(ctx: Context, js: Scene, line: Due) -> None:
    """Decide, and keep the transaction open while the other group decides."""
    js.bot._do(ctx, line)
    ctx.uow.people._db.exec_driver_sql("SELECT pg_sleep(0.3)")  # type: ignore[attr-defined]


def both_due(uow: UnitOfWork, world: World) -> None:
    """Let nobody lead the small group, and both groups look after Ada now."""
    for one in uow.members.leading(world.group_of[SMALL]):
        uow.members.save(replace(one, state=MemberState.LEFT))
    for group in world.group_of.values():
        member = uow.members.of(group, world.js.ids["ada"])
        assert member is not None
        uow.agenda.set(DueKind.NUDGE, member.id, world.js.clock.now(), group)
