"""Giving roles, and taking somebody out of a group."""

from __future__ import annotations

from typing import Annotated

from bot.cards import ButtonStyle, Card, Quote, Reply, Tone, card, reply
from bot.chat import About
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.features.members.people import member_here, present, role_of
from bot.ids import DraftId, MemberId, code, from_code
from bot.measure import excerpt
from bot.options import LongText, Pick
from bot.study import decisions, directory, roles
from bot.study.drafts import Draft
from bot.study.members import Member, Role
from bot.study.roles import GivenRole
from bot.text import EMPTY, say, to_text

feature = Feature("roles")


@feature.command("lead members role", title="Give a role")
def role(
    ctx: Context,
    member: Annotated[MemberId, "Who", Pick(present)],
    role: Annotated[GivenRole | None, "Role"] = None,
    learning: Annotated[bool | None, "Learns along (for those who lead or help)"] = None,
) -> Reply:
    """Make a member a mentor, facilitator, learner or observer, or let them learn along."""
    before, name = member_here(ctx, member)
    wanted = Role(role.value) if role else None
    after = roles.give_role(ctx.uow, ctx.group, member, wanted, learning, by=ctx.member, now=ctx.now)
    see = ctx.button(say("See the members"), "lead members list")
    if (before.role, before.learning) == (after.role, after.learning):
        words = say("Nothing changed: {name} is here as {role}.", name=name, role=role_of(after))
        return reply(card("", words, buttons=[see]))
    if after.person == ctx.person.id:
        words = say("From now on you are here as {role}.", role=role_of(after))
    else:
        words = say("From now on {name} is here as {role}. I told them.", name=name, role=role_of(after))
        _tell(ctx, after, _new_role(ctx, after))
    directory.changed(ctx.uow, ctx.group.id, ctx.now)
    return reply(card("", words, buttons=[see], tone=Tone.DONE))


def _new_role(ctx: Context, member: Member) -> Card:
    return card(
        "",
        say("From now on you are in {group} as {role}.", group=ctx.group.title, role=role_of(member)),
        say("/help shows what you can do."),
        buttons=[ctx.button(say("See the group"), "group")],
    )


def _tell(ctx: Context, member: Member, words: Card) -> None:
    change = ctx.uow.members.history(member.id)[-1]
    ctx.tell(member.person, words, About("member", member.id), slot=f"role {code(change.id)}")


@feature.command("lead members remove", title="Take somebody out of the group")
def remove(
    ctx: Context,
    member: Annotated[MemberId, "Who", Pick(present)],
    reason: Annotated[LongText | None, "Why; the person reads it"] = None,
) -> Reply:
    """Take somebody out of the group, with a word why."""
    found, name = member_here(ctx, member)
    decisions.check_can_go(ctx.uow.members, ctx.group, found)
    kept = (("member", code(found.id)), ("reason", (reason or "").strip()))
    draft = Draft(DraftId(ctx.new_id()), ctx.person.id, ctx.group.id, "lead members remove", kept, ctx.now)
    ctx.uow.drafts.add(draft)
    words = say("Take {name} out of {group}? Their work stays, and they are told.", name=name, group=ctx.group.title)
    yes = ctx.button(say("Take them out"), "lead members remove now", ButtonStyle.DANGER, draft=draft.id)
    quoted = [Quote(excerpt(to_text(reason), 1_500))] if reason else []
    return reply(card("", words, *quoted, buttons=[yes], tone=Tone.NEEDS_YOU))


@feature.command("lead members remove now", hidden=True)
def remove_now(ctx: Context, draft: Annotated[DraftId, "Which goodbye"]) -> Reply:
    """Take somebody out of the group, after a look at what they will read."""
    written = ctx.uow.drafts.take(draft, ctx.person.id)
    if written is None or written.group != ctx.group.id or written.command != "lead members remove":
        raise UnknownItem
    kept = dict(written.arguments)
    found, name = member_here(ctx, MemberId(from_code(kept["member"]) or 0))
    ctx.concerns["member"] = found.id
    gone = decisions.remove(ctx.uow, ctx.group, found.id, kept["reason"], by=ctx.member, now=ctx.now)
    _tell(ctx, gone, _goodbye(ctx, kept["reason"]))
    directory.changed(ctx.uow, ctx.group.id, ctx.now)
    words = say("{name} is out of {group}, and I told them.", name=name, group=ctx.group.title)
    return reply(card("", words, buttons=[ctx.button(say("See the members"), "lead members list")], tone=Tone.DONE))


def _goodbye(ctx: Context, reason: str) -> Card:
    return card(
        "",
        say(
            "You are no longer in {group}. What you made there stays yours: /portfolio shows it.", group=ctx.group.title
        ),
        say("{who} wrote:", who=ctx.person.name) if reason else EMPTY,
        *([Quote(excerpt(to_text(reason), 1_500))] if reason else []),
        buttons=[ctx.button(say("See other groups"), "groups")],
    )
