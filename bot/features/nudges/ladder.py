"""The ladder: three steps, whoever takes them, and then silence until the person comes back."""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.ids import code
from bot.study import quiet
from bot.study.agenda import DueKind
from bot.study.members import Member, MemberState, Transition
from bot.study.people import GUEST

NUDGE = "nudge"
"""The first word of a reminder's slot."""


def slot(ctx: Context, member: Member, word: str = NUDGE) -> str:
    """Return what a message about somebody's silence is known by: the next step, and when the silence began.

    Not the moment of the decision: what is decided anew after a restore has the key that it had.
    """
    opened_at = quiet.first_opening(ctx.uow.weeks.of_group(member.group))
    active_since = quiet.active_since(ctx.uow.members.history(member.id), member, ctx.now)
    heard = quiet.last_heard(member, opened_at, active_since)
    return f"{word} {member.nudges + 1} {code(int(heard.timestamp()))}"


def step_of(slot: str) -> int:
    """Return the step that a reminder is."""
    return int(slot.split(" ")[1])


def stepped(ctx: Context, member: Member, step: int, *, reminded_at: datetime | None) -> None:
    """Take a step of the ladder; after the last one the member is dormant and nobody writes to them any more."""
    now = ctx.uow.members.stepped(member.id, step, reminded_at)
    if now is None or now.state is not MemberState.ACTIVE:
        return
    if now.nudges < len(quiet.LADDER):
        ctx.due(DueKind.NUDGE, member.id, quiet.ONE_IN)
        return
    ctx.not_due(DueKind.NUDGE, member.id)
    if ctx.uow.members.fell_silent(member.id):
        gone = Transition(ctx.new_id(), member.id, ctx.now, GUEST, MemberState.DORMANT, now.role, "quiet")
        ctx.uow.members.record(gone)
