"""A study group in its fourth week, played on the real bot: what a database of many groups is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from bench.taker import Taker
from bot.bootstrap import App, assembled
from bot.chat import AccountRef, ChannelRef, Invocation, MessageRef, ReactionAdded
from bot.context import Context
from bot.ids import ActivityId, GroupId, PersonId, QuestionId, code, new_id
from bot.ports import UnitOfWork
from bot.study.founding import found
from bot.study.outline import ActivityKind, ActivityPlan, Material, MaterialKind, Outline, WeekPlan
from bot.study.people import Account, Person
from bot.study.questions import QuestionState
from bot.study.times import LocalTime
from schedules.clock import MovedClock

CREATED = datetime(2027, 1, 4, 9, tzinfo=UTC)
STARTS = datetime(2027, 1, 11, 18)  # noqa: DTZ001  # a wall clock has no zone
HOME = ChannelRef("local", "acme", "javascript")
LEARNERS = 30
WEEKS = 6
PLAYED = 3
"""Weeks that have passed."""
TOPICS = ("closures", "promises", "iterators", "callbacks", "prototypes", "modules")
"""What people ask about; in words that no other question has, or they would be shown that one first."""

OUTLINE = Outline(
    "JavaScript in six weeks",
    tuple(
        WeekPlan(
            f"Part {number} of the language",
            materials=tuple(
                Material(MaterialKind.READING, f"Chapter {number}.{part}", f"https://js.example/{number}/{part}", 20)
                for part in range(1, 5)
            ),
            activities=tuple(
                ActivityPlan(ActivityKind.PRACTICE, f"Exercise {number}.{part}", required=part < 3, minutes=30)
                for part in range(1, 4)
            ),
        )
        for number in range(1, WEEKS + 1)
    ),
)


@dataclass
class _Play:
    """A group on its way."""

    app: App
    clock: MovedClock
    group: GroupId
    accounts: Sequence[AccountRef]

    def __post_init__(self) -> None:
        self._calls = count(1)

    async def does(self, account: AccountRef, command: str, **arguments: str) -> None:
        """Let somebody run a command, some seconds after the one before."""
        self.clock.move_by(timedelta(seconds=20))
        call = Invocation(
            str(next(self._calls)), command, account, account.user, HOME, arguments=arguments, submitted=True
        )
        await self.app.bot.invoke(call)

    async def week(self, number: int) -> None:
        """Let a week open, most hand in, some ask, one answers, and people like what they see."""
        opens = CREATED + timedelta(days=7 * number, hours=9)
        await self.app.runner.advance(self.clock, opens)
        activities = await self.app.bot.read(lambda uow: _activities(uow, self.group, number))
        for place, account in enumerate(self.accounts):
            for activity in activities[: 1 + place % 2]:
                link = f"https://work.example/{account.user}/{number}"
                await self.does(account, "submit", activity=code(activity), link=link, note="See the second part.")
        for account, topic in zip(self.accounts[number::5], TOPICS, strict=False):
            details = f"In chapter {number}, mine never print. I tried it twice and got the same."
            await self.does(account, "ask", question=f"{topic}{number}?", details=details)
        for account, question in zip(self.accounts, await self.app.bot.read(self._unanswered), strict=False):
            await self.does(account, "answer", question=code(question), text="Look at what it returns; mine did too.")
        await self.app.runner.run_due()
        messages = await self.app.bot.read(lambda uow: _messages(uow, self.group))
        for place, account in enumerate(self.accounts):
            for message in messages[place % 7 :: 7][:4]:
                await self.app.bot.handle(ReactionAdded(account, message, "👍"))

    def _unanswered(self, uow: UnitOfWork) -> list[QuestionId]:
        return [one.id for one in uow.questions.in_group(self.group) if one.state is QuestionState.OPEN]


async def play(url: str) -> None:
    """Let one group live through its first weeks in an empty database."""
    clock = MovedClock(CREATED)
    async with assembled(url, {"local": Taker()}, clock, durable=False) as app:
        group, accounts = await app.bot.perform(_begun)
        playing = _Play(app, clock, group, accounts)
        for account in accounts:
            await playing.does(account, "enrol", goal="Write my first page", offer="I can draw", plan="On Sundays")
        for number in range(1, PLAYED + 1):
            await playing.week(number)
        await app.runner.advance(clock, clock.now() + timedelta(days=2))


def _begun(ctx: Context) -> tuple[GroupId, list[AccountRef]]:
    people = [_person(ctx, f"user{number}") for number in range(LEARNERS + 1)]
    group = found(
        ctx.uow,
        OUTLINE,
        title="",
        channels=[HOME],
        owner=people[0][0],
        starts=LocalTime(STARTS),
        zone="Europe/Berlin",
        now=ctx.now,
        auto_accept=True,
    )
    return group.id, [account for _, account in people[1:]]


def _person(ctx: Context, user: str) -> tuple[PersonId, AccountRef]:
    ref = AccountRef("local", user)
    person = Person(PersonId(new_id(ctx.now)), user.title(), ctx.now, zone="Europe/Berlin", reminders=True)
    ctx.uow.people.add(person, Account(new_id(ctx.now), ref, person.id, person.name, ctx.now))
    return person.id, ref


def _activities(uow: UnitOfWork, group: GroupId, ordinal: int) -> list[ActivityId]:
    week = uow.weeks.at(group, ordinal)
    assert week is not None, "the outline has such a week"
    return [one.id for one in uow.weeks.activities(group) if one.week == week.id]


def _messages(uow: UnitOfWork, group: GroupId) -> list[MessageRef]:
    """Return the group's newest messages."""
    return [post.message for post in uow.outbox.of_group(group, 300) if post.message is not None]
