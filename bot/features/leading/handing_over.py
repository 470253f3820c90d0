"""Handing a group over to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import ButtonStyle, Choice, Reply, Tone, card, reply
from bot.chat import About
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.ids import MemberId, code
from bot.options import Pick
from bot.study import directory, roles
from bot.study.members import PRESENT, Role
from bot.study.roles import ROLE_NAMES
from bot.text import say, to_text

feature = Feature("handing groups over")


def others(ctx: Context) -> Sequence[Choice]:
    """Return the other members, by name."""
    found = [member for member in ctx.uow.members.in_group(ctx.group.id) if member.person != ctx.person.id]
    people = ctx.uow.people.many(member.person for member in found)
    return [Choice(code(one.id), to_text(people[one.person].name)) for one in found if one.person in people]


@feature.command("lead group hand-over", title="Hand the group over")
def hand_over(
    ctx: Context,
    member: Annotated[MemberId | None, "To whom", Pick(others)] = None,
    sure: Annotated[bool, "Yes, hand it over now"] = False,
) -> Reply:
    """Hand your part of leading the group over to another member."""
    if member is None:
        if ctx.call.submitted:
            ctx.missing("member")
        return ctx.form(["member"], needed=["member"])
    to = ctx.uow.members.get(member)
    if to is None or to.group != ctx.group.id or to.state not in PRESENT:
        raise UnknownItem
    person = ctx.uow.people.get(to.person)
    name = person.name if person else "?"
    if not sure:
        mine = ROLE_NAMES[ctx.member.role]
        stays = ROLE_NAMES[Role.FACILITATOR if ctx.member.role is Role.OWNER else Role.MENTOR]
        words = say(
            "Make {name} {role} of {group}? You stay as {mine}.",
            name=name,
            role=mine,
            group=ctx.group.title,
            mine=stays,
        )
        yes = ctx.button(say("Hand it over"), "lead group hand-over", ButtonStyle.DANGER, member=to.id, sure="yes")
        return reply(card("", words, buttons=[yes], tone=Tone.NEEDS_YOU))
    after, before = roles.hand_over(ctx.uow, ctx.group, member, name=name, by=ctx.member, now=ctx.now)
    told = say(
        "{who} has handed {group} over to you: you are its {role} now. /help shows what you can do.",
        who=ctx.person.name,
        group=ctx.group.title,
        role=ROLE_NAMES[after.role],
    )
    change = ctx.uow.members.history(after.id)[-1]
    see = ctx.button(say("See the members"), "lead members list")
    ctx.tell(after.person, card("", told, buttons=[see]), About("member", after.id), slot=f"role {code(change.id)}")
    directory.changed(ctx.uow, ctx.group.id, ctx.now)
    words = say(
        "{name} leads {group} now, and I told them. You stay as {role}.",
        name=name,
        group=ctx.group.title,
        role=ROLE_NAMES[before.role],
    )
    return reply(card("", words, buttons=[ctx.button(say("See the group"), "group")], tone=Tone.DONE))
