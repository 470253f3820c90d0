"""A study group on a real store and the local platform, with one cast of people, for tests that read like a chat.

Jill, Priya and Nadia learn, Tomas mentors, Fela facilitates, Olu looks on, and Gus belongs to no group. The group has
three weeks of two activities each; `await scene.open_week(1)` lets one be out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from adapters.local import Answer, Channel, LocalPlatform, Message, Person
from adapters.outlines import Shelf
from bot.app import Bot
from bot.chat import AccountRef, ChannelRef, Invocation
from bot.feature import Feature
from bot.ids import ActivityId, MemberId, PersonId, new_id
from bot.ports import Store, UnitOfWork
from bot.study.agenda import DueKind
from bot.study.founding import found
from bot.study.groups import Group, GroupState
from bot.study.limits import Limits
from bot.study.members import Member, MemberState, Role, Transition
from bot.study.outline import ActivityKind, ActivityPlan, Material, MaterialKind, Outline, WeekPlan
from bot.study.people import Account
from bot.study.people import Person as Known
from bot.study.rescheduling import first_nudge_at
from bot.study.times import LocalTime
from bot.study.weeks import WeekState
from schedules.clock import MovedClock
from schedules.pump import Pump
from storage.restore import restore
from tests.fresh import open_begun, open_fresh

T = TypeVar("T")

UNLIMITED = Limits(*[1_000_000] * 6)
"""For tests of anything but limits: their clock stands still while people do a day's worth."""
MONDAY = datetime(2027, 1, 11, 17, tzinfo=UTC)
"""18:00 in Berlin, when the group starts."""
ZONE = "Europe/Berlin"
ROLES = {
    "jill": Role.LEARNER,
    "priya": Role.LEARNER,
    "nadia": Role.LEARNER,
    "tomas": Role.MENTOR,
    "fela": Role.OWNER,
    "olu": Role.OBSERVER,
}
CAST = (*ROLES, "gus")

OUTLINE = Outline(
    "JavaScript in three weeks",
    tuple(
        WeekPlan(
            title,
            materials=(Material(MaterialKind.READING, f"Reading {title}", "https://js.example/read", 20),),
            activities=(
                ActivityPlan(ActivityKind.PRACTICE, f"Practise {title}", minutes=30),
                ActivityPlan(ActivityKind.REFLECT, f"Reflect on {title}", required=False, minutes=10),
            ),
        )
        for title in ("values", "functions", "objects")
    ),
    source="https://js.example",
)


@dataclass
class Scene:
    """What a story needs: people act, time passes, and everything can be looked at."""

    store: Store
    clock: MovedClock
    chat: LocalPlatform
    pump: Pump
    bot: Bot
    group: Group
    ids: dict[str, PersonId] = field(default_factory=dict)
    members: dict[str, MemberId] = field(default_factory=dict)

    @property
    def home(self) -> Channel:
        """The channel that the group lives in."""
        return self.chat.space("acme").channel("javascript")

    def person(self, name: str) -> Person:
        return self.chat.person(name)

    def inbox(self, name: str) -> list[str]:
        """Return somebody's direct messages, as they read them now."""
        person = self.person(name)
        return [person.reads(message) for message in person.inbox]

    async def does(self, name: str, line: str) -> str:
        """Let somebody type a command in the group's channel, and everything be delivered; return what they read."""
        answer = await self.person(name).types(line, self.home)
        await self.settle()
        return answer.text

    async def fills(self, name: str, **values: str) -> str:
        """Let somebody fill in the form that is open."""
        answer = await self.person(name).fills(values)
        await self.settle()
        return answer.text

    async def presses(self, name: str, label: str, on: Message | Answer | None = None) -> str:
        """Let somebody press a button, of a message or else of what they were shown last."""
        answer = await self.person(name).presses(label, on)
        await self.settle()
        return answer.text

    async def uses_menu(self, name: str, label: str, on: Message) -> str:
        """Let somebody choose an entry of a message's menu."""
        answer = await self.person(name).uses_menu(label, on)
        await self.settle()
        return answer.text

    async def says(self, name: str, words: str, below: Message) -> Message:
        """Let somebody write into the thread of a message."""
        said = await self.person(name).says(words, thread_of=below)
        await self.settle()
        return said

    async def likes(self, name: str, message: Message) -> None:
        await self.person(name).reacts("👍", message)
        await self.settle()

    async def calls(self, name: str, command: str, *, submitted: bool = False, **arguments: str) -> str:
        """Call a command as a button or a form with these arguments does; return what its cards say, as lines."""
        call = Invocation(
            id=str(new_id(self.clock.now())),
            command=command,
            account=self.person(name).account,
            name=name.title(),
            channel=self.home.ref,
            arguments=arguments,
            submitted=submitted,
        )
        answer = await self.bot.invoke(call)
        await self.settle()
        return "\n".join(map(plain, answer.cards)) if answer.form is None else "(a form)"

    async def settle(self) -> None:
        """Deliver all that can go out now."""
        await self.pump.drain()

    async def passes(self, **time: float) -> None:
        """Let time pass, from one thing that falls due to the next, with each done at its time."""
        until = self.clock.now() + timedelta(**time)
        while (now := self.clock.now()) < until:
            ahead = await self.reads(lambda uow, now=now: (uow.agenda.next_at(now), uow.outbox.next_at()))  # type: ignore[misc]
            self.clock.move_to(min([until, *(at for at in ahead if at is not None and at > now)]))
            while await self.bot.tick():
                pass
            await self.settle()

    async def reads(self, view: Callable[[UnitOfWork], T]) -> T:
        return await self.store.read(view)

    async def writes(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.store.write(work)

    async def activity(self, week: int, number: int = 1) -> ActivityId:
        """Return the id of an activity."""

        def view(uow: UnitOfWork) -> ActivityId:
            found = uow.weeks.at(self.group.id, week)
            assert found is not None
            return [one.id for one in uow.weeks.activities(self.group.id) if one.week == found.id][number - 1]

        return await self.reads(view)

    async def open_week(self, number: int) -> None:
        """Let a week be out from now on, and the group be running."""

        def work(uow: UnitOfWork) -> None:
            week = uow.weeks.at(self.group.id, number)
            group = uow.groups.get(self.group.id)
            assert week is not None
            assert group is not None
            uow.weeks.save(replace(week, state=WeekState.POSTED, posted_at=self.clock.now()))
            self.group = replace(group, state=GroupState.RUNNING)
            uow.groups.save(self.group)

        await self.writes(work)

    async def changes(self, name: str, **fields: Any) -> None:
        """Change somebody's membership."""
        await self.writes(lambda uow: uow.members.save(replace(_there(uow, self.members[name]), **fields)))

    async def changes_group(self, **fields: Any) -> None:
        """Change the group."""
        self.group = replace(self.group, **fields)
        await self.writes(lambda uow: uow.groups.save(self.group))

    async def agrees(self, *names: str, reminders: bool = True) -> None:
        """Let people agree to direct messages."""

        def work(uow: UnitOfWork) -> None:
            for name in names:
                person = uow.people.get(self.ids[name])
                assert person is not None
                uow.people.save(replace(person, reminders=reminders))

        await self.writes(work)

    async def member(self, name: str) -> Member:
        return await self.reads(lambda uow: _there(uow, self.members[name]))

    async def joins(self, name: str, *, zone: str = ZONE, role: Role = Role.LEARNER) -> None:
        """Let somebody new be in the group from now on."""
        person = self.chat.person(name, name=name.title(), zone=zone)

        def work(uow: UnitOfWork) -> None:
            now = self.clock.now()
            known = Known(PersonId(new_id(now)), name.title(), now, zone=zone)
            uow.people.add(known, Account(new_id(now), person.account, known.id, known.name, now))
            self.ids[name] = known.id
            self.members[name] = joined(uow, self.group, known.id, role, now)

        await self.writes(work)

    async def crowds(self, number: int) -> None:
        """Let some more people look on, so that not everyone knows everyone."""

        def work(uow: UnitOfWork) -> None:
            for _ in range(number):
                now = self.clock.now()
                person = Known(PersonId(new_id(now)), "Somebody", now)
                account = Account(new_id(now), AccountRef("local", f"u{person.id}"), person.id, person.name, now)
                uow.people.add(person, account)
                joined(uow, self.group, person.id, Role.OBSERVER, now)

        await self.writes(work)

    async def another_group(self, channel: str = "python", title: str = "Python together") -> Group:
        """Found another group of Fela's in the same space, starting in two weeks."""
        home = self.chat.space("acme").channel(channel)
        starts = LocalTime(datetime(2027, 1, 25, 18))  # noqa: DTZ001  # a wall clock has no zone
        return await self.writes(lambda uow: _found(uow, self.ids["fela"], home.ref, title, starts, self.clock.now()))


def _there(uow: UnitOfWork, id: MemberId) -> Member:
    found = uow.members.get(id)
    assert found is not None
    return found


def plain(card: Any) -> str:
    """Return a card as the lines that people read."""
    from adapters.local.cards import draw

    return draw(card)


@asynccontextmanager
async def scene(
    url: str, features: Iterable[Feature], courses: Path, limits: Limits = UNLIMITED, site: str | None = None
) -> AsyncIterator[Scene]:
    """Open a scene with some features, at the moment when the group starts; no week is out yet."""
    clock = MovedClock(MONDAY - timedelta(days=7))
    chat = LocalPlatform(clock)
    chat.space("acme").channel("javascript")
    for name in CAST:
        chat.person(name, name=name.title(), zone=ZONE)
    store, begun = await open_begun(url, _begin)
    pump = Pump(store, {"local": chat}, clock, jitter=lambda: 1.0)
    bot = Bot(features, store, clock, Shelf(courses), wake=pump.wake, limits=limits, site=site)
    pump.attend(bot)
    chat.connect(bot)
    clock.move_to(MONDAY)
    try:
        yield Scene(store, clock, chat, pump, bot, begun.group, dict(begun.ids), dict(begun.members))
    finally:
        await store.close()


@asynccontextmanager
async def restored(before: Scene, backup: Path, place: Path, features: Iterable[Feature]) -> AsyncIterator[Scene]:
    """Put a backup in the place of a scene's SQLite file, which is closed, and go on with it."""
    restore(backup, place, before.clock.now())
    store = await open_fresh(f"sqlite:///{place}")
    pump = Pump(store, {"local": before.chat}, before.clock)
    bot = Bot(features, store, before.clock, before.bot.outlines)
    pump.attend(bot)
    try:
        yield replace(before, store=store, bot=bot, pump=pump)
    finally:
        await store.close()


@dataclass(frozen=True)
class _Begun:
    """What a scene begins with."""

    group: Group
    ids: dict[str, PersonId]
    members: dict[str, MemberId]


def _begin(uow: UnitOfWork) -> _Begun:
    """Found the group a week before it starts."""
    now = MONDAY - timedelta(days=7)
    ids = {name: PersonId(new_id(now)) for name in CAST}
    for name, id in ids.items():
        known = Known(id, name.title(), now, zone=ZONE)
        uow.people.add(known, Account(new_id(now), AccountRef("local", name), id, known.name, now))
    starts = LocalTime(datetime(2027, 1, 11, 18))  # noqa: DTZ001  # a wall clock has no zone
    group = _found(uow, ids["fela"], ChannelRef("local", "acme", "javascript"), "", starts, now)
    return _Begun(group, ids, {name: joined(uow, group, ids[name], role, now) for name, role in ROLES.items()})


def _found(
    uow: UnitOfWork, owner: PersonId, channel: ChannelRef, title: str, starts: LocalTime, now: datetime
) -> Group:
    """Found a group whose weeks are opened by the test, not by their time."""
    group = found(uow, OUTLINE, title=title, channels=[channel], owner=owner, starts=starts, zone=ZONE, now=now)
    for kind in (DueKind.START_GROUP, DueKind.HEAR_FROM_GROUP):
        uow.agenda.clear(kind, group.id)
    for week in uow.weeks.of_group(group.id):
        uow.agenda.clear(DueKind.PUBLISH_WEEK, week.id)
    return group


def joined(uow: UnitOfWork, group: Group, person: PersonId, role: Role, now: datetime) -> MemberId:
    """Let somebody be in a group, and return the id of the membership."""
    before = uow.members.of(group.id, person)
    if before is not None:
        return before.id
    id = MemberId(new_id(now))
    learning = role is Role.LEARNER
    member = Member(id, group.id, person, role, MemberState.ACTIVE, now, learning=learning, accepted_at=now)
    uow.members.add(member)
    uow.members.record(Transition(new_id(now), id, now, person, MemberState.ACTIVE, role, "accepted"))
    if learning:
        uow.agenda.set(DueKind.NUDGE, id, first_nudge_at(uow.weeks, member), group.id)
    return id
