"""Saying that feedback helped, and passing the thanks on."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Reply, Tone, card, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.reviews.shared import named, review_here, show, task_of
from bot.ids import ReviewId, code
from bot.study import reviews
from bot.study.acts import ActKind
from bot.study.groups import changeable
from bot.study.reviews import Review
from bot.text import say

feature = Feature("feedback that helped")

THANKS = "thanks"


@feature.command("review helped", hidden=True)
def helped(
    ctx: Context,
    id: Annotated[ReviewId, "Which feedback"],
    helped: Annotated[bool, "Did it help?"] = True,
) -> Reply:
    """Say that feedback on your work helped you."""
    changeable(ctx.group)
    review_here(ctx, id)
    said = reviews.say_helped(ctx.uow.reviews, id, ctx.person.id, helped=helped, now=ctx.now)
    if said is None:
        return reply(card("", say("That is noted already.")))
    ctx.act(ActKind.HELPED if helped else ActKind.UNHELPED, said.about, said.person)
    work = ctx.uow.submissions.get(said.submission)
    if work is not None:
        show(ctx, said, work)
    if not helped:
        ctx.take_back(said.about, f"{THANKS}:{code(said.person)}")
        return reply(card("", say("Taken back. Nobody is told.")))
    _pass_thanks_on(ctx, said)
    undo = ctx.button(say("Undo"), "review helped", id=said.id, helped="no")
    who = ctx.mention(said.person)
    return reply(card("", say("Noted: {who} reads that it helped.", who=who), buttons=[undo], tone=Tone.DONE))


def _pass_thanks_on(ctx: Context, said: Review) -> None:
    """Tell whoever gave feedback that it helped: directly where they want that, else it stands with their words."""
    giver = ctx.uow.people.get(said.person)
    if giver is None or not giver.reminders:
        return
    told = card(
        "",
        say("{who} says your feedback helped. Thank you for giving it.", who=ctx.person.name),
        named(task_of(ctx, said.activity)),
        buttons=[ctx.button(say("My portfolio"), "portfolio")],
        tone=Tone.DONE,
    )
    ctx.tell(giver.id, told, said.about, slot=THANKS)
