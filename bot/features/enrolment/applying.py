"""Applying for a group, and following along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.cards import Choice, Reply, Tone, button, card, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.enrolment import telling
from bot.ids import GroupId, code
from bot.measure import excerpt
from bot.options import LongText, Pick, ZoneName
from bot.study import directory, enrolment, seats
from bot.study.enrolment import Application
from bot.study.groups import Group
from bot.study.members import Member, MemberState, Role
from bot.text import Text, join, say, to_text

feature = Feature("enrolment")


class NothingToJoinHere(Refusal):
    """Here I can't see which groups there are. Type /groups in a channel of your server or workspace."""


class NothingToJoin(Refusal):
    """No group here takes people in right now. /groups shows them all, with their dates."""


def groups_to_join(ctx: Context) -> Sequence[Choice]:
    """Return the groups of this space that take people in."""
    return directory.choices(_open_groups(ctx))


def _open_groups(ctx: Context) -> list[Group]:
    space = ctx.call.channel.where if ctx.call.channel else None
    known = directory.groups_of(ctx.uow, space, ctx.person.id)
    return [group for group in known if enrolment.takes_people(group, ctx.now)]


@feature.command(title="Enrol in a study group", anywhere=True, asks=("goal",))
def enrol(
    ctx: Context,
    group: Annotated[GroupId | None, "Which group", Pick(groups_to_join)] = None,
    goal: Annotated[LongText | None, "Your goal: what would you like to be able to do?"] = None,
    offer: Annotated[LongText | None, "How could you help others?"] = None,
    zone: Annotated[ZoneName | None, "Your time zone, like Europe/Berlin"] = None,
    plan: Annotated[LongText | None, "When do you plan to study?"] = None,
) -> Reply:
    """Apply for a study group."""
    chosen = _chosen(ctx, group)
    if chosen is None:
        return _which(ctx, "enrol")
    enrolment.check_may_apply(ctx.uow.members.of(chosen.id, ctx.person.id), chosen, ctx.now)
    if goal is None:
        if ctx.call.submitted:
            ctx.missing("goal")
        known_zone = ctx.call.arguments.get("zone") or ctx.person.zone or ctx.call.zone or ""
        asked = ("goal", "offer", "zone", "plan")
        return ctx.form(asked, needed=("goal",), group=code(chosen.id), zone=known_zone)
    if zone is not None and zone != ctx.person.zone:
        ctx.uow.people.save(replace(ctx.person, zone=zone))
    application = Application(goal.strip(), (offer or "").strip(), (plan or "").strip())
    member = enrolment.apply(ctx.uow, chosen.id, ctx.person.id, application, now=ctx.now)
    return _applied(ctx.within(chosen), member)


def _applied(here: Context, member: Member) -> Reply:
    """Tell whoever it concerns what came of an application, and return what the applicant reads now."""
    directory.changed(here.uow, here.group.id, here.now)
    back = here.button(say("Take my application back"), "withdraw")
    match member.state:
        case MemberState.ACTIVE:
            telling.welcome(here, member)
            buttons = [here.button(say("See the group"), "group")]
            words = say("You are in: {group}. I wrote you what comes next.", group=here.group.title)
        case MemberState.APPLIED:
            telling.ask(here, member)
            buttons = [back]
            words = say(
                "Your application for {group} is with {people}. I'll tell you as soon as it is decided.",
                group=here.group.title,
                people=_leaders(here),
            )
        case _:
            buttons = [back]
            place = [one.id for one in seats.waiting_list(here.uow.members, here.group.id)].index(member.id) + 1
            words = say(
                "All places of {group} are taken, so you are number {place} on the waiting list. "
                "It moves up by itself, and I'll tell you when it is your turn.",
                group=here.group.title,
                place=place,
            )
    return reply(card("", words, buttons=buttons, tone=Tone.DONE))


def _leaders(here: Context) -> Text:
    return join([to_text(person.name) for person in directory.entry(here.uow, here.group).leaders], say(" and "))


@feature.command("enrol follow", anywhere=True, hidden=True)
def follow(ctx: Context, group: Annotated[GroupId | None, "Which group", Pick(groups_to_join)] = None) -> Reply:
    """Follow a group along: see everything, hand in nothing."""
    chosen = _chosen(ctx, group)
    if chosen is None:
        return _which(ctx, "enrol follow")
    here = ctx.within(chosen)
    before = here.maybe_member
    member = enrolment.follow(ctx.uow, chosen.id, ctx.person.id, now=ctx.now)
    directory.changed(ctx.uow, chosen.id, ctx.now)
    if before is not None and before.state is MemberState.APPLIED:
        telling.close(here, member, say("They follow along for now instead."))
    telling.welcome(here, member)
    words = say("You follow {group} now. You see everything, and nothing is expected of you.", group=chosen.title)
    buttons = [here.button(say("See the group"), "group"), here.button(say("Take part after all"), "enrol")]
    return reply(card("", words, buttons=buttons, tone=Tone.DONE))


def _chosen(ctx: Context, group: GroupId | None) -> Group | None:
    """Return the group that was named, else the channel's, else the only one that takes people in."""
    if group is not None:
        return directory.reachable(ctx.uow, group, ctx.call.channel, ctx.person.id)
    if ctx.maybe_group is not None:
        return ctx.maybe_group
    open_now = _open_groups(ctx)
    if not open_now:
        if ctx.call.channel is None:
            raise NothingToJoinHere
        raise NothingToJoin
    return open_now[0] if len(open_now) == 1 else None


def _which(ctx: Context, command: str) -> Reply:
    """Return the groups to choose from."""
    inside = {one.group for one in ctx.uow.members.of_person(ctx.person.id) if one.role is not Role.OBSERVER}
    found = [group for group in _open_groups(ctx) if group.id not in inside][:10]
    buttons = [button(excerpt(to_text(group.title), 60), command, group=code(group.id)) for group in found]
    return reply(card("", say("Which group would you like to join?"), buttons=buttons))
