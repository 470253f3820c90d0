"""What stands around a call: it is taken in once, it comes not too often, and what is decided over others is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum

from bot.chat import AccountRef, Event, Invocation
from bot.context import Context
from bot.feature import Listener
from bot.inbox import Taken
from bot.options import Command
from bot.ports import UnitOfWork
from bot.study import limits
from bot.study.audit import scope_of
from bot.study.limits import Limits
from bot.study.rights import LEADERS, OF_A_SPACE, RIGHTS, over_others

ACCOUNTS = 10_000
"""How many accounts a bucket keeps in mind before it first tidies up."""


# Taken in once


def call_taken(uow: UnitOfWork, call: Invocation, now: datetime) -> bool:
    """Note a call; return False where it came before. One without an id cannot be known again."""
    return not call.id or uow.inbox.take(Taken(_space(call), "call", call.id, call.command, now))


def event_taken(ctx: Context, event: Event, listener: Listener) -> bool:
    """Note an event for a listener; return False where it came before. One without a key cannot be known again."""
    if not event.key:
        return True
    space, kind = str(event.message.channel.where), type(event).__name__
    return ctx.uow.inbox.take(Taken(space, kind, event.key, name_of(listener), ctx.now))


def name_of(listener: Listener) -> str:
    """Return the name under which a listener notes what it has taken in; no two of one event may share it."""
    return f"{listener.__module__}.{listener.__qualname__}"


def _space(call: Invocation) -> str:
    """Return the space within which the id of a call is unique; a direct conversation is the account's own."""
    return str(call.channel.where) if call.channel else f"@{call.account}"


# Not too often


class Bucket:
    """So many calls a minute of each account, in memory: a full bucket is not kept, and one fills up in a minute."""

    def __init__(self, a_minute: int) -> None:
        self._each = limits.MINUTE // a_minute
        self._full_at: dict[AccountRef, datetime] = {}
        self._room = ACCOUNTS

    def check(self, account: AccountRef, now: datetime) -> None:
        """Raise TooFast where nothing is left."""
        left = self._filling(account, now) + self._each - limits.MINUTE
        if left > timedelta(0):
            raise limits.TooFast(wait=limits.seconds(left))

    def take(self, account: AccountRef, now: datetime) -> None:
        """Take one out; raises TooFast where nothing is left."""
        self.check(account, now)
        self.spend(account, now)

    def spend(self, account: AccountRef, now: datetime) -> None:
        """Take one out, also where nothing is left."""
        self._full_at[account] = now + min(self._filling(account, now) + self._each, limits.MINUTE)
        if len(self._full_at) > self._room:
            self._full_at = {one: at for one, at in self._full_at.items() if at > now}
            # As much room again as is taken: else a crowd would have all of it looked through at each call.
            self._room = max(ACCOUNTS, 2 * len(self._full_at))

    def _filling(self, account: AccountRef, now: datetime) -> timedelta:
        """Return how long it takes until the bucket is full; never over a minute, unless the clock was set back."""
        left = self._full_at.get(account, now) - now
        return left if timedelta(0) < left <= limits.MINUTE else timedelta(0)


def count(ctx: Context, within: Limits) -> None:
    """Count a command that wrote; raises TooFast or SpaceIsBusy, which undoes it.

    The last thing before the commit: a space's count is one row, for which others wait until then.
    """
    commands = limits.wrote(ctx.uow.usage, ctx.person.id, ctx.now)
    if commands > within.leaders_commands_a_minute or (commands > within.commands_a_minute and not _leads(ctx)):
        raise limits.TooFast(wait=limits.until_next_minute(ctx.now))
    if ctx.call.channel is not None:
        limits.wrote_in(ctx.uow.usage, within, str(ctx.call.channel.where), ctx.now)


def _leads(ctx: Context) -> bool:
    """Return whether somebody leads any group, or is who starts groups here; looked up only beyond the usual limit."""
    if ctx.standings & (LEADERS | OF_A_SPACE):
        return True
    return any(member.leads for member in ctx.uow.members.of_person(ctx.person.id))


# Noted


def note(ctx: Context, command: Command, values: Mapping[str, object]) -> None:
    """Write what was decided over others into the audit log: names of options with ids, numbers and words of ours."""
    if not over_others(command.name):
        return
    items = [f"{name}={value}" for name, value in _without_texts({**values, **ctx.concerns})]
    group = None if ctx.maybe_group is None else ctx.maybe_group.id
    if RIGHTS[command.name] <= OF_A_SPACE:
        group = None
        items[:0] = [f"space={ctx.call.channel.where}"] if ctx.call.channel else []
    ctx.uow.audit.add(scope_of(group), ctx.now, ctx.person.id, command.name, " ".join(items))


def _without_texts(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        match value:
            case bool():
                yield name, "yes" if value else "no"
            case Enum():
                yield name, value.value
            case datetime():
                yield name, value.isoformat(timespec="minutes")
            case int():
                yield name, value
