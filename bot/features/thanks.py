"""Thanks to those who help: once a week, by name, for all who do not mind."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import Reply, Tone, card, paragraph, reply
from bot.chat import About
from bot.context import Context
from bot.feature import Feature
from bot.ids import GroupId
from bot.study import seats, thanks
from bot.study.agenda import DueKind
from bot.study.groups import ALIVE, GroupState, changeable
from bot.study.members import PRESENT
from bot.study.times import local_time
from bot.text import Strong, Text, join, say, to_text

feature = Feature("thanks")

NAMED = 30
"""Names that one post holds, none cut; in a larger crowd the rest are thanked as a number."""


@feature.routine(DueKind.THANK_HELPERS)
def thank_helpers(ctx: Context, id: GroupId) -> None:
    """Name those who helped others in the last week, in alphabetical order."""
    group = ctx.uow.groups.get(id)
    if group is None or not group.thanks or group.state not in ALIVE:
        return
    if group.state is GroupState.BREAK:
        ctx.due(DueKind.THANK_HELPERS, id, thanks.WEEK)
        return
    helped = thanks.helpers(ctx.uow.journal.of_group(id, since=ctx.now - thanks.WEEK))
    here = [member.person for member in ctx.uow.members.in_group(id, PRESENT, limit=100_000) if member.person in helped]
    people = thanks.by_name(ctx.uow.people.many(here).values())
    if not people:
        return
    names = join([Text((Strong(one.name),)) for one in people[:NAMED]])
    more = len(people) - NAMED
    named = names + " " + say("and {n} more", n=more) if more > 0 else names
    shown = card(
        say("Thank you"),
        paragraph(say("They helped others this week, with an answer or with feedback: {people}.", people=named)),
        buttons=[ctx.button(say("Open questions"), "questions"), ctx.button(say("Give feedback"), "review")],
        footer=say("In alphabetical order. If you would rather not be named, say so in /settings."),
        tone=Tone.DONE,
    )
    ctx.show(shown, About("group", id), slot=f"thanks {local_time(ctx.now, group.where).date()}")


@feature.command("lead group thanks", title="Weekly thanks")
def weekly_thanks(ctx: Context, on: Annotated[bool, "Name those who helped, once a week"]) -> Reply:
    """Say whether a weekly post names those who helped others."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    changeable(group)
    ctx.uow.groups.save(replace(group, thanks=on))
    if not on:
        ctx.not_due(DueKind.THANK_HELPERS, group.id)
        return reply(card("", say("Nobody is named any more. Likes and thanks still reach everyone."), tone=Tone.DONE))
    words = say("Once a week I name those who helped, in alphabetical order. Whoever minds can say so in /settings.")
    return reply(card("", to_text(words), tone=Tone.DONE))
