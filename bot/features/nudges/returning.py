"""Signs of life: replies in any thread, and whoever is back after having fallen silent."""

from __future__ import annotations

from bot.chat import About, ThreadReplied
from bot.context import Context
from bot.feature import Feature
from bot.features.nudges import words
from bot.ids import MemberId, code
from bot.study.acts import SIGNALS, ActKind
from bot.study.agenda import DueKind
from bot.study.members import PRESENT, Member, MemberState

feature = Feature("coming back")

ELSEWHERE = frozenset({"submission", "question"})
"""Kinds of items whose threads have listeners of their own."""


@feature.on(ThreadReplied)
def count_as_sign_of_life(ctx: Context, event: ThreadReplied) -> bool:
    """Take a reply in any of the group's threads as a sign that somebody is there."""
    root = ctx.uow.outbox.thread_of(event.thread)
    if root is None or root.group is None or root.about.kind in ELSEWHERE:
        return False
    person = ctx.uow.people.acting(event.account, ctx.now)
    group = ctx.uow.groups.get(root.group)
    if person is None or group is None:
        return False
    here = ctx.within(group, person)
    if here.maybe_member is None or here.maybe_member.state not in PRESENT:
        return False
    here.act(ActKind.REPLIED, root.about, root.owner)
    return True


@feature.routine(DueKind.WELCOME_BACK)
def welcome_back(ctx: Context, id: MemberId) -> None:
    """Note that somebody who had fallen silent is back, and say so to them alone."""
    member = ctx.uow.members.get(id)
    person = ctx.uow.people.get(member.person) if member else None
    if ctx.maybe_group is None or member is None or person is None or member.state not in PRESENT:
        return
    about = About("member", member.id)
    ctx.act(ActKind.RETURNED, about, by=person.id)
    if person.reminders:
        ctx.tell(person.id, words.welcome_back(ctx), about, slot=f"back {_silence(ctx, member)}")


def _silence(ctx: Context, member: Member) -> str:
    """Return what names the silence that ended: when it began, so that after a restore it has the same name."""
    fell = [one.at for one in ctx.uow.members.history(member.id) if one.became is MemberState.DORMANT]
    acts = ctx.uow.journal.by_person(ctx.group.id, member.person)
    heard = [act.at for act in acts if act.kind in SIGNALS and fell and act.at < fell[-1]]
    return code(int(max(heard, default=member.accepted_at or member.applied_at).timestamp()))
