"""The moment at which a reminder goes out: what was right when it was decided is asked once more."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Direct
from bot.context import Context
from bot.feature import Feature
from bot.features.nudges import ladder, offering
from bot.features.nudges.knowing import Seen, look
from bot.features.nudges.looking import look_again
from bot.ids import MemberId
from bot.outbox import Post, PostState, Verb
from bot.study import contact, quiet
from bot.study.agenda import DueKind
from bot.study.quiet import Step
from bot.text import say

feature = Feature("sending reminders")

NOT_ANY_MORE = "it was right no more"


@feature.before_sending(ladder.NUDGE)
def still_right(ctx: Context, post: Post) -> Post:
    """Let a reminder go out only where every rule says so now; else it is decided anew."""
    id = MemberId(post.about.id)
    member = ctx.uow.members.get(id)
    if ctx.maybe_group is None or member is None:
        return replace(post, state=PostState.CANCELLED, reason=NOT_ANY_MORE)
    ctx.uow.people.lock(member.person)  # whoever changes their mind right now has changed it
    seen = look(ctx, id, besides=post.id)
    if seen is None:
        return replace(post, state=PostState.CANCELLED, reason=NOT_ANY_MORE)
    decision = quiet.decide(seen.known, ctx.now)
    if decision.step is not Step.REMIND or not _goes_there(seen, post):
        look_again(ctx, id, decision)
        return replace(post, state=PostState.CANCELLED, reason=NOT_ANY_MORE)
    if not _may_open(ctx, seen, post):
        ctx.due(DueKind.NUDGE, id, contact.next_day(ctx.now, seen.known.zone))
        return replace(post, state=PostState.CANCELLED, reason="enough conversations were opened today")
    return post


def _goes_there(seen: Seen, post: Post) -> bool:
    """Return whether a reminder is the step that is due now, on its way to where messages arrive."""
    here = seen.account is not None and post.to == Direct(seen.account.ref)
    return here and ladder.step_of(post.slot) == seen.member.nudges + 1


def _may_open(ctx: Context, seen: Seen, post: Post) -> bool:
    """Return whether a reminder opens no conversation, or was counted when it was tried first, or is one more today."""
    account = seen.account
    assert account is not None, "it was seen that a message arrives"
    counted = post.last_try_at is not None and post.last_try_at.date() == ctx.now.date()
    return account.opened_at is not None or counted or contact.may_open(ctx.uow.usage, account.ref.platform, ctx.now)


@feature.witness
def note_what_arrived(ctx: Context, post: Post) -> None:
    """Remember where direct messages arrive and where they come back, and take the step that a reminder was."""
    if post.verb is not Verb.SEND or not isinstance(post.to, Direct):
        return
    reminds = post.slot.partition(" ")[0] == ladder.NUDGE
    if post.refused:
        ctx.uow.people.refused(post.to.account, ctx.now)
    elif post.state is PostState.SENT and ctx.uow.people.reached(post.to.account, ctx.now) and not reminds:
        contact.opened(ctx.uow.usage, post.to.account.platform, ctx.now)
    if reminds and ctx.maybe_group is not None:
        _took_a_step(ctx, post)


def _took_a_step(ctx: Context, post: Post) -> None:
    member = ctx.uow.members.get(MemberId(post.about.id))
    if member is None:
        return
    if post.refused:
        ctx.due(DueKind.NUDGE, member.id, ctx.now)
    elif post.state is PostState.DEAD:
        ctx.due(DueKind.NUDGE, member.id, quiet.ONE_IN)
    elif post.state is PostState.SENT or post.sends:
        # Sent, or perhaps: one message too few is kinder than one too many. It counts against the caps in any case,
        # also where somebody has taken the step themselves while it was on its way.
        offering.close(ctx, member, say("I wrote to them."))
        ladder.stepped(ctx, member, ladder.step_of(post.slot), reminded_at=ctx.now)
