"""Groups that fell silent: whoever leads one is asked how it shall go on, and others can take it up."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import ButtonStyle, Card, Reply, Tone, bullets, card, reply
from bot.chat import About
from bot.context import Context
from bot.feature import Feature
from bot.ids import GroupId, code
from bot.outbox import Post, PostState
from bot.study import directory, roles, silence
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.groups import OVER, changeable
from bot.study.members import Member
from bot.study.roles import ROLE_NAMES
from bot.study.silence import GoesOn, Silence, Step
from bot.study.times import next_sending
from bot.text import join, say, to_text

feature = Feature("silent groups")

SLOT = "silence"
"""The slot of the card for everyone, and the first word of the slots of messages about a silence."""


@feature.routine(DueKind.HEAR_FROM_GROUP)
def hear_from_group(ctx: Context, id: GroupId) -> None:
    """See whether anything was heard from a group lately, and turn to somebody where nothing was."""
    group = ctx.uow.groups.lock(id)
    if group is None or group.state in OVER:
        return
    found = silence.silence_of(ctx.uow, group, ctx.now)
    if found is None or found.days < silence.AFTER[Step.LEADER]:
        ctx.take_back(_about(ctx), SLOT)
    if found is None:
        ctx.due(DueKind.HEAR_FROM_GROUP, id, next_sending(ctx.now + silence.LOOK_AGAIN, group.where))
        return
    if found.step is not None:
        _turn_to(ctx, found, found.step)
        found = silence.silence_of(ctx.uow, group, ctx.now) or found
    ctx.due(DueKind.HEAR_FROM_GROUP, id, found.next_at)


def _turn_to(ctx: Context, found: Silence, step: Step) -> None:
    """Take a step; where there is nobody to turn to, the next one comes in its place."""
    leading = ctx.uow.members.leading(ctx.group.id)
    first = silence.leader_of(leading)
    if not silence.note(ctx.uow, ctx.group, found, step, ctx.now):
        return
    if step is Step.LEADER and first is not None:
        _tell(ctx, found, first, _how_to_go_on(ctx))
    elif step is Step.OTHER_LEADERS and len(leading) > 1:
        for one in leading:
            if one != first:
                _tell(ctx, found, one, _would_you(ctx))
    elif step is Step.OTHER_LEADERS:
        _turn_to(ctx, found, Step.MEMBERS)
    elif step is Step.MEMBERS:
        ctx.show(_who_would(ctx), _about(ctx), slot=SLOT)


def _about(ctx: Context) -> About:
    return About("group", ctx.group.id)


def _tell(ctx: Context, found: Silence, member: Member, words: Card) -> None:
    ctx.tell(member.person, words, _about(ctx), slot=f"{SLOT} {code(int(found.since.timestamp()))}")


def _how_to_go_on(ctx: Context) -> Card:
    return card(
        say("How shall {group} go on?", group=ctx.group.title[:60]),
        say("It has been quiet there for two weeks. That happens, and there is more than one good way on:"),
        bullets(
            [
                say("make the next week lighter"),
                say("take a break together"),
                say("hand the group over to somebody who has time"),
                say("end it here, with a record for everyone"),
            ]
        ),
        buttons=[
            ctx.button(say("We go on"), "lead carry on", ButtonStyle.PRIMARY),
            ctx.button(say("Make a week lighter"), "lead week edit"),
            ctx.button(say("Take a break"), "lead schedule break"),
            ctx.button(say("Hand it over"), "lead group hand-over"),
            ctx.button(say("End the group"), "lead group finish"),
        ],
        footer=say("If I hear nothing for a week, I ask others whether they would like to take it up."),
        tone=Tone.NEEDS_YOU,
    )


def _would_you(ctx: Context) -> Card:
    return card(
        say("Would you like to carry {group} on?", group=ctx.group.title[:60]),
        say("It has been quiet there for three weeks. You lead along; you could take the first chair."),
        buttons=[
            ctx.button(say("I'll carry it on"), "take the lead"),
            ctx.button(say("How it is doing"), "lead pulse"),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _who_would(ctx: Context) -> Card:
    return card(
        say("Who would like to carry this group on?"),
        say("It has been quiet here for a while. A group needs little: somebody who says hello each week."),
        say("Whoever takes it up becomes a facilitator, and I help with the rest."),
        buttons=[ctx.button(say("I'll carry it on"), "take the lead"), ctx.button(say("This week"), "week")],
        tone=Tone.NEEDS_YOU,
    )


@feature.before_sending(SLOT)
def still_silent(ctx: Context, post: Post) -> Post:
    """Let a question about a silence wait for the end of its reader's night, and be gone where the group was heard."""
    found = silence.silence_of(ctx.uow, ctx.group, ctx.now) if ctx.maybe_group is not None else None
    if found is None or found.days < silence.AFTER[Step.LEADER]:
        return replace(post, state=PostState.CANCELLED, reason="the group was heard")
    return ctx.by_day(post)


@feature.command("lead carry on", hidden=True)
def carry_on(ctx: Context) -> Reply:
    """Say that the group goes on as it is."""
    changeable(ctx.group)
    ctx.act(ActKind.CHECKED_IN, _about(ctx))
    ctx.due(DueKind.HEAR_FROM_GROUP, ctx.group.id, ctx.now)
    words = say("Good. I ask nobody else.")
    hint = say("A few words to the group help to begin again.")
    buttons = [ctx.button(say("Write to the group"), "lead announce"), ctx.button(say("Open a week"), "newweek")]
    return reply(card("", words, hint, buttons=buttons, tone=Tone.DONE))


@feature.command("take the lead", hidden=True)
def take_the_lead(ctx: Context) -> Reply:
    """Take up a group from which nothing was heard."""
    group = ctx.uow.groups.lock(ctx.group.id) or ctx.group
    member = ctx.uow.members.get(ctx.member.id) or ctx.member
    leading = ctx.uow.members.leading(group.id)
    if not silence.is_offered(ctx.uow, group, member, ctx.now):
        people = ctx.uow.people.many(one.person for one in leading)
        names = join([to_text(person.name) for person in people.values()], say(" and "))
        raise GoesOn(group=group.title, people=names)
    after = roles.step_in(ctx.uow, group, member.id, now=ctx.now)
    ctx.act(ActKind.CHECKED_IN, _about(ctx))
    ctx.due(DueKind.HEAR_FROM_GROUP, group.id, ctx.now)
    directory.changed(ctx.uow, group.id, ctx.now)
    ctx.take_back(_about(ctx), SLOT)
    _tell_the_others(ctx, leading, after)
    words = say("Thank you. You are {role} of {group} now.", role=ROLE_NAMES[after.role], group=group.title)
    hint = say("A few words to the group are a good beginning.")
    buttons = [
        ctx.button(say("Write to the group"), "lead announce"),
        ctx.button(say("How it is doing"), "lead pulse"),
        ctx.button(say("What I can do here"), "help"),
    ]
    return reply(card("", words, hint, buttons=buttons, tone=Tone.DONE))


def _tell_the_others(ctx: Context, leading: list[Member], after: Member) -> None:
    words = say(
        "{who} carries {group} on: they are its {role} now.",
        who=ctx.person.name,
        group=ctx.group.title,
        role=ROLE_NAMES[after.role],
    )
    see = ctx.button(say("See the members"), "lead members list")
    change = ctx.uow.members.history(after.id)[-1]
    for one in leading:
        if one.id != after.id:
            ctx.tell(one.person, card("", words, buttons=[see]), _about(ctx), slot=f"taken up {code(change.id)}")
