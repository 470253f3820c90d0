"""A group on two platforms at once: left and right, one bot and one store; people act on either."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.local import Channel, LocalPlatform, Message, Person
from bot.bootstrap import App, assembled
from bot.cards import File
from bot.chat import AccountRef
from bot.ids import PersonId
from bot.study.groups import Group
from bot.study.members import Member
from schedules.clock import MovedClock
from tests.builders import UNLIMITED
from tests.fresh import open_fresh

BEGINS = datetime.fromisoformat("2027-01-11T16:50:00+00:00")
"""Ten minutes before the group starts."""
COURSE = """# JavaScript

## Week 1: Values

### Practice: Count your plants

## Week 2: Lists

### Practice: A list of beds
"""
CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")


@dataclass
class Two:
    """Both platforms, and what people do there: everything that can be delivered is, after each step."""

    app: App
    clock: MovedClock
    left: LocalPlatform
    right: LocalPlatform
    group: Group | None = None

    def channel(self, side: LocalPlatform, name: str = "javascript") -> Channel:
        return side.space("makers" if side is self.left else "workers").channel(name)

    async def types(self, who: Person, line: str, *, file: str = "", where: str = "javascript") -> str:
        """Let somebody type a command in the channel of their side."""
        given = {"file": File("course.md", "text/markdown", file.encode())} if file else None
        answer = await who.types(line, self.channel(self.side(who), where), files=given)
        await self.settle()
        return answer.text

    async def presses(self, who: Person, label: str, on: Message | None = None) -> str:
        answer = await who.presses(label, on)
        await self.settle()
        return answer.text

    async def fills(self, who: Person, **values: str) -> str:
        answer = await who.fills(values)
        await self.settle()
        return answer.text

    async def says(self, who: Person, words: str, below: Message) -> Message:
        said = await who.says(words, thread_of=below)
        await self.settle()
        return said

    async def reacts(self, who: Person, emoji: str, on: Message) -> None:
        await who.reacts(emoji, on)
        await self.settle()

    def side(self, who: Person) -> LocalPlatform:
        return self.left if who.account.platform == "left" else self.right

    async def settle(self) -> None:
        while await self.app.runner.run_due():
            pass
        await self.app.runner.advance(self.clock, self.clock.now() + timedelta(seconds=30))

    async def passes(self, **time: float) -> None:
        await self.app.runner.advance(self.clock, self.clock.now() + timedelta(**time))

    async def person(self, account: AccountRef) -> PersonId:
        found = await self.app.store.read(lambda uow: uow.people.by_account(account))
        assert found is not None
        return found.id

    async def member(self, who: Person) -> Member | None:
        assert self.group is not None
        id, group = await self.person(who.account), self.group.id
        return await self.app.store.read(lambda uow: uow.members.of(group, id))

    async def links(self, one: Person, other: Person) -> str:
        """Let somebody make a code with one account, and use it with the other."""
        shown = CODE.search(await self.types(one, "/link"))
        assert shown is not None
        await self.types(other, f"/link {shown[0].lower().replace('-', ' ')}")
        return await self.presses(other, "Join both")

    async def unlinks(self, who: Person) -> str:
        await self.types(who, "/link")
        await self.presses(who, "Unlink them…")
        return await self.presses(who, "Unlink them")

    async def opens_home(self, admin: Person, leader: Person) -> str:
        """Let a group get a second home: its leader makes a code, an admin of the other space types it there."""
        shown = CODE.search(await self.types(leader, "/lead group home"))
        assert shown is not None
        return await self.types(admin, f"/lead group home {shown[0]}")

    async def enrols(self, *people: Person) -> None:
        for who in people:
            await self.types(who, "/enrol")
            await self.fills(who, goal="To learn")

    def thread(self, words: str, side: LocalPlatform) -> list[str]:
        """Return what stands in the thread below a message."""
        thread = self.channel(side).message(words).thread
        return [message.text for message in thread.messages] if thread is not None else []


@asynccontextmanager
async def two(url: str) -> AsyncIterator[Two]:
    """Open both platforms over one empty database."""
    await (await open_fresh(url)).close()
    clock = MovedClock(BEGINS)
    left, right = LocalPlatform(clock, name="left"), LocalPlatform(clock, name="right")
    platforms = {"left": left, "right": right}
    async with assembled(url, platforms, clock, durable=False, limits=UNLIMITED) as app:
        for platform in (left, right):
            platform.connect(app.bot)
        yield Two(app, clock, left, right)


async def founded(both: Two) -> tuple[Person, Person]:
    """Let Fela found a group on the left that takes everybody; Adam is an admin on the right."""
    fela = both.left.person("fela", admin=True, zone="Europe/Berlin")
    adam = both.right.person("adam", admin=True, zone="Europe/Berlin")
    made = await both.types(fela, '/lead group import start:"2027-01-11 18:00" zone:Europe/Berlin', file=COURSE)
    if "[Start" in made:
        made = await both.presses(fela, re.findall(r"\[(Start[^\]]*)\]", made)[0])
    await both.types(fela, "/lead group enrolment auto_accept:yes")
    both.group = await both.app.store.read(lambda uow: uow.groups.in_channel(both.channel(both.left).ref))
    assert both.group is not None, made
    return fela, adam


def path_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'two.db'}"
