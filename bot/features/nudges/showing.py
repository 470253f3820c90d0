"""/nudges: the rules, one's own last and next reminder, and why."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Button, Reply, Tone, bullets, card, fields, reply
from bot.context import Context
from bot.errors import NotAMember
from bot.feature import Feature
from bot.features.nudges.knowing import Seen, look
from bot.features.nudges.words import rest_buttons
from bot.options import Access
from bot.study import quiet, seats
from bot.study.agenda import DueKind
from bot.study.groups import changeable
from bot.study.members import MemberState
from bot.study.quiet import Why
from bot.study.times import QUIET_FROM, QUIET_UNTIL, SEND_FROM, SEND_UNTIL
from bot.text import Moment, MomentStyle, Text, join, say, say_n, to_text

feature = Feature("showing reminders")

_NONE = {
    Why.UP_TO_DATE: say("none: you are up to date"),
    Why.WAITS: say("none: your question waits for an answer, so I ask others instead"),
    Why.PAUSED: say("none while you pause"),
    Why.RESTS: say("none while the group rests"),
    Why.NOT_YET: say("none before the first week is out"),
    Why.SPENT: say("none: there were three, and I leave it at that"),
    Why.NOT_EXPECTED: say("none: nothing is expected of you here"),
    Why.OVER: say("none: the group is over"),
}


@feature.command(access=Access.READ, title="Your reminders")
def nudges(ctx: Context) -> Reply:
    """See when I remind you and why, and change that."""
    seen = look(ctx, ctx.member.id)
    if seen is None:
        raise NotAMember(group=ctx.group.title)
    last = seen.member.nudged_at
    facts = [
        (say("Last"), to_text(Moment(last, MomentStyle.DATE)) if last else say("none so far")),
        (say("Next"), _next(ctx, seen)),
    ]
    return reply(
        card(
            say("Reminders in {group}", group=ctx.group.title[:60]),
            bullets(_rules(seen)),
            fields(facts),
            buttons=_buttons(ctx, seen),
            footer=say("Only you see this."),
        )
    )


def _rules(seen: Seen) -> list[Text]:
    *days, last = [to_text(str(day)) for day in quiet.LADDER]
    rules = [
        say(
            "After {days} and {last} quiet days I send a few kind words, if something is open.",
            days=join(days),
            last=last,
        ),
        say("Whatever you do in the group starts the count anew. After the third I stop."),
        say_n(
            "At most one comes in {n} day, over all your groups.",
            "At most one comes in {n} days, over all your groups.",
            quiet.ONE_IN.days,
        ),
        say(
            "I write between {begin} and {end} on your clock, never from {night} to {morning}.",
            begin=f"{SEND_FROM:%H:%M}",
            end=f"{SEND_UNTIL:%H:%M}",
            night=f"{QUIET_FROM:%H:%M}",
            morning=f"{QUIET_UNTIL:%H:%M}",
        ),
    ]
    if seen.known.small and seen.known.led:
        rules.append(say("Your group is small, so a facilitator may write to you first."))
    return rules


def _next(ctx: Context, seen: Seen) -> Text:
    """Return when the next reminder may come at the earliest, or why there is none."""
    decision = quiet.decide(seen.known, ctx.now)
    if decision.why in _NONE:
        return _NONE[decision.why]
    if seen.account is None:
        if seen.person.reminders:
            return say("none: my last message came back, so I don't try again")
        if seen.person.reminders is None:
            return say("none: I haven't asked you yet")
        return say("none: you switched them off")
    return say("not before {day}, if it is still quiet then", day=Moment(decision.at or ctx.now, MomentStyle.DATE))


def _buttons(ctx: Context, seen: Seen) -> list[Button]:
    pauses = rest_buttons(ctx) if seen.member.state is not MemberState.PAUSED else []
    on = ctx.button(say("Yes, remind me kindly"), "settings", reminders="yes")
    off = ctx.button(say("No more reminders"), "settings", reminders="no")
    keep = [ctx.button(say("Keep reminding"), "keep reminding")] if _stopped(seen) else []
    return [*keep, off if seen.account is not None else on, *pauses]


def _stopped(seen: Seen) -> bool:
    return quiet.is_expected(seen.member) and seen.member.nudges >= len(quiet.LADDER)


@feature.command("keep reminding", hidden=True)
def keep_reminding(ctx: Context) -> Reply:
    """Be reminded again after reminders had ended."""
    changeable(ctx.uow.groups.lock(ctx.group.id) or ctx.group)
    member = ctx.uow.members.get(ctx.member.id) or ctx.member
    if member.nudges >= len(quiet.LADDER):  # else they go on anyway: an old button does not begin the steps anew
        ctx.uow.members.start_over(member.id)
        ctx.due(DueKind.NUDGE, member.id, quiet.ONE_IN)
    if member.state is MemberState.DORMANT:
        awake = replace(member, state=MemberState.ACTIVE)
        seats.keep(ctx.uow.members, awake, actor=ctx.person.id, now=ctx.now, why="wants to be reminded")
    week = ctx.button(say("This week"), "week")
    return reply(card("", say("I'll go on reminding you, once a week at most."), buttons=[week], tone=Tone.DONE))
