"""Those who lead go first: a suggestion to write to somebody, and what they make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.cards import Card, Quote, Reply, Tone, card, reply
from bot.chat import About
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.features.nudges import ladder
from bot.features.nudges.knowing import Seen, leaders, look
from bot.ids import MemberId, code
from bot.outbox import Post, PostState
from bot.study import quiet, steps
from bot.study.agenda import DueKind
from bot.study.groups import changeable
from bot.study.members import Member
from bot.study.seats import locked
from bot.study.times import after_quiet
from bot.study.times import zone as find_zone
from bot.study.weeks import Task
from bot.text import EMPTY, Moment, MomentStyle, Text, say

feature = Feature("suggesting to write")

OFFER = "offer"
"""The first word of a suggestion's slot."""


def offer(ctx: Context, seen: Seen) -> datetime:
    """Suggest to those who lead to write to somebody, and return until when they can do so before the bot does."""
    asked = leaders(ctx, seen.person.id)
    people = ctx.uow.people.many(leader.person for leader in asked)
    zones = [find_zone(person.zone or ctx.group.zone) for person in people.values()]
    # Whoever sleeps now reads it in the morning, and has as long from then.
    until = max(after_quiet(ctx.now, zone) for zone in zones) + quiet.HUMAN_FIRST
    ctx.uow.members.offered(seen.member.id, until)
    words, slot = _suggestion(ctx, seen, until), ladder.slot(ctx, seen.member, OFFER)
    for leader in asked:
        ctx.tell(leader.person, words, About("member", seen.member.id), slot=slot)
    return until


def open_until(ctx: Context, member: Member) -> datetime:
    """Return until when a suggestion leaves those who lead the time they have: it may have reached them late."""
    if member.offered_until is None:
        return ctx.now
    about, slot = About("member", member.id), ladder.slot(ctx, member, OFFER)
    posts = [
        post
        for leader in leaders(ctx, member.person)
        for post in ctx.uow.outbox.standing(about, f"{slot}:{code(leader.person)}")
    ]
    posts = [post for post in posts if post.at < member.offered_until]  # none once they let the bot write
    arrived = [post.sent_at + quiet.HUMAN_FIRST for post in posts if post.sent_at is not None]
    waits = [ctx.now + quiet.LOOK_AGAIN for post in posts if post.state in (PostState.DUE, PostState.SENDING)]
    return max([ctx.now, *arrived, *waits])


def _suggestion(ctx: Context, seen: Seen, until: datetime) -> Card:
    member = seen.member.id
    mine = ctx.button(say("I'll write"), "lead nudge write", member=member)
    bot = ctx.button(say("Let the bot write"), "lead nudge send", member=member)
    after = Moment(until, MomentStyle.RELATIVE)
    if seen.account is not None:
        next_step = say("If nobody takes this up, I'll send a few kind words {when}.", when=after)
    else:
        next_step = say("I can't write to {who} myself.", who=seen.person.name)
    return card(
        say("{group}: a kind word may help", group=ctx.group.title[:60]),
        say("It has been quiet around {who}.", who=seen.person.name),
        say("You could write, in your own words:"),
        Quote(_draft(seen, seen.still[0])),
        next_step,
        buttons=[
            mine,
            bot if seen.account is not None else None,
            ctx.button(say("Not now"), "lead nudge skip", member=member),
            ctx.button(say("See their progress"), "progress", member=member),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _draft(seen: Seen, task: Task) -> Text:
    name, left = seen.person.name, steps.left(seen.state, task)
    if left:
        asks = say("Is there anything I can help with?")
        return say("Hi {name}, {task}: {left}. {asks}", name=name, task=task.name, left=left, asks=asks)
    if not task.activity.minutes:
        return say("Hi {name}, {task} is open. Is there anything I can help with?", name=name, task=task.name)
    return say(
        "Hi {name}, {task} is open and takes about {minutes} minutes. Is there anything I can help with?",
        name=name,
        task=task.name,
        minutes=task.activity.minutes,
    )


def close(ctx: Context, member: Member, outcome: Text) -> None:
    """Show on the suggestions that stand what came of them, so that nobody else takes them up."""
    if member.offered_until is None:
        return
    person = ctx.uow.people.get(member.person)
    who = person.name if person else "?"
    see = ctx.button(say("See their progress"), "progress", member=member.id)
    words = card(
        say("{group}: a kind word may help", group=ctx.group.title[:60]),
        say("It has been quiet around {who}.", who=who),
        outcome,
        buttons=[see],
        tone=Tone.DONE,
    )
    about, slot = About("member", member.id), ladder.slot(ctx, member, OFFER)
    for leader in leaders(ctx, member.person):
        if ctx.uow.outbox.standing(about, f"{slot}:{code(leader.person)}"):
            ctx.tell(leader.person, words, about, slot=slot)


@feature.before_sending(OFFER)
def still_wanted(ctx: Context, post: Post) -> Post:
    """Let a suggestion wait for the end of its reader's night, and be gone where it was settled meanwhile."""
    member = ctx.uow.members.get(MemberId(post.about.id))
    if ctx.maybe_group is None or member is None or member.offered_until is None:
        return replace(post, state=PostState.CANCELLED, reason="it was settled")
    return ctx.by_day(post)


def _offered(ctx: Context, id: MemberId) -> Member | None:
    """Return somebody whom those who lead are asked about, with nobody else deciding; None where that is settled."""
    changeable(locked(ctx.uow.groups, ctx.group.id))
    member = ctx.uow.members.get(id)
    if member is None or member.group != ctx.group.id:
        raise UnknownItem
    return member if member.offered_until is not None else None


def _settled(ctx: Context, id: MemberId) -> Reply:
    see = ctx.button(say("See their progress"), "progress", member=id)
    words = say("This is settled: they were written to, or they are back.")
    return reply(card("", words, buttons=[see]))


def _done(ctx: Context, words: Text, hint: Text = EMPTY) -> Reply:
    pulse = ctx.button(say("Who else is quiet"), "lead pulse")
    return reply(card("", words, hint, buttons=[pulse], tone=Tone.DONE))


@feature.command("lead nudge write", hidden=True)
def write_oneself(ctx: Context, member: Annotated[MemberId, "To whom"]) -> Reply:
    """Write to a quiet member yourself; the bot keeps out of it."""
    found = _offered(ctx, member)
    if found is None:
        return _settled(ctx, member)
    close(ctx, found, say("{who} writes to them.", who=ctx.person.name))
    ladder.stepped(ctx, found, found.nudges + 1, reminded_at=None)
    return _done(ctx, say("Thank you. I leave it to you."), say("A short, personal line helps most."))


@feature.command("lead nudge send", hidden=True)
def let_the_bot_write(ctx: Context, member: Annotated[MemberId, "To whom"]) -> Reply:
    """Let the bot write to a quiet member now."""
    found = _offered(ctx, member)
    if found is None:
        return _settled(ctx, member)
    close(ctx, found, say("{who} asked me to write to them.", who=ctx.person.name))
    # Their time is over, whenever the suggestion reaches the last of them.
    ctx.uow.members.offered(member, found.accepted_at or found.applied_at)
    ctx.due(DueKind.NUDGE, member, ctx.now)
    seen = look(ctx, member)
    if seen is None or seen.account is None:
        return _done(ctx, say("I can't write to them myself: they want no messages from me, or none arrive."))
    return _done(ctx, say("I'll send a few kind words, at an hour that suits them."))


@feature.command("lead nudge skip", hidden=True)
def leave_it(ctx: Context, member: Annotated[MemberId, "Whom to leave in peace"]) -> Reply:
    """Leave a quiet member in peace for now; nobody is written to."""
    found = _offered(ctx, member)
    if found is None:
        return _settled(ctx, member)
    close(ctx, found, say("{who} would rather wait.", who=ctx.person.name))
    ladder.stepped(ctx, found, found.nudges + 1, reminded_at=None)
    return _done(ctx, say("Good. I won't write to them for now either."))
