"""A bot with all features on a real store, a clock that only tests move, and people who call it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.app import Bot
from bot.bootstrap import FEATURES
from bot.cards import Button, Card, File, Reply, paragraph
from bot.chat import AccountRef, ChannelRef, Direct, InChannel, Invocation, OpenThread
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.ids import GroupId, from_code
from bot.language import ENGLISH
from bot.outbox import Post, PostState, Verb
from bot.ports import Store, UnitOfWork
from bot.study.groups import Group
from bot.study.members import Member
from bot.study.outline import ActivityKind, ActivityPlan, Material, MaterialKind, Outline, WeekPlan
from tests.builders import UNLIMITED
from tests.features.plain import plain
from tests.fresh import open_fresh

T = TypeVar("T")

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
"""When every test begins: a Monday, a week before the groups of most tests start."""
HERE = ChannelRef("local", "school", "javascript")
ELSEWHERE = ChannelRef("local", "school", "python")
FOREIGN = ChannelRef("local", "university", "javascript")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass: `move(days=2)`."""
        self.at += timedelta(**by)


class UnreadableFile(Refusal):
    """I can't read “{file}” as a course."""


class Courses:
    """The outlines at hand: one course, `js`; a file is read as a course with a week for each of its lines."""

    def names(self) -> Sequence[tuple[str, str]]:
        return [("js", "JavaScript"), ("empty", "Nothing yet")]

    def get(self, name: str) -> Outline:
        if name == "empty":
            return Outline("Nothing yet", ())
        if name != "js":
            raise UnknownItem
        return a_course()

    def read(self, file: File) -> Outline:
        try:
            title, *weeks = file.content.decode().splitlines()
        except ValueError as error:
            raise UnreadableFile(file=file.name) from error
        return Outline(title, tuple(WeekPlan(week) for week in weeks))

    def write(self, outline: Outline) -> File:
        lines = [outline.title, *(week.title for week in outline.weeks)]
        return File("course.md", "text/markdown", "\n".join(lines).encode())


def a_course(title: str = "JavaScript", weeks: int = 3) -> Outline:
    """Return an outline: each week has something to watch and two activities, of which one is required."""
    return Outline(
        title,
        tuple(
            WeekPlan(
                f"Part {number}",
                (paragraph(f"About part {number}."),),
                (Material(MaterialKind.VIDEO, f"Watch part {number}", f"https://example.org/{number}", 10),),
                (
                    ActivityPlan(ActivityKind.REFLECT, f"Think about part {number}", (), True, 30),
                    ActivityPlan(ActivityKind.BUILD, f"Build part {number}", (), False, 60),
                ),
            )
            for number in range(1, weeks + 1)
        ),
        description="Learn the language of the web.",
        source="https://example.org/course",
    )


@dataclass
class Scene:
    """A bot with its store and clock; people are named by what they are called, and call from a channel."""

    bot: Bot
    store: Store
    clock: Clock
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def call(
        self,
        who: str,
        command: str,
        arguments: Mapping[str, str] | None = None,
        *,
        channel: ChannelRef | None = HERE,
        submitted: bool = False,
        admin: bool = False,
        files: Mapping[str, File] | None = None,
        zone: str | None = None,
        **more: str,
    ) -> Reply:
        """Let somebody call a command; `channel=None` is a direct conversation."""
        return await self.bot.invoke(
            Invocation(
                id=f"call-{next(self._numbers)}",
                command=command,
                account=account(who),
                name=who.capitalize(),
                channel=channel,
                arguments={**(arguments or {}), **more},
                files=files or {},
                submitted=submitted,
                admin=admin,
                zone=zone,
            )
        )

    async def says(self, who: str, command: str, **arguments: str) -> str:
        """Let somebody call a command in the group's channel and return the answer as plain text."""
        return plain(await self.call(who, command, arguments))

    async def press(
        self, who: str, shown: Reply | Card, label: str, *, channel: ChannelRef | None = HERE, admin: bool = False
    ) -> Reply:
        """Let somebody press the button with this label."""
        cards = shown.cards if isinstance(shown, Reply) else (shown,)
        for one in (button for card in cards for button in card.buttons if isinstance(button, Button)):
            if ENGLISH.plain(one.label) == label:
                return await self.call(who, one.command, dict(one.arguments), channel=channel, admin=admin)
        raise AssertionError(f"there is no button “{label}” in:\n{plain(shown)}")

    async def tick(self) -> None:
        """Let everything happen that is due by now, and what follows from it."""
        for _ in range(20):
            if not await self.bot.tick():
                return
        raise AssertionError("something is due again and again")

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        """Return what a view sees in the store."""
        return await self.store.read(view)

    async def group(self, channel: ChannelRef = HERE) -> Group:
        """Return the group that lives in a channel."""
        found = await self.store.read(lambda uow: uow.groups.in_channel(channel))
        assert found is not None, f"no group lives in {channel}"
        return found

    async def member(self, who: str, channel: ChannelRef = HERE) -> Member:
        """Return somebody's membership of the group in a channel."""
        group = await self.group(channel)

        def view(uow: UnitOfWork) -> Member | None:
            person = uow.people.by_account(account(who))
            return uow.members.of(group.id, person.id) if person else None

        found = await self.store.read(view)
        assert found is not None, f"{who} is no member"
        return found

    async def posts(self, group: GroupId | None = None) -> list[Post]:
        """Return a group's posts that are to be seen, oldest first."""
        wanted = group or (await self.group()).id
        found = await self.store.read(lambda uow: uow.outbox.of_group(wanted, 1000))
        gone = (PostState.CANCELLED, PostState.EXPIRED)
        return [post for post in reversed(found) if post.verb is Verb.SEND and post.state not in gone]

    async def told(self, who: str, group: GroupId | None = None) -> list[Card]:
        """Return the direct messages that somebody got from a group, oldest first."""
        mine = [post for post in await self.posts(group) if post.to == Direct(account(who))]
        return [post.card for post in mine if post.card is not None]

    async def posted(self, channel: ChannelRef = HERE) -> list[Card]:
        """Return what the group shows in a channel, oldest first."""
        here = [post for post in await self.posts() if isinstance(post.to, InChannel | OpenThread)]
        return [post.card for post in here if post.card is not None and post.to is not None and _in(post, channel)]


def _in(post: Post, channel: ChannelRef) -> bool:
    return isinstance(post.to, InChannel | OpenThread) and post.to.channel == channel


def account(who: str) -> AccountRef:
    """Return somebody's account."""
    return AccountRef("local", who)


@asynccontextmanager
async def a_bot(folder: Path, features: Sequence[Feature] | None = None, url: str = "") -> AsyncIterator[Scene]:
    """Open a bot with all features, or some, on an empty database in a folder, or at `url`."""
    store = await open_fresh(url or f"sqlite:///{folder / 'test.db'}")
    clock = Clock()
    try:
        bot = Bot(FEATURES if features is None else features, store, clock, Courses(), limits=UNLIMITED)
        yield Scene(bot, store, clock)
    finally:
        await store.close()


async def a_group(
    scene: Scene, facilitator: str = "fela", *, channel: ChannelRef = HERE, auto_accept: bool = False, **options: str
) -> Group:
    """Let somebody start a group that opens on Monday 11 January 2027 at 18:00 in Berlin."""
    given = {"outline": "js", "start": "2027-01-11 18:00", "zone": "Europe/Berlin", **options}
    shown = await scene.call(facilitator, "lead group create", given, channel=channel, admin=True, submitted=True)
    answer = await scene.press(facilitator, shown, "Start the group", channel=channel, admin=True)
    assert "is open for enrolment" in plain(answer), plain(answer)
    if auto_accept:
        await scene.call(facilitator, "lead group enrolment", channel=channel, auto_accept="yes")
    await scene.tick()
    return await scene.group(channel)


async def a_learner(scene: Scene, who: str, facilitator: str = "fela", channel: ChannelRef = HERE) -> Member:
    """Let somebody enrol and be accepted."""
    await scene.call(who, "enrol", channel=channel, submitted=True, goal="To build my own page.")
    member = await scene.member(who, channel)
    if member.accepted_at is None:
        asked = (await scene.told(facilitator, member.group))[-1]
        await scene.press(facilitator, asked, "Accept", channel=channel)
    return await scene.member(who, channel)


def button_ids(shown: Reply | Card, label: str) -> dict[str, int]:
    """Return the ids that the button with this label carries."""
    cards = shown.cards if isinstance(shown, Reply) else (shown,)
    for one in (button for card in cards for button in card.buttons if isinstance(button, Button)):
        if ENGLISH.plain(one.label) == label:
            return {name: from_code(value) or 0 for name, value in one.arguments}
    raise AssertionError(f"there is no button “{label}”")
