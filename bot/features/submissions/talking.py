"""Talking about work, in the thread below it."""

from __future__ import annotations

from bot import mirrors
from bot.cards import card
from bot.chat import ThreadReplied
from bot.context import Context
from bot.feature import Feature
from bot.study.acts import ActKind
from bot.study.members import PRESENT
from bot.text import say

feature = Feature("talking about work")


@feature.on(ThreadReplied)
def tell_the_author(ctx: Context, event: ThreadReplied) -> bool:
    """Bring the author of a submission into its thread when somebody else first writes there."""
    root = ctx.uow.outbox.thread_of(event.thread)
    if root is None or root.about.kind != "submission" or root.group is None or root.owner is None:
        return False
    person = ctx.uow.people.acting(event.account, ctx.now)
    group = ctx.uow.groups.get(root.group)
    if person is None or group is None:
        return False
    here = ctx.within(group, person)
    if here.maybe_member is None or here.maybe_member.state not in PRESENT or not mirrors.is_here(here, root):
        return False
    mirrored = mirrors.pass_on(here, event, root)
    if person.id == root.owner:
        return mirrored
    here.act(ActKind.REPLIED, root.about, root.owner)
    if not here.uow.outbox.standing(root.about, "replied"):
        words = say(
            "{author}, {who} wrote about your work.", author=here.mention(root.owner, ping=True), who=person.name
        )
        here.show_below(card("", words), root.about, root.about, slot="replied")
    return True
