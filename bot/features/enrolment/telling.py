"""What applicants, learners and facilitators are told about an enrolment, each by direct message."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Block, Button, Card, Quote, Tone, card, fields, paragraph
from bot.chat import About
from bot.context import Context
from bot.ids import code
from bot.measure import excerpt
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.members import RUNS_GROUP, Member, MemberState
from bot.study.people import Person
from bot.study.rescheduling import first_nudge_at
from bot.study.seats import REMINDED_AFTER
from bot.study.weeks import Week, WeekState
from bot.text import EMPTY, Moment, Text, TextLike, say, say_n, to_text

REMINDER = "reminder"
"""The first word of the slot of a reminder to those who decide."""
SHOWN = 700
"""Characters of each answer of an application that facilitators see at once."""


def about(member: Member) -> About:
    """Return a membership as the subject of messages."""
    return About("member", member.id)


def name_of(ctx: Context, member: Member) -> str:
    """Return a member's name."""
    person = ctx.uow.people.get(member.person)
    return person.name if person else "?"


def _short(words: str, longest: int = 44) -> Text:
    """Return words that fit into a title beside others."""
    return excerpt(to_text(words), longest)


def tell(ctx: Context, member: Member, slot: str, words: Card) -> bool:
    """Tell a member or applicant what their last change means for them, as a message of its own."""
    # The number of the change, not its id: what is decided anew after a restore has the key that it had.
    change = len(ctx.uow.members.history(member.id))
    return ctx.tell(member.person, words, about(member), slot=f"{slot} {change}")


def tell_leaders(ctx: Context, member: Member, slot: str, words: Card) -> None:
    """Tell those who lead the group something about a member or applicant; again replaces it."""
    for leader in ctx.uow.members.in_group(ctx.group.id, roles=RUNS_GROUP):
        if leader.person != member.person:
            ctx.tell(leader.person, words, about(member), slot=slot)


def _application_slot(ctx: Context, member: Member) -> str:
    """Return what an application's cards are known by; applying again makes new ones."""
    history = ctx.uow.members.history(member.id)
    return f"application {sum(change.became is MemberState.APPLIED for change in history)}"


def welcome(ctx: Context, member: Member) -> None:
    """Welcome somebody who is in from now on, and note that they joined."""
    ctx.act(ActKind.JOINED, about(member), member.person, by=member.person)
    if member.learning:
        ctx.due(DueKind.NUDGE, member.id, first_nudge_at(ctx.uow.weeks, member))
    person = ctx.uow.people.get(member.person)
    tell(ctx, member, "welcome", _welcome(ctx, member, person))


def _welcome(ctx: Context, member: Member, person: Person | None) -> Card:
    asked = member.learning and person is not None and person.reminders is None
    if member.learning:
        how = say(
            "Each week brings material and activities. Hand in with /submit, and ask whatever stops you with /ask."
        )
    else:
        how = say(
            "You see everything and nobody waits for you. When you want to take part, /enrol makes you a learner."
        )
    consent = say("May I write to you here when something has been open for a while? Nothing happens if you say no.")
    return card(
        say("Welcome to {group}", group=_short(ctx.group.title, 100)),
        paragraph(_what_comes(ctx)),
        paragraph(how),
        paragraph(consent) if asked else EMPTY,
        buttons=[
            ctx.button(say("Yes, remind me kindly"), "settings", reminders="yes") if asked else None,
            ctx.button(say("No reminders"), "settings", reminders="no") if asked else None,
            ctx.button(say("See the group"), "group"),
        ],
        tone=Tone.DONE,
    )


def _what_comes(ctx: Context) -> Text:
    """Return which week is out or comes next."""
    weeks = ctx.uow.weeks.of_group(ctx.group.id)
    out = [week for week in weeks if week.state is WeekState.POSTED]
    if out:
        return say("You are in. {week} is open now: /week shows it.", week=_named(out[-1]))
    planned = next((week for week in weeks if week.state is WeekState.PLANNED), None)
    if planned is not None:
        return say("You are in. {week} opens on {when}.", week=_named(planned), when=Moment(planned.opens_at))
    return say("You are in. The first week follows soon.")


def _named(week: Week) -> Text:
    return say("Week {number}, {title},", number=week.ordinal, title=week.title[:100])


def ask(ctx: Context, member: Member) -> None:
    """Bring an application to those who decide."""
    buttons = [
        ctx.button(say("Accept"), "lead members accept", member=member.id),
        ctx.button(say("Decline"), "lead members decline", member=member.id),
    ]
    words = _application(ctx, member, EMPTY, buttons, Tone.NEEDS_YOU)
    tell_leaders(ctx, member, _application_slot(ctx, member), words)


def close(ctx: Context, member: Member, outcome: Text) -> None:
    """Show on the facilitators' cards what came of an application that was with them."""
    history = ctx.uow.members.history(member.id)
    if len(history) < 2 or history[-2].became is not MemberState.APPLIED:
        return
    see = [ctx.button(say("See the members"), "lead members list")]
    slot = _application_slot(ctx, member)
    tell_leaders(ctx, member, slot, _application(ctx, member, outcome, see, Tone.DONE))
    for leader in ctx.uow.members.in_group(ctx.group.id, roles=RUNS_GROUP):
        ctx.take_back(about(member), f"{REMINDER} of {slot}:{code(leader.person)}")


def _application(ctx: Context, member: Member, outcome: Text, buttons: Sequence[Button], tone: Tone) -> Card:
    person = ctx.uow.people.get(member.person)
    return card(
        say("{name} would like to join {group}", name=_short(name_of(ctx, member)), group=_short(ctx.group.title)),
        paragraph(outcome) if outcome else EMPTY,
        *written(member, person, SHOWN),
        buttons=buttons,
        tone=tone,
    )


def written(member: Member, person: Person | None, longest: int) -> list[Block]:
    """Return what somebody wrote in the form."""
    blocks: list[Block] = [Quote(excerpt(to_text(member.goal), longest))] if member.goal else []
    pairs: list[tuple[TextLike, TextLike]] = []
    if member.offer:
        pairs.append((say("Can help with"), excerpt(to_text(member.offer), longest)))
    if member.plan:
        pairs.append((say("Studies"), excerpt(to_text(member.plan), longest)))
    if person is not None and person.zone:
        pairs.append((say("Time zone"), person.zone))
    return [*blocks, fields(pairs)] if pairs else blocks


def remind(ctx: Context, member: Member) -> None:
    """Remind those who decide that somebody waits for them."""
    waits = round(REMINDED_AFTER.total_seconds() / 3600)
    words = say_n(
        "{name} has waited {n} hour for an answer from {group}.",
        "{name} has waited {n} hours for an answer from {group}.",
        waits,
        name=name_of(ctx, member),
        group=ctx.group.title,
    )
    buttons = [
        ctx.button(say("Accept"), "lead members accept", member=member.id),
        ctx.button(say("Decline"), "lead members decline", member=member.id),
    ]
    slot = f"{REMINDER} of {_application_slot(ctx, member)}"
    tell_leaders(ctx, member, slot, card("", words, buttons=buttons, tone=Tone.NEEDS_YOU))
