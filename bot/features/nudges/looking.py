"""Looking after a member: reminding them, asking those who lead first, or looking again later."""

from __future__ import annotations

from datetime import timedelta

from bot.chat import About
from bot.context import Context
from bot.feature import Feature
from bot.features.nudges import ladder, offering, words
from bot.features.nudges.knowing import Seen, look
from bot.ids import MemberId
from bot.study import contact, quiet
from bot.study.agenda import DueKind
from bot.study.quiet import Decision, Step

feature = Feature("looking after members")

GOOD_FOR = timedelta(hours=6)
"""How long a reminder that could not be delivered still makes sense; later it is decided anew."""


@feature.routine(DueKind.NUDGE)
def look_after(ctx: Context, id: MemberId) -> None:
    """See how a member is doing, and do what the rules say."""
    member = ctx.uow.members.get(id)
    if ctx.maybe_group is None or member is None:
        return
    ctx.uow.people.lock(member.person)  # another group may be about to write to them as well
    ctx.uow.groups.lock(ctx.group.id)
    seen = look(ctx, id)
    if seen is None:
        return
    decision = quiet.decide(seen.known, ctx.now)
    match decision.step:
        case Step.LATER:
            look_again(ctx, id, decision)
        case Step.OFFER:
            _offer(ctx, seen)
        case Step.REMIND:
            _remind(ctx, seen)
        case Step.PASS:
            ladder.stepped(ctx, seen.member, seen.member.nudges + 1, reminded_at=None)


def look_again(ctx: Context, id: MemberId, decision: Decision) -> None:
    """Look at a member again as was decided, or not any more."""
    if decision.at is not None:
        ctx.due(DueKind.NUDGE, id, decision.at)
    elif decision.step is Step.NOTHING:
        ctx.not_due(DueKind.NUDGE, id)
    else:
        ctx.due(DueKind.NUDGE, id, ctx.now)


def _offer(ctx: Context, seen: Seen) -> None:
    """Ask those who lead, as far as they are not asked about too many today."""
    if not contact.may_offer(ctx.uow.usage, ctx.group.id, ctx.now):
        ctx.due(DueKind.NUDGE, seen.member.id, contact.next_day(ctx.now, seen.known.zone))
        return
    ctx.due(DueKind.NUDGE, seen.member.id, offering.offer(ctx, seen))


def _remind(ctx: Context, seen: Seen) -> None:
    """Lay a reminder down; whether it still is right is seen once more when it goes out."""
    theirs = offering.open_until(ctx, seen.member)
    if theirs > ctx.now:
        ctx.due(DueKind.NUDGE, seen.member.id, theirs)
        return
    account = seen.account
    assert account is not None, "somebody is reminded where messages arrive"
    fresh = account.opened_at is None
    if fresh and not contact.may_lay_down(ctx.uow.usage, account.ref.platform, ctx.now):
        ctx.due(DueKind.NUDGE, seen.member.id, contact.next_day(ctx.now, seen.known.zone))
        return
    until = min(ctx.now + GOOD_FOR, quiet.sending_ends(ctx.now, seen.known.zone))
    ctx.tell(
        seen.person.id,
        words.reminder(ctx, seen),
        About("member", seen.member.id),
        slot=ladder.slot(ctx, seen.member),
        expires_at=until,
    )
    # Whatever becomes of it, somebody looks again; that it arrived puts this off.
    ctx.due(DueKind.NUDGE, seen.member.id, contact.next_day(until, seen.known.zone))
