"""Pausing and coming back."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Reply, Tone, card, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.enrolment import telling
from bot.ids import MemberId
from bot.study import pausing
from bot.study.agenda import DueKind
from bot.study.groups import changeable
from bot.study.members import Member, MemberState
from bot.study.seats import NOBODY
from bot.text import Moment, MomentStyle, say, say_n

feature = Feature("pausing")

OFFERED = (1, 2, 4)
"""Weeks that are one tap away."""


@feature.command(title="Take a pause")
def pause(ctx: Context, weeks: Annotated[int | None, "For how many weeks"] = None) -> Reply:
    """Pause without losing your place: no reminders until you are back."""
    if weeks is None:
        choices = [ctx.button(say_n("{n} week", "{n} weeks", number), "pause", weeks=str(number)) for number in OFFERED]
        words = say("How long would you like to pause? You keep your place, and nobody reminds you of anything.")
        return reply(card("", words, buttons=choices))
    paused = pausing.pause(ctx.uow, _mine(ctx), weeks, ctx.zone, now=ctx.now)
    assert paused.paused_until is not None, "a pause has an end"
    until = Moment(paused.paused_until, MomentStyle.DATE)
    words = say("You pause until {day}, and your place is kept. Come back whenever you like.", day=until)
    return reply(card("", words, buttons=[ctx.button(say("I'm back"), "resume")], tone=Tone.DONE))


@feature.command()
def resume(ctx: Context) -> Reply:
    """Come back from a pause."""
    pausing.resume(ctx.uow, _mine(ctx), actor=ctx.person.id, now=ctx.now)
    words = say("Good to have you back. Start with this week: nothing has to be made up first.")
    return reply(card("", words, buttons=[ctx.button(say("This week"), "week")], tone=Tone.DONE))


def _mine(ctx: Context) -> Member:
    """Return the caller's membership, with the group locked so that nobody decides about it at the same time."""
    changeable(ctx.uow.groups.lock(ctx.group.id) or ctx.group)
    return ctx.uow.members.get(ctx.member.id) or ctx.member


@feature.routine(DueKind.RESUME_MEMBER)
def resume_member(ctx: Context, member: int) -> None:
    """Welcome somebody back when their pause is over."""
    ctx.uow.groups.lock(ctx.group.id)
    found = ctx.uow.members.get(MemberId(member))
    if found is None or found.state is not MemberState.PAUSED:
        return
    back = pausing.resume(ctx.uow, found, actor=NOBODY, now=ctx.now)
    words = say("Your pause in {group} is over. Start with this week whenever it suits you.", group=ctx.group.title)
    buttons = [
        ctx.button(say("This week"), "week"),
        ctx.button(say("Pause two more weeks"), "pause", weeks="2"),
    ]
    telling.tell(ctx, back, "back", card("", words, buttons=buttons))
