"""A role of the server for everybody in a group: choosing it, giving it no more, and saying why it can't be given."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import ButtonStyle, Reply, Tone, card, reply
from bot.chat import About, RosterRef
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.leading.asking import home_here
from bot.study import rosters, seats
from bot.study.groups import Group, Home, changeable
from bot.study.members import PRESENT, RUNS_GROUP
from bot.text import Text, say, say_n

feature = Feature("roles of servers")


class NoRolesThere(Refusal):
    """{platform} has no roles that I could give people. Who is in the group, /participants says."""


class RoleOfAnotherSpace(Refusal):
    """That role belongs to another server. Choose one of the server where you type this."""


@feature.command("lead group role", title="A role for members")
def role(
    ctx: Context,
    role: Annotated[RosterRef | None, "Role of this server; without one you see how it is"] = None,
) -> Reply:
    """Give everybody in the group a role of this server."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    home = home_here(ctx)
    if not ctx.rosters(home.channel.platform):
        raise NoRolesThere(platform=home.channel.platform.capitalize())
    if role is None:
        return _standing(ctx, group, home)
    changeable(group)
    if role.where != home.channel.where:
        raise RoleOfAnotherSpace
    if role == home.roster:
        return _standing(ctx, group, home)
    _change(ctx, home, role)
    given = say("Everybody who takes part in {group} gets this role, and loses it when they leave.", **_named(group))
    soon = say("Those who are in it already get it in a moment. Observers don't.")
    return reply(card("", given, soon, buttons=[ctx.button(say("See how it is"), "lead group role")], tone=Tone.DONE))


@feature.command("lead group role remove", hidden=True, title="Give the role no more")
def remove(ctx: Context) -> Reply:
    """Give nobody in the group a role any more, and take it from those who have it."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    changeable(group)
    home = home_here(ctx)
    if home.roster is None:
        return _standing(ctx, group, home)
    _change(ctx, home, None)
    words = say("I give the role no more, and take it from everybody who got it through {group}.", **_named(group))
    return reply(card("", words, tone=Tone.DONE))


@feature.command("lead group role again", hidden=True, title="Give the role again")
def again(ctx: Context) -> Reply:
    """Give the role to everybody in the group once more, after something was put right."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    changeable(group)
    mine = {home.roster for home in ctx.uow.groups.homes(group.id)} - {None}
    if not mine:
        return _standing(ctx, group, home_here(ctx))
    for one in mine:
        assert one is not None
        rosters.note_trouble(ctx.uow, one, "")
        ctx.uow.rosters.renew(one, ctx.now)
    words = say("I give the role to everybody once more. If that does not work, I tell you.")
    return reply(card("", words, tone=Tone.DONE))


def _change(ctx: Context, home: Home, roster: RosterRef | None) -> None:
    ctx.uow.groups.save_home(replace(home, roster=roster))
    for one in {home.roster, roster} - {None}:
        assert one is not None
        ctx.uow.rosters.renew(one, ctx.now)  # also what was put off because of trouble
        rosters.note_trouble(ctx.uow, one, "")


def _standing(ctx: Context, group: Group, home: Home) -> Reply:
    """Return how it is with the role."""
    roster = home.roster
    if roster is None:
        none = say("Nobody gets a role for being in {group}.", **_named(group))
        how = say("To change that, choose one of this server's roles where you type /lead group role.")
        return reply(card("", none, how))
    lines: list[Text] = [
        say_n("{n} account has the role.", "{n} accounts have the role.", ctx.uow.rosters.on(roster)),
    ]
    if waiting := ctx.uow.rosters.waiting(roster):
        lines.append(say_n("{n} account is still to be seen to.", "{n} accounts are still to be seen to.", waiting))
    reason = rosters.trouble(ctx.uow, roster)
    if reason:
        lines.append(say("I can't give it: {reason}.", reason=reason.rstrip(".")))
    return reply(
        card(
            say("The role for {group}", group=group.title[:80]),
            *lines,
            buttons=[
                ctx.button(say("Give it again"), "lead group role again"),
                ctx.button(say("Give it no more"), "lead group role remove", ButtonStyle.DANGER),
            ],
            tone=Tone.NEEDS_YOU if reason else Tone.PLAIN,
        )
    )


def tell_trouble(ctx: Context, roster: RosterRef, reason: str) -> None:
    """Tell those who lead the groups that have a role why nobody can be given it."""
    for id, group in sorted(ctx.uow.groups.many(ctx.uow.rosters.groups(roster)).items()):
        here = ctx.within(group)
        told = card(
            say("A role could not be given"),
            say("I can't give people the role that was chosen for {group}.", **_named(group)),
            say("The reason: {reason}.", reason=reason[:400].rstrip(".")),
            say("Once that is put right, press “Give it again”. By myself I try again tomorrow."),
            buttons=[here.button(say("Give it again"), "lead group role again", ButtonStyle.PRIMARY)],
            tone=Tone.NEEDS_YOU,
        )
        for leader in ctx.uow.members.in_group(id, PRESENT, RUNS_GROUP):
            here.tell(leader.person, told, About("roster", ctx.new_id()), slot="roster")


def _named(group: Group) -> dict[str, str]:
    return {"group": group.title}
