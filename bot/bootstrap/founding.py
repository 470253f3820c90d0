"""A group founded from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.outlines import check_lines, read_outline
from bot.bootstrap import assembled
from bot.chat import AccountRef, ChannelRef
from bot.config import Config
from bot.context import Context
from bot.errors import ConfigError
from bot.features.leading.opening import announce
from bot.ids import PersonId, new_id
from bot.ports import Clock, UnitOfWork
from bot.study.audit import scope_of
from bot.study.founding import found
from bot.study.groups import Group
from bot.study.people import GUEST, Account, Person
from bot.study.times import read_local
from schedules.clock import SystemClock

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Founding:
    """What `group create` was told."""

    course: Path
    homes: Sequence[ChannelRef]
    facilitator: AccountRef
    starts: str
    zone: str
    title: str
    seats: int | None
    auto_accept: bool


async def create(config: Config, wish: Founding) -> int:
    """Create a group from a course outline and print what came of it; raises a Refusal where it cannot be."""
    reading = read_outline(wish.course)
    if reading.outline is None:
        raise ConfigError(*check_lines(reading), "Nothing was created.")
    outline = reading.outline
    clock = SystemClock()

    def work(ctx: Context) -> Group:
        group = found(
            ctx.uow,
            outline,
            title=wish.title,
            channels=wish.homes,
            owner=_person(ctx.uow, wish.facilitator, clock),
            starts=read_local(wish.starts),
            zone=wish.zone,
            now=clock.now(),
            seats=wish.seats,
            auto_accept=wish.auto_accept,
            language=config.instance.language,
        )
        announce(ctx.within(group))
        ctx.uow.audit.add(scope_of(None), clock.now(), GUEST, "group create", f"group={group.id}")
        return group

    async with assembled(config.storage.url, {}, clock, backups=config.storage.backups_folder) as app:
        group = await app.bot.perform(work)
    weeks = len(outline.weeks)
    print(f"Created: {group.title} ({weeks} weeks), from {group.starts:%Y-%m-%d %H:%M} in {group.zone}.")
    print(f"It lives in {', '.join(map(str, wish.homes))}, and {wish.facilitator} leads it.")
    return 0


def _person(uow: UnitOfWork, ref: AccountRef, clock: Clock) -> PersonId:
    """Return the person behind an account, who is new if the bot has not met them."""
    known = uow.people.by_account(ref)
    if known is not None:
        return known.id
    now = clock.now()
    person = Person(PersonId(new_id(now)), ref.user, now)
    uow.people.add(person, Account(new_id(now), ref, person.id, person.name, now))
    return person.id
