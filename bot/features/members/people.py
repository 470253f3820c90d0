"""What the features about members share: names, choices, and one member as a list shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards import Block, Choice, Heading, Quote, fields
from bot.context import Context
from bot.errors import UnknownItem
from bot.ids import MemberId, PersonId, code
from bot.measure import excerpt
from bot.study.members import PRESENT, Member, MemberState, Role
from bot.study.people import Person
from bot.study.roles import ROLE_NAMES
from bot.text import EMPTY, Text, TextLike, say, to_text

PICKED = 100
"""How many people a list of suggestions looks through."""


def named(ctx: Context, members: Sequence[Member]) -> Mapping[PersonId, Person]:
    """Return the people behind memberships."""
    return ctx.uow.people.many(member.person for member in members)


def present(ctx: Context) -> Sequence[Choice]:
    """Return everybody who is in the group, by name."""
    members = ctx.uow.members.in_group(ctx.group.id, limit=PICKED)
    people = named(ctx, members)
    return [Choice(code(one.id), to_text(people[one.person].name)) for one in members if one.person in people]


def member_here(ctx: Context, id: MemberId) -> tuple[Member, str]:
    """Return a member of this group with their name; raises UnknownItem where it is another group's, or gone."""
    member = ctx.uow.members.get(id)
    if member is None or member.group != ctx.group.id or member.state not in PRESENT:
        raise UnknownItem
    person = ctx.uow.people.get(member.person)
    return member, person.name if person else "?"


def role_of(member: Member) -> Text:
    """Return what somebody is in the group, in a few words."""
    role = ROLE_NAMES[member.role]
    if member.learning and member.role is not Role.LEARNER:
        role = say("{role} who learns along", role=role)
    return role + " · " + say("on a pause") if member.state is MemberState.PAUSED else role


def portrait(member: Member, person: Person, longest: int) -> list[Block]:
    """Return somebody as the participants' list shows them: only what they wrote themselves."""
    blocks: list[Block] = [Heading(to_text(person.name) + " · " + role_of(member))]
    if member.goal:
        blocks.append(Quote(excerpt(to_text(member.goal), longest)))
    pairs: list[tuple[TextLike, TextLike]] = []
    if member.offer:
        pairs.append((say("Can help with"), excerpt(to_text(member.offer), longest)))
    if person.zone:
        pairs.append((say("Time zone"), person.zone))
    return [*blocks, fields(pairs)] if pairs else blocks


def counted(page: int, last: int) -> Text:
    """Return which page this is, where there are several."""
    return say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY
