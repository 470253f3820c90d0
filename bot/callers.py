"""Who calls, in which group, and as what: looked up anew for every call."""

from __future__ import annotations

from datetime import datetime

from bot.chat import Invocation
from bot.context import Context
from bot.errors import (
    NotAllowed,
    NotAllowedNobody,
    NotAMember,
    NotDirectly,
    Offer,
    OnlyFollows,
    Refusal,
    UnknownItem,
)
from bot.ids import GroupId, PersonId, code, from_code, new_id
from bot.options import Access, Command, on_one_line
from bot.ports import UnitOfWork
from bot.study.groups import ALIVE, Group
from bot.study.members import WAITING, Role
from bot.study.people import GUEST, Account, Person
from bot.study.rights import OF_A_SPACE, RIGHTS, Standing
from bot.text import join, say, to_text

GROUP = "group"
"""The option that every call may carry, whether its command declares it or not."""


def person_of(uow: UnitOfWork, command: Command, call: Invocation, now: datetime) -> Person:
    """Return who calls; somebody new becomes known by a command that writes, and is a guest to any other."""
    if command.access is not Access.WRITE:
        return uow.people.by_account(call.account) or Person(GUEST, call.name, now)
    person = uow.people.acting(call.account, now)
    if person is not None:
        return person
    person = Person(PersonId(new_id(now)), _name(call), now)
    uow.people.add(person, Account(new_id(now), call.account, person.id, person.name, now))
    return person


def _name(call: Invocation) -> str:
    """Return what somebody is called, on one line and without characters that nobody sees."""
    return on_one_line(call.name)[:80] or call.account.user


def group_of(uow: UnitOfWork, command: Command, call: Invocation, person: Person) -> Group | None:
    """Return the group that a call is about: the one it names, the channel's, or the caller's only one."""
    named = call.arguments.get(GROUP, "")
    if named and GROUP not in command.by_name:
        group = uow.groups.get(GroupId(from_code(named) or 0))
        if group is None or not _reachable(uow, group, call, person):
            raise UnknownItem
        return group
    if call.channel is not None:
        here = uow.groups.in_channel(call.channel)
        if here is not None:
            return here
    if not person.id or command.anywhere:
        return None
    members = uow.members.of_person(person.id) or uow.members.of_person(person.id, WAITING)
    mine = uow.groups.many(member.group for member in members)
    reachable = [group for group in mine.values() if group.state in ALIVE and _reachable(uow, group, call, person)]
    return reachable[0] if len(reachable) == 1 else None


def _reachable(uow: UnitOfWork, group: Group, call: Invocation, person: Person) -> bool:
    """Return whether a group may be named here: it lives in this space, or a member of it writes directly."""
    if call.channel is not None:
        return any(home.channel.where == call.channel.where for home in uow.groups.homes(group.id))
    return bool(person.id) and uow.members.of(group.id, person.id) is not None


def may_start(uow: UnitOfWork, call: Invocation, person: Person) -> bool:
    """Return whether an admin of the space named the caller as somebody who may start groups there."""
    space = uow.spaces.get(call.channel.where) if call.channel and person.id else None
    if space is None or not space.facilitators:
        return False
    named = set(space.facilitators)
    return person.id in named or not named.isdisjoint(uow.people.aliases(person.id))


def not_allowed(ctx: Context, command: Command) -> Refusal:
    """Return the refusal for somebody without the right to a command: who has it, by name where few have."""
    allowed = RIGHTS.get(command.name, frozenset())
    here = ctx.maybe_group
    if ctx.call.channel is None and allowed <= OF_A_SPACE:
        return NotDirectly()
    if here is not None and Standing.OBSERVER in ctx.standings and Standing.LEARNER in allowed:
        return OnlyFollows(Offer(say("Take part"), "enrol", ((GROUP, code(here.id)),)), group=here.title)
    who = join([standing.label for standing in Standing if standing in allowed], say(" or "))
    if allowed == {Standing.OWNER, Standing.FACILITATOR}:
        who = Standing.FACILITATOR.label
    if Standing.GUEST not in ctx.standings or ctx.maybe_group is None or Standing.LEARNER not in allowed:
        roles = [Role(standing.value) for standing in allowed if standing.value in set(Role)]
        if ctx.maybe_group is None or not roles or Standing.LEARNER in allowed:
            return NotAllowedNobody(who=who)
        members = ctx.uow.members.in_group(ctx.maybe_group.id, roles=roles, limit=5)
        people = ctx.uow.people.many(member.person for member in members)
        return NotAllowed(who=who, people=join([to_text(person.name) for person in people.values()]))
    return NotAMember(group=ctx.maybe_group.title)  # a guest where learners may: tell them how to become one
